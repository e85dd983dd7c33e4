"""Scatter: the mirror of movement, every element of the result is the sum of those that were moved from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from backprop_explorer.ops.axes import lengths
from backprop_explorer.ops.indexing import Index, explicit_index, index_code, index_shape, same_place, view_at
from backprop_explorer.ops.record import REQUIRED, Array, Call, OperandError, Operation, Shape


def _unindex_shape(x: Shape, index: Index, shape: Shape) -> Shape:
    if index_shape(shape, index) != x:
        raise OperandError(f"as many elements as the index takes of {shape}; got {{0}} {x}")
    return shape


def _unindex(x: Array, index: Index, shape: Shape, out: Array | None = None) -> Array:
    result = np.zeros(shape, x.dtype) if out is None else out
    result[index] = x
    return result


def _unindex_kernel(
    arrays: Sequence[Array], out: Array, _: Sequence[float | None], index: Index, **__: Any
) -> list[Call]:
    # The zeros around never change: they are written once, when the plan is made.
    out.fill(0)
    place = view_at(out, index)
    return [] if same_place(place, arrays[0]) else [partial(np.copyto, place, arrays[0])]


def _unindex_origin(_: Sequence[Shape], parameters: Mapping[str, Any], index: Shape) -> tuple[int, Shape] | None:
    """The element that was put back at this place, if any was."""
    place: list[int] = []
    axes = iter(zip(index, parameters["shape"], strict=True))
    for entry in parameters["index"]:
        if entry is None:
            place.append(0)
            continue
        i, length = next(axes)
        if isinstance(entry, slice):
            taken = range(*entry.indices(length))
            if i not in taken:
                return None
            place.append(taken.index(i))
        elif i != entry:
            return None
    return 0, tuple(place)


def _explicit(_: Sequence[Shape], parameters: dict[str, Any]) -> dict[str, Any]:
    shape = lengths(parameters["shape"])
    return {**explicit_index([shape], {"index": parameters["index"]}), "shape": shape}


UNINDEX = Operation(
    "unindex",
    "scatter",
    ("x",),
    shape=_unindex_shape,
    forward=_unindex,
    kernel=_unindex_kernel,
    canonical=_explicit,
    internal=True,
    origin=_unindex_origin,
    script="def unindex(x, index, shape):\n    y = np.zeros(shape, dtype)\n    y[index] = x\n    return y",
    parameters={"index": REQUIRED, "shape": REQUIRED},
    rules={"x": "g[index]"},
    symbol="[ ]ᵀ",
    code=lambda _, parameters: f"unindex({{x}}, np.s_[{index_code(parameters['index'])}], {parameters['shape']})",
    summary="Zeros of the given shape, with the elements put back where an index took them from.",
    formula="y[index] = x",
)
