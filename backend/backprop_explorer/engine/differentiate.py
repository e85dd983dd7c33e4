"""Reverse-mode differentiation, from graph to graph: the backward pass is a program in the same language.

Every operation's rule is text, evaluated over the nodes of the forward program; broadcasting is undone here, and
where a tensor is used several times each contribution stays a tensor of its own (`a.g__1`, `a.g__2`) before they are
added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backprop_explorer.graph.box import Box
from backprop_explorer.graph.node import Node
from backprop_explorer.graph.number import Number
from backprop_explorer.language.forward import Forward
from backprop_explorer.language.scope import Scope
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.record import Shape
from backprop_explorer.problem import Problem


@dataclass(eq=False)
class Backward:
    """The backward program of a loss. `gradient` has every tensor that can have one, `contributions` those that are
    added up."""

    loss: Node
    gradient: dict[Node, Node] = field(default_factory=dict)
    contributions: dict[Node, list[tuple[Node, Node]]] = field(default_factory=dict)
    reached: set[Node] = field(default_factory=set)


def differentiate(forward: Forward, loss: Node) -> Backward:
    """Appends the backward program to the forward program's graph. Raises a `Problem` for a loss that is no scalar
    number."""
    _check_loss(loss)
    return _Differentiation(forward, loss).run()


def _check_loss(loss: Node) -> None:
    if loss.shape != ():
        raise Problem(
            "loss_not_scalar",
            f"the loss must be a single number; {loss.name} has the shape {loss.shape}",
            tensor=loss.name,
            line=loss.line,
            hint="take its .mean() or .sum()",
        )
    if not loss.differentiable:
        raise Problem(
            "loss_not_scalar",
            f"the loss must be a number that can change smoothly; {loss.name} is a truth value or a label",
            tensor=loss.name,
            line=loss.line,
        )


class _Differentiation:
    def __init__(self, forward: Forward, loss: Node) -> None:
        self.evaluator, self.graph = forward.evaluator, forward.graph
        self.nodes = list(self.graph.nodes)
        self.backward = Backward(loss)
        self.parts: dict[Node, list[tuple[Node, Node]]] = {}

    def run(self) -> Backward:
        self.graph.phase = "backward"
        loss = self.backward.loss
        self.parts[loss] = [(self.graph.constant(Number(1, "1")), loss)]
        for node in reversed(self.nodes):
            if node in self.parts:
                self._differentiate(node)
        for node in self.nodes:
            if node.differentiable and not node.hidden and node not in self.backward.gradient:
                zero = self.graph.constant(Number(0, "0"))
                self.backward.gradient[node] = (
                    self._make("broadcast_to", zero, shape=node.shape) if node.shape else self._make("identity", zero)
                )
        self._name_shared()
        return self.backward

    def _make(self, name: str, *operands: Node, **parameters: Any) -> Node:
        return self.graph.make(OPERATIONS[name], operands, parameters)

    def _differentiate(self, node: Node) -> None:
        gradient = self._sum_of(node, self.parts[node])
        self.backward.reached.add(node)
        for operand, contribution in self._contributions(node, gradient):
            self.parts.setdefault(operand, []).append((self._unbroadcast(contribution, operand.shape), node))

    # -- the gradient of a tensor out of its contributions

    def _sum_of(self, node: Node, parts: list[tuple[Node, Node]]) -> Node:
        """The tensor's gradient, named. What the rules go on with may be a bare constant, so that a factor of 1 is
        left out."""
        if len(parts) == 1:
            contribution = parts[0][0]
            if contribution.shape != node.shape:
                contribution = self._make("broadcast_to", contribution, shape=node.shape)
        else:
            named = self._named_contributions(node, parts)
            self.backward.contributions[node] = named
            contribution = named[0][0]
            for part, _ in named[1:]:
                contribution = self._make("add", contribution, part)
        if contribution.phase == "forward" and not contribution.shown and not node.shown:
            contribution = self._make("identity", contribution)  # so that it can get a line of its own
        constant = contribution.constant is not None
        if node.shown or len(parts) > 1 or constant:
            named_gradient = self._named(contribution, f"{node.name}.g", shown=node.shown or len(parts) > 1)
            self.backward.gradient[node] = named_gradient
            return contribution if constant else named_gradient
        self.backward.gradient[node] = contribution
        return contribution

    def _named_contributions(self, node: Node, parts: list[tuple[Node, Node]]) -> list[tuple[Node, Node]]:
        named: list[tuple[Node, Node]] = []
        for k, (part, user) in enumerate(parts, 1):
            if any(part is other for other, _ in named):  # d * d gives the same expression twice, and each is a line
                part = self.graph.make(part.operation, part.operands, part.parameters)
            named.append((self._named(part, f"{node.name}.g__{k}"), user))
        return named

    def _named(self, node: Node, name: str, *, shown: bool = True) -> Node:
        """The node under that name; one that has a name already, or is no backward result, gets a line of its own:
        `a.g = h.g`."""
        if node.shown or node.phase != "backward" or node.name is not None:
            node = self._make("identity", node)
        node.name, node.shown = name, shown
        self.graph.settle(node)
        return node

    def _name_shared(self) -> None:
        """A gradient of an unnamed tensor gets a line of its own where several others use it; else it is written
        where it is used."""
        users = _users(list(self.backward.gradient.values()))
        for node, gradient in self.backward.gradient.items():
            inline = (
                gradient.phase == "backward"
                and not gradient.shown
                and gradient.name is None
                and node in self.backward.reached
            )
            if inline and len(users.get(gradient, ())) > 1 and gradient.constant is None:
                gradient.name, gradient.shown = f"{node.name}.g", True
                node.shown = True  # (h.add > 0) * h.g reads better than the whole expression once h.add.g has a line

    # -- the rules

    def _contributions(self, node: Node, gradient: Node) -> Iterator[tuple[Node, Node]]:
        box = next((box for box in reversed(node.boxes) if box.closed and box.gradients), None)
        yield from self._of_box(box, node, gradient) if box is not None else self._of_operation(node, gradient)

    def _of_box(self, box: Box, node: Node, gradient: Node) -> Iterator[tuple[Node, Node]]:
        scope = Scope({**box.scope, "g": gradient, "y": node}, internal=True)
        for name, operand in box.bound.items():
            if isinstance(operand, Node) and operand.differentiable and name in box.gradients:
                yield operand, self._value(box.gradients[name], scope)

    def _of_operation(self, node: Node, gradient: Node) -> Iterator[tuple[Node, Node]]:
        operation = node.operation
        if not node.operands or not operation.rules:
            return
        names: dict[str, Any] = {**node.parameters, "g": gradient, "y": node}
        names |= self._operand_names(node)
        if operation.derive is not None:
            names |= operation.derive(node.operands, node.parameters)
        for position, operand in enumerate(node.operands):
            rule = operation.rules.get(operation.operand_name(position))
            if rule is not None and operand.differentiable:
                yield operand, self._value(rule, Scope({**names, "i": Number.of(position)}, internal=True))

    def _operand_names(self, node: Node) -> Mapping[str, Any]:
        if node.operation.variadic:
            return {node.operation.operand_name(0): node.operands}
        return dict(zip(node.operation.operands, node.operands, strict=True))

    def _value(self, rule: str, scope: Scope) -> Node:
        return self.evaluator.node(self.evaluator.rule(rule, scope), "a rule")

    def _unbroadcast(self, gradient: Node, shape: Shape) -> Node:
        """Sums over what was stretched: a number that was used n times gets n contributions, in one sum and a
        reshape."""
        if gradient.shape == shape:
            return gradient
        lead = gradient.ndim - len(shape)
        if lead < 0:
            return self._make("broadcast_to", gradient, shape=shape)
        stretched = tuple(
            axis + lead for axis, length in enumerate(shape) if length == 1 and gradient.shape[axis + lead] != 1
        )
        axes = (*range(lead), *stretched)
        if axes:
            gradient = self._make("sum", gradient, axis=axes, keepdims=lead == 0)
        if gradient.shape == shape:
            return gradient
        if gradient.size == _size(shape):
            return self._make("reshape", gradient, shape=shape)
        return self._make("broadcast_to", gradient, shape=shape)


def _size(shape: Shape) -> int:
    count = 1
    for length in shape:
        count *= length
    return count


def _users(roots: list[Node]) -> dict[Node, set[Node]]:
    """Which nodes use each node, among those that the roots need."""
    users: dict[Node, set[Node]] = {}
    stack, seen = list(roots), set(roots)
    while stack:
        node = stack.pop()
        for operand in node.operands:
            users.setdefault(operand, set()).add(node)
            if operand not in seen:
                seen.add(operand)
                stack.append(operand)
    return users
