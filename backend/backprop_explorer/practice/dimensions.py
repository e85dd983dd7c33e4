"""Which axes of a program are the same dimension, and whether a formula's shape fits only because two are equally
long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from backprop_explorer.engine.program import Program
from backprop_explorer.graph.code import code
from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.ops.record import Shape
from backprop_explorer.practice.formula import Formula, read_formula
from backprop_explorer.problem import Problem

Axis = tuple[Node, int]
WRITTEN_LENGTHS = ("shape", "n")
"""Parameters that say how long an axis is."""


def fits_by_coincidence(program: Program, tensor: Node, formula: Formula) -> bool:
    """Whether the formula would not have the tensor's shape if different dimensions had different lengths."""
    shapes = distinct_shapes(program)
    if shapes is None or _writes_lengths(formula):
        return False
    true = code(program.backward.gradient[tensor], root=True)
    return _fits(program, tensor, true, shapes) and not _fits(program, tensor, formula.text, shapes)


def _fits(program: Program, tensor: Node, text: str, shapes: Mapping[Node, Shape]) -> bool:
    try:
        return read_formula(program, text, tensor, shapes).shape == shapes[tensor]
    except Problem:
        return False


def _writes_lengths(formula: Formula) -> bool:
    """Whether lengths stand in the formula as numbers, so that they could not change along."""
    return any(
        name in WRITTEN_LENGTHS or name == "index" and any(isinstance(e, slice) and e != slice(None) for e in value)
        for node in formula.graph.nodes
        for name, value in node.parameters.items()
    )


@lru_cache(maxsize=64)
def distinct_shapes(program: Program) -> Mapping[Node, Shape] | None:
    """The shapes of the forward program's tensors if every dimension had a length of its own; None where each has."""
    axes = Dimensions(program)
    nodes = [node for node in program.graph.nodes if node.phase in ("leaf", "forward")]
    lengths = {axes.of((node, axis)): length for node in nodes for axis, length in enumerate(node.shape) if length > 1}
    free = [dimension for dimension in lengths if dimension not in axes.fixed]
    if len(set(lengths.values())) == len(lengths):
        return None
    primes = _primes_above(max(lengths.values()))
    lengths |= {dimension: next(primes) for dimension in free}
    return {
        node: tuple(lengths[axes.of((node, axis))] if length > 1 else 1 for axis, length in enumerate(node.shape))
        for node in nodes
    }


class Dimensions:
    """Sets of axes that must be equally long. A `fixed` one has a length that the program's text says."""

    def __init__(self, program: Program) -> None:
        self._parent: dict[Axis, Axis] = {}
        fixed: list[Axis] = []
        for node in program.graph.nodes:
            if node.phase == "forward":
                fixed += self._join(node)
        self.fixed = {self.of(axis) for axis in fixed}

    def of(self, axis: Axis) -> Axis:
        """The axis that stands for all that are as long as this one."""
        while axis in self._parent:
            axis = self._parent[axis]
        return axis

    def _same(self, a: Axis, b: Axis) -> None:
        a, b = self.of(a), self.of(b)
        if a != b:
            self._parent[a] = b

    def _join(self, node: Node) -> list[Axis]:
        """Joins the axes of a node with its operands'; those whose lengths are fixed."""
        operands = [operand for operand in node.operands if operand.operation is not CONSTANT]
        if node.operation.name == "index":
            pairs = list(_kept(node.parameters["index"]))
            return self._moved(node, operands[0], pairs)
        if node.operation.name == "reshape":
            return self._moved(node, operands[0], list(_aligned(operands[0].shape, node.shape)))
        if node.operation.labels is None or node.operation.name == "broadcast_to":
            return [(one, axis) for one in (node, *operands) for axis in range(one.ndim)]
        return self._labelled(node)

    def _labelled(self, node: Node) -> list[Axis]:
        output, inputs = node.axis_labels
        where: dict[str, Axis] = {}
        for operand, labels in zip(node.operands, inputs, strict=True):
            for axis, label in enumerate(labels):
                if label and operand.shape[axis] > 1:
                    self._same((operand, axis), where.setdefault(label, (operand, axis)))
        new = []
        for axis, label in enumerate(output):
            if label in where:
                self._same((node, axis), where[label])
            else:
                new.append((node, axis))
        return new

    def _moved(self, node: Node, operand: Node, pairs: list[tuple[int, int]]) -> list[Axis]:
        for old, new in pairs:
            self._same((operand, old), (node, new))
        olds, news = {old for old, _ in pairs}, {new for _, new in pairs}
        return [
            *((operand, axis) for axis in range(operand.ndim) if axis not in olds),
            *((node, axis) for axis in range(node.ndim) if axis not in news),
        ]


def _kept(index: Iterable[object]) -> Iterator[tuple[int, int]]:
    """The axes that an index takes whole, before and after."""
    old = new = 0
    for entry in index:
        if entry == slice(None):
            yield old, new
        old += entry is not None
        new += entry is None or isinstance(entry, slice)


def _aligned(old: Shape, new: Shape) -> Iterator[tuple[int, int]]:
    """The axes that a reshape leaves alone, from both ends, past axes of length 1."""
    a = [axis for axis, length in enumerate(old) if length != 1]
    b = [axis for axis, length in enumerate(new) if length != 1]
    while a and b and old[a[0]] == new[b[0]]:
        yield a.pop(0), b.pop(0)
    while a and b and old[a[-1]] == new[b[-1]]:
        yield a.pop(), b.pop()


def _primes_above(least: int) -> Iterator[int]:
    number = max(least, 2)
    while True:
        number += 1
        if all(number % divisor for divisor in range(2, int(number**0.5) + 1)):
            yield number
