"""Tensors whose numbers stand in the program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from backprop_explorer.ops.elementwise import written
from backprop_explorer.ops.record import REQUIRED, Array, OperandError, Operation, Reject, Sample, Shape

Parameters = Mapping[str, Any]


def _explicit_numbers(_: Sequence[Shape], parameters: dict[str, Any]) -> dict[str, Any]:
    _shape_of(parameters["object"])
    return parameters


def _shape_of(given: Any) -> Shape:
    if isinstance(given, (bool, int, float)):
        return ()
    if not isinstance(given, (tuple, list)) or not given:
        raise OperandError(
            "numbers that stand in the program, in lists of equal length, such as array([[1, 2], [3, 4]])"
        )
    shapes = {_shape_of(part) for part in given}
    if len(shapes) > 1:
        one, other = sorted(shapes)[:2]
        raise OperandError(f"lists of equal length; got parts of the shapes {one} and {other}")
    return (len(given), *shapes.pop())


def _flat(given: Any) -> list[Any]:
    return [number for part in given for number in _flat(part)] if isinstance(given, (tuple, list)) else [given]


def _kind(parameters: Parameters) -> Literal["float", "bool", "open"]:
    """Truth values are a mask; whole numbers may be labels, or numbers like all others."""
    types = set(map(type, _flat(parameters["object"])))
    return "bool" if types == {bool} else "float" if float in types else "open"


def _array(object: Any, out: Array | None = None) -> Array:
    return written(np.array(object), out)


def _extent(_: Sequence[Shape], parameters: Parameters) -> tuple[int, int]:
    numbers = _flat(parameters["object"])
    return min(numbers), max(numbers)


def _text(given: Any) -> str:
    if isinstance(given, (tuple, list)):
        return f"[{', '.join(map(_text, given))}]"
    text = repr(given)
    return f"np.{text}" if text in ("inf", "nan") else "-np.inf" if text == "-inf" else text


ARRAY = Operation(
    "array",
    "movement",
    (),
    shape=lambda object: _shape_of(object),
    forward=_array,
    canonical=_explicit_numbers,
    parameters={"object": REQUIRED},
    result=_kind,
    extent=_extent,
    code=lambda _, parameters: f"array({_text(parameters['object'])})",
    script="def array(object): return np.array(object)",
    symbol="1 2 3",
    summary=(
        "The numbers that stand in the program, in lists for axes. Whole numbers can be labels, truth values are a "
        "mask; they are no tensor of the document, so they have no gradient."
    ),
    formula="y = object",
    samples=(
        Sample("array([[1.5, 2.0], [0.5, -1.0]]) * x", {"x": (2, 2)}),
        Sample("array([3, 1, 2]) * x", {"x": (2, 3)}),
        Sample("x[array([1, 0, 1])]", {"x": (2, 3)}),
        Sample("where(array([True, False]), x, 0)", {"x": (2, 2)}),
    ),
    rejects=(
        Reject("array([[1, 2], [3]]) * x", {"x": (2,)}, "lists of equal length"),
        Reject("array([]) * x", {"x": (2,)}, "numbers that stand in the program"),
        Reject("x[array([0, 2])]", {"x": (2, 3)}, "labels from -2 to 1; array gives numbers from 0 to 2"),
    ),
)
