"""Elements that are looked up, put somewhere, chosen or sorted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from backprop_explorer.importing.onnx.values import Call, Known, Operator, Result, Tensor
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Array

ADDED = ("none", "add")
"""How elements that are put into a tensor meet those that are there already."""


def _gather(call: Call) -> str:
    axis, value = call.axis(0), call.value(1)
    if isinstance(value, Known) and not value.numbers.ndim and value.numbers.dtype.kind == "i":
        return f"{call[0]}[{':, ' * axis}{value.numbers.item()}]"
    labels = _labels(call, 1, call.shape()[axis])
    return f"np.take({call.tensor(0).name}, {labels}, {axis})" if axis else f"{call.tensor(0).name}[{labels}]"


def _labels(call: Call, position: int, length: int) -> str:
    """Whole numbers as labels: those of the file that count from the end are counted from the front."""
    value = call.value(position)
    if isinstance(value, Known) and value.numbers.dtype.kind == "i" and value.numbers.size and value.numbers.min() < 0:
        wrapped = np.where(value.numbers < 0, value.numbers + length, value.numbers)
        return call.writer.parameter(call.operation.inputs[position], wrapped, fixed=True).name
    return call.tensor(position, fixed=True).name


def _gather_elements(call: Call) -> str:
    axis = call.axis(0)
    return f"torch.gather({call[0]}, {axis}, {_labels(call, 1, call.shape()[axis])})"


def _places(call: Call, position: int, count: int) -> tuple[str, int]:
    """The numbers of those elements, or rows of elements, that known indices of several axes name; how many axes."""
    given = call.known(position)
    shape, depth = call.shape(), given.shape[-1] if given.ndim else 0
    if given.dtype.kind != "i" or not 0 < depth <= len(shape) or not given.size:
        raise call.refuse("needs whole numbers that name places")
    lengths = np.array(shape[:depth])
    wrapped = np.where(given < 0, given + lengths, given)
    if (wrapped < 0).any() or (wrapped >= lengths).any():
        raise call.refuse("names places that are not there")
    steps = np.array([size(shape[at + 1 : depth]) for at in range(depth)])
    numbers = (wrapped * steps).sum(-1)
    return call.writer.parameter("places", numbers.reshape(count) if count else numbers, fixed=True).name, depth


def _gather_nd(call: Call) -> str:
    if call.option("batch_dims", 0):
        raise call.refuse("looks up in each sample by itself (batch_dims), which the language does not know")
    places, depth = _places(call, 1, 0)
    return f"{call[0]}.reshape({', '.join(map(str, (-1, *call.shape()[depth:])))})[{places}]"


def _scatter_elements(call: Call) -> str:
    axis, reduction = call.axis(0), call.option("reduction", "none", ("none", "add", "mul", "max", "min").__contains__)
    if reduction not in ADDED:
        raise call.refuse(f"puts elements in by {reduction}; known are {' and '.join(ADDED)}")
    labels = _labels(call, 1, call.shape()[axis])
    word = "scatter_add" if reduction == "add" else "scatter"
    return f"torch.{word}({call.tensor(0).name}, {axis}, {labels}, {call.tensor(2).name})"


def _scatter_nd(call: Call) -> str:
    reduction = call.option("reduction", "none", ("none", "add", "mul", "max", "min").__contains__)
    if reduction not in ADDED:
        raise call.refuse(f"puts elements in by {reduction}; known are {' and '.join(ADDED)}")
    shape, count = call.shape(), size(call.shape(1)[:-1])
    places, depth = _places(call, 1, count)
    rows = ", ".join(map(str, shape[depth:]))
    line, given = f"{call[0]}.reshape({_list(-1, rows)})", f"{call.tensor(2).name}.reshape({_list(count, rows)})"
    word = "index_add" if reduction == "add" else "index_copy"
    return f"torch.{word}({line}, 0, {places}, {given}).reshape({', '.join(map(str, shape))})"


def _list(first: int, rest: str) -> str:
    return f"{first}, {rest}" if rest else str(first)


def _tensor_scatter(call: Call) -> str:
    """New places of a cache, from a known place of each sample on."""
    axis, shape, given = call.axis(-2), call.shape(), call.shape(1)
    starts = call.whole(2) if call.has(2) else [0] * shape[0]
    wrap = call.option("mode", "linear", ("linear", "circular").__contains__) == "circular"
    if axis == 0 or len(starts) != shape[0] or len(given) != len(shape) or given[axis] > shape[axis]:
        raise call.refuse("has a place for each sample that does not fit")
    places = np.array(starts)[:, None] + np.arange(given[axis])
    if not wrap and (places.max() >= shape[axis] or places.min() < 0):
        raise call.refuse("has places beyond the end of its cache")
    apart = [1] * len(shape)
    apart[0], apart[axis] = places.shape
    every = np.broadcast_to((places % shape[axis]).reshape(apart), given)
    labels = call.writer.parameter("places", _whole(every), fixed=True).name
    return f"torch.scatter({call.tensor(0).name}, {axis}, {labels}, {call.tensor(1).name})"


def _whole(numbers: Array) -> Array:
    return np.ascontiguousarray(numbers, dtype=np.int64)


def _one_hot(call: Call) -> str:
    """Two values, one where the label is. Labels may be counted from the end, but where the values are 1 and 0: that is
    what exporters write, and those labels may be looked up elsewhere, too."""
    depth = call.known(1)
    if depth.size != 1 or not 0 < (classes := int(depth.item())) < 2**31:
        raise call.refuse("needs a number of classes that is known")
    labels, rank = call.tensor(0, fixed=True).name, len(call.shape())
    axis, given = call.option("axis", -1), call.value(2)
    if not -rank - 1 <= axis <= rank:
        raise call.refuse(f"has the axis {axis}, but its result has {rank + 1} axes")
    off, on = (f"{call.tensor(2, fixed=True).name}[{at}]" for at in range(2)) if isinstance(given, Tensor) else (
        repr(one) for one in given.numbers.reshape(2).tolist()
    )  # fmt: skip
    if isinstance(given, Known) and given.numbers.tolist() == [0, 1]:
        result = f"one_hot({labels}, {classes})"
    else:
        place = f"{labels}[..., None]" if rank else labels
        right = f"logical_or({place} == arange({classes}), {place} == arange({classes}) - {classes})"
        result = f"where({right}, {on}, {off})"
    return result if axis in (-1, rank) else f"np.moveaxis({result}, -1, {axis})"


def _equal(call: Call) -> str:
    """Labels compared with 0, 1, 2 … in turn are what PyTorch writes for a one-hot row each."""
    value, every = (call.value(position) for position in range(2))
    if isinstance(value, Tensor) and value.kind == "whole" and value.shape[-1:] == (1,) and isinstance(every, Known):
        count = every.numbers.size
        if every.numbers.dtype.kind == "i" and every.numbers.tolist() == [*range(count)] and count > 1:
            return f"one_hot({value.name}[..., 0], {count})"
    return f"{call[0]} == {call[1]}"


def _arg_best(word: str) -> Operator:
    """Where the greatest or smallest element is; of equal ones the first."""

    def arg_best(call: Call) -> str:
        if call.option("select_last_index", 0):
            raise call.refuse("takes the last of equal elements (select_last_index), which the language does not")
        return f"{word}({call[0]}, {call.axis(0)}{', True' if call.option('keepdims', 1) else ''})"

    return arg_best


def _hard_max(call: Call) -> str:
    axis, rank = call.axis(-1), len(call.shape())
    chosen = f"one_hot(argmax({call[0]}, {axis}), {call.shape()[axis]})"
    return chosen if axis == rank - 1 else f"np.moveaxis({chosen}, -1, {axis})"


def _top(call: Call) -> Result:
    axis, [count] = call.axis(-1), call.whole(1)
    if not 0 < count <= call.shape()[axis]:
        raise call.refuse(f"chooses {count} of {call.shape()[axis]}")
    chosen = f"torch.topk({call[0]}, {count}, {axis}, {bool(call.option('largest', 1))})"
    return [f"{chosen}.values", f"{chosen}.indices"]


def _compress(call: Call) -> str:
    """The elements at those places where a known condition holds."""
    chosen = [at for at, one in enumerate(call.whole(1)) if one]
    along = call.operation.options.get("axis") is not None
    length = call.shape()[call.axis(0)] if along else size(call.shape())
    if not chosen or chosen[-1] >= length:
        raise call.refuse("chooses nothing, or what is not there")
    places = call.writer.parameter("places", np.array(chosen), fixed=True).name
    return f"np.take({call[0]}, {places}, {call.axis(0)})" if along else f"{call[0]}.reshape(-1)[{places}]"


def _reversed(call: Call) -> str:
    """The first elements of each sample the other way round, as many as are known to be its sequence."""
    time, batch = (call.option(f"{name}_axis", usual) for name, usual in (("time", 0), ("batch", 1)))
    lengths, shape = call.whole(1), call.shape()
    if {time, batch} != {0, 1} or len(shape) < 2 or len(lengths) != shape[batch] or max(lengths) > shape[time]:
        raise call.refuse("needs axes of time and of samples in front, and a length for each sample")
    order = np.array([_order(length, shape[time]) for length in lengths])
    order = order.T if time == 0 else order
    every = np.broadcast_to(order.reshape(*order.shape, *[1] * (len(shape) - 2)), shape)
    places = call.writer.parameter("places", _whole(every), fixed=True).name
    return f"take_along_axis({call[0]}, {places}, {time})"


def _order(length: int, every: int) -> Sequence[int]:
    return [*range(max(length, 0) - 1, -1, -1), *range(max(length, 0), every)]


def _max_unpool(call: Call) -> str:
    """Each maximum back in its place, zeros around it."""
    if call.has(2):
        raise call.refuse("is given the shape of its result, which the language does not know")
    shape = call.shape()
    kernel = call.option("kernel_shape", [1])
    places = len(shape) - 2
    strides, pads = call.option("strides", [1] * places), call.option("pads", [0] * 2 * places)
    if len(kernel) != places or len(strides) != places or len(pads) != 2 * places or places < 1:
        raise call.refuse("has a kernel, strides or pads that do not fit its axes")
    lengths = [
        (length - 1) * stride + reach - pads[at] - pads[at + places]
        for at, (length, stride, reach) in enumerate(zip(shape[2:], strides, kernel, strict=True))
    ]
    whole = (*shape[:2], *lengths)
    labels, x = call.tensor(1, fixed=True).name, call[0]
    empty = f"zeros(({size(whole)},))"
    return f"torch.scatter({empty}, 0, {labels}.reshape(-1), {x}.reshape(-1)).reshape({', '.join(map(str, whole))})"


OPERATORS: Mapping[str, Operator] = {
    "Gather": _gather,
    "GatherElements": _gather_elements,
    "GatherND": _gather_nd,
    "Scatter": _scatter_elements,
    "ScatterElements": _scatter_elements,
    "ScatterND": _scatter_nd,
    "TensorScatter": _tensor_scatter,
    "OneHot": _one_hot,
    "Equal": _equal,
    "ArgMax": _arg_best("argmax"),
    "ArgMin": _arg_best("argmin"),
    "Hardmax": _hard_max,
    "TopK": _top,
    "Compress": _compress,
    "ReverseSequence": _reversed,
    "MaxUnpool": _max_unpool,
}
