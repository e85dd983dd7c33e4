"""The edges of the computation graph, and the steps at which values and gradients become known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypedDict

from backprop_explorer.engine.listing import Line
from backprop_explorer.engine.program import Program
from backprop_explorer.graph.node import CONSTANT, Node, closed_box


class Ready(TypedDict):
    """The steps that compute a tensor's value and gradient: null for a value that is given, and for a gradient that
    does not exist or that no step needs."""

    value: int | None
    gradient: int | None


class Edge(TypedDict):
    """A tensor that a forward step reads, and the step that computes what comes back to its gradient that way."""

    tensor: str
    gradient: int | None


@dataclass(frozen=True)
class Edges:
    """What each forward step reads, by the step's output, and when each tensor is ready."""

    read: Mapping[str, list[Edge]]
    ready: Mapping[str, Ready]


@lru_cache(maxsize=64)
def edges_of(program: Program) -> Edges:
    """The edges of a program's graph."""
    lines = [(index, line) for index, line in enumerate(program.lines) if line.phase == "forward"]
    made = {line.node: index for index, line in lines}
    arrivals = _Arrivals(program)
    read = {line.output: list(arrivals.edges(line)) for _, line in lines}
    ready: dict[str, Ready] = {
        name: {"value": made.get(node), "gradient": arrivals.of(node)} for name, node in program.visible.items()
    }
    return Edges(read, ready)


class _Arrivals:
    """The steps at which gradients arrive. One that has no step of its own arrives in the first that it is written in;
    a constant, which is written nowhere, with the gradients that it is passed on to."""

    def __init__(self, program: Program) -> None:
        self.backward = program.backward
        self.steps: dict[Node, int] = {}
        for index, line in enumerate(program.lines):
            if line.phase == "backward":
                for node in _written(line.node):
                    self.steps.setdefault(node, index)
        own = {line.node: index for index, line in enumerate(program.lines) if line.phase == "backward"}
        self.steps |= own
        self.known: dict[Node, int | None] = {}
        for node in program.graph.nodes:
            if node.phase == "leaf" or node.phase == "forward":
                self.known[node] = self._arrival(node)

    def of(self, tensor: Node) -> int | None:
        """The step that computes all of a tensor's gradient."""
        return self.known.get(tensor)

    def edges(self, line: Line) -> Iterator[Edge]:
        """An edge for each tensor that a forward step reads, in their order."""
        box = closed_box(line.node)
        users = {line.node, *(box.inside if box else ())}
        for operand in dict.fromkeys(line.operands):
            if operand.operation is not CONSTANT:
                yield {"tensor": str(operand.name), "gradient": self._through(operand, users)}

    def _arrival(self, tensor: Node) -> int | None:
        if tensor not in self.backward.reached:
            return None
        step = self.steps.get(self.backward.gradient[tensor])
        if step is not None:
            return step
        passed = [self._through(operand, {tensor}) for operand in tensor.operands]
        return min((step for step in passed if step is not None), default=None)

    def _through(self, tensor: Node, users: set[Node]) -> int | None:
        """The step that computes the last of what comes back to a tensor from those who use it."""
        contributions = self.backward.contributions.get(tensor, [])
        found = [contribution.value for contribution in contributions if contribution.user in users]
        if not found or tensor not in self.backward.reached:
            return None
        listed = [step for value in found if (step := self.steps.get(value)) is not None]
        return max(listed) if listed and len(contributions) > 1 else self.known.get(tensor)


def _written(root: Node) -> Iterator[Node]:
    """The nodes whose code stands in a step's code, the step's own first."""
    stack, seen = [root], {root}
    while stack:
        node = stack.pop()
        yield node
        fresh = [operand for operand in node.operands if operand not in seen and not operand.shown]
        seen.update(fresh)
        stack.extend(fresh)
