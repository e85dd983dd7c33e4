"""Where numbers stopped being finite in the course of a training: at which iteration, and by which operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from backprop_explorer.engine import Plan
from backprop_explorer.engine.births import ancestry, births, settled
from backprop_explorer.graph.graph import Warned
from backprop_explorer.runs.position import Position

At = Callable[[int], Position]
"""The position at an iteration; it may be the same object each time."""

Element = tuple[str, tuple[int, ...]]
KEPT_EVERY = 64
"""A training at the command line keeps a copy of its numbers this often, to go back to when they stop being finite."""


def earlier_births(at: At, iteration: int, first: int = 0) -> list[Warned]:
    """The first birth of the iteration at whose end not all of a run's own tensors were finite any more, the latest
    such before `iteration`; none where they are finite then, or were not at `first`."""
    start = began(at, iteration, first, lambda position: not _is_finite(position.plan))
    if start is None:
        return []
    plan = at(start - 1).studied()
    plan.propose()
    return [settled(one, start - 1) for one in births(plan)[:1]]


def element_births(at: At, iteration: int, element: Element, first: int = 0) -> list[Warned]:
    """The births behind one element of a tensor that training changes, of the iterations in which it was reached."""
    name, index = element
    found: list[Warned] = []
    start = began(at, iteration, first, lambda one: name in one.plan and not np.isfinite(one.plan[name][index]))
    while start is not None:
        plan = at(start - 1).studied()
        plan.propose()
        chain = [settled(one, start - 1) for one in ancestry(plan, plan.program.updated(name), index)]
        given = chain[0] if chain and chain[0].get("phase") == "given" else None
        found = [*(chain[1:] if given else chain), *found]
        if given is None or given["tensor"] not in _own(plan):
            break
        name, index = given["tensor"], tuple(given["index"])
        start = began(at, start - 1, first, lambda one: not np.isfinite(one.plan[name][index]))  # noqa: B023
    return found


def began(at: At, iteration: int, first: int, broken: Callable[[Position], bool]) -> int | None:
    """The iteration since which it has been broken; None where it is not, or was from the first on."""
    if iteration <= first or not broken(at(iteration)):
        return None
    late, step = iteration, 1
    early = max(first, late - step)
    while broken(at(early)):
        if early == first:
            return None
        late, step = early, 2 * step
        early = max(first, late - step)
    while late - early > 1:
        middle = (early + late) // 2
        early, late = (early, middle) if broken(at(middle)) else (middle, late)
    return late


def _own(plan: Plan) -> list[str]:
    """What training changes: parameters and the optimizer's tensors."""
    return [*plan.program.parameters, *plan.program.kept]


def _is_finite(plan: Plan) -> bool:
    return all(np.isfinite(plan[name]).all() for name in _own(plan))


class Watch:
    """Keeps copies of a position while its numbers are finite, to find out later how they stopped being so."""

    def __init__(self, position: Position) -> None:
        self._position = position
        self._kept: Mapping[str, Any] | None = position.plan.snapshot()
        self._iteration = position.iteration

    def after_step(self) -> None:
        """To be called after each iteration of the training."""
        position = self._position
        if position.iteration - self._iteration >= KEPT_EVERY and _is_finite(position.plan):
            self._kept, self._iteration = position.plan.snapshot(), position.iteration

    def births(self, iteration: int) -> list[Warned]:
        """The first birth before that iteration at whose start the loss was not finite, or in it; none before the first
        copy."""
        there = self._at(iteration)
        if not _is_finite(there.plan):
            return earlier_births(self._at, iteration, self._iteration)
        plan = there.studied()
        plan.propose()
        return [settled(one, iteration) for one in births(plan)[:1]]

    def _at(self, iteration: int) -> Position:
        own = self._position.plan
        plan = Plan(own.program, own.document)
        plan.restore(self._kept or {})
        position = Position(plan, self._iteration)
        position.advance(iteration)
        return position
