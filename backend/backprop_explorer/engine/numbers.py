"""Numbers of a document: nested lists to arrays, with every element checked, since NumPy would take `null` and "1" for
numbers; and the arrays of other libraries, by the protocols that they share."""

from __future__ import annotations

import math
from typing import Any, NoReturn

import numpy as np

from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem

NOT_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
"""How numbers that are not finite are written, both ways."""

MAX_AXES = 8
EXACT = 2**53
"""Whole numbers beyond this are not all floats."""
_SMALLEST, _LARGEST = 1e-30, 1e30
"""Sums of squares between these have lost nothing, in float32 neither."""
_PLAIN = {int, float}
_TAKEN = "give numbers, nested lists of them, or arrays: of NumPy, or of a library whose arrays turn into NumPy's"


def place(name: str, index: tuple[int, ...]) -> str:
    """An element's place as it is written: `x[0, 1]`, or the tensor itself."""
    return f"{name}{list(index)}" if index else name


def number(value: Any, name: str, index: tuple[int, ...] = ()) -> float | int:
    """One element, checked. Raises a `Problem` that says where it stands."""
    if isinstance(value, str) and value in NOT_FINITE:
        return NOT_FINITE[value]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        _refuse(value, name, index)
    if isinstance(value, int) and abs(value) > EXACT:
        raise Problem(
            "not_a_number",
            f"{place(name, index)} is a whole number beyond 2**53, which floats cannot hold exactly",
            tensor=name,
            index=index or None,
        )
    return value


def _refuse(value: Any, name: str, index: tuple[int, ...]) -> NoReturn:
    known = {bool: "true or false", str: "a string", type(None): "null", dict: "an object"}
    kind = type(value)
    raise Problem(
        "not_a_number",
        f"{place(name, index)} must be a number; got {known.get(kind, f'an object of the type {kind.__name__}')}",
        tensor=name,
        index=index or None,
        hint=None if kind in known else _TAKEN,
    )


def array_of(value: Any, name: str, *, masks: bool = False) -> tuple[Array, bool]:
    """A tensor given as nested lists or as an array of any library, and whether it holds whole numbers only, as labels
    do. With `masks`, one of truth values counts as whole numbers, 1 and 0. Raises a `Problem` for anything else."""
    if is_array(value):
        array = numpy_array(value, name)
        if array.dtype.kind == "b" and masks:
            array = array.astype(np.int64)
        if array.dtype.kind != "O":
            return _checked_array(array, name)
        value = array.tolist()  # as a table with columns of several types has them: each is looked at
    shape = _shape_of(value, name)
    if masks and _is_mask(value, len(shape)):
        value = _ones_and_zeros(value)
    flat: list[float | int] = []
    whole = _collect(value, shape, name, (), flat)
    return np.array(flat, dtype=float).reshape(shape), whole


def is_mask(value: Any) -> bool:
    """Whether a tensor is given as truth values alone."""
    if is_array(value):
        return bool(np.asarray(value).dtype.kind == "b") if isinstance(value, np.ndarray | np.generic) else False
    while isinstance(value, list) and value:
        value = value[0]
    return isinstance(value, bool)


def is_array(value: Any) -> bool:
    """Whether it is an array or a scalar, of NumPy or of a library that speaks its protocol: PyTorch, JAX, pandas …"""
    return isinstance(value, (np.ndarray, np.generic)) or hasattr(type(value), "__array__")


def numpy_array(value: Any, name: str) -> Array:
    """NumPy's form of an array of any library, without a copy where there need be none.

    A tensor that takes part in somebody's own differentiation, or lies on another device, gives its numbers alone.
    Raises a `Problem` with the library's reason where it has no such form.
    """
    try:
        array = _as_numpy(value)
    except Exception as error:
        reason = str(error).strip().partition("\n")[0][:200] or type(error).__name__
        kind = type(value).__name__
        raise Problem("not_a_number", f"{name} is a {kind} that gives no numbers: {reason}", tensor=name) from None
    if np.ma.is_masked(array):
        hint = "fill them first, by .filled(0) for example"
        raise Problem("not_a_number", f"{name} has masked elements, which are no numbers", tensor=name, hint=hint)
    return array


def _as_numpy(value: Any) -> Array:
    try:
        return np.asanyarray(value) if isinstance(value, np.ma.MaskedArray) else np.asarray(value)
    except Exception:
        detached = getattr(value, "detach", None)
        if not callable(detached):
            raise
        found = detached()
        return np.asarray(found.cpu() if callable(getattr(found, "cpu", None)) else found)


def _checked_array(array: Array, name: str) -> tuple[Array, bool]:
    if array.dtype.kind not in "iuf":
        raise Problem("not_a_number", f"{name} must hold numbers; got an array of {array.dtype}", tensor=name)
    if array.size == 0 or array.ndim > MAX_AXES:
        raise _empty(name)
    return array, array.dtype.kind in "iu"


def _is_mask(value: Any, axes: int) -> bool:
    """Whether all that stands in lists nested so deep are truth values."""
    if not axes:
        return isinstance(value, bool)
    return isinstance(value, (list, tuple)) and all(_is_mask(item, axes - 1) for item in value)


def _ones_and_zeros(value: Any) -> Any:
    return [_ones_and_zeros(item) for item in value] if isinstance(value, (list, tuple)) else int(value)


def _shape_of(value: Any, name: str) -> tuple[int, ...]:
    shape: list[int] = []
    while isinstance(value, (list, tuple)):
        shape.append(len(value))
        if not value or len(shape) > MAX_AXES:
            raise _empty(name)
        value = value[0]
    if is_array(value):
        shape += numpy_array(value, name).shape
        if len(shape) > MAX_AXES or 0 in shape:
            raise _empty(name)
    return tuple(shape)


def _empty(name: str) -> Problem:
    return Problem("bad_tensor", f"{name} must have at least one element and at most {MAX_AXES} axes", tensor=name)


def _collect(value: Any, shape: tuple[int, ...], name: str, index: tuple[int, ...], flat: list[float | int]) -> bool:
    """Appends the elements in order; whether all of them are whole."""
    if is_array(value):
        return _collect_array(numpy_array(value, place(name, index)), shape, name, index, flat)
    if not shape:
        flat.append(number(value, name, index))
        return isinstance(flat[-1], int)
    if not isinstance(value, (list, tuple)) or len(value) != shape[0]:
        raise _ragged(shape[0], f"{len(value)} elements" if isinstance(value, (list, tuple)) else None, name, index)
    kinds = set(map(type, value)) if len(shape) == 1 else set()
    if kinds and kinds <= _PLAIN and not any(type(item) is int and abs(item) > EXACT for item in value):
        flat.extend(value)
        return float not in kinds
    parts = [_collect(item, shape[1:], name, (*index, position), flat) for position, item in enumerate(value)]
    return all(parts)


def _collect_array(
    array: Array, shape: tuple[int, ...], name: str, index: tuple[int, ...], flat: list[float | int]
) -> bool:
    if array.dtype.kind == "O" and array.ndim:
        return _collect(array.tolist(), shape, name, index, flat)
    if array.shape != shape:
        needed = shape[0] if shape else 1
        raise _ragged(needed, f"an array of the shape {array.shape}", name, index)
    checked, whole = _checked_array(array, place(name, index))
    flat.extend(checked.ravel().tolist())
    return whole


def _ragged(length: int, got: str | None, name: str, index: tuple[int, ...]) -> Problem:
    return Problem(
        "ragged",
        f"{place(name, index)} must have {length} elements, like the others of its axis; got {got or 'a single value'}",
        tensor=name,
        index=index or None,
    )


def norm(array: Array) -> float:
    """The Euclidean norm of all elements, also where their squares are too large or too small for their type."""
    flat = array.ravel() if array.dtype.kind == "f" else array.ravel().astype(np.float64)
    with np.errstate(all="ignore"):
        squares = float(flat.dot(flat))
        if _SMALLEST < squares < _LARGEST:
            return math.sqrt(squares)
        largest = float(np.abs(flat).max(initial=0))
        if not 0 < largest < math.inf:
            return largest
        scaled = flat.astype(np.float64) / largest
        return largest * math.sqrt(float(scaled.dot(scaled)))
