"""Previews: what a run's iteration would be with other numbers in it, without a change and without a wait."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Annotated, TypeVar

import numpy as np

from backprop_explorer.engine import Document, Plan, dependents, trace
from backprop_explorer.engine.compiling import program_of
from backprop_explorer.engine.trace import Listed, Trace
from backprop_explorer.runs.changes import Edit
from backprop_explorer.runs.serialization import Array

R = TypeVar("R")


class PreviewTrace(Trace):
    """The trace with other numbers in place."""

    changed: Annotated[list[str], "the values and gradients (`w1.g`) that are computed from the tensors given"]
    version: Annotated[int, "of the run, whose numbers all others are"]


@dataclass(frozen=True)
class Base:
    """The numbers that previews start from: those of the plan, except where a change that is being made may be
    overwriting them: these were `saved` before."""

    plan: Plan
    iteration: int
    version: int
    saved: Mapping[str, Array] = field(default_factory=dict)

    def numbers(self) -> dict[str, Array]:
        """A copy of all that the iteration starts from."""
        return {**self.plan.snapshot(), **self.saved}

    def document(self) -> Document:
        """The plan's document with these numbers."""
        document = self.plan.document
        return document.with_tensors({name: self.saved[name] for name in document.tensors if name in self.saved})


class Scratch:
    """A plan of its own with a base's numbers, in which others are tried."""

    def __init__(self, base: Base, document: Document, numbers: Mapping[str, Array], open: bool) -> None:
        program = base.plan.program
        if open:
            program = program_of(document, program.graph.meter.budget, open_boxes=True)
        self.plan = Plan(program, document)
        self.open = open
        self.take(base, numbers)

    def take(self, base: Base, numbers: Mapping[str, Array]) -> None:
        """Starts from these numbers."""
        self.base = base
        self.plan.begin_at(base.iteration)
        self.plan.restore(numbers)

    def fits(self, base: Base, open: bool) -> bool:
        """Whether it is a plan of the same program, whatever its numbers."""
        return self.open == open and self.base.plan is base.plan

    @contextmanager
    def edited(self, edits: Sequence[Edit]) -> Iterator[Plan]:
        """The plan with the edits made, which are taken back at the end."""
        before = self.plan.snapshot({edit.tensor for edit in edits})
        try:
            for edit in edits:
                edit.apply(self.plan)
            yield self.plan
        finally:
            self.plan.restore(before, partial=True)


class Previews:
    """Those of one run. They are computed beside the run, whatever is being done with it: use without its lock.

    A change says before it begins what it will write (`change`), so that a preview meanwhile starts from the numbers
    before it.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        """Held while one is computed."""
        self._copying = threading.Lock()
        self._held: Base | None = None
        self._scratch: Scratch | None = None

    @property
    def kept(self) -> int:
        """How many numbers it keeps in memory."""
        scratch = self._scratch
        return 0 if scratch is None else scratch.plan.kept

    @contextmanager
    def change(self, base: Base | None, written: Iterable[str]) -> Iterator[None]:
        """While a change is made that writes into these tensors of the base's plan; None where it has none yet."""
        with self._copying:
            self._held = replace(base, saved=base.plan.snapshot(written)) if base else None
        try:
            yield
        finally:
            with self._copying:
                self._held = None

    def preview(
        self,
        present: Callable[[], Base | None],
        edits: Sequence[Edit],
        values: Listed,
        make: Callable[[PreviewTrace], R],
        *,
        open: bool = False,
    ) -> R | None:
        """What `make` makes of the trace with these edits; None where the run is not in memory.

        `present` gives what the run is now. The next preview overwrites the trace's arrays.
        """
        with self.lock:
            scratch = self._prepared(present, open)
            return None if scratch is None else _made(scratch, edits, values, make)

    def _prepared(self, present: Callable[[], Base | None], open: bool) -> Scratch | None:
        with self._copying:
            base, scratch = self._held or present(), self._scratch
            if base is None or scratch is None or not scratch.fits(base, open):
                scratch = self._scratch = None
            elif scratch.base.version == base.version:
                return scratch
            if base is None:
                return None
            numbers, document = base.numbers(), None if scratch else base.document()
        if document is not None:
            scratch = self._scratch = Scratch(base, document, numbers, open)
        elif scratch is not None:
            scratch.take(base, numbers)
        return scratch


def preview_of(
    base: Base, edits: Sequence[Edit], values: Listed, make: Callable[[PreviewTrace], R], *, open: bool = False
) -> R:
    """The same for a moment whose numbers nobody changes now."""
    scratch = Scratch(base, base.document(), base.numbers(), open)
    return _made(scratch, edits, values, make)


def _made(scratch: Scratch, edits: Sequence[Edit], values: Listed, make: Callable[[PreviewTrace], R]) -> R:
    with np.errstate(all="ignore"), scratch.edited(edits) as plan:
        changed = dependents(plan.program, {edit.tensor for edit in edits})
        return make({**trace(plan, values=values), "changed": changed, "version": scratch.base.version})
