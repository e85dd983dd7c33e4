"""Zeros, or other numbers, around a tensor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from backprop_explorer.ops.axes import whole_numbers
from backprop_explorer.ops.indexing import linear_code, same_place, view_at
from backprop_explorer.ops.record import REQUIRED, Array, Call, OperandError, Operation, Reject, Sample, Shape

Shapes = Sequence[Shape]
Parameters = Mapping[str, Any]
Widths = tuple[tuple[int, int], ...]


def _explicit_widths(shapes: Shapes, parameters: dict[str, Any]) -> dict[str, Any]:
    """A pair per axis: NumPy's spellings, or PyTorch's flat tuple that begins with the last axis."""
    rank, given = len(shapes[0]), parameters["pad_width"]
    value = parameters["constant_values"]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise OperandError(f"constant_values to be one number; got {value!r}")
    return {"pad_width": _widths(given, rank), "constant_values": float(value)}


def _widths(given: Any, rank: int) -> Widths:
    if not isinstance(given, tuple):
        given = (given, given)
    if all(isinstance(entry, tuple) for entry in given):
        pairs = given * rank if len(given) == 1 else given
    elif len(given) == 2:
        pairs = (given,) * rank
    else:
        backwards = [given[i : i + 2] for i in range(0, len(given), 2)][::-1]
        pairs = ((0, 0),) * (rank - len(backwards)) + tuple(backwards)
    if len(pairs) != rank or any(len(pair) != 2 for pair in pairs):
        raise OperandError(f"pad_width to be a number, or a pair (before, after) for each of {{0}}'s axes; got {given}")
    return tuple((before, after) for before, after in (whole_numbers(pair, 2, "pad_width", 0) for pair in pairs))


def _padded(shape: Shape, pad_width: Widths, **_: Any) -> Shape:
    return tuple(before + length + after for length, (before, after) in zip(shape, pad_width, strict=True))


def inner(pad_width: Widths) -> tuple[slice, ...]:
    """The index of what was there before padding."""
    return tuple(slice(before or None, -after or None) for before, after in pad_width)


def _pad(x: Array, pad_width: Widths, constant_values: float, out: Array | None = None) -> Array:
    result = np.empty(_padded(x.shape, pad_width), x.dtype) if out is None else out
    result.fill(constant_values)
    result[inner(pad_width)] = x
    return result


def _pad_kernel(
    arrays: Sequence[Array], out: Array, _: Sequence[float | None], pad_width: Widths, constant_values: float
) -> list[Call]:
    # What stands around never changes: it is written once, when the plan is made.
    out.fill(constant_values)
    place = view_at(out, inner(pad_width))
    # The producer may have been given this very place to write to.
    return [] if same_place(place, arrays[0]) else [partial(np.copyto, place, arrays[0])]


def _pad_origin(shapes: Shapes, parameters: Parameters, index: Shape) -> tuple[int, Shape] | None:
    place = tuple(i - before for i, (before, _) in zip(index, parameters["pad_width"], strict=True))
    return (0, place) if all(0 <= i < length for i, length in zip(place, shapes[0], strict=True)) else None


def _pad_indexed(
    _: Shapes, parameters: Parameters, index: Sequence[str], __: Any
) -> tuple[list[str], list[str]] | None:
    places = zip(index, parameters["pad_width"], strict=True)
    return [linear_code([(1, i)], -before) for i, (before, _) in places], []


def _pad_code(_: Shapes, parameters: Parameters) -> str:
    value = parameters["constant_values"]
    around = "" if value == 0 else f", constant_values={'-np.inf' if value == -np.inf else f'{value:g}'}"
    return f"pad({{x}}, {parameters['pad_width']}{around})"


PAD = Operation(
    "pad",
    "movement",
    ("x",),
    shape=_padded,
    forward=_pad,
    kernel=_pad_kernel,
    canonical=_explicit_widths,
    origin=_pad_origin,
    indexed=_pad_indexed,
    fills=lambda parameters: float(parameters["constant_values"]),
    parameters={"pad_width": REQUIRED, "constant_values": 0},
    rules={"x": "g[inner(pad_width)]"},
    code=_pad_code,
    symbol="pad",
    summary=(
        "Zeros, or another number, around the tensor. pad_width is NumPy's: one number, or a pair (before, after) per "
        "axis. A flat tuple of four or more is read as PyTorch's, which begins with the last axis."
    ),
    why={
        "x": (
            "The elements inside are copies and get their gradients unchanged; what was put around them does not "
            "depend on `{x}`, so the gradient there is cut off."
        ),
    },
    formula="y = pad(x, pad_width)",
    samples=(
        Sample("pad(x, 1)", {"x": (2, 2)}),
        Sample("np.pad(x, ((0, 0), (1, 2)))", {"x": (2, 3)}),
        Sample("pad(x, (1, 0), constant_values=0.5)", {"x": (3,)}),
        Sample("F.pad(x, (1, 0, 0, 2))", {"x": (2, 2, 2)}),
    ),
    rejects=(
        Reject("pad(x, -1)", {"x": (3,)}, "pad_width to be whole numbers of at least 0"),
        Reject("pad(x, ((1, 1), (0, 0)))", {"x": (3,)}, "for each of x's axes"),
    ),
)
