"""One run: its log, the plan that stands at the log's head, and what may be asked of them."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Annotated, Any, Literal

import numpy as np

from backprop_explorer.engine import Document, Plan, compile_document, layout_of, trace
from backprop_explorer.engine.trace import Trace
from backprop_explorer.practice import CheckAnswer, check, is_found, still_found, to_find
from backprop_explorer.problem import Problem
from backprop_explorer.runs.checkpoint import Checkpoint
from backprop_explorer.runs.comparison import Side, numbers_of, words_of
from backprop_explorer.runs.course import Course
from backprop_explorer.runs.divergence import Divergence, told
from backprop_explorer.runs.draft import Draft
from backprop_explorer.runs.edit import Edit
from backprop_explorer.runs.event import CREATE, EDIT, REPLACE, Event
from backprop_explorer.runs.fork import fork
from backprop_explorer.runs.history import READ, HistoryEntry, history
from backprop_explorer.runs.limits import Limits
from backprop_explorer.runs.log import Log, Moment
from backprop_explorer.runs.losses import losses_along
from backprop_explorer.runs.marks import marks
from backprop_explorer.runs.pack import Array, pack
from backprop_explorer.runs.position import Answers, Position
from backprop_explorer.runs.progress import Found, Progress
from backprop_explorer.runs.replacement import replaced, said
from backprop_explorer.runs.replay import Replay
from backprop_explorer.runs.store import Database
from backprop_explorer.runs.store.damage import noticed
from backprop_explorer.runs.store.reserve import DISK_FULL
from backprop_explorer.runs.training import Trained
from backprop_explorer.runs.walk import Choice, walk
from backprop_explorer.runs.watch import Watch

EDITS_TO_REPLAY = 50
When = Moment | int | None
"""An iteration on the way to now, any moment, or now."""


class State(Divergence):
    """A run in a few words."""

    id: str
    title: str | None
    iteration: int
    loss: float
    version: Annotated[int, "counts the changes; also the ETag"]
    event: Annotated[int, "the change at which the run stands, see its history"]
    can_undo: bool
    can_redo: bool
    optimizer: Mapping[str, Any] | None
    batch: Annotated[Mapping[str, Any] | None, "how the data is cut into batches; null: all rows at once"]
    layout: Annotated[Literal["in_out", "out_in", "mixed"] | None, "of the weight matrices; null where there are none"]


class TrainingAnswer(State, Trained):
    """The state, and what the training did."""


class Run:
    """Use under its `lock`. A change is on disk when its method returns; a method that raises has changed nothing."""

    def __init__(self, identity: str, database: Database, limits: Limits, stopping: threading.Event) -> None:
        self.id = identity
        self.lock = threading.Lock()
        self._database = database
        self._limits = limits
        self._stopping = stopping
        self._log: Log | None = None
        self._present: Position | None = None
        self._past: tuple[Event, Position] | None = None
        self._progress = Progress(identity, database)
        self._replay = Replay(identity, database, limits.budget)

    def begin(self, document: Document) -> State:
        """Makes this a new run of that document; the state. A `Problem` where the document is wrong."""
        present = Position(compile_document(document, budget=self._limits.budget), 0)
        present.settle()
        event = Event(1, CREATE, None, 1, 0)
        self._database.open().create(self.id, event, Checkpoint.of(present.plan))
        self._log, self._present = Log([event], [(1, 0)]), present
        return self.state()

    # What there is

    @property
    def log(self) -> Log:
        """The log, read from disk when it is not at hand; a `Problem` of status 404 where there is no such run."""
        if self._log is None:
            events = self._database.open().events(self.id)
            if not events:
                raise _unknown_run()
            with noticed("the list of its changes"):
                self._log = Log(events, self._database.open().checkpoints(self.id))
        return self._log

    @property
    def present(self) -> Position:
        """The position at the head, replayed when it is not at hand."""
        if self._present is None:
            self._present = self._replay.to(self.log, self.log.path())
        return self._present

    @property
    def elements(self) -> int | None:
        """The size of all its tensors, None while it is not in memory."""
        return None if self._present is None else self._present.elements

    @property
    def length(self) -> int:
        """How many events and losses there are to be told, as far as they are in memory."""
        return 0 if self._log is None else self._log.last + self._log.head.iteration

    def at(self, moment: When) -> Position:
        """The position at that moment or iteration (default: now); a `Problem` (404) where there is none."""
        log, path = self.log, self.log.path(moment)
        if path.events[-1] is log.head and path.iteration == log.head.iteration:
            return self.present
        if self._past is None or self._past[0] is not path.events[-1] or self._past[1].iteration != path.iteration:
            self._past = path.events[-1], self._replay.to(log, path)
        return self._past[1]

    def state(self) -> State:
        """The run in a few words, as every change answers."""
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
            **told(self.losses() if not np.isfinite(present.loss) else None),
        }

    def losses(self, when: When = None) -> Array:
        """The loss at each iteration, from the beginning to that moment."""
        position, path = self.at(when), self.log.path(when)
        losses = losses_along(path, position.iteration, position.dtype)
        losses[position.iteration] = position.loss
        return losses

    def fork(self, when: When = None) -> str:
        """Writes all that led to that moment down as a run of its own; its id. This run stays as it is."""
        identity = new_identity()
        fork(self._database.open(), self.id, identity, self.log, self.log.path(when))
        return identity

    def history(self, after: int = 0) -> list[HistoryEntry]:
        """What happened to it after the event of that number, in words."""
        store = self._database.open()
        return history(self.log, store.events(self.id, after), store.beginnings(self.id, READ, after))

    def side(self, when: When) -> Side:
        """A copy of that moment, to be compared with another."""
        position = self.at(when)
        position.settle()
        plan, payloads = position.plan, self._database.open().beginnings(self.id, READ)
        numbers, words = numbers_of(plan), words_of(plan)
        losses, path = self.losses(when), self.log.path(when)
        return Side(self.id, position.iteration, position.loss, losses, words, numbers, path, payloads)

    def document(self) -> dict[str, Any]:
        """The document with the present numbers."""
        return self.present.plan.document.to_json_dict()

    def outline(self) -> dict[str, Any]:
        """The document without its numbers: the shape and type of each tensor."""
        return self.present.plan.outline()

    def events(self) -> Iterator[dict[str, Any]]:
        """Everything that happened to it, in order. Each is read when it is asked for: its numbers may be many."""
        store = self._database.open()
        return (event.told(store.payload(self.id, event.number)) for event in store.events(self.id))

    def trace(self, when: When = None, *, values: bool = True, open: bool = False) -> Trace:
        """The trace of that moment."""
        position = self.at(when)
        return {**trace(position.plan, values=values, open=open), "loss": position.loss}

    def tensor(self, name: str, field: str, when: When = None, *, open: bool = False) -> Array:
        """One tensor's value, gradient or next value: a view that the next change may overwrite."""
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
        """The plan with the numbers of that moment, to be looked at; with `open`, composites are written out."""
        return self.at(when).studied(open=open)

    def walk(self, when: When, choose: Choice) -> Iterator[tuple[int, Plan]]:
        """The plan at the iterations chosen up to that moment, the first and the last among them: each is to be
        looked at before the next one is asked for."""
        elements = self.at(when).elements
        for position in walk(self.log, self.log.path(when), elements, self._replay, choose):
            yield position.iteration, position.plan

    def marks(self, when: When = None) -> list[tuple[int, str]]:
        """What was changed by hand on the way to that moment: at which iteration, and in words."""
        return marks(self.log.path(when), self._database.open().beginnings(self.id, READ))

    def found(self) -> Found:
        """The gradients that were found so far and are right for the program as it is."""
        return still_found(self.studied(), self._progress.of(self.log))

    def check(
        self, gradients: Mapping[str, Any], when: When = None, *, open: bool = False, most: int = 0
    ) -> CheckAnswer:
        """The verdicts on somebody's gradients; those that are found for the first time are kept."""
        answer = check(self.studied(when, open=open), gradients, most)
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
        known = self._progress.of(self.log)
        news = {name: text for name, text in found.items() if name in wanted and known.get(name, "") != text}
        if news:
            self._append(self.log.news(Progress.packed(news)))

    # What changes it

    def expect(self, versions: Collection[int] | None) -> None:
        """A `Problem` of status 412 unless the run has one of these versions (None: any)."""
        if versions is not None and self.log.version not in versions:
            raise Problem(
                "version_changed", f"this run has the version {self.log.version} by now", status=412, hint="reload it"
            )

    def edit(self, edit: Edit) -> State:
        """New numbers for a tensor; the state."""

        def change(position: Position, draft: Draft) -> Event:
            edit.apply(position.disturb())
            if self.log.changes_since_checkpoint >= EDITS_TO_REPLAY:
                draft.take({position.iteration: Checkpoint.of(position.plan)})
            return self.log.change(EDIT, position.iteration, edit.pack())

        return self._change(change)

    def train(self, count: int, answers: Answers | None = None, watch: Watch | None = None) -> TrainingAnswer:
        """That many iterations, or fewer where the time is up, the server stops or `watch` ends it; the state, the
        `losses` before each iteration and after the last, and why it `stopped` early (else None).

        With `answers`, formulae for gradients, the training goes by these; `true_losses` are those without them. A long
        training is written down as it goes on: one that is torn off, too, is there as far as it was written.
        """
        course = Course(self.present, self.log, self._limits, self._stopping, count, answers, watch or Watch())

        def change(_: Position, draft: Draft) -> Event:
            return course.make(draft, lambda event: self._write(event, draft))

        return {**self._change(change), **course.answer()}

    def replace(self, changes: Mapping[str, Any]) -> State:
        """Another program, optimizer, title …: each key replaces what the document has under it; the state.

        `layout` turns the weights and writes the program accordingly; every number of the iteration stays.
        Numbers that the changes do not name stay; an optimizer's own tensors, too, while it is the same and they fit.
        """

        def change(position: Position, draft: Draft) -> Event:
            before, iteration = position.plan, position.iteration
            self._present = Position(replaced(before, changes, self._limits.budget), iteration)
            draft.take({iteration: Checkpoint.of(self._present.plan)})
            words = {"keys": sorted(changes), "said": said(before.document, self._present.plan.document, changes)}
            return self.log.change(REPLACE, iteration, pack(words, {}))

        return self._change(change)

    def undo(self) -> State:
        """Takes the last change back; the state. A `Problem` of status 409 at the beginning."""
        return self._move(self.log.undo())

    def redo(self) -> State:
        """Makes the change again that was undone last; the state. A `Problem` of status 409 where there is none."""
        return self._move(self.log.redo())

    def delete(self) -> None:
        """Removes it for good; a `Problem` of status 404 where there is no such run."""
        if not self._database.open().delete(self.id):
            raise _unknown_run()
        self._log = self._present = self._past = None

    # How

    def _change(self, change: Callable[[Position, Draft], Event]) -> State:
        """Changes the present position, then writes it down; forgets the position when either fails."""
        present, draft = self.present, Draft(self._database, self.id)
        try:
            event = change(present, draft)
            self.present.settle()
            self._append(event, draft)
        except BaseException:
            if self._present is not present or not present.settled:
                self._present = self._log = None
            raise
        return self.state()

    def _append(self, event: Event, draft: Draft | None = None) -> None:
        draft = draft or Draft(self._database, self.id)
        self._write(event, draft)
        self.log.append(event)
        for iteration in draft.iterations:
            self.log.mark(event.number, iteration)

    def _write(self, event: Event, draft: Draft) -> None:
        try:
            draft.write(event)
        except BaseException:
            self._present = self._log = None
            raise

    def _move(self, event: Event) -> State:
        self._append(event)
        self._present = self._past = None
        return self.state()


def new_identity() -> str:
    """An id that nobody can guess: it is the right to the run."""
    return secrets.token_urlsafe(16)


def _unknown_run() -> Problem:
    return Problem("unknown_run", "there is no run of this id", status=404, hint="it may have been deleted")
