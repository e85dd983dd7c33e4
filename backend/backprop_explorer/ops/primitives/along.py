"""Elements picked along one axis by whole numbers, each line of a tensor by its own, and the mirror of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from backprop_explorer.ops.axes import lengths, one_axis, size
from backprop_explorer.ops.elementwise import aligned, written
from backprop_explorer.ops.indexing import positions
from backprop_explorer.ops.record import REQUIRED, Array, OperandError, Operation, Read, Reject, Sample, Shape

Shapes = Sequence[Shape]
Parameters = Mapping[str, Any]


def _places(indices: Array, shape: Shape, axis: int, length: int) -> tuple[Array, ...]:
    """The index of NumPy's that pairs each of the indices with its own place in the other axes of that shape; the
    `length` is that of the axis which they go along."""
    if not shape:
        return ()
    places = list(np.ogrid[tuple(slice(length) for length in shape)])
    places[axis] = positions(indices, length)
    return tuple(places)


def _length(shape: Shape, axis: int) -> int:
    return shape[axis] if shape else 1


def _replaced(shape: Shape, axis: int, length: int) -> Shape:
    return (*shape[:axis], length, *shape[axis + 1 :]) if shape else ()


def _explicit_taking(shapes: Shapes, parameters: dict[str, Any]) -> dict[str, Any]:
    return {"axis": one_axis(parameters["axis"], len(shapes[0]))}


def _taken_shape(x: Shape, indices: Shape, axis: int) -> Shape:
    pairs = [(a, b) for i, (a, b) in enumerate(zip(x, indices, strict=False)) if i != axis]
    if len(x) != len(indices) or any(a != b and 1 not in (a, b) for a, b in pairs):
        raise OperandError(
            f"as many axes in both, equally long or 1 in all but axis {axis}; got {{0}} {x} and {{1}} {indices}"
        )
    return tuple(b if i == axis else max(a, b) for i, (a, b) in enumerate(zip(x, indices, strict=True)))


def _take(x: Array, indices: Array, axis: int, out: Array | None = None) -> Array:
    return written(np.asarray(x[_places(indices, x.shape, axis, _length(x.shape, axis))]), out)


def _taken_origins(shapes: Shapes, parameters: Parameters, index: Shape, read: Read) -> Iterator[tuple[int, Shape]]:
    axis, place = parameters["axis"], aligned(shapes[0], index)
    yield 0, _replaced(place, axis, read(1, aligned(shapes[1], index)))


def _spread(operands: Sequence[Any], parameters: Parameters) -> Mapping[str, Any]:
    """The shape that the gradient is added up in: the result's, with the operand's length along the axis."""
    x, indices = (operand.shape for operand in operands)
    axis = parameters["axis"]
    return {"spread": _replaced(_taken_shape(x, indices, axis), axis, _length(x, axis))}


TAKE_ALONG_AXIS = Operation(
    "take_along_axis",
    "movement",
    ("x", "indices"),
    shape=_taken_shape,
    forward=_take,
    code=lambda _, parameters: f"take_along_axis({{x}}, {{indices}}, {parameters['axis']})",
    result="same",
    whole=("indices",),
    parameters={"axis": -1},
    canonical=_explicit_taking,
    derive=_spread,
    bounds=lambda shapes, parameters: (0, _length(shapes[0], parameters["axis"]) - 1),
    origins=_taken_origins,
    rules={"x": "add_along_axis(g, indices, spread, axis)"},
    script=(
        "def take_along_axis(x, indices, axis=-1):\n"
        "    return np.take_along_axis(x, indices, axis) if np.ndim(x) else x"
    ),
    symbol="[i]→",
    summary=(
        "Along an axis, the elements at the places that whole numbers name: each line of the tensor has numbers of "
        "its own. In the other axes both are equally long, or one has length 1 and is broadcast."
    ),
    why={
        "x": (
            "Each element of `{y}` is a copy of one element of the same line of `{x}`. So an element gets the sum"
            " of its copies' gradients, and 0 where it was not picked."
        ),
    },
    formula="y[i, j] = x[i, indices[i, j]]",
    samples=(
        Sample("take_along_axis(x, i, 1)", {"x": (3, 2), "i": (3, 4)}, whole={"i": 2}),
        Sample("take_along_axis(x, i, axis=0)", {"x": (3, 2), "i": (2, 1)}, whole={"i": 3}),
        Sample("take_along_axis(x, i)", {"x": (1, 4), "i": (3, 2)}, whole={"i": 4}),
        Sample("take_along_axis(x, i)", {"x": (3,), "i": (5,)}, whole={"i": 3}),
    ),
    rejects=(
        Reject("take_along_axis(x, y, 1)", {"x": (3, 2), "y": (3, 1)}, "whole numbers"),
        Reject("take_along_axis(x, labels, 1)", {"x": (3, 2), "labels": (2, 2)}, "1 in all but axis 1"),
        Reject("take_along_axis(x, labels, 1)", {"x": (3, 2), "labels": (3,)}, "as many axes in both"),
        Reject("take_along_axis(x, labels, 2)", {"x": (3, 2), "labels": (3, 1)}, "one that exists"),
    ),
)


def _explicit_adding(_: Shapes, parameters: dict[str, Any]) -> dict[str, Any]:
    shape = lengths(parameters["shape"])
    return {"shape": shape, "axis": one_axis(parameters["axis"], len(shape))}


def _added_shape(x: Shape, indices: Shape, shape: Shape, axis: int) -> Shape:
    ranks = len(x) == len(indices) == len(shape)
    if not ranks or any(i not in (1, length) for i, length in zip(indices, x, strict=True)):
        raise OperandError(
            f"an index per element, so as many axes as {shape} has, {{1}} as long as {{0}} or 1; got {{0}} {x} and "
            f"{{1}} {indices}"
        )
    if any(i != axis and length > wanted for i, (length, wanted) in enumerate(zip(x, shape, strict=True))):
        raise OperandError(f"a shape at least as long as {{0}} {x} in all but axis {axis}; got {shape}")
    return shape


def _add(x: Array, indices: Array, shape: Shape, axis: int, out: Array | None = None) -> Array:
    result = np.empty(shape, x.dtype) if out is None else out
    result.fill(0)
    np.add.at(result, _places(np.broadcast_to(indices, x.shape), x.shape, axis, _length(shape, axis)), x)
    return result


def _added_origins(shapes: Shapes, parameters: Parameters, index: Shape, read: Read) -> Iterator[tuple[int, Shape]]:
    """Every element of this line that was sent here."""
    axis = parameters["axis"]
    inside = all(i == axis or at < length for i, (at, length) in enumerate(zip(index, shapes[0], strict=True)))
    for i in range(_length(shapes[0], axis)) if inside else ():
        place = _replaced(index, axis, i)
        if read(1, aligned(shapes[1], place)) == (index[axis] if index else 0):
            yield 0, place


def _leading(operands: Sequence[Any], parameters: Parameters) -> Mapping[str, Any]:
    """The index of the part of the result that the operand's elements can be added to."""
    x, shape, axis = operands[0].shape, parameters["shape"], parameters["axis"]
    return {
        "leading": tuple(
            slice(None) if i == axis or length == wanted else slice(0, length)
            for i, (length, wanted) in enumerate(zip(x, shape, strict=True))
        )
    }


ADD_ALONG_AXIS = Operation(
    "add_along_axis",
    "scatter",
    ("x", "indices"),
    shape=_added_shape,
    forward=_add,
    code="add_along_axis({x}, {indices}, {shape}, {axis})",
    whole=("indices",),
    parameters={"shape": REQUIRED, "axis": -1},
    canonical=_explicit_adding,
    derive=_leading,
    bounds=lambda _, parameters: (0, _length(parameters["shape"], parameters["axis"]) - 1),
    origins=_added_origins,
    rules={"x": "take_along_axis(g if whole(leading, g.shape) else g[leading], indices, axis)"},
    flop=lambda x, *_, **__: size(x),
    script=(
        "def add_along_axis(x, indices, shape, axis=-1):\n"
        "    if not shape:\n"
        "        return x\n"
        "    y = np.zeros(shape, x.dtype)\n"
        "    places = list(np.ogrid[tuple(slice(length) for length in x.shape)])\n"
        "    places[axis : axis % len(shape) + 1] = [np.broadcast_to(indices, x.shape)]\n"
        "    np.add.at(y, tuple(places), x)\n"
        "    return y"
    ),
    symbol="+[i]→",
    summary=(
        "The mirror of take_along_axis: along an axis, each element is added to the place that its index names. In "
        "the other axes it stays where it is; the shape may be longer there. Places not named are 0."
    ),
    why={
        "x": "Each element of `{x}` was added at one place of its line, so it gets the gradient of that place.",
    },
    formula="y[i, indices[i, j]] += x[i, j]",
    source="numpy.add.at",
    samples=(
        Sample("add_along_axis(x, i, (3, 2), 1)", {"x": (3, 4), "i": (3, 4)}, whole={"i": 2}),
        Sample("add_along_axis(x, i, (3, 2), axis=0)", {"x": (2, 2), "i": (2, 1)}, whole={"i": 3}),
        Sample("add_along_axis(x, i, (4, 3))", {"x": (2, 2), "i": (2, 2)}, whole={"i": 3}),
        Sample("add_along_axis(x, i, (3, 2), 0)", {"x": (2, 2), "i": (1, 2)}, whole={"i": 3}),
        Sample("add_along_axis(x, i, (3,))", {"x": (4,), "i": (4,)}, whole={"i": 3}),
    ),
    rejects=(
        Reject("add_along_axis(x, labels, (3, 2))", {"x": (3, 4), "labels": (2, 4)}, "as long as x or 1"),
        Reject("add_along_axis(x, labels, (2, 2))", {"x": (3, 4), "labels": (3, 4)}, "at least as long as x (3, 4)"),
        Reject("add_along_axis(x, labels, (3, 2), 2)", {"x": (3, 4), "labels": (3, 4)}, "one that exists"),
    ),
)
