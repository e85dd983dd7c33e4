"""How two arrays are alike: up to axes, up to a factor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import combinations
from math import prod

import numpy as np

from backprop_explorer.ops.record import Array


def largest(array: Array) -> float:
    """The greatest magnitude of a finite element."""
    finite = np.abs(array[np.isfinite(array)])
    return float(finite.max()) if finite.size else 0.0


def transposed(array: Array) -> list[Array]:
    """The array with its axes in reverse, and with its last two exchanged."""
    return [array.T, np.swapaxes(array, -1, -2)]


def differences(given: Array, expected: Array) -> Array:
    """How far each element is away; not at all where both are the same infinity, or none a number."""
    with np.errstate(all="ignore"):
        away = np.abs(given - expected)
    same = (given == expected) | (np.isnan(given) & np.isnan(expected))
    return np.where(same, 0.0, away)


def axes_to_sum(many: tuple[int, ...], few: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The axes of one shape that are too many for the other."""
    for count in range(1, len(many) + 1):
        for axes in combinations(range(len(many)), count):
            if prod(length for axis, length in enumerate(many) if axis not in axes) == prod(few):
                yield axes


def spread(array: Array, shape: tuple[int, ...]) -> Iterator[Array]:
    """The array in that shape, where broadcasting allows it, and where axes that are missing allow it."""
    for one in (array, *_with_missing(array, shape)):
        with suppress(ValueError):
            yield np.broadcast_to(one, shape)


def _with_missing(array: Array, shape: tuple[int, ...]) -> Iterator[Array]:
    """The array with an axis of length 1 for each that it has less than the shape."""
    for axes in axes_to_sum(shape, array.shape):
        if array.shape == tuple(length for axis, length in enumerate(shape) if axis not in axes):
            yield np.expand_dims(array, axes)


def ratio(given: Array, wanted: Array, room: float = 0.0) -> float | None:
    """The one factor between two arrays, if there is one other than 0 and 1; `room` is how far each number may be
    off."""
    if given.shape != wanted.shape or not np.isfinite(given).all() or not np.isfinite(wanted).all():
        return None
    high, wide = largest(given), largest(wanted)
    if not high or not wide:
        return None
    a, b = given / high, wanted / wide  # so that no square is beyond what a number can hold
    ratio = float((a * b).sum() / (b * b).sum()) * (high / wide)
    if not np.isfinite(ratio):
        return None
    small = max(1e-7 * max(high, 1e-300), room)
    if abs(ratio) < 1e-12 or abs(ratio - 1) < small / high or (np.abs(given - ratio * wanted) > small).any():
        return None
    return ratio


def is_plain(ratio: float, near: float = 1e-6) -> bool:
    """Whether a factor is a small whole number, as near as that relative to it."""
    return 1 < abs(ratio) <= 1000 and abs(ratio - round(ratio)) < near * abs(ratio)
