"""The backward rules applied to nodes: what each operand of an operation gets of the incoming gradient."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backprop_explorer.graph.node import Box, Node
from backprop_explorer.graph.number import Number
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.scope import Scope
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Shape


@dataclass(frozen=True, eq=False)
class Contribution:
    """What one use of a tensor adds to its gradient, and why.

    `user` is the operation that uses it (the result of a closed `box`), `operand` the tensor's place there by the
    record's name, `rule` the text that was evaluated, `incoming` the gradient of the user's result. `raw` is what the
    rule gave, `value` the same with broadcasting undone.
    """

    value: Node
    raw: Node
    user: Node
    operand: str
    rule: str
    incoming: Node
    box: Box | None = None


class Rules:
    """Evaluates the records' rules over a program's nodes."""

    def __init__(self, evaluator: Reader) -> None:
        self.evaluator = evaluator
        self.graph = evaluator.graph

    def make(self, name: str, *operands: Node, **parameters: Any) -> Node:
        """An operation by its name."""
        return self.graph.make(OPERATIONS[name], operands, parameters)

    def contributions(
        self, node: Node, gradient: Node, among: Container[Node] | None = None
    ) -> Iterator[tuple[Node, Contribution]]:
        """Each operand of a node, `among` the wanted ones, with what it gets, given the gradient of the node."""
        box = next((box for box in reversed(node.boxes) if box.closed and box.gradients), None)
        rules = self._rules_of_box(box, node, gradient) if box is not None else _rules_of_operation(node, gradient)
        for operand, name, rule, scope in rules:
            if among is not None and operand not in among:
                continue
            raw = self.evaluator.node(self.evaluator.rule(rule, scope), "a rule")
            yield operand, Contribution(self.unbroadcast(raw, operand.shape), raw, node, name, rule, gradient, box)

    def _rules_of_box(self, box: Box, node: Node, gradient: Node) -> Iterator[tuple[Node, str, str, Scope]]:
        scope = Scope({**box.scope, "g": gradient, "y": node}, internal=True)
        for name, operand in box.bound.items():
            if isinstance(operand, Node) and operand.differentiable and name in box.gradients:
                yield operand, name, box.gradients[name], scope

    def unbroadcast(self, gradient: Node, shape: Shape) -> Node:
        """Sums over what was stretched: a number that was used n times gets n contributions, in one sum and a
        reshape."""
        if gradient.shape == shape:
            return gradient
        lead = gradient.ndim - len(shape)
        if lead < 0:
            return self.make("broadcast_to", gradient, shape=shape)
        stretched = tuple(
            axis + lead for axis, length in enumerate(shape) if length == 1 and gradient.shape[axis + lead] != 1
        )
        axes = (*range(lead), *stretched)
        if axes:
            gradient = self.make("sum", gradient, axis=axes, keepdims=lead == 0)
        if gradient.shape == shape:
            return gradient
        if gradient.size == size(shape):
            return self.make("reshape", gradient, shape=shape)
        return self.make("broadcast_to", gradient, shape=shape)


def _rules_of_operation(node: Node, gradient: Node) -> Iterator[tuple[Node, str, str, Scope]]:
    operation = node.operation
    if not node.operands or not operation.rules:
        return
    names = rule_names(node, gradient)
    for position, operand in enumerate(node.operands):
        name = operation.operand_name(position)
        if name in operation.rules and operand.differentiable:
            scope = Scope({**names, "i": Number.of(position)}, internal=True)
            yield operand, name, operation.rules[name], scope


def rule_names(node: Node, gradient: Node) -> dict[str, Any]:
    """What the names in an operation's rules stand for: operands, `g`, `y`, the parameters and what its record
    derives."""
    operation = node.operation
    if operation.variadic:
        fixed = len(operation.operands) - 1
        alone = dict(zip(operation.operands, node.operands[:fixed], strict=False))
        operands: Mapping[str, Any] = {**alone, operation.operand_name(fixed): node.operands[fixed:]}
    else:
        operands = dict(zip(operation.operands, node.operands, strict=True))
    derived = operation.derive(node.operands, node.parameters) if operation.derive is not None else {}
    return {**node.parameters, "g": gradient, "y": node, **operands, **derived}
