"""The local derivative of an elementwise operation, as code over the elements at hand: its rule with 1 coming in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backprop_explorer.explain.why.chain import Link
from backprop_explorer.graph.calculation import calculate
from backprop_explorer.graph.code import Part, atomic, part
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import CONSTANT, Kind, Node
from backprop_explorer.graph.number import Number
from backprop_explorer.language.evaluator import Evaluator
from backprop_explorer.language.rules import rule_names
from backprop_explorer.language.scope import Scope


@dataclass(frozen=True)
class Derivative:
    """How a result moves with an operand: a formula over numbers without axes, which are called as elements are."""

    graph: Graph
    node: Node
    operands: tuple[Node, ...]

    @property
    def part(self) -> Part:
        """The formula, and how tightly it binds."""
        return part(self.node)

    @property
    def is_one(self) -> bool:
        """Whether the result moves by exactly as much."""
        return self.node.constant == 1

    def value(self, numbers: Sequence[float]) -> float:
        """The derivative where the operands have these numbers."""
        known = {
            leaf: np.asarray(number)
            for leaf, number in zip(self.operands, numbers, strict=True)
            if leaf.operation is not CONSTANT
        }
        if self.node.operation is CONSTANT:
            return float(self.node.parameters["value"])
        with np.errstate(all="ignore"):
            return float(calculate(self.graph.nodes, known, self.graph.dtype)[self.node])


def local_derivative(link: Link, elements: Sequence[Part], result: str) -> Derivative:
    """The derivative by the link's tensor; `elements` are the operands' elements as code, `result` is the result's."""
    user, operation = link.user, link.user.operation
    graph = Graph()
    operands = tuple(
        operand if operand.operation is CONSTANT else _called(graph, operand, element)
        for operand, element in zip(user.operands, elements, strict=True)
    )
    node = graph.make(operation, operands, user.parameters)
    node.name, node.shown = result, True
    graph.phase = "backward"
    names = rule_names(node, graph.constant(Number(1, "1")))
    evaluator = Evaluator(graph)
    scope = Scope({**names, "i": Number.of(link.position)}, internal=True)
    rule = evaluator.rule(operation.rules[link.contribution.operand], scope)
    return Derivative(graph, evaluator.node(rule, "a rule"), operands)


def _called(graph: Graph, operand: Node, element: Part) -> Node:
    return graph.leaf(atomic(element), (), Kind(operand.kind.name))
