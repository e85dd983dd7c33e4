"""What follows from known numbers alone is known, too, while the program is written: shapes, indices, small tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np

from backprop_explorer.importing.onnx.values import Call, Known, Result
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Array

MOST_KNOWN = 1_000
"""How many numbers are computed while the program is written; more are left to the program."""
WIDTHS: Mapping[int, np.dtype[Any]] = {
    **dict.fromkeys((1, 10, 16), np.dtype(np.float32)),
    11: np.dtype(np.float64),
    **dict.fromkeys((2, 3, 4, 5, 6, 7, 12, 13), np.dtype(np.int64)),
}
"""ONNX's numbers of types, and what they are here."""
BOOL = 9

Fold = Callable[[Call], Array]


def folded(call: Call) -> Result | None:
    """The numbers that the call gives, where they follow from what is known; None where they do not."""
    compute = FOLDED.get(call.operation.kind)
    if compute is None or not all(
        isinstance(one, Known) and not one.weight for one in call.operands if one is not None
    ):
        return None
    if sum(size(call.shape(at)) for at in range(len(call.operands)) if call.has(at)) > MOST_KNOWN:
        return None
    with np.errstate(all="ignore"):
        numbers = np.asarray(compute(call))
    if numbers.size > MOST_KNOWN:
        raise call.refuse(f"makes more than {MOST_KNOWN:,} numbers")
    return Known(numbers.astype(np.int64) if numbers.dtype.kind == "b" else numbers)


def cast(numbers: Array, kind: int) -> Array | None:
    """Known numbers as those of ONNX's type of that number; None for a type that is not read."""
    if kind == BOOL:
        return np.asarray((numbers != 0).astype(np.int64))
    return numbers.astype(WIDTHS[kind]) if kind in WIDTHS else None


def _pairwise(function: Callable[[Any, Any], Any]) -> Fold:
    return lambda call: np.asarray(reduce(function, _together(call)))


def _together(call: Call) -> list[Array]:
    """All operands, whose result has a shape that is not too large."""
    every = [call.known(at) for at in range(len(call.operands))]
    if size(np.broadcast_shapes(*(one.shape for one in every))) > MOST_KNOWN:
        raise call.refuse(f"makes more than {MOST_KNOWN:,} numbers")
    return every


def _single(function: Callable[[Any], Any]) -> Fold:
    return lambda call: np.asarray(function(call.known(0)))


def _reduced(function: Callable[..., Any]) -> Fold:
    def reduced(call: Call) -> Array:
        axes, keep = call.axes("axes", 1), bool(call.option("keepdims", 1))
        if not axes and call.option("noop_with_empty_axes", 0):
            return call.known(0)
        return np.asarray(function(call.known(0), axis=tuple(axes) if axes else None, keepdims=keep))

    return reduced


def _cast(call: Call) -> Array:
    numbers = cast(call.known(0), call.option("to", 0))
    if numbers is None:
        raise call.refuse("turns numbers into a type that is not read")
    return numbers


def _cast_like(call: Call) -> Array:
    return call.known(0).astype(call.known(1).dtype)


def _cut(call: Call) -> Array:
    starts, ends = call.axes("starts", 1) or [], call.axes("ends", 2) or []
    axes = call.axes("axes", 3) or [*range(len(starts))]
    steps = call.whole(4) if call.has(4) else [1] * len(axes)
    cut: list[Any] = [slice(None)] * call.known(0).ndim
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        cut[axis] = slice(start, end, step)
    return np.asarray(call.known(0)[tuple(cut)])


def _range(call: Call) -> Array:
    start, end, step = (call.known(at).item() for at in range(3))
    if abs(end - start) > MOST_KNOWN * abs(step):
        raise call.refuse(f"makes more than {MOST_KNOWN:,} numbers")
    return np.arange(start, end, step)


def _divided(left: Array, right: Array) -> Array:
    """Whole numbers are divided towards zero."""
    if left.dtype.kind != "i" or right.dtype.kind != "i":
        return np.asarray(left / right)
    return np.asarray(np.trunc(left / np.where(right == 0, 1, right)).astype(np.int64))


def _power(base: Array, exponent: Array) -> Array:
    return np.asarray(np.power(base.astype(float), exponent).astype(base.dtype))


def _modulo(call: Call) -> Array:
    function: Any = np.fmod if call.option("fmod", 0) else np.mod
    return np.asarray(function(call.known(0), call.known(1)))


def _concatenated(call: Call) -> Array:
    return np.concatenate([call.known(at) for at in range(len(call.operands))], call.axis(0))


def _clipped(call: Call) -> Array:
    numbers = call.known(0)
    for at, (end, function) in enumerate((("min", np.maximum), ("max", np.minimum)), start=1):
        limit = call.known(at) if call.has(at) else call.operation.options.get(end)
        numbers = numbers if limit is None else np.asarray(function(numbers, limit))
    return numbers


def _chosen(call: Call) -> Array:
    condition, one, other = _together(call)
    return np.where(condition != 0, one, other)


def _expanded(call: Call) -> Array:
    shape = np.broadcast_shapes(call.shape(), tuple(call.whole(1)))
    if size(shape) > MOST_KNOWN:
        raise call.refuse(f"makes more than {MOST_KNOWN:,} numbers")
    return np.broadcast_to(call.known(0), shape)


def _tiled(call: Call) -> Array:
    repeats = call.whole(1)
    if size(call.shape()) * np.prod([float(max(one, 0)) for one in repeats]) > MOST_KNOWN:
        raise call.refuse(f"makes more than {MOST_KNOWN:,} numbers")
    return np.tile(call.known(0), repeats)


def _squeezed(call: Call) -> Array:
    axes = call.axes("axes", 1)
    return np.squeeze(call.known(0), tuple(axes) if axes else None)


def _triangle(call: Call) -> Array:
    half: Any = np.triu if call.option("upper", 1) else np.tril
    return np.asarray(half(call.known(0), call.whole(1)[0] if call.has(1) else 0))


def _added_up(call: Call) -> Array:
    [axis], numbers = call.whole(1), call.known(0)
    turned = np.flip(numbers, axis) if call.option("reverse", 0) else numbers
    sums = np.cumsum(turned, axis) - (turned if call.option("exclusive", 0) else 0)
    return np.asarray(np.flip(sums, axis) if call.option("reverse", 0) else sums)


FOLDED: Mapping[str, Fold] = {
    "Cast": _cast,
    "CastLike": _cast_like,
    "Gather": lambda call: np.take(call.known(0), call.known(1), axis=call.axis(0)),
    "GatherElements": lambda call: np.take_along_axis(call.known(0), call.known(1), call.axis(0)),
    "Unsqueeze": lambda call: np.expand_dims(call.known(0), tuple(call.axes("axes", 1) or [])),
    "Squeeze": _squeezed,
    "Concat": _concatenated,
    "Slice": _cut,
    "Trilu": _triangle,
    "CumSum": _added_up,
    "Add": _pairwise(np.add),
    "Sub": _pairwise(np.subtract),
    "Mul": _pairwise(np.multiply),
    "Div": _pairwise(_divided),
    "Pow": _pairwise(_power),
    "Mod": _modulo,
    "Max": _pairwise(np.maximum),
    "Min": _pairwise(np.minimum),
    "And": _pairwise(np.logical_and),
    "Or": _pairwise(np.logical_or),
    "Xor": _pairwise(np.logical_xor),
    "Not": _single(np.logical_not),
    "Equal": _pairwise(np.equal),
    "Less": _pairwise(np.less),
    "LessOrEqual": _pairwise(np.less_equal),
    "Greater": _pairwise(np.greater),
    "GreaterOrEqual": _pairwise(np.greater_equal),
    "Clip": _clipped,
    "Neg": _single(np.negative),
    "Abs": _single(np.abs),
    "Sign": _single(np.sign),
    "Floor": _single(np.floor),
    "Ceil": _single(np.ceil),
    "Round": _single(np.rint),
    "Sqrt": _single(np.sqrt),
    "Exp": _single(np.exp),
    "Log": _single(np.log),
    "Sin": _single(np.sin),
    "Cos": _single(np.cos),
    "Reciprocal": _single(lambda numbers: _divided(np.ones_like(numbers), numbers)),
    "Identity": _single(np.asarray),
    "ReduceSum": _reduced(np.sum),
    "ReduceProd": _reduced(np.prod),
    "ReduceMax": _reduced(np.max),
    "ReduceMin": _reduced(np.min),
    "ReduceMean": _reduced(np.mean),
    "Reshape": lambda call: call.known(0).reshape(call.whole(1)),
    "Transpose": lambda call: np.transpose(call.known(0), call.operation.options.get("perm")),
    "Where": _chosen,
    "Expand": _expanded,
    "Tile": _tiled,
    "Range": _range,
}
"""What is computed at once where all operands are known."""
