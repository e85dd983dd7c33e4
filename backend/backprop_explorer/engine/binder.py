"""Binds a program to memory: every result gets its buffer and every call its arguments, once, before anything runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from backprop_explorer.engine.bindings import Bindings
from backprop_explorer.engine.buffers import Memory, allocated
from backprop_explorer.engine.lowering import RULES, UNSTORED
from backprop_explorer.engine.lowering.slices import slices_of, sums_of_slices
from backprop_explorer.engine.placement import place
from backprop_explorer.engine.program import Program
from backprop_explorer.graph.calculation import counts_as_numbers
from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.graph.walk import ancestors
from backprop_explorer.ops.record import Array, Call


class Binder:
    """The calls that fill the buffers: of an iteration, of the update, and those that only labels need."""

    def __init__(self, program: Program, leaves: Mapping[str, Array], given: Mapping[str, Array]) -> None:
        self.bindings = Bindings(program, leaves)
        self.buffers = self.bindings.buffers
        self.memory = Memory(program.graph.dtype)
        self.memory.add([*leaves.values(), *given.values()])
        self.iteration: list[Call] = []
        self.update: list[Call] = []
        self.prepared: list[Call] = []
        self._made: dict[tuple[object, ...], Node] = {}
        self._firsts: dict[Node, Node] = {}
        self._steady = self._find_steady()
        self._lasting: set[Node] = set()  # has its numbers in common with another node
        self._overwritten: set[Node] = set()
        self._early = set(program.scheduled)
        self._next = {node for _, node in program.update.assignments} if program.update else set()
        order = self.bindings.order
        self._unstored = {
            node.operands[0]
            for node in order
            if any(taken(self.bindings, node) for taken in UNSTORED.get(node.operation.name, ()))
        }
        sums = sums_of_slices(self.bindings)
        for node in reversed(order):
            self._find_slices(node, sums)
        most = program.graph.meter.budget.trace_elements
        for count, node in enumerate(order, 1):
            self._bind(node)
            if node in self.buffers:
                self.memory.add([self.buffers[node]])
            if most is not None and self.memory.elements > most:
                self._refuse(order[count:])

    def _find_slices(self, node: Node, sums: dict[Node, int]) -> None:
        """Gradients of slices that do not meet share one buffer; the sums between and the parts need none."""
        parts = None if node in self._unstored else slices_of(sums, node)
        if parts is None:
            return
        self.bindings.slices[node] = parts
        self.bindings.wholes |= dict.fromkeys(parts, node)
        wholes = self.bindings.wholes
        self._unstored |= set(ancestors(*node.operands, operands=lambda one: () if one in wholes else one.operands))

    def _bind(self, node: Node) -> None:
        if node.phase == "leaf":
            self.buffers[node] = self.bindings.leaves[str(node.name)]
        elif node in self._unstored:
            return
        elif (same := self._common_subexpression(node)) is not node:
            self._lasting |= {same, node}
            self.buffers[node] = self.buffers[same]
        elif node.operation.view:
            self._bind_view(node)
        else:
            self._add(node, self._calls(node))

    def _add(self, node: Node, calls: list[Call]) -> None:
        self._list(node).extend(calls)
        for call in calls:
            if isinstance(call, partial):
                self.memory.add([getattr(call.func, "__self__", None), *call.args, *call.keywords.values()])

    def _list(self, node: Node) -> list[Call]:
        """The calls among which the node's are."""
        late = node.phase == "update" and node not in self._early
        return self.prepared if node in self._steady else self.update if late else self.iteration

    def _refuse(self, unbound: Sequence[Node]) -> None:
        """Says that the memory is too small, and about how much all would take: which of the nodes that are `unbound`
        would need a buffer is known."""
        rest = 0
        for node in unbound:
            placed = node in self.buffers or node in self._unstored or node in self.bindings.wholes
            if not placed and not node.operation.view and self._common_subexpression(node) is node:
                rest += node.size
        budget, whole = self.bindings.program.graph.meter.budget, self.memory.elements + rest
        budget.check(
            "trace_elements", whole, "All tensors and gradients together", known="about" if rest else "exactly"
        )

    def _common_subexpression(self, node: Node) -> Node:
        """The first node that is calculated in the same way from the same numbers: once is enough."""
        if any(operand in self._unstored for operand in node.operands):
            return node
        places = [self._firsts.get(operand, operand) for operand in node.operands]
        names = [place.text if place.operation is CONSTANT else place.id for place in places]
        key = (node.operation.name, repr(node.parameters), node.phase == "update", *names)
        first = self._made.setdefault(key, node)
        if first in self._overwritten:
            first = self._made[key] = node
        self._firsts[node] = first
        return first

    def _find_steady(self) -> set[Node]:
        """The nodes that are made of labels and constants alone, which change only when somebody sets them."""
        steady: set[Node] = set()
        for node in self.bindings.order:
            labels = node.phase == "leaf" and node.kind.name == "whole"
            made = node.phase != "leaf" and all(
                operand in steady or operand.operation is CONSTANT for operand in node.operands
            )
            if labels or made:
                steady.add(node)
        return steady

    def _bind_view(self, node: Node) -> None:
        """A view costs nothing at run time. Where NumPy can give none, a copy is made at every run, never once while
        binding; so is a next value, since what it would be a view of may be replaced before it is written back."""
        source = self.bindings.array(node.operands[0])
        view = node.operation.forward(source, **node.parameters)
        if np.may_share_memory(view, source) and node not in self._next:
            self.buffers[node] = view
            return
        copy = allocated(node.shape, source.dtype)
        self.buffers[node] = copy
        self._add(node, [partial(np.copyto, copy.reshape(source.shape), source)])

    def _calls(self, node: Node) -> list[Call]:
        for rule in RULES.get(node.operation.name, ()):
            calls = rule(self.bindings, node)
            if calls is not None:
                return calls
        operation = node.operation
        arrays = [self.bindings.array(operand) for operand in node.operands]
        before: list[Call] = []
        if counts_as_numbers(operation, arrays):
            numbers = [allocated(array.shape, self.bindings.program.graph.dtype) for array in arrays]
            before = [partial(np.copyto, number, array) for number, array in zip(numbers, arrays, strict=True)]
            arrays = numbers
        if operation.family == "elementwise":
            calls = self._in_place(node, arrays)
            if calls is not None:
                return before + calls
            out = place(self.bindings, node, arrays)
        else:
            out = self.bindings.buffer(node, [])
        return before + self._written(node, arrays, out)

    def _written(self, node: Node, arrays: list[Array], out: Array) -> list[Call]:
        operation = node.operation
        if operation.kernel is not None:
            return operation.kernel(arrays, out, [operand.constant for operand in node.operands], **node.parameters)
        return [partial(operation.forward, *arrays, out=out, **node.parameters)]

    def _in_place(self, node: Node, arrays: list[Array]) -> list[Call] | None:
        """The node written over an operand that nothing else will ever read: less memory to walk through. The operand
        has no buffer then; whoever asks for its numbers gets them calculated. None where that cannot be."""
        if node in self.buffers or node.kind.name != "float":
            return None
        for operand in node.operands:
            if not (
                operand.shape == node.shape and self._is_spent(operand) and self._list(operand) is self._list(node)
            ):
                continue
            calls = self._written(node, arrays, self.buffers[operand])
            if len(calls) == 1 and isinstance(getattr(calls[0], "func", None), np.ufunc):  # reads before it writes
                self.buffers[node] = self.buffers.pop(operand)
                self._overwritten.add(operand)
                return calls
        return None

    def _is_spent(self, operand: Node) -> bool:
        """Whether a node's memory is its own and its only user, by now, is the one that is being bound."""
        return (
            operand.operation.family == "elementwise"
            and operand.kind.name == "float"
            and operand in self.buffers
            and operand not in self.bindings.placed
            and operand not in self._lasting
            and self.bindings.private(operand)
        )
