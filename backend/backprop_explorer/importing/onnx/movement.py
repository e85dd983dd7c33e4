"""Operators that move numbers, or make some."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from backprop_explorer.importing.onnx.folding import BOOL, MOST_KNOWN, WIDTHS
from backprop_explorer.importing.onnx.values import Call, Known, Operator, Result, Tensor, are_whole, kind_of
from backprop_explorer.ops.axes import size

PADDINGS = {"constant": "constant", "reflect": "reflect", "edge": "edge", "wrap": "wrap"}
"""The ways of padding, and NumPy's words for them."""


def _constant(call: Call) -> Result:
    options = {**call.operation.options}
    given = [
        options[name] for name in ("value", "value_float", "value_floats", "value_int", "value_ints") if name in options
    ]
    array = np.asarray(given[0] if given else None)
    if array.dtype.kind not in "fi":
        raise call.refuse("holds no numbers")
    return Known(array if "value" in options else array.astype(np.float32 if array.dtype.kind == "f" else np.int64))


def _shape(call: Call) -> Result:
    end = call.option("end", None, lambda given: given is None or isinstance(given, int))
    return Known(np.array(call.shape()[call.option("start", 0) : end], np.int64))


def _size(call: Call) -> Result:
    return Known(np.array(size(call.shape()), np.int64))


def _constant_of_shape(call: Call) -> Result:
    shape = tuple(call.whole(0))
    filling = call.operation.options.get("value", np.zeros(1, np.float32))
    if (
        not isinstance(filling, np.ndarray)
        or filling.size != 1
        or min(shape, default=0) < 0
        or size(shape) > MOST_KNOWN
    ):
        raise call.refuse(f"makes more than {MOST_KNOWN:,} numbers, or of an unclear value")
    return Known(np.full(shape, filling.item(), filling.dtype))


def _cast(call: Call) -> Result:
    kind = call.option("to", 0)
    return _as_kind(call, "bool" if kind == BOOL else WIDTHS[kind].kind if kind in WIDTHS else "")


def _cast_like(call: Call) -> Result:
    like = call.value(1)
    kind = kind_of(like)
    if isinstance(like, Known) and kind == "whole" and not call.is_whole(0):
        raise call.refuse("turns the data into the type of fixed numbers that are whole, or yes and no")
    return _as_kind(call, "f" if kind == "float" else "bool" if kind == "bool" else "i")


def _as_kind(call: Call, kind: str) -> Result:
    """The first operand as a number with a fraction ("f"), which all numbers of a program are, as a whole one ("i") or
    as 1 and 0 ("bool")."""
    value = call.value(0)
    if kind not in ("f", "i", "bool"):
        raise call.refuse("turns the data into a type that is not read")
    if isinstance(value, Known) and not value.weight and size(value.numbers.shape) <= MOST_KNOWN:
        types = {"f": np.float64 if value.numbers.dtype == np.float64 else np.float32, "i": np.int64, "bool": bool}
        with np.errstate(all="ignore"):
            return Known(value.numbers.astype(types[kind]) * 1)
    if kind == "bool" and kind_of(value) != "bool":
        return replace(_named(call, f"{call[0]} != 0"), kind="bool")
    if kind == "i" and not call.is_whole(0):
        return replace(_named(call, f"trunc({call[0]})"), kind="whole")
    return replace(call.tensor(0), kind={"f": "float", "i": "whole"}.get(kind, kind))


def _named(call: Call, text: str) -> Tensor:
    return Tensor(call.write(call.operation.outputs[0], text), call.shape())


def _reshape(call: Call) -> Result:
    before = call.shape()
    wanted = call.whole(1) if call.has(1) else call.option("shape", [0], are_whole)
    if not call.option("allowzero", 0) and any(not length and at >= len(before) for at, length in enumerate(wanted)):
        raise call.refuse("copies the length of an axis that its input does not have")
    lengths = [length or before[at] if at < len(before) else length for at, length in enumerate(wanted)]
    rest = [at for at, length in enumerate(lengths) if length == -1]
    if len(rest) == 1:
        lengths[rest[0]] = size(before) // max(1, abs(size(tuple(lengths))))
    if before and lengths and lengths[0] == before[0]:
        lengths[0] = -1  # whatever the number of samples is
    return f"{call[0]}.reshape({', '.join(map(str, lengths)) or '()'})"


def _flatten(call: Call) -> str:
    shape = call.shape()
    axis = call.option("axis", 1)
    axis = axis + len(shape) if axis < 0 else axis
    if axis == 1 and len(shape) > 1:
        return f"flatten({call[0]}, 1)"
    return f"{call[0]}.reshape({size(shape[:axis])}, {size(shape[axis:])})"


def _transpose(call: Call) -> str:
    order = call.option("perm", [*reversed(range(len(call.shape())))], are_whole)
    if sorted(order) != [*range(len(call.shape()))]:
        raise call.refuse(f"needs an order of its input's {len(call.shape())} axes")
    return f"{call[0]}.transpose({', '.join(map(str, order))})" if len(order) > 1 else call[0]


def _squeeze(call: Call) -> str:
    axes = call.axes("axes", 1)
    return f"squeeze({call[0]}{f', {_tuple(axes)}' if axes else ''})"


def _unsqueeze(call: Call) -> str:
    return f"expand_dims({call[0]}, {_tuple(call.axes('axes', 1) or [])})"


def _concat(call: Call) -> Result:
    axis = call.axis(0)
    names = [call.tensor(at).name for at in range(len(call.operands)) if size(call.shape(at))]
    return f"concatenate(({', '.join(names)}), {axis})" if len(names) > 1 else names[0] if names else _empty(call, axis)


def _split(call: Call) -> Result:
    axis, count = call.axis(0), len(call.operation.outputs)
    length = call.shape()[axis]
    each = -(-length // count)
    lengths = call.axes("split", 1) or [min(each, length - each * part) for part in range(count)]
    if len(lengths) != count or sum(lengths) != length or min(lengths) < 0:
        raise call.refuse(f"cuts {length} into {lengths[:8]}")
    ends = np.cumsum(lengths).tolist()
    return [
        f"{call[0]}[{':, ' * axis}{end - part}:{end}]" if part else _empty(call, axis)
        for end, part in zip(ends, lengths, strict=True)
    ]


def _empty(call: Call, axis: int) -> Known:
    """A part without elements."""
    shape = call.shape()
    return Known(np.zeros((*shape[:axis], 0, *shape[axis + 1 :]), np.float32))


def _slice(call: Call) -> Result:
    starts, ends = call.axes("starts", 1) or [], call.axes("ends", 2) or []
    axes = call.axes("axes", 3) or [*range(len(starts))]
    steps = call.whole(4) if call.has(4) else [1] * len(starts)
    rank = len(call.shape())
    if (
        not len(starts) == len(ends) == len(axes) == len(steps)
        or 0 in steps
        or any(not -rank <= one < rank for one in axes)
    ):
        raise call.refuse("has starts, ends, axes and steps that do not fit together")
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        if not len(range(*slice(start, end, step).indices(call.shape()[axis]))):
            return _empty(call, axis % rank)
    cuts = {axis % rank: _cut(*cut) for axis, *cut in zip(axes, starts, ends, steps, strict=True)}
    last = max(cuts, default=0)
    return f"{call[0]}[{', '.join(cuts.get(axis, ':') for axis in range(last + 1))}]"


def _cut(start: int, end: int, step: int) -> str:
    far = 2**31 - 1
    first, last = (str(edge) if abs(edge) < far else "" for edge in (start, end))
    first = "" if start == 0 and step > 0 else first
    return f"{first}:{last}" + (f":{step}" if step != 1 else "")


def _expand(call: Call) -> str:
    shape = np.broadcast_shapes(call.shape(), tuple(call.whole(1)))
    return f"broadcast_to({call[0]}, {_tuple([*shape])})"


def _pad(call: Call) -> str:
    pads, rank = call.axes("pads", 1) or [], len(call.shape())
    axes = [one % rank if -rank <= one < rank else rank for one in call.whole(3)] if call.has(3) else [*range(rank)]
    mode = PADDINGS.get(call.option("mode", "constant"))
    if mode is None or len(pads) != 2 * len(axes) or len({*axes}) != len(axes) or rank in axes:
        raise call.refuse("has pads, axes or a mode that do not fit")
    edges = [(0, 0)] * rank
    for at, axis in enumerate(axes):
        edges[axis] = (pads[at], pads[at + len(axes)])
    if any(one < 0 for edge in edges for one in edge):
        return _cut_off(call, edges) if mode == "constant" else _refused_cut(call)
    value = call[2] if call.has(2) else call.fraction("value", 0.0)
    if mode != "constant":
        return f'np.pad({call[0]}, {tuple(edges)}, mode="{mode}")'
    return f"pad({call[0]}, {tuple(edges)}, constant_values={value})"


def _cut_off(call: Call, edges: list[tuple[int, int]]) -> str:
    """Padding below 0 takes elements away."""
    cuts = (f"{max(-before, 0) or ''}:{min(after, 0) or ''}" for before, after in edges)
    added = tuple((max(before, 0), max(after, 0)) for before, after in edges)
    value = call[2] if call.has(2) else call.fraction("value", 0.0)
    return f"pad({call[0]}[{', '.join(cuts)}], {added}, constant_values={value})"


def _refused_cut(call: Call) -> str:
    raise call.refuse("takes elements away where it repeats others")


def _center(call: Call) -> str:
    """The middle of each axis, or zeros around it, so that it has the length that is asked for."""
    shape, rank, wanted = call.shape(), len(call.shape()), call.whole(1)
    axes = call.option("axes", [*range(rank)], are_whole)
    if len(axes) != len(wanted) or any(not -rank <= axis < rank for axis in axes) or min(wanted, default=0) < 1:
        raise call.refuse("has lengths and axes that do not fit")
    cuts, edges = [":"] * rank, [(0, 0)] * rank
    for axis, length in zip(axes, wanted, strict=True):
        missing = length - shape[axis]
        if missing < 0:
            cuts[axis] = f"{-missing // 2}:{-missing // 2 + length}"
        edges[axis] = (max(missing, 0) // 2, max(missing, 0) - max(missing, 0) // 2)
    x = f"{call[0]}[{', '.join(cuts)}]" if set(cuts) != {":"} else call[0]
    return f"pad({x}, {tuple(edges)})" if any(map(any, edges)) else x


def _eye(call: Call) -> str:
    shape, offset = call.shape(), call.option("k", 0)
    if len(shape) != 2 or abs(offset) > max(shape):
        raise call.refuse("needs two axes, and a diagonal that crosses them")
    return f"np.eye({shape[0]}, {shape[1]}, k={offset})" if offset or shape[0] != shape[1] else f"eye({shape[0]})"


def _tile(call: Call) -> str:
    repeats = call.whole(1)
    if len(repeats) != len(call.shape()) or min(repeats, default=1) < 1:
        raise call.refuse("needs a number of repeats for each axis")
    return f"np.tile({call[0]}, {_tuple(repeats)})"


def _depth_to_space(call: Call) -> str:
    samples, channels, height, width = call.shape() if len(call.shape()) == 4 else (0, 0, 0, 0)
    block = call.option("blocksize", 0)
    if block < 1 or not channels or channels % block**2:
        raise call.refuse("needs samples, channels and two axes, and as many channels as fill a block")
    rest, dcr = channels // block**2, call.option("mode", "DCR") == "DCR"
    apart = (samples, block, block, rest, height, width) if dcr else (samples, rest, block, block, height, width)
    order = (0, 3, 4, 1, 5, 2) if dcr else (0, 1, 4, 2, 5, 3)
    joined = (samples, rest, height * block, width * block)
    return f"reshape(transpose(reshape({call[0]}, {apart}), {order}), {joined})"


def _space_to_depth(call: Call) -> str:
    samples, channels, height, width = call.shape() if len(call.shape()) == 4 else (0, 0, 0, 0)
    block = call.option("blocksize", 0)
    if block < 1 or not channels or height % block or width % block:
        raise call.refuse("needs samples, channels and two axes that are filled by blocks")
    rows, columns, dcr = height // block, width // block, call.option("mode", "DCR") == "DCR"
    order = (0, 3, 5, 1, 2, 4) if dcr else (0, 1, 3, 5, 2, 4)
    apart = (samples, channels, rows, block, columns, block)
    joined = (samples, channels * block**2, rows, columns)
    return f"reshape(transpose(reshape({call[0]}, {apart}), {order}), {joined})"


def _fold(call: Call) -> str:
    """Columns put together again, as PyTorch's fold does."""
    places, block = call.whole(1), call.whole(2)
    strides, dilations = (call.option(name, [1] * len(places), are_whole) for name in ("strides", "dilations"))
    pads = call.option("pads", [0] * 2 * len(places), are_whole)
    if len(places) != 2 or len(block) != 2 or pads[:2] != pads[2:]:
        raise call.refuse("folds other than two axes, or with uneven pads")
    return (
        f"F.fold({call[0]}, {_tuple(places)}, {_tuple(block)}, dilation={_tuple(dilations)}, "
        f"padding={_tuple(pads[:2])}, stride={_tuple(strides)})"
    )


def _triangle(call: Call) -> str:
    return f"{_half(call)}({call[0]}, {call.whole(1)[0] if call.has(1) else 0})"


def _half(call: Call) -> str:
    return "triu" if call.option("upper", 1) else "tril"


def _dropout(call: Call) -> Result:
    call.writer.warn("dropout is left out, as in inference")
    mask = Known(np.ones(call.shape(), np.int64)) if size(call.shape()) <= MOST_KNOWN else None
    return [call[0], mask]


def _tuple(axes: list[int]) -> str:
    return str(tuple(axes))


OPERATORS: Mapping[str, Operator] = {
    "Constant": _constant,
    "Shape": _shape,
    "Size": _size,
    "ConstantOfShape": _constant_of_shape,
    "Cast": _cast,
    "CastLike": _cast_like,
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Transpose": _transpose,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Concat": _concat,
    "Split": _split,
    "Slice": _slice,
    "Expand": _expand,
    "Pad": _pad,
    "CenterCropPad": _center,
    "EyeLike": _eye,
    "Tile": _tile,
    "DepthToSpace": _depth_to_space,
    "SpaceToDepth": _space_to_depth,
    "Col2Im": _fold,
    "Trilu": _triangle,
    "Dropout": _dropout,
}
