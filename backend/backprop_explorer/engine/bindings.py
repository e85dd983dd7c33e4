"""What is bound so far: buffers by node, and who uses a node. The binder fills it, rules and placement read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from backprop_explorer.engine.buffers import empty_like_first
from backprop_explorer.engine.program import Program, node_dtype
from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.graph.walk import in_order
from backprop_explorer.ops.record import Array, Call


class Bindings:
    """Buffers by node. `order` are the nodes that are needed, `roots` those that can be asked for; `slices` are the
    parts that share one buffer, by their sum, and `wholes` the sum by part; `copies` are those that rules share;
    `placed` is what stands within another's memory, `products` are those of a transposed and another, by the two."""

    def __init__(self, program: Program, leaves: Mapping[str, Array]) -> None:
        self.program = program
        self.leaves = leaves
        self.buffers: dict[Node, Array] = {}
        self.placed: set[Node] = set()
        self.copies: dict[tuple[Node, tuple[int, ...]], Array] = {}
        self.products: dict[tuple[Node, Node], Node] = {}
        self.slices: dict[Node, list[Node]] = {}
        self.wholes: dict[Node, Node] = {}
        self.roots = self._visible_nodes()
        self._constants: dict[float, Array] = {}
        self._users: dict[Node, list[Node]] = {}
        self._values = {gradient: value for value, gradient in program.backward.gradient.items()}
        self.order = self._needed()

    def _visible_nodes(self) -> set[Node]:
        """What can be asked for by name, or is written back by the update."""
        results = self.program.update.results if self.program.update else {}
        return {*self.program.nodes.values(), *results.values()}

    def _needed(self) -> list[Node]:
        order = in_order(*self.roots)
        for node in order:
            for operand in node.operands:
                self._users.setdefault(operand, []).append(node)
        return order

    def users(self, node: Node) -> list[Node]:
        """The nodes that use a node, in their order."""
        return self._users.get(node, [])

    def private(self, node: Node) -> bool:
        """Whether a node is used once and never shown, so that its numbers need not be stored."""
        return node not in self.roots and len(self.users(node)) == 1 and bool(node.operands)

    def array(self, node: Node) -> Array:
        """Where a node's numbers stand. A constant is an array without axes: half the cost of a Python number."""
        if node.operation is CONSTANT:
            value = node.parameters["value"]
            with np.errstate(over="ignore"):  # a constant may be too large for float32: then it is infinite there
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

    def value_of(self, node: Node) -> Array | None:
        """Where the numbers stand whose gradient the node is; None where it is none of such."""
        return self.buffers.get(self._values[node]) if node in self._values else None


Rule = Callable[[Bindings, Node], list[Call] | None]
"""Answers the bound calls that calculate a node, or None where it does not apply."""
