"""Mistakes of taking one function for another: its derivative at its own result, that of another function, or of one
that only comes near it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from backprop_explorer.graph.budget import Budget
from backprop_explorer.graph.calculation import calculate
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import Kind, Node, closed_box
from backprop_explorer.language.evaluator import Evaluator
from backprop_explorer.language.rules import Contribution
from backprop_explorer.language.scope import Scope
from backprop_explorer.library import COMPOSITES
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.record import Array, OperandError
from backprop_explorer.practice.candidates import CandidateMistake, Code, Mistakes
from backprop_explorer.problem import Problem

STEP = 1e-6
"""Of central differences, relative to a number's size."""

MOST_ELEMENTS = 100_000
"""Larger tensors are not tried with every function."""


class Functions(Mistakes):
    """Derivatives of functions of one tensor, element by element."""

    def own(self) -> Iterator[CandidateMistake]:
        """The step's own derivative, with the numbers that its function has by default, or taken at its result."""
        for link, name, x in self._links():
            if name is None:
                continue
            message = (
                f"Yours is the derivative of `{name}` with other numbers than the step's, its defaults: look at every "
                f"number in {self.editable.step}."
            )
            yield from self._with(link, slope(name, self.editable.plan.array(x)), "constant_factor", message)
            message = (
                f"Yours takes the derivative of `{name}` at its result instead of at `{self.name}`: look at which of "
                f"the two your formula for it is written in, in {self.editable.step}."
            )
            at_result = slope(name, self.editable.plan.array(link.user))
            yield from self._with(link, at_result, "activation_for_preactivation", message)

    def others(self) -> Iterator[CandidateMistake]:
        """Another function's derivative."""
        for link, own, x in self._links():
            before = self.editable.plan.array(x)
            for name in functions():
                if name != own:
                    message = (
                        f"Yours is the derivative of `{name}`, but the step is {self.editable.step}: look at how its "
                        f"own result changes with `{self.name}`."
                    )
                    yield from self._with(link, slope(name, before), "missing_local_derivative", message)

    def _links(self) -> Iterator[tuple[Contribution, str | None, Node]]:
        """The uses that take a function of one tensor: its name, and that tensor."""
        for one in self.editable.contributions:
            for link in self.editable.links(one):
                name, x = self._function(link)
                if x is not None and x.size <= MOST_ELEMENTS and link.raw.shape == x.shape:
                    yield link, name, x

    def _function(self, link: Contribution) -> tuple[str | None, Node | None]:
        """The function of one tensor that a use is, by name, and that tensor."""
        box = closed_box(link.user)
        if box is not None:
            return (box.name if box.name in functions() else None), (box.operands[0] if box.operands else None)
        user = link.user
        if user.operation.family != "elementwise" or len(user.operands) != 1:
            return None, None
        return (user.operation.name if user.operation.name in functions() else None), user.operands[0]

    def _with(
        self, link: Contribution, derivative: Array | None, kind: Code, message: str
    ) -> Iterator[CandidateMistake]:
        editable = self.editable
        if derivative is None or not np.isfinite(derivative).all():
            return
        factor = editable.number(derivative, "derivative")
        changed = editable.make("multiply", editable.incoming(link), factor)
        site = editable.copied(link.raw)
        made = editable.changed(site, changed) if site is not editable.root else changed
        yield from self.each(kind, self.fitted(made), message)


@lru_cache(maxsize=1)
def functions() -> tuple[str, ...]:
    """The functions of one tensor that calculate element by element."""
    found = [
        name
        for name, one in OPERATIONS.items()
        if one.family == "elementwise" and len(one.operands) == 1 and one.rules and one.result == "float"
    ]
    return tuple(name for name in (*found, *COMPOSITES) if name not in ("identity", "negative") and _elementwise(name))


def _called(name: str, graph: Graph, leaf: Node) -> Node | None:
    try:
        made = Evaluator(graph).calls.call(name, [leaf], {}, Scope())
    except (Problem, OperandError, TypeError):
        return None
    return made if isinstance(made, Node) else None


def _elementwise(name: str) -> bool:
    graph = Graph()
    leaf = graph.leaf("x", (2, 3), Kind("float"))
    made = _called(name, graph, leaf)
    return (
        made is not None
        and made.shape == leaf.shape
        and all(one.operation.family == "elementwise" for one in graph.nodes if one is not leaf)
    )


def slope(name: str, at: Array) -> Array | None:
    """A function's derivative in every element, by central differences."""
    at = np.asarray(at, np.float64)
    step = STEP * np.maximum(1.0, np.abs(at))
    with np.errstate(all="ignore"):
        high, low = (_value(name, at + sign * step) for sign in (1, -1))
        return None if high is None or low is None else np.asarray((high - low) / (2 * step))


def _value(name: str, at: Array) -> Array | None:
    graph = Graph("float64", Budget.unlimited())
    leaf = graph.leaf("x", at.shape, Kind("float"))
    made = _called(name, graph, leaf)
    return None if made is None else np.array(calculate(graph.nodes, {leaf: at}, graph.dtype)[made])
