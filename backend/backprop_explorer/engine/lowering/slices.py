"""Slices put together: into one buffer where they do not meet, in the order of memory where they do."""

from __future__ import annotations

from functools import partial

import numpy as np

from backprop_explorer.engine.bindings import Bindings
from backprop_explorer.engine.buffers import empty, memory_order
from backprop_explorer.graph.node import Node
from backprop_explorer.graph.walk import ancestors
from backprop_explorer.ops.indexing import same_place, view_at
from backprop_explorer.ops.record import Call

LEAST_BATCH = 8
"""Of fewer samples a run is too short to pay for the copy into another order."""


def slices_of(bindings: Bindings, node: Node) -> list[Node] | None:
    """The slices that a sum of gradients is made of, where no two of them meet and nothing else uses them."""
    if node.operation.name != "add":
        return None
    parts: list[Node] = []
    for part in ancestors(node, operands=lambda part: part.operands if part.operation.name == "add" else ()):
        if part is not node and len(bindings.users(part)) != 1:
            return None
        if part.operation.name == "unindex":
            parts.append(part)
        elif part.operation.name != "add":
            return None
    hits = np.zeros(node.shape, np.int8)
    for part in parts:
        hits[part.parameters["index"]] += 1
    return parts if hits.max() == 1 else None


def disjoint_slices(bindings: Bindings, node: Node) -> list[Call] | None:
    """Gradients of slices that do not meet are written side by side into one buffer: nothing is added."""
    parts = bindings.slices.get(node)
    if parts is None:
        return None
    out = bindings.buffer(node, [])
    out.fill(0)  # what no slice covers stays 0
    calls: list[Call] = []
    for part in parts:
        source, place = bindings.array(part.operands[0]), view_at(out, part.parameters["index"])
        if not same_place(source, place):
            calls.append(partial(np.copyto, place, source))
    return calls


def folded_in_memory_order(bindings: Bindings, node: Node) -> list[Call] | None:
    """Windows are folded back into a buffer whose axes lie in memory as the windows' own do."""
    if node.operation.kernel is None:
        return None
    windows = bindings.array(node.operands[0])
    if node not in bindings.buffers:
        order = [axis for axis in memory_order(windows) if axis < node.ndim]
        bindings.buffers[node] = empty(node.shape, windows.dtype, order)
    return node.operation.kernel([windows], bindings.buffers[node], [None], **node.parameters)


def padded_with_batch_last(bindings: Bindings, node: Node) -> list[Call] | None:
    """What is padded for windows gets the batch as its last axis in memory: a window's place then is a run of the whole
    batch, copied, multiplied and folded back at once, whatever the stride."""
    if node in bindings.buffers or node.operation.kernel is None:
        return None
    ranks = {len(user.parameters["size"]) for user in bindings.users(node) if user.operation.name == "windows"}
    lead = node.ndim - max(ranks, default=node.ndim)
    if not ranks or lead < 1 or node.shape[0] < LEAST_BATCH:
        return None
    array = bindings.array(node.operands[0])
    bindings.buffers[node] = empty(node.shape, array.dtype, [*range(1, node.ndim), 0])
    return node.operation.kernel([array], bindings.buffers[node], [None], **node.parameters)
