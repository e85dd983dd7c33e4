"""Memory for results: allocated once, in the order in which their producer writes, and where the processor reads it
fastest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Array, Shape

CACHE_LINE = 64
"""Bytes. The widest registers have as many: one that is read or written across two lines takes twice as long, and
what NumPy allocates begins 16 bytes behind such a border."""
LEAST_BYTES = 4096
"""Of less the time of the call is the most."""


def allocated(shape: Sequence[int], dtype: np.dtype[np.generic] | str) -> Array:
    """An array of that shape without numbers, large ones beginning with a cache line."""
    kind = np.dtype(dtype)
    count = size(tuple(shape)) * kind.itemsize
    if count < LEAST_BYTES:
        return np.empty(shape, kind)
    room = np.empty(count + CACHE_LINE, np.uint8)
    first = -room.ctypes.data % CACHE_LINE
    return room[first : first + count].view(kind).reshape(shape)


class Memory:
    """What is held together: the memory behind arrays and views, each piece counted once."""

    def __init__(self, dtype: np.dtype[np.generic]) -> None:
        self._number = dtype.itemsize
        self._bytes = 0
        self._counted: dict[int, Array] = {}

    @property
    def elements(self) -> int:
        """How many numbers of the program's type take as much."""
        return -(-self._bytes // self._number)

    def add(self, values: Iterable[object]) -> None:
        """Counts what is behind those of the values that are arrays."""
        for value in values:
            if not isinstance(value, np.ndarray):
                continue
            while isinstance(value.base, np.ndarray):
                value = value.base
            address = value.__array_interface__["data"][0]
            if address not in self._counted:
                self._counted[address] = value  # held, so that no other array gets its place
                self._bytes += value.nbytes


def copied(array: Array, dtype: np.dtype[np.generic] | str) -> Array:
    """A copy of an array in the usual order, in memory of that kind."""
    copy = allocated(array.shape, dtype)
    copy[...] = array
    return copy


def empty_like_first(shape: Shape, dtype: np.dtype[np.generic], operands: Iterable[Array]) -> Array:
    """A buffer whose memory order is that of the first operand of the same shape, so that an order chosen once
    lasts."""
    for operand in operands:
        if operand.shape == shape and 0 not in operand.strides:
            return empty(shape, dtype, memory_order(operand))
    return allocated(shape, dtype)


def memory_order(array: Array) -> list[int]:
    """The axes from the one with the longest stride to the one with the shortest."""
    return sorted(range(array.ndim), key=lambda axis: (-abs(array.strides[axis]), axis))


def empty(shape: Shape, dtype: np.dtype[np.generic], order: Sequence[int]) -> Array:
    """A buffer of that shape whose axes lie in memory in that order."""
    places = allocated(tuple(shape[axis] for axis in order), dtype)
    return places.transpose(tuple(order.index(axis) for axis in range(len(shape))))


def flat(array: Array) -> Array | None:
    """The elements in the order of memory as a view with one axis; None where that would be a copy, which would be
    stale ever after."""
    vector = array.transpose(memory_order(array)).reshape(-1)
    return vector if np.may_share_memory(vector, array) else None


def matrix(array: Array) -> Array | None:
    """All axes but the last as one, as a view; None where that would be a copy."""
    rows = array.reshape(-1, array.shape[-1])
    return rows if np.may_share_memory(rows, array) else None


def as_rows(array: Array, axes: Sequence[int]) -> Array | None:
    """The array as a matrix, a row per element of a sum over the axes; None where that would be a copy."""
    if 0 in array.strides:
        return None
    kept = [axis for axis in range(array.ndim) if axis not in axes]
    transposed = array.transpose([*kept, *(axis for axis in memory_order(array) if axis in axes)])
    rows = transposed.reshape(int(np.prod([array.shape[axis] for axis in kept])), -1)
    return rows if np.may_share_memory(rows, array) else None
