"""Budgets: how much a program may ask for, decided from shapes before NumPy runs."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Literal

from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Shape
from backprop_explorer.problem import Problem

WORK = 100
"""So many expressions, or items of lists, count as a repetition."""

OPERATIONS = "The floating-point operations of an iteration"
STEPS = "The steps of an iteration"

Known = Literal["exactly", "about", "at least"]
"""How well the whole is known that a program asks for."""


@dataclass(frozen=True)
class Budget:
    """The limits of a compilation; None means without limit. The service's settings are these fields, one each.

    `trace_elements` are the numbers that a plan keeps: views take nothing, and what shares memory counts once.
    """

    tensor_elements: int | None = 4_000_000
    trace_elements: int | None = 64_000_000
    iteration_flop: int | None = 20_000_000_000
    primitives: int | None = 5_000
    program_characters: int | None = 20_000
    code_characters: int | None = 500_000
    repetitions: int | None = 10_000
    jacobian_elements: int | None = 40_000

    @classmethod
    def unlimited(cls) -> Budget:
        """No limit but the machine's memory: for one's own scripts."""
        return cls(**dict.fromkeys(field.name for field in fields(cls)))

    def check(self, limit: str, asked: int, what: str, *, tensor: str | None = None, known: Known = "exactly") -> None:
        """Raises a `Problem` of status 413 that names the budget, the setting and what was asked, as far as that is
        known: of what stops at the limit it is not."""
        allowed: int | None = getattr(self, limit)
        if allowed is not None and asked > allowed:
            need = {"exactly": f"{asked:,}, ", "about": f"about {rounded(asked, allowed):,}, ", "at least": ""}[known]
            raise Problem(
                "over_budget",
                f"{what} would need {need}more than the limit {limit} of {allowed:,}",
                status=413,
                tensor=tensor,
                hint=f"make it smaller, or raise the setting BACKPROP_{limit.upper()}",
            )


def rounded(number: int, above: int) -> int:
    """The nearest number of at most two digits that are not 0, the next larger one where that is not `above`."""
    unit = int(10 ** max(0, len(str(number)) - 2))
    nearest = (number + unit // 2) // unit * unit
    return nearest if nearest > above else -(-number // unit) * unit


class Meter:
    """What a graph has asked for so far.

    A graph that is looked at as a `whole` before anything of it is calculated is judged by its size alone while it is
    made; what it would take to calculate is judged afterwards, when all of it is known.
    """

    def __init__(self, budget: Budget, *, whole: bool = False) -> None:
        self.budget = budget
        self.elements = 0
        self.flop = 0
        self.primitives = 0
        self.repetitions = 0
        self.worked = 0
        self._whole = whole
        running = (None, None) if whole else (budget.trace_elements, budget.iteration_flop)
        limits = budget.tensor_elements, *running, budget.primitives
        self._limits = tuple(math.inf if limit is None else limit for limit in limits)

    def charge(self, what: str, shape: Shape, flop: int, *, made: bool = False, view: bool = False) -> None:
        """Adds one result of that shape, a tensor's or one that an operation `made`; raises a `Problem` as soon as a
        limit is passed. In a graph that is judged as a whole, a `view` of what is there keeps no elements of its
        own."""
        elements = size(shape)
        self.elements += 0 if view and self._whole else elements
        self.flop += flop
        self.primitives += 1
        tensor, trace, operations, primitives = self._limits
        if elements > tensor or self.elements > trace or self.flop > operations or self.primitives > primitives:
            result = f"{what}'s result" if made else what
            self.budget.check("tensor_elements", elements, f"the {elements:,} elements of {result} {shape}")
            self.budget.check("primitives", self.primitives, STEPS, known="at least")
            if self.elements > trace:
                self.budget.check("trace_elements", self.elements, "All tensors together", known="at least")
            if self.flop > operations:
                self.budget.check("iteration_flop", self.flop, OPERATIONS, known="at least")

    def check_flop(self) -> None:
        """Raises a `Problem` where the whole graph takes more operations than are allowed."""
        self.budget.check("iteration_flop", self.flop, OPERATIONS)

    def foretold(self, problem: Problem, what: str, first: int, latest: int, done: int, rounds: int) -> Problem:
        """The problem, with about how many steps `what` goes on in rounds would need where it is that these are too
        many: there were `first` before it, and `latest` after so many of its `rounds` were `done`."""
        allowed = self.budget.primitives
        if problem.code == "over_budget" and allowed is not None and self.primitives > allowed and 0 < done < rounds:
            whole = first + (latest - first) * rounds // done
            try:
                self.budget.check("primitives", whole, what, known="about")
            except Problem as better:
                return better if problem.line is None else better.at(problem.line, problem.column)
        return problem

    def repeat(self, times: int, what: str) -> None:
        """Adds rounds of a loop or calls of a function: they take time even where they make nothing."""
        self.repetitions += times
        self.budget.check("repetitions", self.repetitions, what, known="exactly" if times > 1 else "at least")

    def work(self, amount: int) -> None:
        """Adds expressions that were read, and items of lists, which make no operation; a repetition stands for
        `WORK` of them."""
        self.worked += amount
        if self.worked > WORK:
            self.repetitions += self.worked // WORK
            self.worked %= WORK
            what = "all that the program does without tensors"
            self.budget.check("repetitions", self.repetitions, what, known="at least")
