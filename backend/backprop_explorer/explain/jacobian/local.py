"""One step on its own: how its result moves when one of the tensors that it reads moves.

The operations between the step's result and the tensors in its code are copied into a graph of their own, where the
records' rules differentiate them. Backward gives a row of the Jacobian; since that row is linear in what came in,
differentiating it once more gives a column.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from backprop_explorer.engine.differentiate import Backward, differentiate
from backprop_explorer.engine.listing import Line
from backprop_explorer.engine.plan import Plan
from backprop_explorer.graph.calculation import calculate
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import LEAF, Kind, Node
from backprop_explorer.graph.walk import copied, in_order
from backprop_explorer.language.evaluator import Evaluator
from backprop_explorer.language.forward import Forward
from backprop_explorer.language.scope import Scope
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.record import Array, Shape


class Local:
    """A step and one of its inputs, differentiated twice."""

    def __init__(self, line: Line, moved: Node, dtype: str) -> None:
        self.graph = Graph(dtype)
        self.originals: dict[Node, Node] = {}
        self._copies: dict[Node, Node] = {}
        for node in line.tensors:
            self._copies[node] = self._given(node)
        self.output = copied(line.node, self.graph, self._copies, self._drawn)
        self.moved = self._copies[moved]
        self._forward = Forward(self.graph, Evaluator(self.graph), Scope(), {})
        self.seed, self.row = self._differentiated(self.output, self.moved)
        self.pick, self.column = self._differentiated(self.row, self.seed)

    def _given(self, node: Node) -> Node:
        leaf = self.graph.leaf(f"input{len(self.originals)}", node.shape, Kind(node.kind.name))
        self.originals[leaf] = node
        return leaf

    def _drawn(self, node: Node) -> Node | None:
        """What a dropout draws has no name that the step reads."""
        return self._given(node) if node.operation is LEAF else None

    def _differentiated(self, output: Node, by: Node) -> tuple[Node, Node]:
        """A tensor that weighs the elements of the output, and the gradient of the weighted sum."""
        seed = self.graph.leaf(f"seed{len(self.graph.nodes)}", output.shape, Kind("float"))
        product = self.graph.make(OPERATIONS["multiply"], [output, seed])
        total = self.graph.make(OPERATIONS["sum"], [product], {"axis": None, "keepdims": False})
        backward: Backward = differentiate(self._forward, total)
        return seed, backward.gradient[by]

    def _calculated(self, plan: Plan, wanted: Node, weights: dict[Node, Array]) -> Array:
        known = {leaf: plan.array(node) for leaf, node in self.originals.items()} | weights
        with np.errstate(all="ignore"):
            return calculate(in_order(wanted), known, self.graph.dtype)[wanted]

    def derivatives(self, plan: Plan, index: Shape) -> Array:
        """The derivatives of every element of the result by one element of the input, in the result's shape."""
        return self._calculated(plan, self.column, {self.pick: self._unit(self.moved.shape, index)} | self._no_seed())

    def jacobian(self, plan: Plan, rows: Array, columns: Array) -> Array:
        """A row for each of these elements of the result, a column for each of these of the input, by their places in
        row order."""
        if rows.size <= columns.size:
            places = [np.unravel_index(i, self.output.shape) for i in rows]
            return np.array([self._row(plan, place).ravel()[columns] for place in places])
        return np.array([self.derivatives(plan, _index(i, self.moved.shape)).ravel()[rows] for i in columns]).T

    def _row(self, plan: Plan, index: Any) -> Array:
        return self._calculated(plan, self.row, {self.seed: self._unit(self.output.shape, index)})

    def _no_seed(self) -> dict[Node, Array]:
        """The second derivative is taken of something linear, so that where it is taken does not matter."""
        return {self.seed: np.zeros(self.output.shape, self.graph.dtype)}

    def _unit(self, shape: Shape, index: Any) -> Array:
        unit = np.zeros(shape, self.graph.dtype)
        unit[index] = 1
        return unit


def _index(flat: Any, shape: Shape) -> Shape:
    return tuple(int(i) for i in np.unravel_index(flat, shape))


@lru_cache(maxsize=256)
def local(line: Line, moved: Node, dtype: str) -> Local:
    """The step on its own with respect to one of the tensors that it reads; made once."""
    return Local(line, moved, dtype)
