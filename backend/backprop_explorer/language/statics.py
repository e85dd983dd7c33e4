"""Functions that rules and composites use while compiling."""

from __future__ import annotations

from collections.abc import Callable
from inspect import getsource
from typing import Any

from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.language import extents, shapes
from backprop_explorer.language.values import Fields
from backprop_explorer.ops.axes import normal_axes, size
from backprop_explorer.ops.indexing import takes_everything
from backprop_explorer.ops.primitives.padding import inner
from backprop_explorer.problem import Problem


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
    """Whether x holds truth values: a comparison, or an input of whole numbers, which masks are given as."""
    return isinstance(x, Node) and x.kind.name in ("bool", "open")


def _is_tensor(x: Any) -> bool:
    """Whether x is a tensor and no number."""
    return isinstance(x, Node)


def _refuse(detail: str, hint: str = "") -> None:
    """Refuses what the language has no counterpart of."""
    raise Problem("not_in_language", detail, hint=hint or None)


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
        shapes.joined,
        shapes.others,
        shapes.pair,
        *extents.EXTENTS,
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
    "is_tensor": _is_tensor,
    "refuse": _refuse,
    "fields": _fields,
    "over": _over,
    **SHAPES,
}
