"""A gradient's expression, copied into a graph of its own where it may be changed: the stuff that wrong answers are
made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Protocol

import numpy as np

from backprop_explorer.engine.program import Program
from backprop_explorer.graph.budget import Budget
from backprop_explorer.graph.calculation import calculate
from backprop_explorer.graph.code import code
from backprop_explorer.graph.graph import Graph, flop
from backprop_explorer.graph.node import CONSTANT, Box, Kind, Node, closed_box
from backprop_explorer.graph.walk import ancestors, copied, in_order
from backprop_explorer.language.evaluator import Evaluator
from backprop_explorer.language.rules import Contribution
from backprop_explorer.language.values import written
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.record import Array, OperandError
from backprop_explorer.practice.namespace import namespace
from backprop_explorer.problem import Problem

ELEMENTS, FLOP, PRIMITIVES = 4_000_000, 5_000_000_000, 20_000
"""How large a tensor may be in a changed expression, and what calculating all of them may cost together."""

KEPT = 100_000
"""Results of up to so many elements are kept for the next expression."""


class Numbers(Protocol):
    """A program with the numbers of its nodes: a plan that has run, or somebody's own backward pass."""

    @property
    def program(self) -> Program:
        """The program."""

    def array(self, node: Node) -> Array:
        """The numbers of any node."""


class EditableGradient:
    """The gradient of a tensor as an expression over named tensors, which are its leaves. The plan has run.

    With `through`, only gradients that the chain rule itself takes in are leaves, and others are written out: `-out.g`
    for the target's becomes `-2 / 6 * (out - y)`. With `deep`, composites that a rule itself calls are opened, such as
    the means in that of a normalisation.
    """

    def __init__(self, plan: Numbers, tensor: Node, *, through: bool = False, deep: bool = False) -> None:
        self.plan, self.tensor = plan, tensor
        self._deep = deep
        self.space = namespace(plan.program)
        self.backward = plan.program.backward
        self.contributions = self.backward.contributions.get(tensor, [])
        budget = replace(Budget.unlimited(), primitives=PRIMITIVES)
        self.graph = Graph(str(plan.program.graph.dtype), budget)
        self.graph.phase = "backward"
        self.numbers: dict[Node, Array] = {}
        self.flop = 0
        self.stands_for: dict[Node, Node] = {}
        self._copies: dict[Node, Node] = {}
        self._opened = {one.value for one in self.contributions} if len(self.contributions) > 1 else set()
        ways = [link for one in self.contributions for link in self.way(one)]
        self._incoming = {link.incoming for link in ways} if through else None
        gradient = self.backward.rule(tensor)
        self._root = None if self._is_anothers(gradient) else gradient
        self.root = self.copied(gradient)

    def _is_anothers(self, gradient: Node) -> bool:
        """Whether the gradient is that of a later tensor, handed on as it is: `l1.matmul.g` is `l1.g`."""
        return gradient.shown and gradient.name != f"{self.tensor.name}.g"

    # -- copying

    def copied(self, node: Node) -> Node:
        """The node's expression here, down to what has a name."""
        return copied(node, self.graph, self._copies, self._leaf)

    def _is_leaf(self, node: Node) -> bool:
        if not node.operands:
            return True
        if node is self._root or node in self._opened:
            return False
        if self._incoming is not None and node.phase == "backward" and node.shown:
            return node in self._incoming
        return node.shown or closed_box(node) is not None and not self._opens(node)

    def _opens(self, node: Node) -> bool:
        """Whether it is a composite that is written out: one that a rule calls, and that folds what it gets."""
        box = closed_box(node)
        folds = box is not None and any(node.size < operand.size for operand in box.operands)
        return self._deep and node.phase == "backward" and folds

    def _leaf(self, node: Node) -> Node | None:
        if not self._is_leaf(node):
            return None
        leaf = self.graph.stand_in(node)
        self.stands_for[leaf] = node
        self.numbers[leaf] = self.plan.array(node)
        return leaf

    # -- changing

    def nodes(self) -> list[Node]:
        """The root's expression, from the outside to the inside, each node once."""
        found: dict[Node, None] = {}
        layer: dict[Node, None] = {self.root: None}
        while layer:
            found |= layer
            layer = dict.fromkeys(one for node in layer for one in node.operands if one not in found)
        return list(found)

    def sites(self, *operations: str) -> list[Node]:
        """The operations of that name in the root's expression."""
        return [node for node in self.nodes() if node.operation.name in operations]

    def leaves(self) -> list[Node]:
        """The named tensors in the root's expression."""
        return [node for node in self.nodes() if node in self.stands_for]

    def make(self, name: str, *operands: Node, **parameters: object) -> Node | None:
        """An operation, where it can be made."""
        try:
            return self.graph.make(OPERATIONS[name], operands, parameters)
        except Problem:
            return None

    def called(self, box: Box, **changes: object) -> Node | None:
        """The call of a composite with other parameters."""
        bound = {**box.bound, **{name: written(value) for name, value in changes.items()}}
        copied = {name: self.copied(value) if isinstance(value, Node) else value for name, value in bound.items()}
        try:
            result = Evaluator(self.graph).calls.again(box, copied)
        except (Problem, OperandError):
            return None
        return result if isinstance(result, Node) else None

    def changed(self, site: Node, by: Node | None) -> Node | None:
        """The root's expression with something else in the place of a part; None where that does not run."""
        if by is None or by is site:
            return None
        try:
            return self._rebuilt({site: by}, site.id)
        except Problem:
            return None

    def exchanged(self, swaps: dict[Node, Node]) -> Node | None:
        """The root's expression with something else in the place of several parts, the inner ones first; None where
        that does not run, or there are none."""
        if not swaps:
            return None
        known: dict[Node, Node] = {}
        try:
            for node in in_order(self.root):
                operands = [known.get(operand, operand) for operand in node.operands]
                again = node if operands == [*node.operands] else self._remade(node, operands)
                if node in swaps:
                    again = self._exchanged_for(node, swaps[node], known)
                known[node] = again
        except Problem:
            return None
        return known.get(self.root, self.root)

    def _exchanged_for(self, node: Node, by: Node, known: dict[Node, Node]) -> Node:
        """What stands for a part, made of what stands for its own parts; what stands for the part itself in it is
        made once more."""
        if not by.operands:
            return by  # several leaves may be exchanged for one another
        for one in in_order(by, among=lambda one: one not in known):
            operands = [known.get(operand, operand) for operand in one.operands]
            changed = operands != [*one.operands]
            known[one] = self._remade(one, operands) if changed else one
        return known.get(by, by)

    def _rebuilt(self, known: dict[Node, Node], oldest: int) -> Node:
        # What is older than the part does not contain it.
        for node in in_order(self.root, among=lambda one: one.id >= oldest and one not in known):
            operands = [known.get(operand, operand) for operand in node.operands]
            known[node] = node if operands == [*node.operands] else self._remade(node, operands)
        return known.get(self.root, self.root)

    def _remade(self, node: Node, operands: list[Node]) -> Node:
        """The operation on other operands; a mere change of shape that does not fit any more is left out."""
        try:
            return self.graph.make(node.operation, operands, node.parameters)
        except Problem:
            if node.operation.view and len(operands) == 1:
                return operands[0]
            raise

    def number(self, array: Array, name: str) -> Node:
        """A leaf with these numbers."""
        leaf = self.graph.leaf(name, array.shape, Kind("float"))
        self.numbers[leaf] = np.asarray(array, self.graph.dtype)
        return leaf

    # -- looking

    def value(self, node: Node) -> Array | None:
        """The numbers of an expression that was made here; None where they would cost too much."""
        if node.operation is CONSTANT:
            return np.array(node.parameters["value"], self.graph.dtype)
        if node in self.numbers:
            return self.numbers[node]
        needed = in_order(node, among=lambda one: one not in self.numbers)
        self.flop += sum(
            flop(one.operation, [each.shape for each in one.operands], one.parameters, one.shape) for one in needed
        )
        if self.flop > FLOP or any(one.size > ELEMENTS for one in needed):
            return None
        with np.errstate(all="ignore"):
            values = calculate(needed, self._known(needed), self.graph.dtype)
        self.numbers.update((one, values[one]) for one in needed if one.size <= KEPT)
        return values[node]

    def _known(self, needed: Iterable[Node]) -> dict[Node, Array]:
        """The numbers that are at hand of what stands in these."""
        operands = {operand for one in needed for operand in one.operands}
        return {operand: self.numbers[operand] for operand in operands if operand in self.numbers}

    def changed_use(self, node: Node) -> Contribution | None:
        """The one use of several that a changed expression has something else for."""
        if len(self.contributions) < 2:
            return None
        kept = set(ancestors(node))
        changed = [one for one in self.contributions if self.copied(one.value) not in kept]
        return changed[0] if len(changed) == 1 else None

    def carries_gradient(self, node: Node) -> bool:
        """Whether a gradient stands in an expression."""
        standing = [self.stands_for[one] for one in ancestors(node) if one in self.stands_for]
        return any(one.phase == "backward" and one.name is not None for one in standing)

    def incoming(self, contribution: Contribution) -> Node:
        """The gradient that comes in where a use of the tensor starts its way back."""
        return self.copied(contribution.incoming)

    def way(self, one: Contribution) -> list[Contribution]:
        """A use of the tensor, and on from there as far as the results have no names."""
        found = [one]
        while not found[-1].user.shown:
            following = self.backward.contributions.get(found[-1].user, [])
            if len(following) != 1:
                break
            found.append(following[0])
        return found

    def whole_way(self, one: Contribution) -> list[Contribution]:
        """The same, on to a result that the program itself names."""
        found = self.way(one)
        while "." in str(found[-1].user.name):
            following = self.backward.contributions.get(found[-1].user, [])
            if len(following) != 1:
                break
            found += self.way(following[0])
        return found

    def links(self, one: Contribution) -> list[Contribution]:
        """The same, but only up to a gradient that has a name: what the gradient's own code takes in."""
        found = []
        for link in self.way(one):
            found.append(link)
            if link.incoming.shown or link.incoming.constant is not None:
                break
        return found

    @cached_property
    def step(self) -> str:
        """The forward step that reads the tensor, as it stands in the program; of several the first."""
        return self.step_of(self.contributions[0]) if self.contributions else f"`{self.tensor.name}`"

    def step_of(self, one: Contribution) -> str:
        """The forward step that a use of the tensor is a part of; where its result has no name in the program, the
        line as it is written there."""
        user = self.way(one)[-1].user
        lines = self.plan.program.text.splitlines()
        if user.shown and "." in str(user.name) and user.line is not None and 0 < user.line <= len(lines):
            return f"`{lines[user.line - 1].strip()}`"
        text = code(user, root=True)
        return f"`{user.name} = {text}`" if user.shown and not user.hidden else f"`{text}`"
