"""Rows looked up by whole numbers, and the mirror of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from backprop_explorer.ops.axes import lengths, size
from backprop_explorer.ops.indexing import positions
from backprop_explorer.ops.record import REQUIRED, Array, OperandError, Operation, Read, Reject, Sample, Shape

Shapes = Sequence[Shape]
Parameters = Mapping[str, Any]


def _gather_shape(x: Shape, indices: Shape, signed: bool) -> Shape:
    if not x:
        raise OperandError("a tensor with at least one axis to look up in; got the scalar {0}")
    return indices + x[1:]


def _gather(x: Array, indices: Array, signed: bool, out: Array | None = None) -> Array:
    # Labels are checked before a program runs; clipping spares NumPy a second check and a buffer.
    # NumPy's own whole numbers may have 32 bits, and it takes no wider ones.
    places = indices.astype(np.intp, copy=False)
    result: Array = np.take(x, places, axis=0, out=out, mode="wrap" if signed else "clip")
    return result


def _gather_origins(shapes: Shapes, _: Parameters, index: Shape, read: Read) -> Iterator[tuple[int, Shape]]:
    rank = len(shapes[1])
    yield 0, (read(1, index[:rank]) % shapes[0][0], *index[rank:])


GATHER = Operation(
    "gather",
    "movement",
    ("x", "indices"),
    shape=_gather_shape,
    forward=_gather,
    code="{x}[{indices}]",
    result="same",
    whole=("indices",),
    parameters={"signed": False},
    bounds=lambda shapes, parameters: (-shapes[0][0] if parameters["signed"] else 0, shapes[0][0] - 1),
    origins=_gather_origins,
    rules={"x": "scatter_add(g, indices, x.shape)"},
    script="def gather(x, indices): return x[indices]",
    symbol="[i]",
    synonyms=("take",),
    summary=(
        "The rows at the places that whole numbers name, in their order; a row that is named twice is there twice. "
        "Written x[i], numbers below 0 count from the end."
    ),
    why={
        "x": (
            "Each row of `{y}` is a copy of the row of `{x}` that its index names. So a row gets the sum of its "
            "copies' gradients, and 0 where no index names it."
        ),
    },
    formula="y[i, j] = x[indices[i], j]",
    source="numpy.take",
    samples=(
        Sample("x[i]", {"x": (3, 2), "i": (4,)}, whole={"i": 3}),
        Sample("gather(x, i)", {"x": (3,), "i": (2, 2)}, whole={"i": 3}),
    ),
    rejects=(
        Reject("gather(x, y)", {"x": (3, 2), "y": (4,)}, "whole numbers"),
        Reject("gather(x, i)", {"x": (), "i": (4,)}, "at least one axis"),
    ),
)


def _scattered(x: Shape, indices: Shape, shape: Shape) -> Shape:
    if x != indices + shape[1:]:
        raise OperandError(f"a row per index, so {indices + shape[1:]} for a result {shape}; got {{0}} {x}")
    return shape


def _scatter_add(x: Array, indices: Array, shape: Shape, out: Array | None = None) -> Array:
    result = np.empty(shape, x.dtype) if out is None else out
    result.fill(0)
    np.add.at(result, positions(indices, shape[0]), x)
    return result


def _scatter_origins(shapes: Shapes, parameters: Parameters, index: Shape, read: Read) -> Iterator[tuple[int, Shape]]:
    """Every place where this row was named."""
    for place in product(*map(range, shapes[1])):
        if read(1, place) % parameters["shape"][0] == index[0]:
            yield 0, (*place, *index[1:])


SCATTER_ADD = Operation(
    "scatter_add",
    "scatter",
    ("x", "indices"),
    shape=_scattered,
    forward=_scatter_add,
    code="scatter_add({x}, {indices}, {shape})",
    whole=("indices",),
    bounds=lambda _, parameters: (-parameters["shape"][0], parameters["shape"][0] - 1),
    canonical=lambda _, parameters: {"shape": lengths(parameters["shape"])},
    origins=_scatter_origins,
    parameters={"shape": REQUIRED},
    rules={"x": "gather(g, indices)"},
    flop=lambda x, *_, **__: size(x),
    script=(
        "def scatter_add(x, indices, shape):\n"
        "    y = np.zeros(shape, x.dtype)\n"
        "    np.add.at(y, indices, x)\n"
        "    return y"
    ),
    symbol="+[i]",
    summary="The mirror of a lookup: each row is added to the place that its index names; places not named are 0.",
    why={
        "x": "Each row of `{x}` was added to one row of the result, so it gets the gradient of that row.",
    },
    formula="y[indices[i], j] += x[i, j]",
    source="numpy.add.at",
    samples=(Sample("scatter_add(x, i, (3, 2))", {"x": (4, 2), "i": (4,)}, whole={"i": 3}),),
    rejects=(Reject("scatter_add(x, i, (3, 2))", {"x": (4, 3), "i": (4,)}, "a row per index"),),
)
