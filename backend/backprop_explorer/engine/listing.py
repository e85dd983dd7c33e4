"""The program as a list of lines, in the order in which a person reads it.

Forward: one line per operation, a closed box being one. Backward: statement by statement from the loss, within one
the operands in their written order; a tensor used several times has a line per contribution and then their sum.
Update: one line per updated tensor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from backprop_explorer.engine.differentiate import Backward
from backprop_explorer.engine.update import Update
from backprop_explorer.graph.code import call_code, operation_code, part
from backprop_explorer.graph.node import CONSTANT, Node, closed_box
from backprop_explorer.graph.walk import ancestors, written_out
from backprop_explorer.language.forward import Forward, Statement
from backprop_explorer.language.rules import Contribution

Phase = Literal["forward", "backward", "update"]


@dataclass(frozen=True)
class Line:
    """One step of the iteration: `output = code`; `statement` is what a forward step is a part of."""

    phase: Phase
    output: str
    node: Node
    code: str
    line: int | None
    statement: Statement | None = None

    @property
    def operands(self) -> list[Node]:
        """The tensors that the step reads, as it is shown: a closed box's are its arguments."""
        return step_operands(self.node)

    @property
    def inputs(self) -> list[str]:
        """The names of the tensors in the step's code, in their order, each once."""
        return list(dict.fromkeys(str(node.name) for node in self.tensors))

    @cached_property
    def tensors(self) -> list[Node]:
        """The tensors in the step's code, in their order, each once: those that have a name there."""

        def named(node: Node) -> bool:
            steps = self.phase == "forward" and not node.hidden
            return not node.operands or node.name is not None and (node.shown or steps)

        found = ancestors(*self.operands, operands=lambda node: () if named(node) else step_operands(node))
        return [node for node in found if named(node) and node.operation is not CONSTANT]


def step_operands(node: Node) -> list[Node]:
    """The operands of a node as it is shown: a closed box's arguments, else the operation's."""
    box = closed_box(node)
    return box.operands if box is not None else list(node.operands)


def list_lines(forward: Forward, backward: Backward, update: Update | None) -> list[Line]:
    """Every line of the iteration."""
    lines = [
        _forward_line(statement, node)
        for statement in forward.statements
        for node in statement.nodes
        if not node.hidden
    ]
    if backward.gradient:
        lines += _Backward(forward, backward).lines()
    if update is not None:
        lines += [Line("update", name, node, part(node, root=True)[0], None) for name, node in update.results.items()]
    return lines


def _forward_line(statement: Statement, node: Node) -> Line:
    return Line("forward", str(node.name), node, _forward_code(node), statement.line, statement)


def _forward_code(node: Node) -> str:
    """The step's code: unnamed operands, which have a step of their own, by their names."""
    box = closed_box(node)
    renamed = [
        operand
        for operand in step_operands(node)
        if operand.name is not None and not operand.shown and not operand.hidden
    ]
    for operand in renamed:
        operand.shown = True
    try:
        return (
            call_code(box)
            if box is not None
            else operation_code(node.operation, node, [part(operand) for operand in node.operands])[0]
        )
    finally:
        for operand in renamed:
            operand.shown = False


class _Backward:
    """Orders the lines of the backward program; a line comes after those that its code names."""

    def __init__(self, forward: Forward, backward: Backward) -> None:
        self.forward, self.backward = forward, backward
        self.done: dict[Node, Line] = {}
        self._of_user: dict[Node, dict[Node, list[int]]] = {}
        self._first_open: dict[Node, int] = {}

    def lines(self) -> list[Line]:
        self._emit(self.backward.gradient[self.backward.loss], self.backward.loss.line)
        for statement in reversed(self.forward.statements):
            made = set(statement.nodes)
            for tensor in _written_order(statement, made):
                self._emit_tensor(tensor, statement, made)
        for gradient in self.backward.gradient.values():
            if gradient.phase == "backward":
                self._emit(gradient, None)
        return list(self.done.values())

    def _emit_tensor(self, tensor: Node, statement: Statement, made: set[Node]) -> None:
        if tensor not in self.backward.reached:
            return
        contributions = self.backward.contributions.get(tensor, [])
        several = contributions if len(contributions) > 1 else []
        for position in self._made_by(tensor, several, made):
            self._emit(several[position].value, statement.line)
        first = self._first_open.get(tensor, 0)  # what is before is done, and stays so
        while first < len(several) and several[first].value in self.done:
            first += 1
        self._first_open[tensor] = first
        if first == len(several):
            self._emit(self.backward.gradient[tensor], statement.line)

    def _made_by(self, tensor: Node, contributions: Sequence[Contribution], users: set[Node]) -> list[int]:
        """Which of a tensor's contributions come from these users, in their order. A weight may have thousands."""
        if tensor not in self._of_user:
            known = self._of_user[tensor] = {}
            for position, contribution in enumerate(contributions):
                known.setdefault(contribution.user, []).append(position)
        known = self._of_user[tensor]
        return sorted(position for user in users if user in known for position in known[user])

    def _emit(self, node: Node, line: int | None) -> None:
        if node in self.done:
            return
        for operand in written_out(node, among=lambda one: one.phase == "backward"):
            if operand.shown:
                self._emit(operand, line)
        if node.shown and node.name is not None:
            self.done[node] = Line("backward", node.name, node, part(node, root=True)[0], line)


def _written_order(statement: Statement, made: set[Node]) -> list[Node]:
    """The tensors that a statement uses, from left to right, each once; unnamed parts of the statement are looked
    through."""
    return [
        node
        for node in ancestors(statement.root, operands=lambda node: step_operands(node) if node in made else ())
        if node.operation is not CONSTANT and not (node in made and (node is statement.root or not node.shown))
    ]
