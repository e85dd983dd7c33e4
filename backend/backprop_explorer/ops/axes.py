"""Axes as parameters: None, one or several, negative ones counted from the end."""

from __future__ import annotations

from typing import Any

from backprop_explorer.ops.record import OperandError, Shape


def normal_axis(axis: Any, rank: int, name: str = "axis") -> int:
    """One axis as a position from 0 in a tensor of that rank."""
    if isinstance(axis, bool) or not isinstance(axis, int):
        raise OperandError(f"{name} to be a whole number; got {axis!r}")
    if not -rank <= axis < rank:
        axes = f"from {-rank} to {rank - 1}" if rank else "none, a scalar has no axes"
        raise OperandError(f"{name} to be one that exists ({axes}); got {axis}")
    return axis % rank


def normal_axes(axis: Any, rank: int) -> tuple[int, ...]:
    """The axes named by None (all), a number or a tuple of them: sorted, from 0, each once."""
    if axis is None:
        return tuple(range(rank))
    axes = tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)
    result = tuple(sorted(normal_axis(one, rank) for one in axes))
    if len(set(result)) < len(result):
        raise OperandError(f"axis to name each axis once; got {axis}")
    return result


def lengths(shape: Any) -> tuple[int, ...]:
    """A shape given as a parameter: a tuple of whole numbers, -1 meaning "what is left"."""
    given = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    for length in given:
        if isinstance(length, bool) or not isinstance(length, int) or length == 0 or length < -1:
            raise OperandError(f"a shape of whole numbers of at least 1; got {shape}")
    return given


def size(shape: Shape) -> int:
    """The number of elements, in Python's whole numbers: NumPy's overflow silently."""
    count = 1
    for length in shape:
        count *= length
    return count


MOST_STEPS = 2**31 - 1
"""The longest step or edge: in bytes it still is a number of NumPy's."""


def whole_numbers(given: Any, count: int, name: str, least: int) -> tuple[int, ...]:
    """A parameter that is one whole number for several axes or one for each: always one for each."""
    numbers = tuple(given) if isinstance(given, (tuple, list)) else (given,) * count
    if any(isinstance(one, bool) or not isinstance(one, int) or one < least for one in numbers):
        raise OperandError(f"{name} to be whole numbers of at least {least}; got {given}")
    if len(numbers) != count:
        raise OperandError(f"{name} to be one number or {count}; got {given}")
    if any(one > MOST_STEPS for one in numbers):
        raise OperandError(f"{name} to be at most {MOST_STEPS:,}; got {given}")
    return numbers


def one_axis(axis: Any, rank: int) -> int:
    """One axis as a position from 0. A scalar counts as a line of one number, whose axis is 0 or -1."""
    return normal_axis(axis, rank or 1)
