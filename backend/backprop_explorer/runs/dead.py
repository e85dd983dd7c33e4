"""Since when units are dead in the course of a training."""

from __future__ import annotations

from collections.abc import Sequence

from backprop_explorer.engine import Plan
from backprop_explorer.engine.trace import Trace
from backprop_explorer.plots.dead import EACH, DeadUnit, Since, dead_units, told
from backprop_explorer.runs.births import At, began, earlier_births
from backprop_explorer.runs.position import Position

SMALL = 5_000
"""Of runs with more numbers the iterations before are not calculated again for it."""


def warned(found: Trace, at: At, iteration: int, plan: Plan) -> Trace:
    """The trace of an iteration, whose plan has run, with what the iterations before it have to do with its warnings:
    where numbers stopped being finite, and since when units are dead."""
    units = dead_units(plan)
    dead = told(units, since(at, iteration, units)) if units else []
    return {**found, "warnings": [*earlier_births(at, iteration), *found["warnings"], *dead]}


def since(at: At, iteration: int, units: Sequence[DeadUnit]) -> dict[tuple[str, int], Since]:
    """The iteration since which each unit is dead without a break, of layers with few such units; nothing for runs that
    are not small."""
    if iteration == 0:
        return {unit.key: Since(0) for unit in units}
    here = at(iteration).plan
    few = [unit for unit in units if sum(other.tensor == unit.tensor for other in units) <= EACH]
    if not few or sum(node.size for node in here.program.visible.values()) > SMALL:
        return {}
    known: dict[int, tuple[set[tuple[str, int]], dict[str, list[float]]]] = {}

    def look(position: Position) -> tuple[set[tuple[str, int]], dict[str, list[float]]]:
        if position.iteration not in known:
            plan = position.studied()
            known[position.iteration] = {unit.key for unit in dead_units(plan)}, _biases(plan, few)
        return known[position.iteration]

    found: dict[tuple[str, int], Since] = {}
    for unit in few:
        start = began(at, iteration, 0, lambda position: unit.key in look(position)[0])  # noqa: B023
        if start is None:
            found[unit.key] = Since(0)
            continue
        before = look(at(start - 1))[1]
        found[unit.key] = Since(start, before[unit.bias][unit.unit] if unit.bias else None)
    return found


def _biases(plan: Plan, units: Sequence[DeadUnit]) -> dict[str, list[float]]:
    return {unit.bias: [float(one) for one in plan[unit.bias]] for unit in units if unit.bias}
