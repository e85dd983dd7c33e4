"""Numbers of a document: nested lists to arrays, with every element checked, since NumPy would take `true`, `null`
and "1" for numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem

NOT_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
"""How numbers that are not finite are written, both ways."""

MAX_AXES = 8


def place(name: str, index: tuple[int, ...]) -> str:
    """An element's place as it is written: `x[0, 1]`, or the tensor itself."""
    return f"{name}{list(index)}" if index else name


def number(value: Any, name: str, index: tuple[int, ...] = ()) -> float | int:
    """One element, checked. Raises a `Problem` that says where it stands."""
    if isinstance(value, str) and value in NOT_FINITE:
        return NOT_FINITE[value]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        got = {bool: "true or false", str: "a string", type(None): "null", dict: "an object"}.get(
            type(value), "something else"
        )
        raise Problem(
            "not_a_number",
            f"{place(name, index)} must be a number; got {got}",
            tensor=name,
            index=index or None,
        )
    if isinstance(value, int) and abs(value) > 2**53:
        raise Problem(
            "not_a_number",
            f"{place(name, index)} is a whole number beyond 2**53, which floats cannot hold exactly",
            tensor=name,
            index=index or None,
        )
    return value


def array_of(value: Any, name: str) -> tuple[Array, bool]:
    """A tensor given as nested lists (or as an ndarray), and whether it holds whole numbers only, as labels do."""
    if isinstance(value, np.ndarray):
        return _checked_array(value, name)
    shape = _shape_of(value, name)
    flat: list[float | int] = []
    _collect(value, shape, name, (), flat)
    whole = all(isinstance(item, int) for item in flat)
    return np.array(flat, dtype=float).reshape(shape), whole


def _checked_array(value: Array, name: str) -> tuple[Array, bool]:
    if value.dtype.kind not in "iuf":
        raise Problem("not_a_number", f"{name} must hold numbers; got an array of {value.dtype}", tensor=name)
    if value.size == 0 or value.ndim > MAX_AXES:
        raise _empty(name)
    return value, value.dtype.kind in "iu"


def _shape_of(value: Any, name: str) -> tuple[int, ...]:
    shape: list[int] = []
    while isinstance(value, (list, tuple)):
        shape.append(len(value))
        if not value or len(shape) > MAX_AXES:
            raise _empty(name)
        value = value[0]
    return tuple(shape)


def _empty(name: str) -> Problem:
    return Problem("bad_tensor", f"{name} must have at least one element and at most {MAX_AXES} axes", tensor=name)


def _collect(value: Any, shape: tuple[int, ...], name: str, index: tuple[int, ...], flat: list[float | int]) -> None:
    if not shape:
        flat.append(number(value, name, index))
        return
    if not isinstance(value, (list, tuple)) or len(value) != shape[0]:
        got = f"{len(value)} elements" if isinstance(value, (list, tuple)) else "a single value"
        raise Problem(
            "ragged",
            f"{place(name, index)} must have {shape[0]} elements, like the others of its axis; got {got}",
            tensor=name,
            index=index or None,
        )
    for position, item in enumerate(value):
        _collect(item, shape[1:], name, (*index, position), flat)
