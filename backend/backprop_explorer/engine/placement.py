"""Where a result is best written: straight into the place to which it would be copied next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backprop_explorer.engine.bindings import Bindings
from backprop_explorer.engine.buffers import allocated, empty, memory_order
from backprop_explorer.graph.node import Node
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.indexing import view_at
from backprop_explorer.ops.primitives.padding import inner
from backprop_explorer.ops.record import Array

MOST_VIEWS = 16
"""Programs change the shape a few times in a row; who does so a thousand times gets a copy in between."""


def place(bindings: Bindings, node: Node, operands: Sequence[Array]) -> Array:
    """The node's buffer for a call that can write to memory in any order: where it would be copied to, or in the order
    of its operands' memory, or in that of the value whose gradient it is, so that both can be read in one go."""
    if node not in bindings.buffers:
        found = _Placement(bindings).of(node, operands)
        if found is not None:
            bindings.buffers[node] = found
            bindings.placed.add(node)
    value = bindings.value_of(node)
    return bindings.buffer(node, operands if value is None else [*operands, value])


class _Placement:
    """Looks ahead from a result along changes of shape: to a padding, to slices of one buffer, or to a change of shape
    that memory in another order would not allow without a copy."""

    def __init__(self, bindings: Bindings) -> None:
        self.bindings = bindings

    def of(self, node: Node, operands: Sequence[Array]) -> Array | None:
        """A place for the node's numbers; None where nothing is won by one."""
        if node.kind.name != "float":
            return None
        like = next((array for array in operands if array.shape == node.shape and 0 not in array.strides), None)
        order = list(range(node.ndim)) if like is None else memory_order(like)
        return self._beyond(node, order, MOST_VIEWS)

    def _beyond(self, node: Node, order: list[int] | None, views: int) -> Array | None:
        for user in self.bindings.users(node):
            place = self._within(user, node, order, views) if user.kind.name == "float" else None
            if place is not None:
                return place
        return None

    def _within(self, user: Node, source: Node, order: list[int] | None, views: int) -> Array | None:
        """Where the user wants its operand to stand, looking ahead along so many views."""
        name = user.operation.name
        if name == "pad":
            return self._buffer(user, order)[inner(user.parameters["pad_width"])]
        if name == "unindex":
            whole = self.bindings.wholes.get(user, user)
            return view_at(self._buffer(whole, order), user.parameters["index"])
        if not user.operation.view:
            return None
        beyond = self._beyond(user, None, views - 1) if views else None
        if beyond is None and name == "reshape" and not _is_view(source, user, order):
            beyond = allocated(user.shape, self.bindings.program.graph.dtype)
        return None if beyond is None else _undone(user, source, beyond)

    def _buffer(self, node: Node, order: list[int] | None) -> Array:
        buffers = self.bindings.buffers
        if node not in buffers:
            axes = order if order is not None and len(order) == node.ndim else list(range(node.ndim))
            buffers[node] = empty(node.shape, self.bindings.program.graph.dtype, axes)
        return buffers[node]


def _is_view(source: Node, user: Node, order: list[int] | None) -> bool:
    """Whether a change of shape needs no copy, the source's axes lying in memory in that order; what only adds or drops
    axes of length 1 never does."""
    if [n for n in source.shape if n != 1] == [n for n in user.shape if n != 1]:
        return True
    if order is None:
        return False
    trial = empty(source.shape, np.dtype(np.bool_), order)
    return np.may_share_memory(trial.reshape(user.shape), trial)


def _undone(user: Node, source: Node, place: Array) -> Array | None:
    """The place as its operand sees it, before the change of shape; None where there is no such view."""
    name = user.operation.name
    if name == "mT":
        return place.mT
    if name == "transpose":
        return place.transpose(np.argsort(user.parameters["axes"]))
    if name in ("reshape", "expand_dims", "squeeze") and place.size == size(source.shape):
        view = place.reshape(source.shape)
        return view if np.may_share_memory(view, place) else None
    return None
