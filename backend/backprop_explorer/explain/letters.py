"""The letter of each axis of a program's tensors: the same in every formula, sentence and table about the program.

Axes that an operation aligns are one axis: those of `x @ w` are sample, feature and unit, and the units are the
features of the next layer. The samples are b where no tensor is called so; the others are i, j, k, … in the order of
the program.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from backprop_explorer.engine.batch_axes import batch_axes
from backprop_explorer.engine.origin import linear_origin
from backprop_explorer.engine.program import Program
from backprop_explorer.graph.node import Node

BATCH_LETTERS = "bnst"
LETTERS = "ijklmpqruvaefhcd"
IN_TURN = 6
"""After so many letters the first one comes again, so that a deep network's last layer has common letters, too."""

Axis = tuple[Node, int]


@lru_cache(maxsize=64)
def axis_letters(program: Program) -> Mapping[Axis, str]:
    """The letters of every axis that has more than one element: the one that it should have, and the one that it has
    where that is another axis's already, as in the scores of every sample with every other one."""
    computed = [node for node in program.graph.nodes if node.operands]
    classes = _Classes()
    for node in computed:
        for one, other in _aligned(node):
            classes.join(one, other)
    for tensor, gradient in program.backward.gradient.items():
        if gradient.shape == tensor.shape:
            for axis in range(tensor.ndim):
                classes.join((tensor, axis), (gradient, axis))
    given = {node: axis for node, axis in batch_axes(program).items() if not node.operands}
    tables = {node: axis for node, axis in given.items() if node.ndim > 1}  # a vector may be one sample's features
    pool = _Pool(program, {classes.of(axis) for axis in (tables or given).items()})
    letters: dict[Axis, str] = {}
    for node in dict.fromkeys(one for result in computed for one in (*result.operands, result)):  # as one reads them
        for axis, length in enumerate(node.shape):
            if length > 1:
                choices = pool.of(classes.of((node, axis)))
                twice = any(letters.get((node, before)) == choices for before in range(axis))
                letters[node, axis] = choices[::-1] if twice else choices
    return letters


class _Pool:
    """Gives each set of axes its two letters, none of which is a tensor's name."""

    def __init__(self, program: Program, batch: set[Axis]) -> None:
        taken = {name.partition(".")[0] for name in program.nodes}
        self._batch, self._given = batch, dict[Axis, str]()
        self._samples, self._others = ([one for one in pool if one not in taken] for pool in (BATCH_LETTERS, LETTERS))

    def of(self, axes: Axis) -> str:
        """The letters of a set."""
        if axes not in self._given:
            if axes in self._batch:
                self._given[axes] = "".join(self._samples[:2])
            else:
                turn = len(self._given.keys() - self._batch) % IN_TURN
                self._given[axes] = "".join(self._others[turn::IN_TURN][:2])
        return self._given[axes]


class _Classes:
    """Sets of axes that are one: each but the first points to another one of its set."""

    def __init__(self) -> None:
        self._parent: dict[Axis, Axis] = {}

    def of(self, axis: Axis) -> Axis:
        """The axis that stands for the set."""
        found = axis
        while found in self._parent:
            found = self._parent[found]
        while axis != found:  # the next search is short
            after = self._parent[axis]
            self._parent[axis] = found
            axis = after
        return found

    def join(self, one: Axis, other: Axis) -> None:
        """Makes one set of two, of axes that are as long as one another."""
        if not one[0].shape[one[1]] == other[0].shape[other[1]] > 1:
            return
        first, second = self.of(one), self.of(other)
        if first != second:
            self._parent[second] = first


def _aligned(node: Node) -> Iterator[tuple[Axis, Axis]]:
    """Pairs of axes that an operation aligns: of an operand and the result, or of two operands that it sums over."""
    operation = node.operation
    if operation.labels is not None:
        known: dict[str, Axis] = {}
        output, inputs = node.axis_labels
        for operand, labels in zip(node.operands, inputs, strict=True):
            for axis, label in enumerate(labels):
                if label and operand.shape[axis] > 1:
                    yield known.setdefault(label, (operand, axis)), (operand, axis)
        for axis, label in enumerate(output):
            if label in known:
                yield known[label], (node, axis)
    elif operation.family == "reduction":
        operand, axes, kept = node.operands[0], node.parameters["axis"], node.parameters["keepdims"]
        left = [axis for axis in range(operand.ndim) if kept or axis not in axes]
        for at, axis in enumerate(left):
            if axis not in axes:
                yield (operand, axis), (node, at)
    elif operation.family == "movement":
        found = linear_origin(node)
        for axis, (place, step, _) in enumerate(found[1] if found else ()):
            if found and place is not None and step == 1:
                yield (found[0], axis), (node, place)
    elif node.operands[0].shape == node.shape:
        yield from (((node.operands[0], axis), (node, axis)) for axis in range(node.ndim))
