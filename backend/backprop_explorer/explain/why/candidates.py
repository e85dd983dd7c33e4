"""The shape solver: of the ways to combine a step's operands, which run, which fit, and which are right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypedDict

import numpy as np

from backprop_explorer.answers import Extent
from backprop_explorer.engine.plan import Plan
from backprop_explorer.graph.calculation import calculate
from backprop_explorer.graph.code import part
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import CONSTANT, Node, closed_box
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.problem import Problem

FLOP_LIMIT = 2_000_000
"""Candidates that would cost more are judged by their shape alone."""

TOLERANCE = 1e-9
PRODUCTS = ("matmul", "multiply")
AROUND = ("mT", "reshape", "sum", "identity")
"""What may stand around the product, or around the one operand, of a step that is solved."""


class Combined(TypedDict):
    """A tensor that the shape solver combines."""

    code: str
    shape: Extent


class Way(TypedDict):
    """One way to combine them; `right_numbers` is null where numbers were not compared."""

    code: str
    shape: Extent | None
    runs: bool
    right_shape: bool
    right_numbers: bool | None
    error: str | None
    hint: str | None


class Solved(TypedDict):
    """The shape solver: which ways run, which fit, which are right, the right one first."""

    target: Extent
    operands: list[Combined]
    coincidence: str | None
    list: list[Way]


@dataclass(frozen=True)
class Candidate:
    """One way to combine the operands. `right` is None where the numbers were not compared."""

    code: str
    shape: Shape | None
    fits: bool
    right: bool | None
    problem: Problem | None = None


@dataclass(frozen=True)
class Candidates:
    """What was combined, what shape was wanted, and what came out, the right one first."""

    target: Shape
    operands: list[tuple[str, Shape]]
    ways: list[Candidate]

    @property
    def fitting(self) -> list[Candidate]:
        """Those that have the shape that is wanted."""
        return [one for one in self.ways if one.fits]

    @property
    def coincidence(self) -> str | None:
        """What to beware of where a wrong formula has the right shape."""
        wrong = [one for one in self.ways if one.fits and one.right is False]
        if not wrong:
            return None
        names = ", ".join(f"`{one.code}`" for one in wrong[:3])
        has = "has" if len(wrong) == 1 else "have"
        return (
            f"The shape alone does not decide here: {names} {has} the shape {self.target}, too, and wrong numbers, "
            "because some dimensions are equal. With sizes that all differ, the shapes give such a mistake away."
        )

    def to_json(self) -> Solved:
        """The answer about them."""
        return {
            "target": list(self.target),
            "operands": [{"code": code, "shape": list(shape)} for code, shape in self.operands],
            "list": [_told(one) for one in self.ways],
            "coincidence": self.coincidence,
        }


def _told(one: Candidate) -> Way:
    return {
        "code": one.code,
        "shape": None if one.shape is None else list(one.shape),
        "runs": one.problem is None,
        "right_shape": one.fits,
        "right_numbers": one.right if one.fits else None if one.problem else False,
        "error": one.problem.detail if one.problem else None,
        "hint": one.problem.hint if one.problem else None,
    }


def candidates(plan: Plan, node: Node) -> Candidates | None:
    """The ways to combine what a step's code combines; None where it is not a product or sum of one or two tensors."""
    operands = _operands(node)
    if operands is None:
        return None
    solver = _Solver(plan, node, operands)
    solved = Candidates(node.shape, [(leaf.name or "", leaf.shape) for leaf in solver.leaves], solver.solved())
    return solved if solved.fitting else None  # a step that also changes the shape is not solved by these means


def _operands(node: Node) -> list[Node] | None:
    """The one or two tensors that a step multiplies or sums up, without transposes and sums around them."""
    core = _within(node, root=True)
    if closed_box(node) is not None or core.operation is CONSTANT:
        return None
    if core.operation.name in PRODUCTS and (core is node or not core.shown):
        operands = [_within(operand, around=("mT",)) for operand in core.operands]
        return None if any(operand.operation is CONSTANT for operand in operands) else operands
    return [core] if core.ndim and _sums(node, core) else None


def _sums(node: Node, core: Node) -> bool:
    """Whether something is summed up between a step's result and what is inside."""
    while node is not core:
        if node.operation.name == "sum":
            return True
        node = node.operands[0]
    return False


def _within(node: Node, *, root: bool = False, around: Sequence[str] = AROUND) -> Node:
    while node.operation.name in around and (root or not node.shown) and closed_box(node) is None:
        node, root = node.operands[0], False
    return node


class _Solver:
    def __init__(self, plan: Plan, node: Node, operands: Sequence[Node]) -> None:
        self.plan, self.target = plan, node
        self.graph = Graph(str(plan.program.graph.dtype))
        self.leaves = [self.graph.stand_in(operand) for operand in operands]
        self.arrays: dict[Node, Array] = {}
        self.compared = max(_work(a, b) for a in operands for b in operands) <= FLOP_LIMIT
        if self.compared:
            self.arrays = {leaf: plan.array(operand) for leaf, operand in zip(self.leaves, operands, strict=True)}

    def solved(self) -> list[Candidate]:
        found: dict[str, Candidate] = {}
        for attempt in self._attempts():
            found.setdefault(attempt.code, attempt)
        order = {True: 0, None: 1, False: 2}
        return sorted(found.values(), key=lambda one: (one.problem is not None, not one.fits, order[one.right]))

    def _attempts(self) -> Iterator[Candidate]:
        if len(self.leaves) == 1:
            yield from self._with_sums(self.leaves[0])
            return
        a, b = self.leaves
        pairs = [(left, right) for left in self._transposed(a) for right in self._transposed(b)]
        for name, left, right in (
            *(("matmul", left, right) for left, right in pairs),
            *(("matmul", right, left) for left, right in pairs),
            *(("multiply", left, right) for left, right in pairs),
        ):
            yield from self._combined(name, left, right)

    def _transposed(self, leaf: Node) -> list[Node]:
        return [leaf, self.graph.make(OPERATIONS["mT"], [leaf])] if leaf.ndim > 1 else [leaf]

    def _combined(self, name: str, left: Node, right: Node) -> Iterator[Candidate]:
        try:
            made = self.graph.make(OPERATIONS[name], [left, right])
        except Problem as problem:
            template = str(OPERATIONS[name].code)
            code = template.format(a=part(left)[0], b=part(right)[0])
            yield Candidate(code, None, False, None, problem)
            return
        yield from self._with_sums(made)

    def _with_sums(self, made: Node) -> Iterator[Candidate]:
        """The candidate, and where it has too many axes its sums over as many as there are too many."""
        yield self._judged(made)
        if len(self.leaves) == 1 and made.ndim > 1:
            yield from (self._judged(transposed) for transposed in self._transposed(made)[1:])
        many = made.ndim - self.target.ndim
        for axes in combinations(range(made.ndim), many) if many > 0 else ():
            yield self._judged(self.graph.make(OPERATIONS["sum"], [made], {"axis": axes, "keepdims": False}))

    def _judged(self, node: Node) -> Candidate:
        code = part(node)[0]
        fits = node.shape == self.target.shape
        return Candidate(code, node.shape, fits, self._right(node) if fits and self.compared else None)

    def _right(self, node: Node) -> bool:
        with np.errstate(all="ignore"):
            value = calculate(self.graph.nodes, self.arrays, self.graph.dtype)[node]
        wanted = self.plan.array(self.target)
        return bool(np.allclose(value, wanted, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True))


def _work(a: Node, b: Node) -> int:
    """The most that a product of two operands costs: no axis of it is longer than one of theirs."""
    return size(a.shape) * (b.shape[-1] if b.ndim else 1) + size(a.shape) * (b.shape[-2] if b.ndim > 1 else 1)
