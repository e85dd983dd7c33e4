"""What every elementwise record shares: broadcasting, and a NumPy ufunc that writes into a given buffer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import zip_longest
from typing import Any

import numpy as np

from backprop_explorer.ops.record import ATOM, Array, Call, OperandError, Operation, Sample, Shape

AXIS_LETTERS = "ijklmnopqrstuvwxyzabcdefgh"


def broadcast(*shapes: Shape, **_: Any) -> Shape:
    """The shape that NumPy's broadcasting gives; `OperandError` names the first pair of lengths that do not fit."""
    if len(shapes) == 2:  # by far the most
        first, second = shapes
        if first == second or not second:
            return first
        if not first:
            return second
    result: list[int] = []
    for lengths in zip_longest(*(shape[::-1] for shape in shapes), fillvalue=1):
        stretched = {length for length in lengths if length != 1}
        if len(stretched) > 1:
            raise OperandError(_misfit(shapes, len(result) + 1))
        result.append(stretched.pop() if stretched else 1)
    return tuple(result[::-1])


def _misfit(shapes: Sequence[Shape], from_the_end: int) -> str:
    got = " and ".join(f"{{{position}}} {shape}" for position, shape in enumerate(shapes) if shape)
    axis = "the last axis" if from_the_end == 1 else f"axis {-from_the_end}"
    return f"shapes whose axes are equal or 1, from the last to the first; got {got}, which differ in {axis}"


def aligned_labels(shapes: Sequence[Shape], _: Mapping[str, Any] | None = None) -> tuple[str, list[list[str]]]:
    """Axis letters of the result and, per operand, the letters of its axes; "" for an axis of length 1 that is
    stretched."""
    result = broadcast(*shapes)
    letters = AXIS_LETTERS[: len(result)]

    def operand(shape: Shape) -> list[str]:
        lead = len(result) - len(shape)
        return [letters[lead + axis] if length == result[lead + axis] else "" for axis, length in enumerate(shape)]

    return letters, [operand(shape) for shape in shapes]


def aligned(shape: Shape, index: Shape) -> Shape:
    """The element of an operand of that shape which meets the result's element at `index`: broadcasting undone."""
    if 1 not in shape and len(shape) == len(index):
        return index
    return tuple([0 if length == 1 else i for length, i in zip(shape, index[len(index) - len(shape) :], strict=True)])


def bound(ufunc: np.ufunc, *arrays: Array, out: Array) -> Call:
    """One call of a ufunc into a buffer. `maximum` and `minimum` warn about a positional `out` at every call."""
    if ufunc in (np.maximum, np.minimum):
        return partial(ufunc, *arrays, out=out)
    return partial(ufunc, *arrays, out)


def written(result: Array, out: Array | None) -> Array:
    """What a function that takes no buffer gave, in a buffer if there is one."""
    if out is None:
        return result
    np.copyto(out, result)
    return out


def elementwise(
    name: str,
    operands: str,
    forward: Callable[..., Array] | np.ufunc,
    rules: Mapping[str, str],
    *,
    code: str | None = None,
    precedence: int = ATOM,
    kernel: Callable[..., list[Call]] | None = None,
    **rest: Any,
) -> Operation:
    """The record of an elementwise operation; the kernel of a ufunc is one call of it."""
    names = tuple(operands.split())

    def one_call(arrays: Sequence[Array], out: Array, _: Sequence[float | None]) -> list[Call]:
        assert isinstance(forward, np.ufunc)
        return [bound(forward, *arrays, out=out)]

    def call_ufunc(*arrays: Array, out: Array | None = None) -> Array:
        result: Array = forward(*arrays, out=out)
        return result

    is_ufunc = isinstance(forward, np.ufunc)
    return Operation(
        name=name,
        family="elementwise",
        operands=names,
        shape=broadcast,
        forward=call_ufunc if is_ufunc else forward,
        rules=rules,
        code=code or f"{name}({', '.join(f'{{{operand}}}' for operand in names)})",
        precedence=precedence,
        kernel=kernel or (one_call if is_ufunc else None),
        labels=aligned_labels,
        **rest,
    )


def function(
    name: str, ufunc: np.ufunc, rule: str, summary: str, domain: tuple[float, float] = (-2.0, 2.0), **rest: Any
) -> Operation:
    """The record of NumPy's function of one number; without a rule it passes no gradient."""
    return elementwise(
        name,
        "x",
        ufunc,
        {"x": rule} if rule else {},
        symbol=name,
        summary=summary,
        formula=rest.pop("formula", f"y = {name}(x)"),
        samples=(Sample(f"{name}(x)", {"x": (3, 2)}, domain), Sample(f"{name}(x)", {"x": ()}, domain)),
        **rest,
    )
