"""Binds a program to memory: every result gets its buffer and every call its arguments, once, before anything runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from backprop_explorer.engine.buffers import empty_like_first
from backprop_explorer.engine.interpreter import counts_as_numbers
from backprop_explorer.engine.lowering import RULES, UNSTORED
from backprop_explorer.engine.lowering.slices import slices_of
from backprop_explorer.engine.placement import Placement
from backprop_explorer.engine.program import Program, node_dtype
from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.ops.record import Array, Call


class Binder:
    """Buffers by node, and the calls that fill them: of an iteration, of the update, and those that only labels
    need."""

    def __init__(self, program: Program, leaves: Mapping[str, Array]) -> None:
        self.program = program
        self.leaves = leaves
        self.buffers: dict[Node, Array] = {}
        self.iteration: list[Call] = []
        self.update: list[Call] = []
        self.prepared: list[Call] = []
        self._made: dict[tuple[object, ...], Node] = {}
        self._firsts: dict[Node, Node] = {}
        self._constants: dict[float, Array] = {}
        self._steady: dict[Node, bool] = {}
        self._roots = self._visible_nodes()
        self._early = set(program.scheduled)
        self._next = {node for _, node in program.update.assignments} if program.update else set()
        self._users: dict[Node, list[Node]] = {}
        self.copies: dict[tuple[Node, tuple[int, ...]], Array] = {}
        order = self._needed()
        self._unstored = {node.operands[0] for node in order if any(taken(self, node) for taken in UNSTORED)}
        self.slices: dict[Node, list[Node]] = {}
        self.wholes: dict[Node, Node] = {}
        for node in reversed(order):
            self._find_slices(node)
        self._placement = Placement(self)
        for node in order:
            self._bind(node)

    def _visible_nodes(self) -> set[Node]:
        """What can be asked for by name, or is written back by the update."""
        results = self.program.update.results if self.program.update else {}
        return {*self.program.nodes.values(), *results.values()}

    def _needed(self) -> list[Node]:
        needed = set(self._roots)
        for node in reversed(self.program.graph.nodes):
            if node in needed:
                needed.update(node.operands)
        order = [node for node in self.program.graph.nodes if node in needed]
        for node in order:
            for operand in node.operands:
                self._users.setdefault(operand, []).append(node)
        return order

    def _find_slices(self, node: Node) -> None:
        """Gradients of slices that do not meet share one buffer; the sums between and the parts need none."""
        parts = None if node in self._unstored else slices_of(self, node)
        if parts is None:
            return
        self.slices[node] = parts
        self.wholes |= dict.fromkeys(parts, node)
        stack = list(node.operands)
        while stack:
            part = stack.pop()
            self._unstored.add(part)
            if part not in self.wholes:
                stack.extend(part.operands)

    def users(self, node: Node) -> list[Node]:
        """The nodes that use a node, in their order."""
        return self._users.get(node, [])

    def private(self, node: Node) -> bool:
        """Whether a node is used once and never shown, so that its numbers need not be stored."""
        return node not in self._roots and len(self.users(node)) == 1 and bool(node.operands)

    def array(self, node: Node) -> Array:
        """Where a node's numbers stand. A constant is an array without axes: half the cost of a Python number."""
        if node.operation is CONSTANT:
            value = node.parameters["value"]
            return self._constants.setdefault(value, np.array(value, self.program.graph.dtype))
        return self.buffers[node]

    def buffer(self, node: Node, operands: Sequence[Array]) -> Array:
        """The node's buffer, made on first use."""
        if node not in self.buffers:
            dtype = np.dtype(node_dtype(node, self.program.graph))
            self.buffers[node] = empty_like_first(
                node.shape, dtype, [array for array in operands if array.dtype.kind == "f"]
            )
        return self.buffers[node]

    def place(self, node: Node, operands: Sequence[Array]) -> Array:
        """The node's buffer for a call that can write to memory in any order."""
        if node not in self.buffers:
            found = self._placement.of(node, operands)
            if found is not None:
                self.buffers[node] = found
        return self.buffer(node, operands)

    def _bind(self, node: Node) -> None:
        if node.phase == "leaf":
            self.buffers[node] = self.leaves[str(node.name)]
        elif node in self._unstored:
            return
        elif (twin := self._twin(node)) is not node:
            self.buffers[node] = self.buffers[twin]
        elif node.operation.view:
            self._bind_view(node)
        else:
            self._add(node, self._calls(node))

    def _add(self, node: Node, calls: list[Call]) -> None:
        late = node.phase == "update" and node not in self._early
        target = self.prepared if self._is_steady(node) else self.update if late else self.iteration
        target.extend(calls)

    def _twin(self, node: Node) -> Node:
        """The first node that is calculated in the same way from the same numbers: once is enough."""
        if any(operand in self._unstored for operand in node.operands):
            return node
        places = [self._firsts.get(operand, operand) for operand in node.operands]
        names = [place.text if place.operation is CONSTANT else place.id for place in places]
        key = (node.operation.name, repr(node.parameters), node.phase == "update", *names)
        self._firsts[node] = self._made.setdefault(key, node)
        return self._firsts[node]

    def _is_steady(self, node: Node) -> bool:
        """Whether a node is made of labels and constants alone, which change only when somebody sets them."""
        if node not in self._steady:
            labels = node.phase == "leaf" and node.kind.name == "whole"
            made = node.phase != "leaf" and all(map(self._is_steady, node.operands))
            self._steady[node] = labels or made
        return self._steady[node]

    def _bind_view(self, node: Node) -> None:
        """A view costs nothing at run time. Where NumPy can give none, a copy is made at every run, never once while
        binding; so is a next value, since what it would be a view of may be replaced before it is written back."""
        source = self.array(node.operands[0])
        view = node.operation.forward(source, **node.parameters)
        if np.may_share_memory(view, source) and node not in self._next:
            self.buffers[node] = view
            return
        copy = np.empty(node.shape, source.dtype)
        self.buffers[node] = copy
        self._add(node, [partial(np.copyto, copy.reshape(source.shape), source)])

    def _calls(self, node: Node) -> list[Call]:
        for rule in RULES:
            calls = rule(self, node)
            if calls is not None:
                return calls
        operation = node.operation
        arrays = [self.array(operand) for operand in node.operands]
        before: list[Call] = []
        if counts_as_numbers(operation, arrays):
            numbers = [np.empty(array.shape, self.program.graph.dtype) for array in arrays]
            before = [partial(np.copyto, number, array) for number, array in zip(numbers, arrays, strict=True)]
            arrays = numbers
        out = self.place(node, arrays) if operation.family == "elementwise" else self.buffer(node, [])
        if operation.kernel is not None:
            return before + operation.kernel(
                arrays, out, [operand.constant for operand in node.operands], **node.parameters
            )
        return [*before, partial(operation.forward, *arrays, out=out, **node.parameters)]
