"""The state of a run after some iterations: a plan that can be moved forward."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from backprop_explorer.engine import Plan, Validation, opened
from backprop_explorer.practice import plan_with_overrides
from backprop_explorer.runs.serialization import Array
from backprop_explorer.wording import short

Answers = Mapping[str, str]
"""Somebody's own formulae for gradients, by the name of the tensor."""
NODE_NUMBERS = 400
"""A node of a program, with its calls, takes about as much room as so many numbers: 3 kB, half of it measured for runs
that share a program."""

CALL_NUMBERS = 1_000
"""To call a function of NumPy takes about as long as it does to compute so many numbers."""
BRIEF_NUMBERS = 1_000_000
"""So many are computed in a few milliseconds at most."""


class Departure(NamedTuple):
    """Since which iteration a replay gives other losses than were recorded, and by how much the first one differs."""

    iteration: int
    difference: float

    def sentence(self) -> str:
        """The same in words."""
        return (
            f"Recalculated on another machine: differs from iteration {self.iteration} by {short(self.difference)}. "
            "Losses in the history are those that were recorded."
        )


class Position:
    """A plan after `iteration` iterations. After `settle` its buffers hold one run on the current numbers."""

    def __init__(self, plan: Plan, iteration: int) -> None:
        plan.begin_at(iteration)
        document = plan.document
        self.plan = plan
        self.iteration = iteration
        self.title = document.title
        self.optimizer = document.optimizer
        self.batch = document.batch
        self.dtype = np.dtype(document.dtype)
        self.elements = plan.elements
        self.departure: Departure | None = None
        """Where a replay began to give other losses than were recorded; None where it gives the same."""
        self._loss: float | None = None
        self._opened: Plan | None = None
        self._validation: Validation | None = None
        self._validation_loss: float | None = None

    @property
    def validates(self) -> bool:
        """Whether rows are held out."""
        return self.plan.validation is not None

    @property
    def validation(self) -> Validation | None:
        """What measures the loss on the rows that are held out; None where none are."""
        if self._validation is None and self.validates:
            self._validation = Validation(self.plan)
        return self._validation

    @property
    def validation_loss(self) -> Any:
        """The loss on the held-out rows with the current numbers, a scalar of the document's dtype; None where none are
        held out."""
        if self._validation_loss is None and self.validation is not None:
            self._validation_loss = self.validation.loss(self.plan)
        return None if self._validation_loss is None else self.dtype.type(self._validation_loss)

    @property
    def kept(self) -> int:
        """How many numbers it keeps in memory, those of its expanded composites among them, or so much room as
        these."""
        return sum(plan.kept + NODE_NUMBERS * len(plan.program.graph.nodes) for plan in self._plans)

    def is_brief(self, iterations: int) -> bool:
        """Whether so many iterations are over before anybody would have to wait for them."""
        return iterations * (self.elements + CALL_NUMBERS * self.plan.calls) <= BRIEF_NUMBERS

    @property
    def _plans(self) -> list[Plan]:
        return [self.plan] if self._opened is None else [self.plan, self._opened]

    @property
    def loss(self) -> Any:
        """The loss of the current numbers, a scalar of the document's dtype."""
        return self.dtype.type(self.settle())

    def settle(self) -> float:
        """Runs the plan forward and backward unless that has been done since the last change; the loss."""
        if self._loss is None:
            self._loss = self.plan.run()
        return self._loss

    @property
    def batch_size(self) -> int | None:
        """How many rows a batch has; None where all rows are used at once."""
        return None if self.batch is None else int(self.batch["size"])

    @property
    def settled(self) -> bool:
        """Whether nothing has changed since the last `settle`."""
        return self._loss is not None

    def studied(self, *, open: bool = False) -> Plan:
        """The plan, having run; with `open` an equal plan whose composites are expanded."""
        self.settle()
        if not open:
            return self.plan
        if self._opened is None:
            self._opened = opened(self.plan)
            self._opened.run()
        return self._opened

    def disturb(self) -> Plan:
        """The plan, to be changed: what is known of its loss is forgotten."""
        self._loss = self._opened = self._validation_loss = None
        return self.plan

    def advance(self, iteration: int, answers: Answers | None = None, recorded: Sequence[float] | Array = ()) -> None:
        """Trains up to that iteration, with `answers` in place of the gradients they are for; `recorded` are the losses
        before these iterations as they were once, if they are known."""
        with self.going_by(answers) as plan:
            for at in range(self.iteration, iteration):
                loss = plan.step()
                if at - self.iteration < len(recorded):
                    self.compare(at, loss, recorded[at - self.iteration])
        self.iteration = max(self.iteration, iteration)

    def compare(self, iteration: int, loss: float, recorded: float) -> None:
        """Notes the first iteration whose loss is another than was recorded."""
        found = self.dtype.type(loss)
        if self.departure is None and found != recorded and not (np.isnan(found) and np.isnan(recorded)):
            self.departure = Departure(iteration, abs(float(found) - float(recorded)))

    def jump(self, iteration: int, arrays: Mapping[str, Array]) -> None:
        """Goes to that iteration, at which these were the numbers that training changes."""
        plan = self.disturb()
        plan.restore(arrays, partial=True)
        plan.begin_at(iteration)
        self.iteration = iteration

    @contextmanager
    def going_by(self, answers: Answers | None) -> Iterator[Plan]:
        """The plan, to be trained; with answers one whose backward pass uses them.

        At the end its numbers are copied into the position's own plan.
        """
        true = self.disturb()
        if not answers:
            yield true
            return
        self.plan = plan_with_overrides(true, answers)
        yield self.plan
        true.restore(self.plan.snapshot())
        self.plan = true

    def copy(self) -> Position:
        """An independent copy."""
        plan = Plan(self.plan.program, self.plan.document)
        plan.restore(self.plan.snapshot())
        return Position(plan, self.iteration)
