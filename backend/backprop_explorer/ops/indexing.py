"""Indices as parameters and as text: whole numbers, slices, None and `...`; lists of whole numbers as tuples, and
`Label` for those that a tensor holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop_explorer.ops.record import Array, OperandError, Shape

Index = tuple[Any, ...]


@dataclass(frozen=True)
class Label:
    """The place in an index of whole numbers that an operand holds: the first such operand has the position 0."""

    position: int


def explicit_index(shapes: Sequence[Shape], parameters: dict[str, Any]) -> dict[str, Any]:
    """The index with one entry per axis (and a None per new one): dots written out, whole numbers from 0."""
    shape = shapes[0]
    given = parameters["index"]
    entries = list(given) if isinstance(given, tuple) else [given]
    used = sum(entry is not None and entry is not Ellipsis for entry in entries)
    if used > len(shape) or sum(entry is Ellipsis for entry in entries) > 1:
        got = ", ".join("a tensor" if isinstance(entry, Label) else _entry_code(entry) for entry in entries)
        raise OperandError(f"at most one index per axis ({len(shape)}) and one ...; got [{got}]")
    dots = [slice(None)] * (len(shape) - used)
    position = next((i for i, entry in enumerate(entries) if entry is Ellipsis), len(entries))
    entries[position : position + 1] = dots
    axes = iter(range(len(shape)))
    return {"index": tuple(entry if entry is None else _entry(entry, next(axes), shape) for entry in entries)}


def _entry(entry: Any, axis: int, shape: Shape) -> Any:
    length = shape[axis]
    if isinstance(entry, Label):
        return entry
    if isinstance(entry, (tuple, list)):
        return tuple(_listed(one, axis, shape) for one in entry)
    if isinstance(entry, slice):
        parts = (entry.start, entry.stop, entry.step)
        if (
            any(part is not None and (isinstance(part, bool) or not isinstance(part, int)) for part in parts)
            or entry.step == 0
        ):
            raise OperandError(f"slices of whole numbers with a step other than 0; got {index_code((entry,))}")
        if not len(range(*entry.indices(length))):
            raise OperandError(
                f"slices that take at least one element; got {index_code((entry,))} of axis {axis} of length {length}"
            )
        return entry
    if isinstance(entry, bool) or not isinstance(entry, int):
        raise OperandError(f"whole numbers, slices, None or ... as an index; got {entry!r}")
    if not -length <= entry < length:
        raise OperandError(f"an index from {-length} to {length - 1} in axis {axis} of {{0}} {shape}; got {entry}")
    return entry % length


def _listed(entry: Any, axis: int, shape: Shape) -> Any:
    """Whole numbers in a list of an index, from 0."""
    if isinstance(entry, (tuple, list)):
        return tuple(_listed(one, axis, shape) for one in entry)
    if isinstance(entry, (slice, Label)) or entry is None or entry is Ellipsis:
        raise OperandError(f"whole numbers in the lists of an index; got {entry!r}")
    return _entry(entry, axis, shape)


def index_shape(shape: Shape, index: Index) -> Shape:
    """The shape of what an explicit index takes."""
    result: list[int] = []
    axis = 0
    for entry in index:
        if entry is None:
            result.append(1)
            continue
        if isinstance(entry, slice):
            result.append(len(range(*entry.indices(shape[axis]))))
        axis += 1
    return tuple(result)


def takes_everything(shape: Shape, index: Index) -> bool:
    """Whether an explicit index keeps every element in its order, so that it is only a change of shape."""
    taken = (entry for entry in index if entry is not None)
    return all(
        range(*entry.indices(length)) == range(length) if isinstance(entry, slice) else length == 1
        for entry, length in zip(taken, shape, strict=True)
    )


def index_code(index: Index) -> str:
    """The index as it is written between brackets; whole axes at the end are left out, unless nothing else is there."""
    entries = list(index)
    while len(entries) > 1 and entries[-1] == slice(None) and any(entry != slice(None) for entry in entries):
        entries.pop()
    return ", ".join(map(_entry_code, entries)) or "()"


def _entry_code(entry: Any) -> str:
    if entry is None or isinstance(entry, int):
        return str(entry)
    if isinstance(entry, (tuple, list)):
        return f"[{', '.join(map(_entry_code, entry))}]"
    if isinstance(entry, Label):
        return f"{{indices{entry.position}}}"
    if entry is Ellipsis:
        return "..."
    if not isinstance(entry, slice):
        return repr(entry)
    start, stop = ("" if part is None else str(part) for part in (entry.start, entry.stop))
    return f"{start}:{stop}" + ("" if entry.step is None else f":{entry.step}")


def reshape_index(old: Shape, new: Shape) -> Index | None:
    """The index that does the work of a reshape which only adds or drops axes of length 1, or None."""
    if old == new:
        return None
    index: list[Any] = []
    rest = list(new)
    for length in old:
        while rest and rest[0] == 1 != length:
            index.append(None)
            rest.pop(0)
        if rest and rest[0] == length:
            index.append(slice(None))
            rest.pop(0)
        elif length == 1:
            index.append(0)
        else:
            return None
    return (*index, *([None] * len(rest))) if all(length == 1 for length in rest) else None


def linear_code(parts: Sequence[tuple[int, str]], start: int = 0) -> str:
    """An index that is a sum of multiples of others, as it is written: `2 * y + i - 1`."""
    texts: list[tuple[str, str]] = []
    for step, index in parts:
        if index.lstrip("-").isdecimal():
            start += step * int(index)
            continue
        factor = index if abs(step) == 1 else f"{abs(step)} * {index if index.isidentifier() else f'({index})'}"
        texts.append(
            ("-" if step < 0 else "+", factor if step == 1 or factor.isidentifier() or abs(step) > 1 else f"({factor})")
        )
    if start or not texts:
        texts.append(("-" if start < 0 else "+", str(abs(start))))
    texts.sort(key=lambda text: text[0] == "-")  # a minus does not begin where something else can
    first = texts[0][1] if texts[0][0] == "+" else f"-{texts[0][1]}"
    return " ".join([first, *(f"{sign} {text}" for sign, text in texts[1:])])


def positions(indices: Array, length: int) -> Array:
    """Whole numbers as NumPy takes them, which may be of 32 bits; those below 0 count from the end. Labels are checked
    before a program runs; where they are not, in a formula that somebody tries, those out of bounds stand for the
    nearest that is not."""
    return np.clip(indices, -length, length - 1).astype(np.intp, copy=False)


def same_place(a: Array, b: Array) -> bool:
    """Whether two arrays are the same elements of memory."""
    return a.ctypes.data == b.ctypes.data and a.strides == b.strides and a.shape == b.shape


def view_at(x: Array, index: Index) -> Array:
    """The elements at an explicit index as a view, a single one too, of which NumPy would make a copy."""
    return x[(*index, ...)]
