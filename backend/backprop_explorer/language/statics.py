"""Functions that rules and composites use while compiling."""

from __future__ import annotations

from collections.abc import Callable
from inspect import getsource
from typing import Any

from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.language import shapes
from backprop_explorer.ops.advanced import distinct
from backprop_explorer.ops.axes import normal_axes, size
from backprop_explorer.ops.indexing import takes_everything
from backprop_explorer.ops.primitives.padding import inner


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


SHAPES: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        shapes.around,
        shapes.channelwise,
        shapes.contraction,
        shapes.divided,
        shapes.exchanged,
        shapes.flattened,
        shapes.joined,
        shapes.others,
        shapes.pair,
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
    "distinct": distinct,
    **SHAPES,
}
