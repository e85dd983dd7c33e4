"""Steps in which one tensor slides along another: a convolution, its gradients, and whatever else is such a sum.

Found from the graph alone: a contraction of two tensors whose elements are moved to where they meet, or whose results
are moved to where they are added up, such that two of its letters run along one axis together. That movement is
linear is found by moving single elements and checked at all corners.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Annotated, NotRequired, TypedDict

import numpy as np

from backprop_explorer.answers import Extent
from backprop_explorer.engine.origin import origin
from backprop_explorer.engine.program import Field, Name
from backprop_explorer.graph.node import Node
from backprop_explorer.ops.record import Shape

ELEMENTS_LIMIT = 100_000
"""Where elements of larger tensors land is not tried."""
AXES_LIMIT = 8
"""Of more axes not all corners are tried."""
_MARK = 0.8414709848078965


class SlideAxis(TypedDict):
    """Where on an axis: `start`, and so many steps for each letter."""

    start: int
    steps: dict[str, int]


class SlideOperand(TypedDict):
    """A tensor of a slide, with the place along each of its axes in letters; outside of it is 0."""

    tensor: str
    field: Field
    shape: Extent
    axes: list[SlideAxis]


class Slide(TypedDict):
    """A step as a sum: to the element at `result` each choice of letters adds the product of one element of each
    operand."""

    letters: Annotated[dict[str, int], "how many values each letter has, from 0 on"]
    pairs: Annotated[list[list[str]], "the letters that run along one axis together, for each such axis"]
    result: list[SlideAxis]
    operands: list[SlideOperand]
    added: NotRequired[Annotated[SlideOperand, "what is added besides, such as a bias"]]


@dataclass(frozen=True)
class _Axis:
    """A place along an axis: a start, and steps by the letter (or by the axis) that makes them."""

    start: int
    steps: Mapping[str, int]

    def to_json(self) -> SlideAxis:
        return {"start": self.start, "steps": dict(self.steps)}


@dataclass(frozen=True)
class _Sum:
    """What a contraction adds up, and where in a node that follows from it."""

    letters: Mapping[str, int]
    result: list[_Axis]
    operands: list[SlideOperand]
    added: SlideOperand | None = None


_Probe = Callable[[Shape], Shape | None]
"""Where the element at an index goes to, or comes from; None where there is no such place."""


def slide_of(node: Node, names: Mapping[Node, Name]) -> Slide | None:
    """How a step slides one tensor along another; None where it does not. `names` are the tensors that one knows."""
    found = _summed(node, names)
    pairs = [] if found is None else _pairs(found)
    if found is None or not pairs:
        return None
    told: Slide = {
        "letters": dict(found.letters),
        "pairs": pairs,
        "result": [axis.to_json() for axis in found.result],
        "operands": found.operands,
    }
    if found.added is not None:
        told["added"] = found.added
    return told


def _summed(node: Node, names: Mapping[Node, Name], *, root: bool = True, plus: bool = True) -> _Sum | None:
    """The sum of products that a node is, if it is one and nothing on the way to it has a name; `plus` something else
    where that may be."""
    if not root and node in names or node.size > ELEMENTS_LIMIT:
        return None
    family = node.operation.family
    if family == "contraction":
        return _contracted(node, names)
    if family in ("movement", "scatter") and len(node.operands) == 1:
        inner = _summed(node.operands[0], names, root=False, plus=plus)
        moved = None if inner is None else _fitted(node.operands[0].shape, node.shape, _lands(node))
        if inner is None or moved is None:
            return None
        return _Sum(inner.letters, _composed(moved, inner.result), inner.operands, inner.added)
    return _with_added(node, names) if plus and node.operation.name == "add" else None


def _contracted(node: Node, names: Mapping[Node, Name]) -> _Sum | None:
    if len(node.operands) != 2 or node.operation.labels is None:
        return None
    output, inputs = node.axis_labels
    lengths = {
        letter: length
        for operand, labels in zip(node.operands, inputs, strict=True)
        for letter, length in zip(labels, operand.shape, strict=True)
        if letter
    }
    operands = [
        _named(operand, [_Axis(0, {letter: 1} if letter else {}) for letter in labels], names)
        for operand, labels in zip(node.operands, inputs, strict=True)
    ]
    known = [operand for operand in operands if operand is not None]
    return _Sum(lengths, [_Axis(0, {letter: 1}) for letter in output], known) if len(known) == 2 else None


def _with_added(node: Node, names: Mapping[Node, Name]) -> _Sum | None:
    """A sum of products plus a tensor that is broadcast to it."""
    for inner, other in (node.operands, node.operands[::-1]):
        found = _summed(inner, names, root=False, plus=False) if inner.shape == node.shape else None
        if found is None:
            continue
        lead = node.ndim - other.ndim
        axes = [
            axis if length > 1 else _Axis(0, {}) for axis, length in zip(found.result[lead:], other.shape, strict=True)
        ]
        added = _named(other, axes, names)
        return None if added is None else _Sum(found.letters, found.result, found.operands, added)
    return None


def _named(node: Node, axes: list[_Axis], names: Mapping[Node, Name]) -> SlideOperand | None:
    """The tensor that a node's elements are moved from, and where in it."""
    while node not in names:
        if node.operation.family != "movement" or len(node.operands) != 1:
            return None
        moved = _fitted(node.shape, node.operands[0].shape, _comes(node))
        if moved is None:
            return None
        node, axes = node.operands[0], _composed(moved, axes)
    tensor, field = names[node]
    return {"tensor": tensor, "field": field, "shape": list(node.shape), "axes": [axis.to_json() for axis in axes]}


def _comes(node: Node) -> _Probe:
    """Where an element of a movement comes from."""

    def probe(index: Shape) -> Shape | None:
        place = origin(node, index)
        return None if place is None else place[1]

    return probe


def _lands(node: Node) -> _Probe:
    """Where a movement or a scatter brings an element to; None also where it brings it to several places."""

    def probe(index: Shape) -> Shape | None:
        marked = np.zeros(node.operands[0].shape)
        marked[index] = _MARK
        places = np.argwhere(np.asarray(node.operation.forward(marked, **node.parameters)) == _MARK)
        return tuple(int(at) for at in places[0]) if len(places) == 1 else None

    return probe


def _fitted(shape: Shape, target: Shape, probe: _Probe) -> list[_Axis] | None:
    """The places along each target axis as steps along the axes of `shape`, by their positions; None where that is not
    so at a corner."""
    moving = [axis for axis, length in enumerate(shape) if length > 1]
    middle = tuple((length - 1) // 2 for length in shape)
    first = probe(middle)
    if first is None or len(moving) > AXES_LIMIT:
        return None
    slopes: dict[int, list[int]] = {}
    for axis in moving:
        second = probe((*middle[:axis], middle[axis] + 1, *middle[axis + 1 :]))
        if second is None:
            return None
        slopes[axis] = [there - here for here, there in zip(first, second, strict=True)]
    axes = [
        _Axis(
            at - sum(slopes[axis][place] * middle[axis] for axis in moving),
            {str(axis): slopes[axis][place] for axis in moving if slopes[axis][place]},
        )
        for place, at in enumerate(first)
    ]
    corners = product(*((0, length - 1) if length > 1 else (0,) for length in shape))
    return axes if all(_agrees(axes, corner, target, probe(corner)) for corner in corners) else None


def _agrees(axes: Sequence[_Axis], index: Shape, target: Shape, found: Shape | None) -> bool:
    expected = tuple(axis.start + sum(step * index[int(at)] for at, step in axis.steps.items()) for axis in axes)
    inside = all(0 <= at < length for at, length in zip(expected, target, strict=True))
    return found == expected if inside else found is None


def _composed(moved: Sequence[_Axis], axes: Sequence[_Axis]) -> list[_Axis]:
    """Places that are told by positions along axes, told by the letters along these."""
    result = []
    for one in moved:
        start, steps = one.start, dict[str, int]()
        for position, step in one.steps.items():
            axis = axes[int(position)]
            start += step * axis.start
            for letter, by in axis.steps.items():
                steps[letter] = steps.get(letter, 0) + step * by
        result.append(_Axis(start, {letter: by for letter, by in steps.items() if by}))
    return result


def _pairs(found: _Sum) -> list[list[str]]:
    """The two letters of each axis of one tensor of which the other two have one each."""
    every = [[axis.to_json() for axis in found.result], *(operand["axes"] for operand in found.operands)]
    letters = [{letter for axis in axes for letter in axis["steps"]} for axes in every]
    pairs = []
    for position, axes in enumerate(every):
        others = [own for at, own in enumerate(letters) if at != position]
        for axis in axes:
            pair = list(axis["steps"])
            if len(pair) == 2 and all(len(own & set(pair)) == 1 for own in others) and not set(pair) <= others[0]:
                pairs.append(pair)
    return pairs
