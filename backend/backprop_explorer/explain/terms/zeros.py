"""Why a number is 0: what it was multiplied by, traced back through the products that it is computed from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NotRequired, TypedDict

import numpy as np

from backprop_explorer.answers import Extent
from backprop_explorer.engine.gates import is_gate
from backprop_explorer.engine.origin import Place, origins
from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.program import Program
from backprop_explorer.explain.terms.element import Elements
from backprop_explorer.explain.terms.factor import Factor
from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.graph.walk import ancestors
from backprop_explorer.ops.elementwise import aligned
from backprop_explorer.ops.record import Shape

VISITS = 1000
"""So many numbers are looked at for one explanation; what is behind them counts as exactly 0."""
DEPTH = 60
WIDTH = 16
"""Of a sum that is 0 so many terms are looked at."""

Zero = Literal["blocked", "masked", "padding", "input", "exact"]
_ORDER: tuple[Zero, ...] = ("blocked", "masked", "padding", "input", "exact")
"""Of several reasons the first of these is told."""


class Blocker(TypedDict):
    """The step that lets nothing through; `tensor` with `index` and `value` is the element at which its derivative is
    0, or which it masks."""

    step: int
    output: str
    op: str
    code: str
    tensor: NotRequired[str]
    index: NotRequired[Extent]
    value: NotRequired[float]


@dataclass(frozen=True)
class Reason:
    """Why a number is 0, and by which step, if a step is to blame."""

    zero: Zero
    by: Blocker | None = None


_EXACT, _INPUT, _PADDING = Reason("exact"), Reason("input"), Reason("padding")


@dataclass(frozen=True)
class _Use:
    """A use of a tensor by a step, of whose contribution to the tensor's gradient something is a part."""

    tensor: Node
    user: Node


class Zeros:
    """Tells why numbers of a plan that has run are 0, with so many `visits` in all."""

    def __init__(self, plan: Plan, visits: int = VISITS) -> None:
        self._plan = plan
        self._elements = Elements.of(plan)
        self._uses = _uses(plan.program)
        self._left = visits
        self._own: dict[tuple[Node, Node, Node], bool] = {}
        self._known: dict[tuple[Node, Shape], Reason | None] = {}

    def of_term(self, factors: Sequence[Factor], explained: Node) -> Reason | None:
        """Why a term of the explained tensor is 0; None where none of its factors is."""
        use = self._uses.get(explained) or self._own_use(explained)
        found: list[Reason] = []
        for factor in factors:
            if factor.value == 0:
                within = use or (self._use_of(explained, factor.place[0]) if factor.place else None)
                found.append((factor.place and self._why(*factor.place, within, 0)) or _EXACT)
        return _first(found)

    @staticmethod
    def _own_use(explained: Node) -> _Use | None:
        """Of a step of the program that multiplies something by a mask, its use of that."""
        others = [operand for operand in explained.operands if not is_gate(operand)]
        return _Use(others[0], explained) if explained.phase == "forward" and others else None

    def _use_of(self, explained: Node, part: Node) -> _Use | None:
        """Of a gradient that is a sum of contributions, the use in whose expression the part is."""
        backward = self._plan.program.backward
        for tensor, gradient in backward.gradient.items():
            for made in backward.contributions.get(tensor, []) if gradient is explained else []:
                if any(node is part for node in ancestors(made.value, operands=self._within_expression)):
                    return _Use(tensor, made.user)
        return None

    def _within_expression(self, node: Node) -> Iterable[Node]:
        return () if node in self._plan.program.names and node not in self._uses else node.operands

    def _why(self, node: Node, index: Shape, use: _Use | None, depth: int) -> Reason | None:
        """Why this element is 0; None where it is not. `use` is the use of a tensor whose gradient it is a part of."""
        place = node, index
        if place not in self._known:
            self._left -= 1
            if self._left < 0 or depth > DEPTH:
                return _EXACT
            self._known[place] = None
            if self._plan.number(node, index) == 0:
                self._known[place] = self._reason(node, index, self._use(node, use), depth + 1)
        return self._known[place]

    def _use(self, node: Node, use: _Use | None) -> _Use | None:
        """The use that a node is a part of: its own, or that of the expression in which it stands."""
        if is_gate(node):
            return use or self._uses.get(node)
        if node.phase != "backward":
            return None
        return self._uses.get(node) if node in self._plan.program.names or use is None else use

    def _reason(self, node: Node, index: Shape, use: _Use | None, depth: int) -> Reason:
        if not node.operands:
            return self._leaf(node)
        if is_gate(node):
            return self._gate(node, index, use)
        operation = node.operation
        if operation.family in ("movement", "scatter"):
            return self._moved(node, index, use, depth)
        if operation.family == "contraction" or operation.name == "sum":
            return self._summed(node, index, depth)
        if operation.family != "elementwise" or operation.element is not None or operation.whole:
            return _EXACT
        operands = [(operand, aligned(operand.shape, index)) for operand in node.operands]
        if operation.name in ("multiply", "divide", "negative"):
            parts = operands if operation.name == "multiply" else operands[:1]
            if node.phase == "forward" and len(parts) > 1 and is_gate(parts[1][0]) != is_gate(parts[0][0]):
                return self._multiplied(node, parts[0], parts[1], depth)
            return _first([self._why(*part, use, depth) for part in parts]) or _EXACT
        if operation.name == "where":
            return self._chosen(node, operands, use, depth)
        if operation.name in ("add", "subtract"):
            both = [self._why(*part, use, depth) for part in operands]
            if all(both) and len({one.zero for one in both if one}) == 1:  # else it is a coincidence
                return _first(both) or _EXACT
        if operation.name == "exp" and self._plan.number(*operands[0]) == -np.inf:
            step = self._steps.get(node)
            return Reason("masked", None if step is None else self._blocker(step, node, None))
        return self._flat(node, index, use) or _EXACT

    def _multiplied(self, node: Node, left: Place, right: Place, depth: int) -> Reason:
        """A step of the program that multiplies by a mask."""
        (gate, at), other = (left, right) if is_gate(left[0]) else (right, left)
        if self._plan.number(gate, at) != 0:
            return self._why(*other, None, depth) or _EXACT
        return self._by(gate, *other, node)

    def _leaf(self, node: Node) -> Reason:
        if str(node.name) not in self._plan.program.inputs:
            return _EXACT
        return Reason("masked") if is_gate(node) else _INPUT

    def _moved(self, node: Node, index: Shape, use: _Use | None, depth: int) -> Reason:
        places = origins(node, index, self._plan.number)
        if not places:
            return _PADDING if node.operation.family == "movement" else _EXACT
        return self._all([self._why(*place, use, depth) for place in places[:WIDTH]])

    def _summed(self, node: Node, index: Shape, depth: int) -> Reason:
        """Of a sum each of whose terms is 0; one whose terms cancel is exactly 0."""
        reasons = []
        for factors in self._elements.terms(node, index).first(WIDTH):
            places = [factor.place for factor in factors if factor.value == 0 and factor.place]
            reasons.append(_first([self._why(*place, None, depth) for place in places]))
        return self._all(reasons)

    @staticmethod
    def _all(reasons: Sequence[Reason | None]) -> Reason:
        return (_first(reasons) if reasons and all(reasons) else None) or _EXACT

    def _chosen(self, node: Node, operands: Sequence[Place], use: _Use | None, depth: int) -> Reason:
        """What a choice gives: a constant 0 because of its condition, else what was chosen."""
        condition, *branches = operands
        chosen = branches[0 if self._plan.number(*condition) else 1]
        if chosen[0].operation is not CONSTANT:
            return self._why(*chosen, use, depth) or _EXACT
        if use is not None:
            return self._gate(condition[0], condition[1], use)
        other = branches[1 if chosen is branches[0] else 0]
        return self._by(condition[0], *other, node)

    def _gate(self, node: Node, index: Shape, use: _Use | None) -> Reason:
        """A comparison or a mask that is false: the derivative of a use, or what the program multiplies by."""
        if use is None:
            return Reason("masked")
        return self._by(node, use.tensor, index if use.tensor.shape == node.shape else None, use.user)

    def _by(self, condition: Node, tensor: Node, index: Shape | None, user: Node) -> Reason:
        """Blocked by a step whose condition depends on the tensor itself, or is drawn at random; else masked."""
        key = condition, tensor, user
        if key not in self._own:
            own = {tensor, user, *self._plan.program.graph.draws.values()}
            self._own[key] = any(node in own for node in ancestors(condition))
        step = self._steps.get(user)
        by = None if step is None else self._blocker(step, tensor, index)
        return Reason("blocked" if self._own[key] else "masked", by)

    def _flat(self, node: Node, index: Shape, use: _Use | None) -> Reason | None:
        """A derivative of one tensor alone that is 0, such as `1 - tanh(x)**2`; or a result where that is so."""
        if node.phase == "forward":
            return self._flat_result(node, index)
        if use is None or node.phase != "backward" or node.operation.family != "elementwise":
            return None
        names = self._plan.program.names
        ends = [
            one
            for one in ancestors(*node.operands, operands=lambda one: () if one in names else one.operands)
            if one in names or not one.operands and one.operation is not CONSTANT
        ]
        step = self._steps.get(use.user)
        if step is None or not ends or any(one not in (use.tensor, use.user) for one in ends):
            return None
        return Reason("blocked", self._blocker(step, use.tensor, index if use.tensor.shape == node.shape else None))

    def _flat_result(self, node: Node, index: Shape) -> Reason | None:
        """A result that is 0 where its step lets nothing through: relu's of what is negative."""
        step = self._steps.get(node)
        if step is None or node.operation.family != "elementwise":
            return None
        for operand in dict.fromkeys(node.operands):
            for made in self._plan.program.backward.contributions.get(operand, []):
                if made.user is not node or made.raw.shape != node.shape:
                    continue
                gates = [one for one in _factors(made.raw) if is_gate(one) and one.shape == node.shape]
                if any(self._plan.number(gate, index) == 0 for gate in gates):
                    return Reason("blocked", self._blocker(step, operand, aligned(operand.shape, index)))
        return None

    @property
    def _steps(self) -> dict[Node, int]:
        return _steps(self._plan.program)

    def _blocker(self, step: int, tensor: Node, index: Shape | None) -> Blocker:
        line = self._plan.program.lines[step]
        box = line.node.boxes[-1] if line.node.boxes else None
        found: Blocker = {
            "step": step,
            "output": line.output,
            "op": box.name if box else line.node.operation.name,
            "code": str(line.code),
        }
        name = self._plan.program.names.get(tensor)
        if index is not None and name is not None:
            found |= {"tensor": name[0], "index": list(index), "value": float(self._plan.number(tensor, index))}
        return found


def _first(reasons: Sequence[Reason | None]) -> Reason | None:
    """Of several reasons the one that says the most."""
    return min((one for one in reasons if one), key=lambda one: _ORDER.index(one.zero), default=None)


def _factors(node: Node) -> Iterable[Node]:
    """What a product is made of."""
    return ancestors(node, operands=lambda one: one.operands if one.operation.name == "multiply" else ())


@lru_cache(maxsize=64)
def _uses(program: Program) -> dict[Node, _Use]:
    """The use of a tensor that each contribution comes from; a gradient that is one contribution alone is that."""
    found: dict[Node, _Use] = {}
    for tensor, contributions in program.backward.contributions.items():
        for made in contributions:
            found.setdefault(made.value, _Use(tensor, made.user))
        if len(contributions) == 1:
            found.setdefault(program.backward.gradient[tensor], _Use(tensor, contributions[0].user))
    return found


@lru_cache(maxsize=64)
def _steps(program: Program) -> dict[Node, int]:
    """The forward step that computes each node, those inside of composites too."""
    found: dict[Node, int] = {}
    for index, line in enumerate(program.lines):
        if line.phase == "forward":
            inside = [node for box in line.node.boxes if box.closed for node in box.inside]
            found |= dict.fromkeys((line.node, *inside), index)
    return found
