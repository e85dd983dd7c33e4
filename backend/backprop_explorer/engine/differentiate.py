"""Reverse-mode differentiation, from graph to graph: the backward pass is a program in the same language.

Every operation's rule is text, evaluated over the nodes of the forward program; broadcasting is undone here, and
where a tensor is used several times each contribution stays a tensor of its own (`a.g__1`, `a.g__2`) before they are
added.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from backprop_explorer.graph.budget import STEPS
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import Node
from backprop_explorer.graph.number import Number
from backprop_explorer.graph.walk import ancestors
from backprop_explorer.language.forward import Forward
from backprop_explorer.language.rules import Contribution, Rules
from backprop_explorer.problem import Problem


@dataclass(eq=False)
class Backward:
    """The backward program of a loss. `gradient` has every tensor that can have one, `contributions` what its uses add
    to it, the loss's own 1 aside. `replaced` has what the chain rule gives where somebody's own gradient stands."""

    loss: Node
    gradient: dict[Node, Node] = field(default_factory=dict)
    contributions: dict[Node, list[Contribution]] = field(default_factory=dict)
    reached: set[Node] = field(default_factory=set)
    replaced: dict[Node, Node] = field(default_factory=dict)

    def rule(self, tensor: Node) -> Node:
        """What the chain rule gives for a tensor, whatever gradient of it the pass goes on with."""
        return self.replaced.get(tensor, self.gradient[tensor])


class GradientOverride(Protocol):
    """Somebody's own backward pass: the gradient that is to be used for a tensor, None where it is the true one.

    `gradient_of` gives the gradient of a tensor that comes before; `graph` is where the own one is made.
    """

    def __call__(self, tensor: Node, gradient_of: Callable[[Node], Node], graph: Graph) -> Node | None: ...


def differentiate(forward: Forward, loss: Node, own: GradientOverride | None = None) -> Backward:
    """Appends the backward program to the forward program's graph; with `own`, all that follows from a gradient of
    one's own goes on with that. Raises a `Problem` for a loss that is no scalar number."""
    _check_loss(loss)
    return _Differentiation(forward, loss, own).run()


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
    def __init__(self, forward: Forward, loss: Node, own: GradientOverride | None) -> None:
        self.graph, self.own = forward.graph, own
        self.rules = Rules(forward.evaluator)
        self.nodes = list(self.graph.nodes)
        self.backward = Backward(loss)
        self.contributions = self.backward.contributions

    def run(self) -> Backward:
        self.graph.phase = "backward"
        meter = self.graph.meter
        first = meter.primitives
        for count, node in enumerate(reversed(self.nodes)):
            before = meter.primitives
            try:
                if node is self.backward.loss or node in self.contributions:
                    self._settle(node)
            except Problem as problem:
                raise meter.foretold(problem, STEPS, first, before, count, len(self.nodes)) from None
        for node in self.nodes:
            if node.differentiable and not node.hidden and node not in self.backward.gradient:
                zero = self.graph.constant(Number(0, "0"))
                self.backward.gradient[node] = (
                    self.rules.make("broadcast_to", zero, shape=node.shape)
                    if node.shape
                    else self.rules.make("identity", zero)
                )
        self._name_shared()
        return self.backward

    def _settle(self, node: Node) -> None:
        """Gives a tensor whose uses have all been gone back through its gradient, unless it has it."""
        if node in self.backward.reached:
            return
        total = self.graph.constant(Number(1, "1")) if node is self.backward.loss else self._sum_of(node)
        own = self.own(node, lambda tensor: self._earlier(tensor, node), self.graph) if self.own is not None else None
        if own is not None:
            self.backward.replaced[node] = total
        self._differentiate(node, total if own is None else own)

    def _earlier(self, tensor: Node, before: Node) -> Node:
        """A gradient that an own one is made of: of a tensor that is used only after the own one's."""
        if tensor not in self.backward.reached and tensor in self.contributions:
            users = [node for node in self.nodes if tensor in node.operands]
            if any(user.id <= before.id and user not in self.backward.reached for user in users):
                raise Problem(
                    "gradient_not_yet",
                    f"{tensor.name}.g is not computed yet where {before.name}.g is needed",
                    tensor=before.name,
                )
            self._settle(tensor)
        return self.backward.gradient[tensor]

    def _differentiate(self, node: Node, total: Node) -> None:
        gradient = self._settled(node, total)
        self.backward.reached.add(node)
        for operand, contribution in self.rules.contributions(node, gradient):
            self.contributions.setdefault(operand, []).append(contribution)

    # -- the gradient of a tensor out of its contributions

    def _sum_of(self, node: Node) -> Node:
        """What the tensor's uses add up to; several contributions become named lines first."""
        contributions = self.contributions[node]
        if len(contributions) == 1:
            value = contributions[0].value
            return value if value.shape == node.shape else self.rules.make("broadcast_to", value, shape=node.shape)
        self.contributions[node] = named = self._named_contributions(node, contributions)
        total = named[0].value
        for contribution in named[1:]:
            total = self.rules.make("add", total, contribution.value)
        return total

    def _settled(self, node: Node, total: Node) -> Node:
        """The tensor's gradient, named. What the rules go on with may be a bare constant, so that a factor of 1 is
        left out."""
        several = len(self.contributions.get(node, ())) > 1
        if total.phase == "forward" and not total.shown and not node.shown:
            total = self.rules.make("identity", total)  # so that it can get a line of its own
        constant = total.constant is not None
        if node.shown or several or constant:
            named = self._named(node, total, f"{node.name}.g", shown=node.shown or several)
            self.backward.gradient[node] = named
            return total if constant else named
        self.backward.gradient[node] = total
        return total

    def _named_contributions(self, node: Node, contributions: list[Contribution]) -> list[Contribution]:
        named: list[Contribution] = []
        values: set[Node] = set()
        for k, contribution in enumerate(contributions, 1):
            value = contribution.value
            if value in values:  # d * d gives the same twice, and each is a line
                value = self.graph.make(value.operation, value.operands, value.parameters)
            named.append(replace(contribution, value=self._named(node, value, f"{node.name}.g__{k}")))
            values.add(named[-1].value)
        return named

    def _named(self, of: Node, node: Node, name: str, *, shown: bool = True) -> Node:
        """The node under that name, as the gradient `of` a tensor; one that has a name already, or is no backward
        result, gets a line of its own: `a.g = h.g`."""
        if node.shown or node.phase != "backward" or node.name is not None:
            node = self.rules.make("identity", node)
        node.name, node.shown = name, shown
        if of.text:
            node.text = of.text + name.removeprefix(str(of.name))
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
                node.shown = (
                    node.shown or not node.hidden
                )  # (h.add > 0) * h.g reads better than the whole expression once h.add.g has a line


def _users(roots: list[Node]) -> dict[Node, set[Node]]:
    """Which nodes use each node, among those that the roots need."""
    users: dict[Node, set[Node]] = {}
    for node in ancestors(*roots):
        for operand in node.operands:
            users.setdefault(operand, set()).add(node)
    return users
