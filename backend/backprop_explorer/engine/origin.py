"""Where a moved element comes from, asked for one element: no index array of the full size is ever made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.lib.stride_tricks import as_strided

from backprop_explorer.graph.node import Node
from backprop_explorer.ops.elementwise import aligned
from backprop_explorer.ops.record import Shape

Place = tuple[Node, Shape]
"""A node and the index of one of its elements."""


Read = Callable[[Node, Shape], float]
"""One element of any node."""


def origins(node: Node, index: Shape, read: Read) -> list[Place]:
    """The elements of operands that an element of a movement is a copy of, or that a scatter adds up in it; none where
    nothing was moved to."""
    operation = node.operation
    if operation.origins is None:
        place = origin(node, index)
        return [] if place is None else [place]
    shapes = [operand.shape for operand in node.operands]
    found = operation.origins(shapes, node.parameters, index, lambda i, at: int(read(node.operands[i], at)))
    return [(node.operands[position], at) for position, at in found]


def origin(node: Node, index: Shape) -> Place | None:
    """The one element that shapes alone tell to be where an element of a movement (or of a scatter of single elements)
    comes from; None where there is none, or where it takes labels or several elements."""
    operation = node.operation
    if operation.origins is not None or not node.operands:
        return None
    if operation.origin is not None:
        found = operation.origin([operand.shape for operand in node.operands], node.parameters, index)
        return None if found is None else (node.operands[found[0]], found[1])
    return node.operands[0], _by_address(node, index)


Along = tuple[int | None, int, int]
"""For an axis of what is moved: the result's axis that it moves along with (None: it stays), by what step, from
where."""


@lru_cache(maxsize=4096)
def linear_origin(node: Node) -> tuple[Node, list[Along]] | None:
    """Where elements of a movement come from, when that is one operand and each of its axes follows at most one of the
    result's; else None."""
    zero = (0,) * node.ndim
    first = origin(node, zero)
    if first is None:
        return None
    operand, start = first
    places: list[Along] = [(None, 0, at) for at in start]
    for axis, length in enumerate(node.shape):
        if length == 1:
            continue
        place = origin(node, (*zero[:axis], 1, *zero[axis + 1 :]))
        if place is None or place[0] is not operand:
            return None
        changed = [i for i, (old, new) in enumerate(zip(start, place[1], strict=True)) if old != new]
        if len(changed) > 1 or changed and places[changed[0]][0] is not None:
            return None
        for i in changed:
            places[i] = (axis, place[1][i] - start[i], start[i])
    last = tuple(length - 1 for length in node.shape)
    expected = tuple(at if axis is None else at + step * last[axis] for axis, step, at in places)
    return (operand, places) if origin(node, last) == (operand, expected) else None


def _by_address(node: Node, index: Shape) -> Shape:
    """The element's address in a stand-in of the operand's shape that takes one byte of memory, whatever its shape."""
    shape = node.operands[0].shape
    steps = _steps(shape)
    stand_in = as_strided(np.zeros(1, np.int8), shape, steps)
    if node.operation.name == "reshape":  # in the order of the elements, which the stand-in's strides are
        view = as_strided(np.zeros(1, np.int8), node.shape, _steps(node.shape))
        offset = sum(i * step for i, step in zip(index, view.strides, strict=True))
    else:
        view = node.operation.forward(stand_in, **node.parameters)
        start = view.__array_interface__["data"][0] - stand_in.__array_interface__["data"][0]
        offset = start + sum(i * step for i, step in zip(index, view.strides, strict=True))
    return tuple(int(i) for i in np.unravel_index(offset, shape)) if shape else ()


def _steps(shape: Shape) -> Shape:
    """The strides, in elements, of a tensor in row order."""
    steps: list[int] = []
    step = 1
    for length in reversed(shape):
        steps.append(step)
        step *= length
    return tuple(reversed(steps))


def spread(index: Shape, axes: tuple[int, ...], values: tuple[int, ...], rank: int, keep: bool) -> Shape:
    """The full index of an element that is summed: the kept axes from the result's index, the others from the sum's."""
    summed = dict(zip(axes, values, strict=True))
    if keep:
        return tuple([summed.get(axis, i) for axis, i in enumerate(index)])
    rest = iter(index)
    return tuple([summed[axis] if axis in summed else next(rest) for axis in range(rank)])


def used_by(node: Node, index: Shape, read: Read) -> Iterator[Place]:
    """The elements of the operands that an element is calculated from."""
    operation = node.operation
    if operation.family in ("movement", "scatter"):
        yield from origins(node, index, read)
    elif operation.family == "reduction":
        operand, axes = node.operands[0], node.parameters["axis"]
        for values in product(*(range(operand.shape[axis]) for axis in axes)):
            yield operand, spread(index, axes, values, operand.ndim, node.parameters["keepdims"])
    elif operation.element is not None:
        yield node.operands[0], index[: node.operands[0].ndim]
    elif operation.family == "elementwise":
        for operand in node.operands:
            yield operand, aligned(operand.shape, index)
    elif operation.labels is not None:
        yield from _contracted(node, index)


def _contracted(node: Node, index: Shape) -> Iterator[Place]:
    labels = node.operation.labels
    assert labels is not None
    output, inputs = labels([operand.shape for operand in node.operands], node.parameters)
    fixed = dict(zip(output, index, strict=True))
    for operand, letters in zip(node.operands, inputs, strict=True):
        ranges = (
            (fixed[letter],) if letter in fixed else range(length)
            for letter, length in zip(letters, operand.shape, strict=True)
        )
        for place in product(*ranges):
            yield operand, place
