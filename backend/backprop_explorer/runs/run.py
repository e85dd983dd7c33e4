"""One run: its log, the plan at the log's head, and everything that may be asked of them."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from backprop_explorer.engine import Document, Plan, compile_document, layout_of, trace_of_run
from backprop_explorer.engine.trace import Listed, Trace
from backprop_explorer.graph.graph import Warned
from backprop_explorer.practice import Bounds, CheckAnswer, check, is_found, still_found, to_find
from backprop_explorer.problem import Problem
from backprop_explorer.runs.births import At, element_births
from backprop_explorer.runs.changes import Edit, replaced, sentence
from backprop_explorer.runs.checkpoint import Checkpoint
from backprop_explorer.runs.comparison import Side, numbers_of, words_of
from backprop_explorer.runs.dead import warned
from backprop_explorer.runs.event import CREATE, EDIT, REPLACE, Event
from backprop_explorer.runs.fork import fork
from backprop_explorer.runs.history import READ, HistoryEntry, annotations_along, history
from backprop_explorer.runs.limits import Limits
from backprop_explorer.runs.log import Log, Moment
from backprop_explorer.runs.losses import divergence_state, losses_along
from backprop_explorer.runs.position import Answers, Position
from backprop_explorer.runs.preview import Base, Previews, PreviewTrace, preview_of
from backprop_explorer.runs.progress import ProgressListener
from backprop_explorer.runs.replay import Choice, Replay, walk
from backprop_explorer.runs.serialization import Array, serialize
from backprop_explorer.runs.solutions import Found, Solutions, serialized
from backprop_explorer.runs.state import State, TrainingAnswer
from backprop_explorer.runs.store import Database, PendingEvent
from backprop_explorer.runs.store.file import DISK_FULL, noticed
from backprop_explorer.runs.training import TrainingRun

R = TypeVar("R")
EDITS_TO_REPLAY = 50
When = Moment | int | None
"""An iteration on the way to now, any moment, or now."""


class Run:
    """Use under its `lock`. A change is on disk when its method returns; a method that raises has changed nothing."""

    def __init__(self, identity: str, database: Database, limits: Limits, stopping: threading.Event) -> None:
        self.id = identity
        self.lock = threading.Lock()
        self._database = database
        self._limits = limits
        self._stopping = stopping
        self._previews = Previews()
        self._log: Log | None = None
        self._present: Position | None = None
        self._past: tuple[Event, Position] | None = None
        self._solutions = Solutions(identity, database)
        self._replay = Replay(identity, database, limits.budget)

    def begin(self, document: Document) -> State:
        """Makes this a new run of that document; its state. Raises a `Problem` where the document is wrong."""
        present = Position(compile_document(document, budget=self._limits.budget), 0)
        present.settle()
        event = Event(1, CREATE, None, 1, 0)
        self._database.open().create(self.id, event, Checkpoint.of(present.plan))
        self._log, self._present = Log([event], [(1, 0)]), present
        return self.state()

    # What there is

    @property
    def log(self) -> Log:
        """The log, read from disk if it is not in memory. Raises a `Problem` (404) where there is no such run."""
        if self._log is None:
            events = self._database.open().events(self.id)
            if not events:
                raise _unknown_run()
            with noticed("the list of its changes"):
                self._log = Log(events, self._database.open().checkpoints(self.id))
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
        return None if self._present is None else self._present.elements

    @property
    def kept(self) -> int:
        """How many numbers it keeps in memory."""
        return (0 if self._present is None else self._present.kept) + self._previews.kept

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
        log, present = self.log, self.present
        return {
            "id": self.id,
            "title": present.title,
            "iteration": present.iteration,
            "loss": present.loss,
            "version": log.version,
            "event": log.head.number,
            "can_undo": log.can_undo,
            "can_redo": log.can_redo,
            "optimizer": present.optimizer,
            "batch": present.batch,
            "layout": layout_of(present.plan.program),
            "dialect": present.plan.document.dialect,
            **divergence_state(self.losses() if not np.isfinite(present.loss) else None),
        }

    def losses(self, when: When = None) -> Array:
        """The loss at each iteration up to that moment, of shape `(iteration + 1,)`; NaN where it is not known."""
        position, path = self.at(when), self.log.path(when)
        losses = losses_along(path, position.iteration, position.dtype)
        losses[position.iteration] = position.loss
        return losses

    def fork(self, when: When = None) -> str:
        """Copies all that led to that moment into a new run; its id. This run stays as it is."""
        identity = new_identity()
        fork(self._database.open(), self.id, identity, self.log, self.log.path(when))
        return identity

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
        return Side(self.id, position.iteration, position.loss, losses, words, numbers, path, payloads)

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

    def check(
        self,
        gradients: Mapping[str, Any],
        when: When = None,
        *,
        open: bool = False,
        most: int = 0,
        tolerance: Bounds = (None, None),
    ) -> CheckAnswer:
        """The verdicts on somebody's gradients; right ones are recorded, unless they are about another moment."""
        answer = check(self.studied(when, open=open), gradients, most, tolerance)
        right = [name for name, verdict in answer["verdicts"].items() if is_found(verdict)]
        if right and when is None and not open:
            try:
                self._keep({name: text if isinstance(text := gradients[name], str) else None for name in right})
            except Problem as problem:  # a full disk makes no answer less right
                if problem.status != DISK_FULL:
                    raise
                answer["note"] = "The disk with the runs is full, so the answers found just now were not recorded."
        return answer

    def _keep(self, found: Found) -> None:
        wanted = {tensor.name for tensor in to_find(self.studied().program)}
        known = self._solutions.of(self.log)
        news = {name: text for name, text in found.items() if name in wanted and known.get(name, "") != text}
        if news:
            self._append(self.log.news(serialized(news)))

    # What changes it

    def expect(self, versions: Collection[int] | None) -> None:
        """Raises a `Problem` (412) unless the run has one of these versions (None: any)."""
        if versions is not None and self.log.version not in versions:
            raise Problem(
                "version_changed", f"this run has the version {self.log.version} by now", status=412, hint="reload it"
            )

    def edit(self, edit: Edit) -> State:
        """New numbers for a tensor; the state."""

        def change(position: Position, pending: PendingEvent) -> Event:
            edit.apply(position.disturb())
            if self.log.changes_since_checkpoint >= EDITS_TO_REPLAY:
                pending.take({position.iteration: Checkpoint.of(position.plan)})
            return self.log.change(EDIT, position.iteration, edit.serialize())

        return self._change(change, [edit.tensor])

    def train(
        self, count: int, answers: Answers | None = None, listener: ProgressListener | None = None
    ) -> TrainingAnswer:
        """Trains `count` iterations, fewer where the time is up, the server stops or `listener` ends it; the state.

        It has `losses`, before each iteration and after the last, and `stopped`, why there are fewer (else None). With
        `answers` the training uses these formulae for gradients, and `true_losses` are those without them. A long
        training is written to disk as it goes on: after a crash it is there as far as it was written.
        """
        training = TrainingRun(
            self.present, self.log, self._limits, self._stopping, count, answers, listener or ProgressListener()
        )

        def change(_: Position, pending: PendingEvent) -> Event:
            return training.make(pending, lambda event: self._write(event, pending))

        return {**self._change(change, self.present.plan.trained), **training.to_json()}

    def replace(self, changes: Mapping[str, Any]) -> State:
        """Replaces these keys of the document, such as `program`, `optimizer` or `title`; the state.

        `layout` transposes the weights and rewrites the program to match; every number of the iteration stays the
        same. Tensors that are not named keep their numbers; so does the optimizer's state where it still fits.
        """

        def change(position: Position, pending: PendingEvent) -> Event:
            before, iteration = position.plan, position.iteration
            self._present = Position(replaced(before, changes, self._limits.budget), iteration)
            pending.take({iteration: Checkpoint.of(self._present.plan)})
            words = {"keys": sorted(changes), "said": sentence(before.document, self._present.plan.document, changes)}
            return self.log.change(REPLACE, iteration, serialize(words, {}))

        return self._change(change)

    def undo(self) -> State:
        """Undoes the last change; the state. Raises a `Problem` (409) where there is none."""
        return self._move(self.log.undo())

    def redo(self) -> State:
        """Redoes the change that was undone last; the state. Raises a `Problem` (409) where there is none."""
        return self._move(self.log.redo())

    def delete(self) -> None:
        """Removes it for good. Raises a `Problem` (404) where there is no such run."""
        if not self._database.open().delete(self.id):
            raise _unknown_run()
        self._log = self._present = self._past = None

    # How

    def _change(self, change: Callable[[Position, PendingEvent], Event], written: Iterable[str] = ()) -> State:
        """Changes the current position, then writes the event; forgets the position when either fails.

        `written` are the tensors of its plan that the change writes into.
        """
        present, pending = self.present, PendingEvent(self._database, self.id)
        with self._previews.change(self._base(), written):
            try:
                event = change(present, pending)
                self.present.settle()
                self._append(event, pending)
            except BaseException:
                if self._present is not present or not present.settled:
                    self._present = self._log = None
                raise
        return self.state()

    def _append(self, event: Event, pending: PendingEvent | None = None) -> None:
        pending = pending or PendingEvent(self._database, self.id)
        self._write(event, pending)
        self.log.append(event)
        for iteration in pending.iterations:
            self.log.add_checkpoint(event.number, iteration)

    def _write(self, event: Event, pending: PendingEvent) -> None:
        try:
            pending.write(event)
        except BaseException:
            self._present = self._log = None
            raise

    def _move(self, event: Event) -> State:
        with self._previews.change(self._base(), ()):
            self._append(event)
            self._present = self._past = None
            return self.state()


def new_identity() -> str:
    """An id that nobody can guess, since whoever knows it may use the run."""
    return secrets.token_urlsafe(16)


def _unknown_run() -> Problem:
    return Problem("unknown_run", "there is no run of this id", status=404, hint="it may have been deleted")
