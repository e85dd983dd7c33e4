"""Elements at lists and tensors of whole numbers, the mirror of that, and elements that are overwritten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from backprop_explorer.ops.advanced import (
    as_numpy,
    explicit_advanced,
    is_advanced,
    joined_index,
    label_bounds,
    layout,
    place_of,
    places_of,
    split_index,
)
from backprop_explorer.ops.axes import lengths, size
from backprop_explorer.ops.elementwise import aligned, written
from backprop_explorer.ops.indexing import Index, index_code, index_shape
from backprop_explorer.ops.record import REQUIRED, Array, OperandError, Operation, Read, Reject, Sample, Shape

Shapes = Sequence[Shape]
Parameters = Mapping[str, Any]


def taken_shape(shape: Shape, index: Index, labels: Sequence[Shape]) -> Shape:
    """The shape of what an explicit index takes."""
    return layout(shape, index, tuple(labels)).shape if is_advanced(index) else index_shape(shape, index)


def _arranged(args: list[Any], options: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """`lookup(x, index)`: the index's tensors become operands."""
    if len(args) < 2:
        return args, options
    index, tensors = split_index(args[1])
    rest = dict(zip(("shape",), args[2:], strict=False))
    return [args[0], *tensors], {**options, **rest, "index": index}


def _with_tensors(operands: Sequence[Any], parameters: Parameters) -> Parameters:
    return {"index": joined_index(parameters["index"], operands[1:])}


def _lookup(x: Array, *labels: Array, index: Index, out: Array | None = None) -> Array:
    return written(x[as_numpy(index, labels)], out)


def _lookup_origins(shapes: Shapes, parameters: Parameters, at: Shape, read: Read) -> Iterator[tuple[int, Shape]]:
    labels = tuple(shapes[1:])
    yield 0, place_of(shapes[0], parameters["index"], labels, at, lambda i, place: read(i + 1, place))


LOOKUP = Operation(
    "lookup",
    "movement",
    ("x", "*indices"),
    shape=lambda x, *labels, index: taken_shape(x, index, labels),
    forward=_lookup,
    code=lambda _, parameters: f"{{x}}[{index_code(parameters['index'])}]",
    parameters={"index": REQUIRED},
    arrange=_arranged,
    canonical=explicit_advanced,
    derive=_with_tensors,
    result="same",
    whole=("indices",),
    bounds=lambda shapes, parameters: label_bounds(shapes[0], parameters["index"], len(shapes) - 1),
    origins=_lookup_origins,
    rules={"x": "unlookup(g, index, x.shape)"},
    symbol="[i]",
    summary=(
        "The elements at lists or tensors of whole numbers, one for each axis, together with slices. Numbers below 0 "
        "count from the end; an element that is named twice is there twice."
    ),
    why={
        "x": (
            "Each element of `{y}` is a copy of the element of `{x}` that the index names. So an element gets the"
            " sum of its copies' gradients, and 0 where the index never names it."
        ),
    },
    formula="y = x[index]",
    source="numpy.ndarray.__getitem__",
    samples=(
        Sample("x[[0, 2]]", {"x": (3, 2)}),
        Sample("x[arange(3), i]", {"x": (3, 2), "i": (3,)}, whole={"i": 2}),
        Sample("x[:, i]", {"x": (2, 3), "i": (2, 2)}, whole={"i": 3}),
        Sample("x[i, :, j]", {"x": (3, 2, 4), "i": (2,), "j": (2,)}, whole={"i": 3, "j": 4}),
        Sample("x[None, [1, 1, -1], 1:]", {"x": (3, 3)}),
        Sample("x[[[0], [2]], [0, 1]]", {"x": (3, 2)}),
    ),
    rejects=(
        Reject("x[[0, 3]]", {"x": (3, 2)}, "from -3 to 2 in axis 0"),
        Reject("x[[0, 1], [0, 1, 2]]", {"x": (3, 3)}, "broadcast to one shape"),
        Reject("x[[0.5, 1]]", {"x": (3, 2)}, "whole numbers"),
        Reject("x[0, :, [0, 1]]", {"x": (3, 2, 2)}, "NumPy and PyTorch put the axes in different places"),
    ),
)


def _unlookup_shape(x: Shape, *labels: Shape, index: Index, shape: Shape) -> Shape:
    taken = taken_shape(shape, index, labels)
    if x != taken:
        raise OperandError(f"the shape {taken} that the index takes of {shape}; got {{0}} {x}")
    return shape


def _unlookup(x: Array, *labels: Array, index: Index, shape: Shape, out: Array | None = None) -> Array:
    result = np.empty(shape, x.dtype) if out is None else out
    result.fill(0)
    np.add.at(result, as_numpy(index, labels), x)
    return result


def _unlookup_explicit(_: Shapes, parameters: dict[str, Any]) -> dict[str, Any]:
    shape = lengths(parameters["shape"])
    return explicit_advanced([shape], {**parameters, "shape": shape})


def _unlookup_origins(shapes: Shapes, parameters: Parameters, at: Shape, read: Read) -> Iterator[tuple[int, Shape]]:
    places = places_of(
        parameters["shape"], parameters["index"], tuple(shapes[1:]), at, lambda i, place: read(i + 1, place)
    )
    return ((0, place) for place in places)


UNLOOKUP = Operation(
    "unlookup",
    "scatter",
    ("x", "*indices"),
    shape=_unlookup_shape,
    forward=_unlookup,
    code=lambda _, parameters: f"unlookup({{x}}, np.s_[{index_code(parameters['index'])}], {parameters['shape']})",
    parameters={"index": REQUIRED, "shape": REQUIRED},
    arrange=_arranged,
    canonical=_unlookup_explicit,
    derive=_with_tensors,
    whole=("indices",),
    bounds=lambda shapes, parameters: label_bounds(parameters["shape"], parameters["index"], len(shapes) - 1),
    origins=_unlookup_origins,
    rules={"x": "g[index]"},
    flop=lambda x, *_, **__: size(x),
    internal=True,
    script=(
        "def unlookup(x, index, shape):\n    y = np.zeros(shape, x.dtype)\n    np.add.at(y, index, x)\n    return y"
    ),
    symbol="+[i]",
    summary="Zeros of the given shape, with the elements added where an index took them from.",
    formula="y[index] += x",
    source="numpy.add.at",
)


def _arranged_overwrite(args: list[Any], options: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """`overwrite(x, index, v)`."""
    if len(args) != 3:
        return args, options
    index, tensors = split_index(args[1])
    return [args[0], args[2], *tensors], {**options, "index": index}


def _overwrite_shape(x: Shape, v: Shape, *labels: Shape, index: Index) -> Shape:
    taken = taken_shape(x, index, labels)
    lead = len(v) - len(taken)  # NumPy drops axes of length 1 in front, PyTorch too
    fits = lead <= 0 or set(v[:lead]) == {1}
    if not fits or any(own not in (1, wanted) for own, wanted in zip(v[::-1], taken[::-1], strict=False)):
        raise OperandError(f"numbers that can be broadcast to the shape {taken} of the elements; got {{1}} {v}")
    return x


def _overwrite(x: Array, v: Array, *labels: Array, index: Index, out: Array | None = None) -> Array:
    result = np.empty(x.shape, x.dtype) if out is None else out
    np.copyto(result, x)
    result[as_numpy(index, labels)] = v
    return result


def _overwrite_origins(shapes: Shapes, parameters: Parameters, at: Shape, read: Read) -> Iterator[tuple[int, Shape]]:
    """The number that was written last at this place, or the old one."""
    x, v, *labels = shapes
    last = _last_place(x, parameters["index"], tuple(labels), at, read, 2)
    yield (0, at) if last is None else (1, aligned(v, last) if len(v) <= len(last) else (0,) * len(v))


def _last_place(
    shape: Shape, index: Index, labels: tuple[Shape, ...], at: Shape, read: Read, first: int
) -> Shape | None:
    last: Shape | None = None
    for place in places_of(shape, index, labels, at, lambda i, one: read(i + first, one)):
        last = place
    return last


OVERWRITE = Operation(
    "overwrite",
    "movement",
    ("x", "v", "*indices"),
    shape=_overwrite_shape,
    forward=_overwrite,
    code=lambda _, parameters: f"overwrite({{x}}, np.s_[{index_code(parameters['index'])}], {{v}})",
    parameters={"index": REQUIRED},
    arrange=_arranged_overwrite,
    canonical=explicit_advanced,
    derive=lambda operands, parameters: {"index": joined_index(parameters["index"], operands[2:])},
    whole=("indices",),
    bounds=lambda shapes, parameters: label_bounds(shapes[0], parameters["index"], len(shapes) - 2),
    origins=_overwrite_origins,
    rules={
        "x": "overwrite(g, index, 0)",
        "v": "g[index] if distinct(index, x.shape) else last_written(g, index)",
    },
    internal=True,
    script=("def overwrite(x, index, v):\n    y = np.array(x, dtype)\n    y[index] = v\n    return y"),
    symbol="[ ]=",
    summary="The tensor with other numbers at an index: x[index] = v.",
    why={
        "x": (
            "What was overwritten no longer reaches `{y}`, so nothing comes back there; everywhere else `{x}` was"
            " copied and gets its gradient unchanged."
        ),
        "v": (
            "`{v}` was copied into the places that the index names, so it gets the gradients of these places; "
            "where one place was written twice, only the last copy counts."
        ),
    },
    formula="y = overwrite(x, index, v)",
    source="numpy.ndarray.__setitem__",
)


def _numbered(shape: Shape, index: tuple[Any, ...], taken: Shape) -> Array:
    """Where what is written in which order stays: true for the last that is written at a place."""
    order = np.arange(size(taken)).reshape(taken)
    place = np.full(shape, -1)
    place[index] = order
    result: Array = place[index] == order
    return result


def _last_written(x: Array, *labels: Array, index: Index, out: Array | None = None) -> Array:
    where = as_numpy(index, labels)
    taken = x[where]
    return written(np.where(_numbered(x.shape, where, taken.shape), taken, np.zeros((), x.dtype)), out)


def _last_written_origins(shapes: Shapes, parameters: Parameters, at: Shape, read: Read) -> Iterator[tuple[int, Shape]]:
    """The element, if what stands here was the last that was written there."""
    index, labels = parameters["index"], tuple(shapes[1:])
    element = place_of(shapes[0], index, labels, at, lambda i, place: read(i + 1, place))
    if _last_place(shapes[0], index, labels, element, read, 1) == at:
        yield 0, element


LAST_WRITTEN = Operation(
    "last_written",
    "movement",
    ("x", "*indices"),
    shape=lambda x, *labels, index: taken_shape(x, index, labels),
    forward=_last_written,
    code=lambda _, parameters: f"last_written({{x}}, np.s_[{index_code(parameters['index'])}])",
    parameters={"index": REQUIRED},
    arrange=_arranged,
    canonical=explicit_advanced,
    derive=_with_tensors,
    whole=("indices",),
    bounds=lambda shapes, parameters: label_bounds(shapes[0], parameters["index"], len(shapes) - 1),
    origins=_last_written_origins,
    rules={"x": "overwrite(broadcast_to(0, x.shape), index, g)"},
    internal=True,
    script=(
        "def last_written(x, index):\n"
        "    order = np.arange(x[index].size).reshape(x[index].shape)\n"
        "    place = np.full(x.shape, -1)\n"
        "    place[index] = order\n"
        "    return np.where(place[index] == order, x[index], 0)"
    ),
    symbol="[i]",
    summary="The elements at an index, 0 where the same element is named again later: of several numbers that are "
    "written to one place the last one stays.",
    formula="y = x[index]",
)
