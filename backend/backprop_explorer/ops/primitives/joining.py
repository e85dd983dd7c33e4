"""Joining: movement out of several tensors into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from backprop_explorer.ops.axes import normal_axis
from backprop_explorer.ops.record import Array, OperandError, Operation, Reject, Sample, Shape

Parameters = Mapping[str, Any]


def _arrange_parts(args: list[Any], options: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    if not args or not isinstance(args[0], (tuple, list)) or not args[0]:
        raise OperandError("its tensors in one tuple, such as concatenate((a, b), axis=0)")
    return list(args[0]), {**options, **({"axis": args[1]} if len(args) > 1 else {})}


def _concatenated(*shapes: Shape, axis: int) -> Shape:
    first = shapes[0]
    for position, shape in enumerate(shapes):
        if len(shape) != len(first) or shape[:axis] + shape[axis + 1 :] != first[:axis] + first[axis + 1 :]:
            raise OperandError(
                f"shapes that agree in all axes but {axis}; got {{0}} {first} and {{{position}}} {shape}"
            )
    return (*first[:axis], sum(shape[axis] for shape in shapes), *first[axis + 1 :])


def _concatenate(*arrays: Array, axis: int, out: Array | None = None) -> Array:
    return np.concatenate(arrays, axis, out=out)


def _sections(operands: Sequence[Any], parameters: Parameters) -> Parameters:
    axis, start, result = parameters["axis"], 0, []
    for operand in operands:
        result.append((slice(None),) * axis + (slice(start, start + operand.shape[axis]),))
        start += operand.shape[axis]
    return {"sections": tuple(result)}


def _part_origin(shapes: Sequence[Shape], parameters: Parameters, index: Shape) -> tuple[int, Shape]:
    axis, place = parameters["axis"], index[parameters["axis"]]
    for position, shape in enumerate(shapes):
        if place < shape[axis]:
            return position, (*index[:axis], place, *index[axis + 1 :])
        place -= shape[axis]
    raise IndexError(index)


CONCATENATE = Operation(
    "concatenate",
    "movement",
    ("*parts",),
    shape=_concatenated,
    forward=_concatenate,
    parameters={"axis": 0},
    result="same",
    arrange=_arrange_parts,
    canonical=lambda shapes, parameters: {"axis": normal_axis(parameters["axis"], len(shapes[0]))},
    derive=_sections,
    origin=_part_origin,
    symbol="concat",
    synonyms=("cat",),
    code=lambda shapes, parameters: f"concatenate(({{parts}}{_lone(shapes)}), {parameters['axis']})",
    rules={"parts": "g[sections[i]]"},
    summary="Tensors one behind the other along an axis that they have.",
    why={
        "parts": "Each part was copied into a section of `{y}`, so it gets the gradient of its own section.",
    },
    formula="y = concatenate((a, b), axis)",
    samples=(
        Sample("concatenate((a, b), 0)", {"a": (3, 2), "b": (1, 2)}),
        Sample("concatenate((a, b, a), axis=-1)", {"a": (3, 2), "b": (3, 1)}),
    ),
    rejects=(
        Reject("concatenate((a, b), 0)", {"a": (3, 2), "b": (3, 1)}, "agree in all axes but 0"),
        Reject("concatenate(a, 0)", {"a": (3, 2)}, "in one tuple"),
    ),
)


def _lone(shapes: Sequence[Shape]) -> str:
    """What makes a tuple of one tensor in parentheses."""
    return "," if len(shapes) == 1 else ""


def _stacked(*shapes: Shape, axis: int) -> Shape:
    for position, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise OperandError(f"equal shapes; got {{0}} {shapes[0]} and {{{position}}} {shape}")
    return (*shapes[0][:axis], len(shapes), *shapes[0][axis:])


def _stack(*arrays: Array, axis: int, out: Array | None = None) -> Array:
    return np.stack(arrays, axis, out=out)


STACK = Operation(
    "stack",
    "movement",
    ("*parts",),
    shape=_stacked,
    forward=_stack,
    parameters={"axis": 0},
    result="same",
    arrange=_arrange_parts,
    canonical=lambda shapes, parameters: {"axis": normal_axis(parameters["axis"], len(shapes[0]) + 1)},
    symbol="stack",
    origin=lambda _, parameters, index: (
        index[parameters["axis"]],
        index[: parameters["axis"]] + index[parameters["axis"] + 1 :],
    ),
    derive=lambda operands, parameters: {
        "places": tuple((slice(None),) * parameters["axis"] + (i,) for i in range(len(operands)))
    },
    code=lambda shapes, parameters: f"stack(({{parts}}{_lone(shapes)}), {parameters['axis']})",
    rules={"parts": "g[places[i]]"},
    summary="Tensors of one shape side by side along a new axis.",
    why={
        "parts": "Each part was copied into one place of the new axis, so it gets the gradient at that place.",
    },
    formula="y = stack((a, b), axis)",
    samples=(
        Sample("stack((a, b), 0)", {"a": (3, 2), "b": (3, 2)}),
        Sample("stack((a, a, b), axis=-1)", {"a": (3,), "b": (3,)}),
    ),
    rejects=(Reject("stack((a, b), 0)", {"a": (3, 2), "b": (3, 1)}, "equal shapes"),),
)
