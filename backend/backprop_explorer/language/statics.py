"""Functions that rules and composites use while compiling."""

from __future__ import annotations

from collections.abc import Callable
from inspect import getsource
from typing import Any

from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.language import contractions, extents, layouts, portions, shapes
from backprop_explorer.language.values import Dtype, Fields
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.advanced import distinct
from backprop_explorer.ops.axes import normal_axes, size
from backprop_explorer.ops.indexing import takes_everything
from backprop_explorer.ops.primitives.padding import inner
from backprop_explorer.problem import Problem


class Unfit(Exception):
    """What a function's arguments would have to be, which the call that the user wrote is to tell."""


def _count(x: Any, axis: Any = None) -> int:
    """The number of elements of x along the axes."""
    return size(tuple(x.shape[i] for i in normal_axes(axis, x.ndim)))


def _inverse(axes: tuple[int, ...]) -> tuple[int, ...]:
    """The permutation that undoes one."""
    return tuple(axes.index(position) for position in range(len(axes)))


def _whole(index: tuple[Any, ...], shape: tuple[int, ...]) -> bool:
    """Whether an index takes everything in its order."""
    return takes_everything(shape, index)


def _constant(x: Node) -> bool:
    """Whether x is a number of the program."""
    return x.operation is CONSTANT


def _is_mask(x: Any) -> bool:
    """Whether x holds truth values: a comparison, or an input of whole numbers, which masks are given as and which is
    used as one from here on."""
    if isinstance(x, Node) and x.kind.name == "open":
        x.kind.name = "whole"
    return isinstance(x, Node) and x.kind.name in ("bool", "whole")


def _kind(x: Any) -> str:
    """What a tensor holds: float, whole, bool, or open for whole numbers that may become either."""
    return x.kind.name if isinstance(x, Node) else "float"


def _numbers(x: Any) -> Any:
    """The numbers of what stands in the program, as nested tuples. Raises a `Problem` for what is calculated."""
    if isinstance(x, Node) and x.operation is OPERATIONS["array"]:
        return x.parameters["object"]
    if isinstance(x, Node) and x.operation is OPERATIONS["arange"]:
        return tuple(range(x.parameters["start"], x.parameters["stop"], x.parameters["step"]))
    if isinstance(x, Node):
        if x.constant is not None and x.constant == int(x.constant):
            return int(x.constant)
        raise Unfit("numbers that are known before the program runs")
    return x


def _asked(args: Any, dtype: Any = None, number: Any = None) -> Any:
    """The kind of numbers that the arguments of `Tensor.to` ask for, None where they ask for a place only. Without a
    dtype, that of a number which stands everywhere in a new tensor."""
    for one in (dtype, *args):
        if isinstance(one, Dtype):
            return one.kind
        if isinstance(one, Node):
            return "whole" if one.kind.name == "whole" else one.kind.name.replace("open", "float")
        if isinstance(one, str) and one.rpartition(".")[2] in _TYPES:
            return _TYPES[one.rpartition(".")[2]]
    return "bool" if isinstance(number, bool) else "whole" if isinstance(number, int) else None


_TYPES = {
    **dict.fromkeys(("FloatTensor", "DoubleTensor", "float32", "float64", "float", "double"), "float"),
    **dict.fromkeys(("LongTensor", "IntTensor", "int32", "int64", "int", "long"), "whole"),
    **dict.fromkeys(("BoolTensor", "bool"), "bool"),
}


def _is_static(data: Any) -> bool:
    """Whether no tensor stands in lists of numbers."""
    return all(map(_is_static, data)) if isinstance(data, tuple) else not isinstance(data, Node)


def _is_written(index: Any) -> bool:
    """Whether indices are no tensor yet, or stand in the program with some that are counted from the end."""
    if not isinstance(index, Node):
        return True
    return index.operation is OPERATIONS["array"] and _least(index.parameters["object"]) < 0


def _least(numbers: Any) -> Any:
    return min(map(_least, numbers)) if isinstance(numbers, tuple) else numbers


def _is_tensor(x: Any) -> bool:
    """Whether x is a tensor and no number."""
    return isinstance(x, Node)


def _refuse(detail: str, hint: str = "") -> None:
    """Refuses what the language has no counterpart of."""
    raise Problem("not_in_language", detail, hint=hint or None)


def _room(_: int, value: Any) -> Any:
    """The value, where a tensor of so many elements is within the budget, which the caller checks."""
    return value


def _fields(**results: Any) -> Fields:
    """Several results with names."""
    return Fields(results)


def _over(x: Any, dim: Any) -> Any:
    """The axes that PyTorch means by dim: () are all, and a tensor without axes has one that can be named."""
    return None if dim == () or (isinstance(x, Node) and not x.ndim) else dim


SHAPES: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        shapes.alone,
        shapes.around,
        shapes.channelwise,
        shapes.contraction,
        shapes.divided,
        shapes.exchanged,
        shapes.flattened,
        shapes.freedom,
        shapes.joined,
        shapes.others,
        shapes.pair,
        *extents.EXTENTS,
        *layouts.LAYOUTS,
        *portions.PORTIONS,
        *contractions.CONTRACTIONS,
    )
}


def source_of_shape(name: str) -> str:
    """The text of a function of shapes, for scripts that call it."""
    return getsource(SHAPES[name]).replace("  # type: ignore[no-untyped-def]", "").strip()


STATICS: dict[str, Callable[..., Any]] = {
    "count": _count,
    "inverse": _inverse,
    "whole": _whole,
    "constant": _constant,
    "inner": inner,
    "is_mask": _is_mask,
    "asked": _asked,
    "is_static": _is_static,
    "is_tensor": _is_tensor,
    "is_written": _is_written,
    "kind_of": _kind,
    "known_numbers": _numbers,
    "refuse": _refuse,
    "room": _room,
    "fields": _fields,
    "over": _over,
    "distinct": distinct,
    **SHAPES,
}
