"""NumPy's advanced indexing: where the axes of lists and tensors of whole numbers go, and which element goes where.

Lists and labels are broadcast to one shape. Its axes stand where the first of them stood, or in front where slices or
new axes stand between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from backprop_explorer.ops.elementwise import aligned, broadcast
from backprop_explorer.ops.indexing import Index, Label, explicit_index
from backprop_explorer.ops.record import Array, OperandError, Shape

Parameters = Mapping[str, Any]
Look = Callable[[int, Shape], int]
"""The label at an index of a label operand, by its position among these."""


@dataclass(frozen=True)
class Layout:
    """How an index takes a tensor apart. `first` is where the axes of the lists and labels, of the shape `stretched`,
    begin in the result; `rest` are the other axes of the result in their order, None for a new one."""

    shape: Shape
    first: int
    stretched: Shape
    rest: tuple[int | None, ...]


def is_advanced(index: Index) -> bool:
    """Whether an index has lists or labels."""
    return any(isinstance(entry, (Label, tuple, list)) for entry in index)


def list_shape(entry: Any) -> Shape:
    """The shape of a list of whole numbers in lists."""
    if not isinstance(entry, (tuple, list)):
        return ()
    inner = {list_shape(one) for one in entry}
    if len(inner) > 1:
        raise OperandError("lists of one length in each other as an index")
    return (len(entry), *(inner.pop() if inner else ()))


def explicit_advanced(shapes: Sequence[Shape], parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters with an entry for each axis in the index."""
    index = explicit_index(shapes, {"index": parameters["index"]})["index"]
    for entry in index:
        if isinstance(entry, tuple) and 0 in list_shape(entry):
            raise OperandError("lists with at least one number as an index")
    return {**parameters, "index": index}


def layout(shape: Shape, index: Index, labels: tuple[Shape, ...]) -> Layout:
    """How an explicit index takes a tensor of that shape apart; `labels` are the label operands' shapes."""
    parts = [_shape_of(entry, labels) for entry in index if isinstance(entry, (Label, tuple))]
    try:
        stretched = broadcast(*parts)
    except OperandError:
        raise OperandError(
            f"lists and tensors of an index that can be broadcast to one shape; got {' and '.join(map(str, parts))}"
        ) from None
    rest: list[int | None] = []
    lengths: list[int] = []
    axis = 0
    for entry in index:
        if entry is None or isinstance(entry, slice):
            rest.append(None if entry is None else axis)
            lengths.append(1 if entry is None else len(range(*entry.indices(shape[axis]))))
        axis += entry is not None
    first = _first(index, (Label, tuple, int))
    if parts and first != _first(index, (Label, tuple)):  # PyTorch takes whole numbers first, by themselves
        raise OperandError(
            "lists and whole numbers of an index side by side: here NumPy and PyTorch put the axes in different "
            "places. Take the whole numbers first, as in x[0][:, [1, 2]]"
        )
    return Layout((*lengths[:first], *stretched, *lengths[first:]), first, stretched, tuple(rest))


def _first(index: Index, kinds: tuple[type, ...]) -> int:
    """In front of which of the other axes the stretched ones stand."""
    positions = [i for i, entry in enumerate(index) if isinstance(entry, kinds)]
    if not positions:
        return 0
    between = index[positions[0] : positions[-1] + 1]
    if any(entry is None or isinstance(entry, slice) for entry in between):
        return 0
    return sum(entry is None or isinstance(entry, slice) for entry in index[: positions[0]])


def _shape_of(entry: Any, labels: tuple[Shape, ...]) -> Shape:
    return labels[entry.position] if isinstance(entry, Label) else list_shape(entry)


def label_bounds(shape: Shape, index: Index, count: int) -> list[tuple[int, int]]:
    """The least and greatest number for each label operand."""
    axes = [entry for entry in index if entry is not None]
    lengths = {entry.position: shape[axis] for axis, entry in enumerate(axes) if isinstance(entry, Label)}
    return [(-lengths[i], lengths[i] - 1) for i in range(count)]


def as_numpy(index: Index, labels: Sequence[Array]) -> tuple[Any, ...]:
    """The index as NumPy takes it."""
    return tuple(
        labels[entry.position] if isinstance(entry, Label) else np.array(entry) if isinstance(entry, tuple) else entry
        for entry in index
    )


def place_of(shape: Shape, index: Index, labels: tuple[Shape, ...], at: Shape, look: Look) -> Shape:
    """The element that stands at an index of the result."""
    found = layout(shape, index, labels)
    rank = len(found.stretched)
    stretched = at[found.first : found.first + rank]
    others = iter((*at[: found.first], *at[found.first + rank :]))
    place: list[int] = []
    axes = iter(shape)
    for entry in index:
        if entry is None:
            next(others)
            continue
        length = next(axes)
        if isinstance(entry, slice):
            place.append(range(*entry.indices(length))[next(others)])
        elif isinstance(entry, Label):
            place.append(look(entry.position, aligned(labels[entry.position], stretched)) % length)
        else:
            place.append(_listed(entry, stretched))
    return tuple(place)


def _listed(entry: Any, at: Shape) -> int:
    """The number of a list at an index of the stretched shape."""
    for i in aligned(list_shape(entry), at):
        entry = entry[i]
    return int(entry)


def places_of(shape: Shape, index: Index, labels: tuple[Shape, ...], element: Shape, look: Look) -> Iterator[Shape]:
    """All places of the result at which an element stands."""
    found = layout(shape, index, labels)
    others: list[int] = []
    fixed: list[tuple[Any, int, int]] = []
    axes = iter(zip(element, shape, strict=True))
    for entry in index:
        if entry is None:
            others.append(0)
            continue
        i, length = next(axes)
        if isinstance(entry, slice):
            taken = range(*entry.indices(length))
            if i not in taken:
                return
            others.append(taken.index(i))
        else:
            fixed.append((entry, i, length))
    for stretched in product(*map(range, found.stretched)):
        if all(_number(entry, labels, stretched, look) % length == i for entry, i, length in fixed):
            yield (*others[: found.first], *stretched, *others[found.first :])


def _number(entry: Any, labels: tuple[Shape, ...], stretched: Shape, look: Look) -> int:
    if isinstance(entry, Label):
        return look(entry.position, aligned(labels[entry.position], stretched))
    return _listed(entry, stretched)


def split_index(index: Any) -> tuple[Index, list[Any]]:
    """An index with tensors in it as one with labels, and these tensors."""
    tensors: list[Any] = []
    entries: list[Any] = []
    for entry in index if isinstance(index, tuple) else (index,):
        if hasattr(entry, "shape"):
            entries.append(Label(len(tensors)))
            tensors.append(entry)
        else:
            entries.append(tuple(entry) if isinstance(entry, list) else entry)
    return tuple(entries), tensors


def joined_index(index: Index, tensors: Sequence[Any]) -> Index:
    """The index with tensors in the place of labels."""
    return tuple(tensors[entry.position] if isinstance(entry, Label) else entry for entry in index)


def distinct(index: Index, shape: Shape) -> bool:
    """Whether an index names no element twice, as far as that is known without the numbers of tensors."""
    lists = [np.array(entry) for entry in index if isinstance(entry, tuple)]
    tensors = [entry for entry in index if not isinstance(entry, (tuple, int, slice)) and entry is not None]
    if not tensors:
        if not lists:
            return True
        places = np.stack([one.reshape(-1) for one in np.broadcast_arrays(*lists)])
        return bool(np.unique(places, axis=1).shape[1] == places.shape[1])
    stretched = broadcast(*(one.shape for one in (*lists, *tensors)))
    if all(length == 1 for length in stretched):
        return True
    return any(one.operation.name == "arange" and one.shape == stretched for one in tensors)
