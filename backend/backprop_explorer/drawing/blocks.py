"""A matrix as one of fewer numbers, each of which stands for a block."""

from __future__ import annotations

import numpy as np

from backprop_explorer.ops.record import Array


def farthest(plane: Array, down: int, across: int) -> Array:
    """Of each block of so many rows and columns the number that is farthest from 0, NaN where there is one in it."""
    if plane.size == 0:
        return plane
    numbers = plane.astype(np.int8) if plane.dtype == np.bool_ else plane
    high, low = (_reduced(reduce, numbers, down, across) for reduce in (np.maximum, np.minimum))
    with np.errstate(invalid="ignore"):
        return np.where(high >= -low, high, np.where(np.isnan(high), high, low))


def _reduced(reduce: np.ufunc, numbers: Array, down: int, across: int) -> Array:
    for axis, block in enumerate((down, across)):
        if block > 1:
            numbers = reduce.reduceat(numbers, np.arange(0, numbers.shape[axis], block), axis=axis)
    return numbers
