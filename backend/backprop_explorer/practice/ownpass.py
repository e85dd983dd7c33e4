"""A backward pass gone through with somebody's own gradients: what each step gives that is made of the ones before
it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache

import numpy as np

from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.program import Program, compile_program
from backprop_explorer.graph.budget import Budget
from backprop_explorer.graph.calculation import calculate
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import CONSTANT, Kind, Node
from backprop_explorer.graph.walk import ancestors, in_order
from backprop_explorer.ops.record import Array


class _Cut:
    """Own gradients for all named results and some others, as leaves that are given numbers later."""

    def __init__(self, loss: int, others: Collection[int]) -> None:
        self.loss, self.others = loss, others
        self.leaves: dict[Node, Node] = {}

    def __call__(self, tensor: Node, gradient_of: Callable[[Node], Node], graph: Graph) -> Node | None:
        named = tensor.shown and not tensor.hidden and tensor.id != self.loss and bool(tensor.operands)
        if not named and tensor.id not in self.others:
            return None
        leaf = graph.leaf(f"{tensor.name}.g", tensor.shape, Kind("float"))
        self.leaves[leaf] = tensor
        return leaf


@lru_cache(maxsize=64)
def _cut(program: Program, others: frozenset[int]) -> tuple[Program, dict[Node, Node]]:
    """The program with each named gradient a leaf, so that what a step gives is made of those just before it alone."""
    own = _Cut(program.backward.loss.id, others)
    key = replace(program.key, budget=Budget.unlimited(), optimizer=None)
    return compile_program(key, own), own.leaves


class OwnPass:
    """The backward pass of a plan that has run, with `given` gradients of its tensors in the place of the true ones;
    those that are not given follow from the ones before them.

    Its tensors and gradients are nodes of a program of its own: `tensor` finds them.
    """

    def __init__(self, plan: Plan, given: Mapping[Node, Array]) -> None:
        self.plan = plan
        unnamed = (tensor.id for tensor in given if not tensor.shown or tensor.hidden)
        loss = (tensor.id for tensor in given if tensor is plan.program.backward.loss)
        self.program, self._leaves = _cut(plan.program, frozenset((*unnamed, *loss)))
        self._first = next(node.id for node in plan.program.graph.nodes if node.phase == "backward")
        self._values: dict[Node, Array] = {}
        self._ends: dict[Node, list[Node]] = {}
        self._paths: dict[tuple[Node, Node], list[Node]] = {}
        self.given = {self.tensor(tensor): array for tensor, array in given.items()}
        self._calculate(self.given)

    def tensor(self, tensor: Node) -> Node:
        """A tensor of the plan's program here; of this one, there."""
        here = self.program.graph.nodes[tensor.id]
        return self.plan.program.graph.nodes[tensor.id] if tensor is here else here

    def array(self, node: Node) -> Array:
        """The numbers of any node."""
        if node.operation is CONSTANT:
            return np.array(node.parameters["value"], self.program.graph.dtype)
        if node.id < self._first:
            return self.plan.array(self.plan.program.graph.nodes[node.id])
        return self._values[node]

    def step(self, tensor: Node) -> Array:
        """What the chain rule gives for a tensor, made of the given gradients before it, as float64."""
        value = self.array(self.program.backward.rule(tensor))
        return np.array(np.broadcast_to(value, tensor.shape), np.float64)

    def moved(self, changes: Mapping[Node, Array], wanted: Collection[Node]) -> dict[Node, Array]:
        """What the steps of some tensors would give with these gradients added to the given ones."""
        kept, self._values = self._values, {}
        try:
            self._calculate({tensor: array + changes[tensor] for tensor, array in self.given.items()})
            return {tensor: self.step(tensor) for tensor in wanted}
        finally:
            self._values = kept

    def step_at(self, tensor: Node, value: Array) -> Array:
        """What the step of a tensor would give if the tensor had another value, with the same gradients before it."""
        forward = self._forward_from(tensor, value)
        rule = self.program.backward.rule(tensor)
        if rule.operation is CONSTANT:
            return self.step(tensor)
        known = {**self._values, **forward}
        needed = in_order(rule, among=lambda one: one.phase == "backward" and one not in self._gradients)
        for node in needed:
            known.pop(node, None)
        operands = {operand for one in needed for operand in one.operands if operand.operation is not CONSTANT}
        missing = {one: self.array(one) for one in operands if one not in known and one not in needed}
        with np.errstate(all="ignore"):
            result = calculate(needed, {**missing, **known}, self.program.graph.dtype)
        found = result.get(rule)
        return self.step(tensor) if found is None else np.array(np.broadcast_to(found, tensor.shape), np.float64)

    def loss_at(self, tensor: Node, value: Array) -> float:
        """The loss if a tensor had another value."""
        loss = self.program.backward.loss
        return float(self._forward_from(tensor, value).get(loss, self.array(loss)))

    def _forward_from(self, tensor: Node, value: Array) -> dict[Node, Array]:
        """The values of a tensor and of all that is made of it."""
        dtype = self.program.graph.dtype
        values: dict[Node, Array] = {tensor: np.asarray(value, dtype)}
        with np.errstate(all="ignore"):
            for node in self.program.graph.nodes[tensor.id + 1 : self._first]:
                if any(operand in values for operand in node.operands):
                    known = {one: values.get(one) for one in node.operands}
                    arrays = {
                        one: self.array(one) if array is None else array
                        for one, array in known.items()
                        if one.operation is not CONSTANT
                    }
                    values[node] = calculate([node], arrays, dtype)[node]
        return values

    @cached_property
    def _gradients(self) -> frozenset[Node]:
        """The gradients before a step as they are named: what is given, or follows from what is given."""
        named = (one for one in self.program.graph.nodes if one.operation.name == "identity")
        return frozenset(one for one in named if one.operands[0] in self._leaves)

    def before(self, tensor: Node, among: Collection[Node]) -> list[Node]:
        """The tensors, of those `among`, whose gradients the step of a tensor takes in directly, or through gradients
        of none of them."""
        found: dict[Node, None] = {}
        seen = {tensor}
        waiting = [tensor]
        while waiting:
            for end in self._taken_in(waiting.pop()):
                if end in among:
                    found[end] = None
                elif end not in seen:
                    seen.add(end)
                    waiting.append(end)
        return sorted(found, key=lambda one: -one.id)

    def unsent_before(self, tensor: Node) -> list[Node]:
        """The tensors whose gradients follow from those before them, and that a tensor's step takes in directly or
        through one another; the nearest first."""
        found: dict[Node, None] = {}
        waiting = [tensor]
        while waiting:
            for end in self._taken_in(waiting.pop(0)):
                if end not in self.given and end not in found:
                    found[end] = None
                    waiting.append(end)
        return [*found]

    def behind(self, before: Node, value: Array, tensor: Node) -> Array:
        """What the step of a tensor would give if the gradient of one before it were this."""
        path = self._path(before, tensor)
        leaf = next(one for one, each in self._leaves.items() if each is before)
        rule = self.program.backward.rule
        dtype = self.program.graph.dtype
        moved: dict[Node, Array] = {leaf: np.asarray(value, dtype)}
        with np.errstate(all="ignore"):
            for node in path:
                if node in self._leaves:
                    each = self._leaves[node]
                    made = rule(each)
                    if each not in self.given and made in moved:
                        moved[node] = np.asarray(np.broadcast_to(moved[made], each.shape), dtype)
                elif any(one in moved for one in node.operands):
                    known = {one: moved[one] if one in moved else self.array(one) for one in node.operands}
                    numbers = {one: array for one, array in known.items() if one.operation is not CONSTANT}
                    moved[node] = calculate([node], numbers, dtype)[node]
        result = moved.get(rule(tensor))
        if result is None:
            return self.step(tensor)
        return np.array(np.broadcast_to(result, tensor.shape), np.float64)

    def distance(self, before: Node, tensor: Node) -> int:
        """Of how many operations the way from a gradient to a tensor's step is made."""
        return len(self._path(before, tensor))

    def _path(self, before: Node, tensor: Node) -> list[Node]:
        """The nodes between the gradient of one tensor and the step of another, in order."""
        key = (before, tensor)
        if key not in self._paths:
            leaf = next(one for one, each in self._leaves.items() if each is before)
            last = self.program.backward.rule(tensor)
            self._paths[key] = [
                one
                for one in self.program.graph.nodes[leaf.id + 1 : last.id + 1]
                if one.phase == "backward" or one in self._leaves
            ]
        return self._paths[key]

    def _taken_in(self, tensor: Node) -> list[Node]:
        """The tensors whose gradients stand in the rule of one."""
        if tensor not in self._ends:
            parts = ancestors(self.program.backward.rule(tensor), among=lambda one: one.id >= self._first)
            self._ends[tensor] = [self._leaves[one] for one in parts if one in self._leaves]
        return self._ends[tensor]

    def _calculate(self, given: Mapping[Node, Array]) -> None:
        dtype = self.program.graph.dtype
        rule = self.program.backward.rule
        with np.errstate(all="ignore"):
            for node in self.program.graph.nodes[self._first :]:
                if node.phase == "backward":
                    known = {one: self.array(one) for one in node.operands if one.operation is not CONSTANT}
                    self._values[node] = calculate([node], known, dtype)[node]
                elif node in self._leaves:
                    tensor = self._leaves[node]
                    value = given[tensor] if tensor in given else self.array(rule(tensor))
                    self._values[node] = np.asarray(np.broadcast_to(value, tensor.shape), dtype)
