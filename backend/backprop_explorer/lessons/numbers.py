"""The numbers that a lesson speaks of: expressions of the language on the numbers of one iteration."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from backprop_explorer.engine import Document, Plan, compile_document
from backprop_explorer.graph.budget import Budget
from backprop_explorer.lessons.limits import LONGEST_EXPRESSION
from backprop_explorer.ops.record import Array
from backprop_explorer.practice.formula import read_formula
from backprop_explorer.problem import Problem

_MOMENT = re.compile(r"\b(before|after)\(")

At = Callable[[int], Plan]
"""The plan with the numbers of that iteration, which has run. The next call may change it."""


class Numbers:
    """What expressions give at one iteration."""

    def __init__(self, at: At, iteration: int) -> None:
        self._at, self.iteration = at, iteration

    @property
    def plan(self) -> Plan:
        """The plan at this iteration; the next call of anything here may change it."""
        return self._at(self.iteration)

    def value(self, text: str) -> Array:
        """What the expression gives: `(l1 > 0).sum()`, `w1.g[3, 1]`; `lr` is the optimizer's. `before(loss)` and
        `after(w1[0, 0])` are numbers of the iteration before or after. Raises a `Problem` for one that has no meaning.
        """
        if len(text) > LONGEST_EXPRESSION:
            raise Problem("too_long", f"an expression has at most {LONGEST_EXPRESSION} characters")
        with np.errstate(all="ignore"):
            written = self._of_one_moment(text.strip())  # which may change the plan
            return value_on(self.plan, written)

    def number(self, text: str) -> float:
        """The one number that the expression gives. Raises a `Problem` where it gives several."""
        found = self.value(text)
        if found.size != 1:
            raise Problem("not_a_number", f"{text} has the shape {found.shape}, but one number is needed")
        return float(found.reshape(()))

    def _of_one_moment(self, text: str) -> str:
        """The expression with what it says of other iterations written as numbers."""
        parts, rest = [], text
        while found := _MOMENT.search(rest):
            inside, rest_after = _in_brackets(rest[found.end() :])
            plan = self._before() if found[1] == "before" else next_of(self.plan)
            value = value_on(plan, inside)
            if value.size != 1 or not np.isfinite(value).all():
                raise Problem("not_a_number", f"{found[1]}({inside}) must be one finite number")
            parts += [rest[: found.start()], f"({float(value.reshape(()))!r})"]
            rest = rest_after
        return "".join([*parts, rest])

    def _before(self) -> Plan:
        if not self.iteration:
            raise Problem("no_iteration", "there is no iteration before the first", hint='set "iteration" to 1')
        return self._at(self.iteration - 1)


def _in_brackets(text: str) -> tuple[str, str]:
    """What stands before the bracket that closes, and after it."""
    depth = 1
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if not depth:
            return text[:at], text[at + 1 :]
    raise Problem("syntax", "“(” is never closed")


def value_on(plan: Plan, text: str) -> Array:
    """What an expression gives on the numbers of a plan that has run."""
    option = (plan.optimizer or {}).get(text)
    if type(option) in (int, float) and text not in plan.program.nodes:
        return np.asarray(option, np.float64)
    return np.array(read_formula(plan.program, text).value(plan))


def next_of(plan: Plan) -> Plan:
    """A copy of the plan, one iteration further."""
    further = copy.copy(plan)
    with np.errstate(all="ignore"):
        further.step()
        further.run()
    return further


def with_number(plan: Plan, tensor: str, index: tuple[int, ...], number: float) -> Plan:
    """A copy of the plan, run with another number in one place."""
    changed = copy.copy(plan)
    array = np.array(changed[tensor])
    array[index] = number
    changed[tensor] = array
    with np.errstate(all="ignore"):
        changed.run()
    return changed


def training(document: Document | dict[str, Any], budget: Budget | None = None) -> At:
    """The iterations of a document's training, one after the other from its own numbers."""
    plan = compile_document(document, budget)
    start = plan.snapshot()
    reached = 0
    fresh = False

    def at(iteration: int) -> Plan:
        nonlocal reached, fresh
        with np.errstate(all="ignore"):
            if iteration < reached:
                plan.restore(start)
                plan.begin_at(0)
                reached, fresh = 0, False
            while reached < iteration:
                plan.step()
                reached, fresh = reached + 1, False
            if not fresh:
                plan.run()
                fresh = True
        return plan

    return at
