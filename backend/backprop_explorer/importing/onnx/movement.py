"""Operators that move numbers or compute shapes. What follows from shapes alone is known while the program is
written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from backprop_explorer.importing.onnx.values import Call, Known, Operator, Result, are_whole
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Array

MOST_KNOWN = 1_000
"""How many numbers are computed while the program is written; more are left to the program."""
CASTS = {
    1: "float32",
    10: "float32",
    11: "float64",
    7: "int64",
    6: "int64",
    9: "int64",
    3: "int64",
    5: "int64",
    2: "int64",
}
"""ONNX's numbers of types, and what they are here."""


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
    kind = CASTS.get(call.option("to", 0))
    value = call.value(0)
    if isinstance(value, Known) and not value.weight and kind:
        with np.errstate(all="ignore"):
            return Known(value.numbers.astype(kind))
    if kind is None or not kind.startswith("float"):
        raise call.refuse("turns the data into whole numbers or another type, which the language does not")
    return call[0]


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


def _concat(call: Call) -> str:
    names = ", ".join(call.tensor(position).name for position in range(len(call.operands)))
    return f"concatenate(({names}{',' if len(call.operands) == 1 else ''}), {call.axis(0)})"


def _split(call: Call) -> Result:
    axis, count = call.axis(0), len(call.operation.outputs)
    length = call.shape()[axis]
    each = -(-length // count)
    lengths = call.axes("split", 1) or [min(each, length - each * part) for part in range(count)]
    if len(lengths) != count or sum(lengths) != length or min(lengths) < 1:
        raise call.refuse(f"cuts {length} into {lengths[:8]}")
    ends = np.cumsum(lengths).tolist()
    return [f"{call[0]}[{':, ' * axis}{end - part}:{end}]" for end, part in zip(ends, lengths, strict=True)]


def _slice(call: Call) -> str:
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
    cuts = {axis % rank: _cut(*cut) for axis, *cut in zip(axes, starts, ends, steps, strict=True)}
    last = max(cuts, default=0)
    return f"{call[0]}[{', '.join(cuts.get(axis, ':') for axis in range(last + 1))}]"


def _cut(start: int, end: int, step: int) -> str:
    far = 2**31 - 1
    first, last = (str(edge) if abs(edge) < far else "" for edge in (start, end))
    first = "" if start == 0 and step > 0 else first
    return f"{first}:{last}" + (f":{step}" if step != 1 else "")


def _gather(call: Call) -> str:
    axis = call.axis(0)
    value = call.value(1)
    if isinstance(value, Known) and not value.numbers.ndim and value.numbers.dtype.kind == "i":
        return f"{call[0]}[{':, ' * axis}{value.numbers.item()}]"
    if axis:
        raise call.refuse("looks up along another axis than the first")
    return f"{call.tensor(0).name}[{call.tensor(1, fixed=True).name}]"


def _expand(call: Call) -> str:
    shape = np.broadcast_shapes(call.shape(), tuple(call.whole(1)))
    return f"broadcast_to({call[0]}, {_tuple([*shape])})"


def _pad(call: Call) -> str:
    pads = call.axes("pads", 1) or []
    rank = len(call.shape())
    if (
        call.option("mode", "constant") != "constant"
        or len(pads) != 2 * rank
        or min(pads, default=0) < 0
        or call.has(3)
    ):
        raise call.refuse("pads otherwise than with a number around all axes")
    value = call[2] if call.has(2) else call.fraction("value", 0.0)
    return f"pad({call[0]}, {tuple(zip(pads[:rank], pads[rank:], strict=True))}, constant_values={value})"


def _triangle(call: Call) -> str:
    return f"{_half(call)}({call[0]}, {call.whole(1)[0] if call.has(1) else 0})"


def _half(call: Call) -> str:
    return "triu" if call.option("upper", 1) else "tril"


def _dropout(call: Call) -> str:
    call.writer.warn("dropout is left out, as in inference")
    return call[0]


def _tuple(axes: list[int]) -> str:
    return str(tuple(axes))


OPERATORS: Mapping[str, Operator] = {
    "Constant": _constant,
    "Shape": _shape,
    "Size": _size,
    "ConstantOfShape": _constant_of_shape,
    "Cast": _cast,
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Transpose": _transpose,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Concat": _concat,
    "Split": _split,
    "Slice": _slice,
    "Gather": _gather,
    "Expand": _expand,
    "Pad": _pad,
    "Trilu": _triangle,
    "Dropout": _dropout,
}


def _cut_known(call: Call) -> Array:
    axes = call.axes("axes", 3) or [*range(len(call.whole(1)))]
    steps = call.whole(4) if call.has(4) else [1] * len(axes)
    cut: list[Any] = [slice(None)] * call.known(0).ndim
    for axis, start, end, step in zip(axes, call.whole(1), call.whole(2), steps, strict=True):
        cut[axis] = slice(start, end, step)
    return np.asarray(call.known(0)[tuple(cut)])


FOLDED: Mapping[str, Callable[[Call], Array]] = {
    "Gather": lambda call: np.take(call.known(0), call.known(1), axis=call.axis(0)),
    "Unsqueeze": lambda call: np.expand_dims(call.known(0), tuple(call.axes("axes", 1) or [])),
    "Squeeze": lambda call: np.squeeze(call.known(0), tuple(axes) if (axes := call.axes("axes", 1)) else None),
    "Concat": lambda call: np.concatenate([call.known(at) for at in range(len(call.operands))], call.axis(0)),
    "Slice": _cut_known,
    "Trilu": lambda call: getattr(np, _half(call))(call.known(0), call.whole(1)[0] if call.has(1) else 0),
    "Add": lambda call: call.known(0) + call.known(1),
    "Sub": lambda call: call.known(0) - call.known(1),
    "Mul": lambda call: call.known(0) * call.known(1),
    "Div": lambda call: _divided(call.known(0), call.known(1)),
    "Reshape": lambda call: call.known(0).reshape(call.whole(1)),
    "Identity": lambda call: call.known(0),
    "Sqrt": lambda call: np.sqrt(call.known(0)),
    "Equal": lambda call: (call.known(0) == call.known(1)).astype(np.int64),
    "Where": lambda call: np.where(call.known(0) != 0, call.known(1), call.known(2)),
    "Expand": lambda call: np.broadcast_to(call.known(0), np.broadcast_shapes(call.shape(), tuple(call.whole(1)))),
    "Range": lambda call: _range(call),
}
"""What is computed at once where all operands are known."""


def folded(call: Call) -> Known | None:
    """The numbers that the call gives, where they follow from what is known; None where they do not."""
    compute = FOLDED.get(call.operation.kind)
    if compute is None or not all(
        isinstance(one, Known) and not one.weight for one in call.operands if one is not None
    ):
        return None
    if sum(size(call.shape(at)) for at in range(len(call.operands)) if call.has(at)) > MOST_KNOWN:
        return None
    with np.errstate(all="ignore"):
        numbers = compute(call)
    if numbers.size > MOST_KNOWN:
        raise call.refuse(f"makes more than {MOST_KNOWN:,} numbers")
    return Known(numbers)


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
