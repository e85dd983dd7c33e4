"""A run to look at: its log, the plan at the log's head, and everything that may be asked of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

import numpy as np

from backprop_explorer.engine import Plan, trace_of_run
from backprop_explorer.engine.trace import Listed, Trace
from backprop_explorer.graph.graph import Warned
from backprop_explorer.practice import still_found
from backprop_explorer.problem import Problem
from backprop_explorer.runs.births import At, element_births
from backprop_explorer.runs.changes import Edit
from backprop_explorer.runs.comparison import Side, numbers_of, words_of
from backprop_explorer.runs.dead import warned
from backprop_explorer.runs.event import REPLACE, Event
from backprop_explorer.runs.history import READ, HistoryEntry, annotations_along, history
from backprop_explorer.runs.identity import view_of
from backprop_explorer.runs.limits import Limits
from backprop_explorer.runs.log import Log, Moment
from backprop_explorer.runs.losses import losses_along, validation_losses_along
from backprop_explorer.runs.position import Position
from backprop_explorer.runs.preview import Base, Previews, PreviewTrace, preview_of
from backprop_explorer.runs.replay import Choice, Replay, along, walk
from backprop_explorer.runs.serialization import Array
from backprop_explorer.runs.solutions import Found, Solutions
from backprop_explorer.runs.state import State, state_of
from backprop_explorer.runs.store import Database
from backprop_explorer.runs.store.problems import noticed, unknown_run

R = TypeVar("R")
When = Moment | int | None
"""An iteration on the way to now, any moment, or now."""


class View:
    """What is read of one run. Use under its `lock`."""

    def __init__(self, identity: str, database: Database, limits: Limits, stopping: threading.Event) -> None:
        self.id = identity
        self.lock = threading.Lock()
        self.viewed = False
        """Whether whoever has it now may only look at it."""
        self.looked: datetime | None = None
        """When it was last written down that somebody has it, as far as this process knows."""
        self._database = database
        self._limits = limits
        self._stopping = stopping
        self._previews = Previews()
        self._log: Log | None = None
        self._present: Position | None = None
        self._past: tuple[Event, Position] | None = None
        self._solutions = Solutions(identity, database)
        self._replay = Replay(identity, database, limits.budget)

    @property
    def _shown_id(self) -> str | None:
        return None if self.viewed else self.id

    @property
    def log(self) -> Log:
        """The log, read from disk if it is not in memory. Raises a `Problem` (404) where there is no such run."""
        if self._log is None:
            recorded = self._database.open().recorded(self.id)
            if recorded is None:
                raise unknown_run()
            with noticed("the list of its changes"):
                self._log = Log(recorded.events, recorded.checkpoints, recorded.revision)
        return self._log

    @property
    def present(self) -> Position:
        """The position at the head, replayed if it is not in memory."""
        if self._present is None:
            self._present = self._replay.to(self.log, self.log.path())
        return self._present

    @property
    def elements(self) -> int | None:
        """How many elements all its tensors have; None while it is not in memory."""
        present = self._present  # read once: another thread may let go of it
        return None if present is None else present.elements

    @property
    def kept(self) -> int:
        """How many numbers it keeps in memory, or so much room as these."""
        past = self._past
        positions = [self._present, None if past is None else past[1]]
        return sum(one.kept for one in positions if one is not None) + self._previews.kept + self.length

    @property
    def length(self) -> int:
        """How many events and losses an answer about it has; 0 while the log is not in memory."""
        return 0 if self._log is None else self._log.last + self._log.head.iteration

    def at(self, moment: When) -> Position:
        """The position at that moment or iteration (default: now). Raises a `Problem` (404) where there is none."""
        log, path = self.log, self.log.path(moment)
        if path.events[-1] is log.head and path.iteration == log.head.iteration:
            return self.present
        if self._past is None or self._past[0] is not path.events[-1] or self._past[1].iteration != path.iteration:
            self._past = path.events[-1], self._replay.to(log, path)
        return self._past[1]

    def state(self) -> State:
        """The run in a few keys, the answer to every change."""
        losses = self.losses() if not np.isfinite(self.present.loss) else None
        return state_of(self._shown_id, view_of(self.id), self.log, self.present, losses)

    def losses(self, when: When = None) -> Array:
        """The loss at each iteration up to that moment, of shape `(iteration + 1,)`; NaN where it is not known."""
        position, path = self.at(when), self.log.path(when)
        losses = losses_along(path, position.iteration, position.dtype)
        losses[position.iteration] = position.loss
        return losses

    def validation_losses(self, when: When = None) -> Array | None:
        """The loss on the held-out rows at each iteration up to that moment, NaN where it is not known; None where no
        rows are held out at that moment."""
        position, path = self.at(when), self.log.path(when)
        if position.validation_loss is None:
            return None
        losses = validation_losses_along(path, position.iteration, position.dtype)
        losses[position.iteration] = position.validation_loss
        return losses

    def history(self, after: int = 0) -> list[HistoryEntry]:
        """What happened to it after the event number `after`, in words."""
        store = self._database.open()
        return history(self.log, store.events(self.id, after), store.beginnings(self.id, READ, after))

    def side(self, when: When) -> Side:
        """A copy of that moment, for `compare`."""
        position = self.at(when)
        position.settle()
        plan, payloads = position.plan, self._database.open().beginnings(self.id, READ)
        numbers, words = numbers_of(plan), words_of(plan)
        losses, path = self.losses(when), self.log.path(when)
        return Side(self._shown_id, position.iteration, position.loss, losses, words, numbers, path, payloads)

    def document(self) -> dict[str, Any]:
        """The document with the current numbers."""
        return self.present.plan.document.to_json_dict()

    def outline(self) -> dict[str, Any]:
        """The document without its numbers: the shape and type of each tensor."""
        return self.present.plan.outline()

    def events(self) -> Iterator[dict[str, Any]]:
        """Everything that happened to it, in order; each event is read from disk when it is reached."""
        store = self._database.open()
        return (event.to_json(store.payload(self.id, event.number)) for event in store.events(self.id))

    def trace(self, when: When = None, *, values: Listed = True, open: bool = False) -> Trace:
        """The trace of that moment."""
        found = trace_of_run(self.studied(when, open=open), values)
        departure = self.at(when).departure
        if departure is not None:
            told: Warned = {"line": None, "code": "recalculated", "message": departure.sentence()}
            found = {**found, "warnings": [told, *found["warnings"]]}
        return warned(found, self._earlier(when), self.at(when).iteration, self.studied(when))

    def preview(
        self,
        edits: Sequence[Edit],
        values: Listed,
        make: Callable[[PreviewTrace], R],
        when: When = None,
        *,
        open: bool = False,
    ) -> R | None:
        """What `make` makes of the trace with these edits in place, which change nothing; its arrays are overwritten
        later. Of now it needs no `lock`, and gives None while the run is not in memory."""
        if when is None:
            return self._previews.preview(self._base, edits, values, make, open=open)
        position = self.at(when)
        return preview_of(Base(position.plan, position.iteration, self.log.version), edits, values, make, open=open)

    @property
    def previewing(self) -> bool:
        """Whether a preview of now is being computed."""
        return self._previews.lock.locked()

    def _base(self) -> Base | None:
        log, present = self._log, self._present
        return None if log is None or present is None else Base(present.plan, present.iteration, log.version)

    def _earlier(self, when: When) -> At:
        """The positions on the way to that moment."""
        path = self.log.path(when)
        return lambda iteration: self.at(Moment(iteration, path.events[-1].number))

    def reached(self, births: list[Warned], when: When = None) -> list[Warned]:
        """The births behind an element; for a parameter that is not finite any more those of earlier iterations."""
        if not births or births[0].get("phase") != "given":
            return births
        element = births[0]["tensor"], tuple(births[0]["index"])
        earlier = element_births(self._earlier(when), self.at(when).iteration, element)
        return [*earlier, *births[1:]] if earlier else births

    def tensor(self, name: str, field: str, when: When = None, *, open: bool = False) -> Array:
        """A tensor's "value", "gradient" or "next" value: a view, which the next change may overwrite."""
        plan = self.studied(when, open=open)
        value = plan[name]
        if field == "value":
            return value
        if field == "next":
            plan.propose()
            return plan.update_value(name)
        if f"{name}.g" not in plan.program.nodes:
            raise Problem("no_gradient", f"{name} has no gradient", tensor=name)
        return plan[f"{name}.g"]

    def studied(self, when: When = None, *, open: bool = False) -> Plan:
        """The plan with the numbers of that moment, not to be changed; with `open` its composites are expanded."""
        return self.at(when).studied(open=open)

    def walk(self, when: When, choose: Choice) -> Iterator[tuple[int, Plan]]:
        """The plan at chosen iterations up to that moment, the first and the last among them.

        The plan may be the same object each time: use it before asking for the next.
        """
        elements = self.at(when).elements
        for position in walk(self.log, self.log.path(when), elements, self._replay, choose):
            yield position.iteration, position.plan

    def plans(self, iterations: range, when: When) -> Iterator[Plan]:
        """The plan at each of these iterations on the way to that moment, after it has run.

        It may be the same object each time: use it before asking for the next.
        """
        elements = self.at(when).elements
        for position in along(self.log, self.log.path(when), elements, self._replay, iterations):
            yield position.plan

    def batch_sizes(self, when: When = None) -> tuple[int | None, int | None]:
        """How many rows a batch has at the first iteration and at that moment; None for all rows at once."""
        path = self.log.path(when)
        changed = any(event.kind == REPLACE for event in path.events)
        first = self.at(Moment(0, path.events[-1].number)).batch_size if changed else None
        last = self.at(when).batch_size
        return (first if changed else last), last

    def annotations(self, when: When = None) -> list[tuple[int, str]]:
        """The changes by hand up to that moment: the iteration of each, and what it was in words."""
        return annotations_along(self.log.path(when), self._database.open().beginnings(self.id, READ))

    def found(self) -> Found:
        """The gradients found so far that are right for the current program."""
        return still_found(self.studied(), self._solutions.of(self.log))

    def _forget(self) -> None:
        """Reads it anew when it is next asked for."""
        self._log = self._present = self._past = None

    def renew(self) -> None:
        """Forgets what is in memory of it where another process has changed it since."""
        if self._log is not None and self._database.open().revision(self.id) != self._log.revision:
            self._forget()

    def renew_if_idle(self) -> None:
        """The same without its lock, unless somebody has it."""
        if self.lock.acquire(blocking=False):
            try:
                self.renew()
            finally:
                self.lock.release()
