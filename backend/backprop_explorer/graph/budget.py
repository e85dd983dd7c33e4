"""Budgets: how much a program may ask for, decided from shapes before NumPy runs."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Shape
from backprop_explorer.problem import Problem

WORK = 100
"""So many expressions, or items of lists, count as a repetition."""


@dataclass(frozen=True)
class Budget:
    """The limits of a compilation; None means without limit. The service's settings are these fields, one each."""

    tensor_elements: int | None = 4_000_000
    trace_elements: int | None = 64_000_000
    iteration_flop: int | None = 20_000_000_000
    primitives: int | None = 2_000
    program_characters: int | None = 20_000
    code_characters: int | None = 500_000
    repetitions: int | None = 10_000
    jacobian_elements: int | None = 40_000

    @classmethod
    def unlimited(cls) -> Budget:
        """No limit but the machine's memory: for one's own scripts."""
        return cls(**dict.fromkeys(field.name for field in fields(cls)))

    def check(self, limit: str, asked: int, what: str, *, tensor: str | None = None) -> None:
        """Raises a `Problem` of status 413 that names the budget, what was asked and the setting."""
        allowed: int | None = getattr(self, limit)
        if allowed is not None and asked > allowed:
            raise Problem(
                "over_budget",
                f"{what} would need {asked:,}, more than the limit {limit} of {allowed:,}",
                status=413,
                tensor=tensor,
                hint=f"make it smaller, or raise the setting BACKPROP_{limit.upper()}",
            )


class Meter:
    """What a graph has asked for so far."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.elements = 0
        self.flop = 0
        self.primitives = 0
        self.repetitions = 0
        self.worked = 0
        limits = budget.tensor_elements, budget.trace_elements, budget.iteration_flop, budget.primitives
        self._limits = tuple(math.inf if limit is None else limit for limit in limits)

    def charge(self, what: str, shape: Shape, flop: int, *, made: bool = False) -> None:
        """Adds one result of that shape, a tensor's or one that an operation `made`; raises a `Problem` as soon as a
        limit is passed."""
        elements = size(shape)
        self.elements += elements
        self.flop += flop
        self.primitives += 1
        tensor, trace, operations, primitives = self._limits
        if elements > tensor or self.elements > trace or self.flop > operations or self.primitives > primitives:
            result = f"{what}'s result" if made else what
            self.budget.check("tensor_elements", elements, f"the {elements:,} elements of {result} {shape}")
            self.budget.check("trace_elements", self.elements, "all tensors together")
            self.budget.check("iteration_flop", self.flop, "the floating-point operations of an iteration")
            self.budget.check("primitives", self.primitives, "the operations of an iteration")

    def repeat(self, times: int, what: str) -> None:
        """Adds rounds of a loop or calls of a function: they take time even where they make nothing."""
        self.repetitions += times
        self.budget.check("repetitions", self.repetitions, what)

    def work(self, amount: int) -> None:
        """Adds expressions that were read, and items of lists, which make no operation; a repetition stands for
        `WORK` of them."""
        self.worked += amount
        if self.worked > WORK:
            self.repetitions += self.worked // WORK
            self.worked %= WORK
            self.budget.check("repetitions", self.repetitions, "all that the program does without tensors")
