"""Order along an axis: where elements stand once they are sorted, and where the greatest one so far stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from backprop_explorer.ops.axes import one_axis, size
from backprop_explorer.ops.elementwise import AXIS_LETTERS, written
from backprop_explorer.ops.record import Array, Operation, Reject, Sample, Shape


def _explicit(shapes: Sequence[Shape], parameters: dict[str, Any]) -> dict[str, Any]:
    return {"axis": one_axis(parameters["axis"], len(shapes[0]))}


def _labels(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> tuple[str, list[list[str]]]:
    rank = len(shapes[0])
    letters = AXIS_LETTERS[:rank]
    return "".join(AXIS_LETTERS[rank] if i == parameters["axis"] else a for i, a in enumerate(letters)), [list(letters)]


def _extent(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> tuple[int, int]:
    return 0, shapes[0][parameters["axis"]] - 1 if shapes[0] else 0


def _flop(shape: Shape, axis: int) -> int:
    return size(shape) * (shape[axis].bit_length() if shape else 1)


def _argsort(x: Array, axis: int, out: Array | None = None) -> Array:
    return written(np.argsort(x, axis, kind="stable") if x.ndim else np.zeros((), np.intp), out)


def _argcummax(x: Array, axis: int, out: Array | None = None) -> Array:
    if not x.ndim:
        return written(np.zeros((), np.intp), out)
    hits = (x >= np.maximum.accumulate(x, axis)) | np.isnan(x)
    places = np.arange(x.shape[axis]).reshape(-1, *(1,) * (x.ndim - 1 - axis))
    return written(np.maximum.accumulate(np.where(hits, places, 0), axis), out)


ARGSORT = Operation(
    "argsort",
    "axiswise",
    ("x",),
    shape=lambda shape, **_: shape,
    forward=_argsort,
    code="argsort({x}, {axis})",
    parameters={"axis": -1},
    canonical=_explicit,
    labels=_labels,
    extent=_extent,
    flop=_flop,
    result="whole",
    script=(
        'def argsort(x, axis=-1):\n    return np.argsort(x, axis, kind="stable") if np.ndim(x) else np.zeros((), int)'
    ),
    symbol="argsort",
    summary=(
        "Along an axis, the places of the elements from the smallest to the greatest; equal ones keep their order, "
        "and NaN comes last. Whole numbers: they pass no gradient."
    ),
    formula="y = argsort(x, axis)",
    samples=(
        Sample("take_along_axis(x, argsort(x, 1), 1)", {"x": (3, 4)}),
        Sample("take_along_axis(x, argsort(-x, axis=0)[:2], 0)", {"x": (3, 2)}),
        Sample("take_along_axis(x, argsort(w), -1)", {"x": (3,), "w": (3,)}),
    ),
    rejects=(Reject("take_along_axis(x, argsort(x, 2), 1)", {"x": (3, 2)}, "one that exists"),),
)
ARGCUMMAX = Operation(
    "argcummax",
    "axiswise",
    ("x",),
    shape=lambda shape, **_: shape,
    forward=_argcummax,
    code="argcummax({x}, {axis})",
    parameters={"axis": -1},
    canonical=_explicit,
    labels=_labels,
    extent=_extent,
    result="whole",
    script=(
        "def argcummax(x, axis=-1):\n"
        "    if not np.ndim(x):\n"
        "        return np.zeros((), int)\n"
        "    x = np.moveaxis(x, axis, -1)\n"
        "    hits = (x >= np.maximum.accumulate(x, -1)) | np.isnan(x)\n"
        "    places = np.maximum.accumulate(np.where(hits, np.arange(x.shape[-1]), 0), -1)\n"
        "    return np.moveaxis(places, -1, axis)"
    ),
    symbol="argcummax",
    summary=(
        "Along an axis, the place of the greatest element so far, the last of equal ones; a NaN is greater than all. "
        "Whole numbers: they pass no gradient."
    ),
    formula="y[j] = argmax(x[i], i <= j)",
    source="torch.cummax",
    samples=(
        Sample("take_along_axis(x, argcummax(x, 1), 1)", {"x": (3, 4)}),
        Sample("take_along_axis(x, argcummax(x, axis=0), 0)", {"x": (3, 2)}),
        Sample("take_along_axis(x, argcummax(-x), -1)", {"x": (4,)}),
    ),
    rejects=(Reject("take_along_axis(x, argcummax(x, 2), 1)", {"x": (3, 2)}, "one that exists"),),
)
