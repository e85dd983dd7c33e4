"""The births that an element goes back to: the first operation that made a number which is not finite, and those that
made NaN of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from backprop_explorer.engine.batch_axes import batch_axes
from backprop_explorer.engine.births.cures import Cures
from backprop_explorer.engine.births.source import Source
from backprop_explorer.engine.listing import Line
from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.program import Program
from backprop_explorer.engine.references import references
from backprop_explorer.graph.code import atomic, code, fill, part, template_of
from backprop_explorer.graph.graph import Operand, Warned
from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.ops.record import ATOM, SIGN, Shape
from backprop_explorer.wording import element

LONGEST = 100_000
"""So many operations are gone back; no program has as many."""


@dataclass(frozen=True)
class Spot:
    """An element on the way back, and the last step that was met with the element of its result."""

    node: Node
    index: Shape
    step: int | None
    at: Shape


class Chain:
    """Follows elements of a plan that has run back to where they stopped being finite."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.program = plan, plan.program
        self.source = Source(plan.array)
        self.cures = Cures(plan.program, self.source)

    def births(self, node: Node, index: Shape, step: int | None = None) -> list[Warned]:
        """The births that an element goes back to, the first one first; none where it is finite, or infinite because
        the program names infinity. `step` is the index of the step that made it, where that is not the node's own."""
        found: list[Warned | None] = []
        spot: Spot | None = self._spot(node, index, step, index)
        while spot is not None and not np.isfinite(self.source.number(spot.node, spot.index)):
            spot = self._back(spot)
            found.append(self.to_json(spot))
            spot = self._before(spot)
        return [one for one in reversed(found) if one is not None]

    def first_of_step(self, node: Node, index: Shape, step: int) -> Warned | None:
        """The first birth within a step behind an element of its result; None where that came in from another step."""
        spot: Spot | None = Spot(node, index, step, index)
        found: list[Warned | None] = []
        while spot is not None and (born := self._within_step(spot)) is not None:
            found.append(self.to_json(born))
            infinite = np.isnan(self.source.number(born.node, born.index))
            place = next(self.source.infinite(born.node, born.index), None) if infinite else None
            spot = None if place is None else Spot(*place, step, index)
        return next((one for one in reversed(found) if one is not None), None)

    def _within_step(self, start: Spot) -> Spot | None:
        step = start.step
        line = self.program.lines[step or 0]
        outside = {*line.tensors} - {line.node}
        for spot in self._way(start, steps=False):
            last = spot
            if spot.node in outside:
                return None
        elsewhere = _steps(self.program).get(last.node, step) != step
        return None if elsewhere or not last.node.operands else last

    def _back(self, spot: Spot) -> Spot:
        *_, last = self._way(spot)
        return last

    def _way(self, spot: Spot, *, steps: bool = True) -> Iterator[Spot]:
        """The elements that an element owes its value to, to the one that owes it to none."""
        for _ in range(LONGEST):
            yield spot
            place = self.source.inherited(spot.node, spot.index) if spot.node.operands else None
            if place is None:
                return
            spot = self._spot(*place, spot.step, spot.at) if steps else Spot(*place, spot.step, spot.at)

    def _before(self, spot: Spot) -> Spot | None:
        """The first infinity that NaN was made of, whose own birth comes before."""
        if not spot.node.operands or not np.isnan(self.source.number(spot.node, spot.index)):
            return None
        place = next(self.source.infinite(spot.node, spot.index), None)
        return None if place is None else self._spot(*place, spot.step, spot.at)

    def _spot(self, node: Node, index: Shape, step: int | None, at: Shape) -> Spot:
        own = _steps(self.program).get(node)
        return Spot(node, index, step, at) if own is None else Spot(node, index, own, index)

    # -- telling

    def to_json(self, spot: Spot) -> Warned | None:
        """A birth in words; of a tensor that is given, that it is. None for an infinity that the program names."""
        value = self.source.number(spot.node, spot.index)
        if not spot.node.operands:
            return self._given(spot, value)
        if spot.node.operation.family in ("movement", "scatter") and not _born_by(self.source, spot):
            return None
        if np.isinf(value) and any(one.constant is not None and np.isinf(one.constant) for one in spot.node.operands):
            return None
        return self._made(spot, value)

    def _given(self, spot: Spot, value: float) -> Warned:
        name, field = self.program.names.get(spot.node, (str(spot.node.name), "value"))
        found: Warned = {
            "line": None, "code": "not_finite",
            "message": f"{element(name, spot.index)} is {word(value)} as it is given",
            "tensor": name, "field": field, "index": list(spot.index), "value": value, "phase": "given", "op": "given",
            "expression": number(value), "operands": [], "cause": "a number that is given", "cure": f"edit `{name}`",
        }  # fmt: skip
        return self._with_sample(found, spot)

    def _made(self, spot: Spot, value: float) -> Warned:
        line, node = self._line(spot), spot.node
        tensor, field = self._name(spot, line)
        met = self.source.met(node, spot.index)
        cause, cure = self.cures.of(node, spot.index, [one for *_, one in met])
        expression = self._expression(node, [one for *_, one in met])
        where = element(line.output, spot.at) if line is not None else element(tensor, spot.index)
        found: Warned = {
            "line": self._source_line(node, line), "code": "not_finite",
            "message": f"{where} is {word(self._value(spot, line))}: {expression}{self._within(node, line)}",
            "tensor": tensor, "field": field, "index": list(spot.at if line is not None else spot.index),
            "value": value, "phase": _phase(node, line), "op": node.operation.name, "expression": expression,
            "operands": [_operand(*one) for one in met if one[0].operation is not CONSTANT],
            "cause": cause, "cure": cure,
        }  # fmt: skip
        if spot.step is not None:
            found["step"] = spot.step
        return self._with_sample(found, spot)

    def _line(self, spot: Spot) -> Line | None:
        return None if spot.step is None else self.program.lines[spot.step]

    def _value(self, spot: Spot, line: Line | None) -> float:
        return self.source.number(spot.node, spot.index) if line is None else self.source.number(line.node, spot.at)

    def _name(self, spot: Spot, line: Line | None) -> tuple[str, Literal["value", "gradient", "next"]]:
        if line is None:
            known = self.program.names.get(spot.node)
            return known if known is not None else (str(spot.node.name or code(spot.node)), "value")
        tensor, field, _ = references(self.program)[line.node]
        return tensor, "next" if line.phase == "update" else field

    def _source_line(self, node: Node, line: Line | None) -> int | None:
        owner = self.cures.owner(node)
        if owner is not None and owner.user.line is not None:
            return owner.user.line
        return line.line if line is not None else node.line

    def _within(self, node: Node, line: Line | None) -> str:
        """Which operation's rule it is, or inside of which composite."""
        owner = self.cures.owner(node) if node.phase == "backward" else None
        if owner is not None:
            return f" in the derivative of `{code(owner.user, root=True)}`"
        return f" inside of `{line.code}`" if line is not None and node.hidden and line.node is not node else ""

    def _expression(self, node: Node, numbers: list[float]) -> str:
        """The operation in numbers."""
        pieces = [(number(one), SIGN if one < 0 else ATOM) for one in numbers]
        if node.operation.family == "elementwise" and node.operation.element is None:
            return str(fill(node.operation, template_of(node), pieces, node.parameters))
        texts = [
            text if one >= 0 or i == 0 else f"({text})"
            for i, ((text, _), one) in enumerate(zip(pieces, numbers, strict=True))
        ]
        if node.operation.family == "contraction" and texts:
            return " * ".join(texts)
        if node.operation.name == "sum" and len(texts) > 1:
            return " + ".join(texts)
        return f"{node.operation.name} with {', '.join(texts)}" if texts else f"{node.operation.name} of many numbers"

    def _with_sample(self, found: Warned, spot: Spot) -> Warned:
        axis = batch_axes(self.program).get(spot.node)
        if axis is not None:
            found["sample"] = spot.index[axis]
        return found


def _operand(node: Node, index: Shape, value: float) -> Operand:
    if node.name is not None and node.shown:
        return {"code": element(str(node.name), index), "value": value}
    return {"code": element(atomic(part(node)), index) if index else code(node), "value": value}


def _phase(node: Node, line: Line | None) -> Literal["forward", "backward", "update"]:
    """When the operation is calculated: in the phase of its step; a value that the backward pass writes out, before."""
    if node.phase == "backward" or node.phase == "update":
        return node.phase
    return "update" if line is not None and line.phase == "update" else "forward"


def _born_by(source: Source, spot: Spot) -> bool:
    return len(source.met(spot.node, spot.index)) > 1


@lru_cache(maxsize=16)
def _steps(program: Program) -> dict[Node, int]:
    """The index of the step that makes a node, for every step."""
    found: dict[Node, int] = {}
    for index, line in enumerate(program.lines):
        found.setdefault(line.node, index)
    return found


def number(value: float) -> str:
    """A number within an expression."""
    return "NaN" if np.isnan(value) else f"{value:.6g}"


def word(value: float) -> str:
    """What a number that is not finite is called."""
    return "NaN" if np.isnan(value) else "infinite" if value > 0 else "minus infinity" if value < 0 else "0"
