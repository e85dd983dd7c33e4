"""Slices put together: into one buffer where they do not meet, in the order of memory where they do."""

from __future__ import annotations

from collections.abc import Mapping
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


def sums_of_slices(bindings: Bindings) -> dict[Node, int]:
    """The sums of nothing but slices that nothing else uses, each with the number of its slices."""
    found: dict[Node, int] = {}
    for node in bindings.order:
        if node.operation.name == "add":
            counts = [_slices_in(bindings, part, found) for part in node.operands]
            if all(counts):
                found[node] = sum(counts)
    return found


def _slices_in(bindings: Bindings, part: Node, sums: Mapping[Node, int]) -> int:
    if len(bindings.users(part)) != 1:
        return 0
    return 1 if part.operation.name == "unindex" else sums.get(part, 0)


def slices_of(sums: dict[Node, int], node: Node) -> list[Node] | None:
    """The slices that a sum of gradients is made of, where no two of them meet.

    Where two do, the sums within that have both are taken out of `sums`, so that these slices are not looked at again.
    """
    if node not in sums:
        return None
    made = ancestors(node, operands=lambda part: part.operands if part in sums else ())
    parts = [part for part in made if part not in sums]  # from left to right
    hits = np.zeros(node.shape, np.bool_)
    for count, part in enumerate(parts, 1):
        place = part.parameters["index"]
        if hits[place].any():
            while sums.get(node, 0) >= count:
                del sums[node]
                node = node.operands[0]
            return None
        hits[place] = True
    return parts


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
