"""What names mean in formulae for a program, and which gradients are computed before which."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

from backprop_explorer.engine.program import Program, unknown_tensor
from backprop_explorer.graph.node import Node
from backprop_explorer.graph.number import Number
from backprop_explorer.language.names import spelled
from backprop_explorer.language.scope import Instance
from backprop_explorer.problem import Problem

ATTRIBUTES = frozenset({"T", "mT", "shape", "ndim", "size", "g", "grad"})
"""What the language reads as a tensor's attribute, even where a tensor's name ends so (`h.mT`)."""

_PLAIN = (Node, Number, bool, str, type(None))
"""What a formula may read of a program: no lists, which it could change."""


class Namespace:
    """The names of a program: in formulae a bare name is the latest of its versions."""

    def __init__(self, program: Program) -> None:
        self.program = program
        forward, backward = program.forward, program.backward
        made = {name: node for name, node in program.visible.items() if name.rpartition(".")[2] not in ATTRIBUTES}
        several = [many for many in backward.contributions.values() if len(many) > 1]
        self.contributions = {str(one.value.name): one.value for many in several for one in many}
        """What each of several uses of a tensor adds to its gradient: `h.g__1`."""
        listed = {line.node for line in program.lines if line.phase == "backward"}
        self.inside = {
            str(gradient.name): tensor
            for tensor, gradient in backward.gradient.items()
            if tensor.hidden and gradient in listed and str(gradient.name) == f"{tensor.name}.g"
        }
        """Tensors inside of a closed composite whose gradients are steps of their own: `n.standardize.g`."""
        self.contributions |= {name: backward.gradient[tensor] for name, tensor in self.inside.items()}
        plain = {name: value for name, value in forward.scope.names.items() if isinstance(value, _PLAIN)}
        self.values: dict[str, Any] = {**plain, **made}
        self.values |= {name: value for name, value in plain.items() if name in made}
        self.dotted = {spelled(name): name for name in (*made, *self.contributions) if not name.isidentifier()}
        """The tensors whose names are no plain ones, as a formula writes them."""
        self.modules = frozenset(name for name, one in forward.scope.names.items() if isinstance(one, Instance))
        """The variables of the program that are modules, in front of whose tensors they may stand."""
        self.known = frozenset((*self.values, *self.contributions))

    @cached_property
    def _steps(self) -> dict[Node, float]:
        return {line.node: float(index) for index, line in enumerate(self.program.lines) if line.phase == "backward"}

    @cached_property
    def _places(self) -> dict[Node, tuple[float, int]]:
        """When each tensor's gradient is computed: the step that does, and of several the later tensor first."""
        first = min(self._steps.values())
        when: dict[Node, float] = {}
        for node in self.program.graph.nodes:
            if node in self._steps:
                when[node] = self._steps[node]
            elif node.phase == "backward":
                when[node] = max((when.get(operand, first) for operand in node.operands), default=first)
        return {
            tensor: (when.get(gradient, first) + (gradient not in self._steps) / 2, -tensor.id)
            for tensor, gradient in self.program.backward.gradient.items()
        }

    def contribution_precedes(self, name: str, tensor: Node) -> bool:
        """Whether what a use adds is computed before a tensor's gradient."""
        return self._steps[self.contributions[name]] < self._places[tensor][0]

    def precedes(self, tensor: Node, other: Node) -> bool:
        """Whether a tensor's gradient is computed before another's."""
        return self._places[tensor] < self._places[other]

    def written(self, text: str) -> str | None:
        """The tensor that a piece of a formula such as `net[0].weight` names; None for what is none."""
        root = text.partition(".")[0].partition("[")[0]
        inside = text.removeprefix(root)
        own = [f"model{inside}" if inside[:1] == "[" else inside[1:]] if root in self.modules else []
        return next((self.dotted[one] for one in (text, *own) if one in self.dotted), None)

    def place(self, tensor: Node) -> tuple[float, int]:
        """Where a tensor's gradient stands in the backward pass."""
        return self._places[tensor]

    def in_order(self) -> list[Node]:
        """The tensors that have a gradient, from the loss backward."""
        return sorted(self._places, key=self._places.__getitem__)

    def gradients_before(self, tensor: Node) -> list[str]:
        """The gradients that may stand in a formula for a tensor's, the latest first."""
        own = [one for one in self.in_order() if one.shown and not one.hidden and self.precedes(one, tensor)]
        return [f"{one.name}.g" for one in reversed(own)]

    def target(self, name: str) -> Node:
        """The tensor whose gradient is asked for. Raises a `Problem`: 404 for an unknown name, 422 where there is no
        gradient."""
        node = self.program.visible.get(name) or self.values.get(name)
        if not isinstance(node, Node):
            raise unknown_tensor(name, [*self.program.visible, *self.values])
        if node not in self.program.backward.gradient:
            raise Problem("no_gradient", f"{name} has no gradient: it holds labels or truth values", tensor=name)
        return node


@lru_cache(maxsize=64)
def namespace(program: Program) -> Namespace:
    """The names of a program, which do not change."""
    return Namespace(program)
