"""Functions of shapes, which rules and composites use while compiling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.ops.axes import normal_axes, normal_axis, size, whole_numbers
from backprop_explorer.ops.indexing import takes_everything
from backprop_explorer.ops.primitives.windows import inner


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


def _around(padding: Any, kernel: tuple[int, ...], dilation: Any, ndim: int) -> Any:
    """Widths for `pad` over the last axes, as a convolution means them; nothing where there is nothing to pad."""
    rank = len(kernel)
    gaps = whole_numbers(dilation, rank, "dilation", 1)
    if padding == "same":
        total = [gap * (length - 1) for gap, length in zip(gaps, kernel, strict=True)]
        widths = tuple((edge // 2, edge - edge // 2) for edge in total)
    else:
        widths = tuple((edge, edge) for edge in whole_numbers(0 if padding == "valid" else padding, rank, "padding", 0))
    return ((0, 0),) * (ndim - rank) + widths if any(map(any, widths)) else ()


def _divided(shape: tuple[int, ...], axis: int, parts: int) -> tuple[int, ...]:
    """The shape with an axis taken apart into so many parts."""
    at = axis % len(shape)
    return (*shape[:at], parts, shape[at] // parts, *shape[at + 1 :])


def _joined(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    """The shape with an axis and the one behind it as one."""
    at = axis % len(shape)
    return (*shape[:at], shape[at] * shape[at + 1], *shape[at + 2 :])


def _contraction(spec: str, batch: str, group: str) -> str:
    """An einsum of windows and a kernel, with a letter for the batch and for groups where there are any."""
    terms, _, result = spec.partition("->")
    windows, kernel = terms.split(",")
    return f"{batch}{group}{windows},{group}{kernel}->{batch}{group}{result}"


def _pair(given: Any) -> tuple[int, ...]:
    """One number for two axes, or one for each."""
    return given if isinstance(given, tuple) else (given, given)


def _others(ndim: int, axis: int) -> tuple[int, ...]:
    """All axes but one."""
    return tuple(i for i in range(ndim) if i != axis)


def _channelwise(ndim: int) -> tuple[int, ...]:
    """The shape in which a number per channel (axis 1) meets a tensor of so many axes."""
    return (-1, *(1,) * (ndim - 2))


def _exchanged(ndim: int, axis: int) -> tuple[int, ...]:
    """The axes with one of them and the last in each other's place."""
    order, at = list(range(ndim)), normal_axis(axis, ndim)
    order[at], order[-1] = order[-1], order[at]
    return tuple(order)


def _flattened(shape: tuple[int, ...], start: int, end: int) -> tuple[int, ...]:
    """The shape with the axes from start to end as one."""
    first, last = normal_axis(start, len(shape), "start_dim"), normal_axis(end, len(shape), "end_dim")
    return (*shape[:first], size(shape[first : last + 1]), *shape[last + 1 :])


STATICS: dict[str, Callable[..., Any]] = {
    function.__name__.lstrip("_"): function
    for function in (
        _around,
        _channelwise,
        _constant,
        _contraction,
        _count,
        _divided,
        _exchanged,
        _flattened,
        _inverse,
        _joined,
        _others,
        _pair,
        _whole,
        inner,
    )
}
