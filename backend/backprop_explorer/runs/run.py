"""One run: what may be asked of it, and what changes it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from backprop_explorer.engine import Document, compile_document
from backprop_explorer.practice import Bounds, CheckAnswer, check, is_found, to_find
from backprop_explorer.problem import Problem
from backprop_explorer.runs.changes import Edit, replaced, sentence
from backprop_explorer.runs.checkpoint import Checkpoint
from backprop_explorer.runs.event import CREATE, EDIT, REPLACE, Event
from backprop_explorer.runs.fork import fork
from backprop_explorer.runs.identity import new_identity, only_viewed
from backprop_explorer.runs.log import Log
from backprop_explorer.runs.pausing import Pausing, finished
from backprop_explorer.runs.position import Answers, Position
from backprop_explorer.runs.progress import ProgressListener
from backprop_explorer.runs.serialization import serialize
from backprop_explorer.runs.solutions import Found, serialized
from backprop_explorer.runs.state import State, TrainingAnswer
from backprop_explorer.runs.store import Conflict, PendingEvent
from backprop_explorer.runs.store.problems import DISK_FULL, overtaken, unknown_run
from backprop_explorer.runs.training import TrainingRun
from backprop_explorer.runs.usage import TOO_MANY
from backprop_explorer.runs.view import View, When

EDITS_TO_REPLAY = 50
BRIEF_SECONDS = 0.5
"""No brief training takes so long."""


class Run(View):
    """Use under its `lock`. A change is on disk when its method returns; a method that raises has changed nothing."""

    def begin(self, document: Document) -> State:
        """Makes this a new run of that document; its state. Raises a `Problem` where the document is wrong."""
        present = Position(compile_document(document, budget=self._limits.budget), 0)
        present.settle()
        event = Event(1, CREATE, None, 1, 0)
        self._database.open().create(self.id, event, Checkpoint.of(present.plan))
        self._log, self._present = Log([event], [(1, 0)]), present
        return self.state()

    def fork(self, when: When = None) -> str:
        """Copies all that led to that moment into a new run; its id. This run stays as it is."""
        identity = new_identity()
        fork(self._database.open(), self.id, identity, self.log, self.log.path(when))
        return identity

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
        found = self.judge(gradients, when, open=open, most=most, tolerance=tolerance)
        if when is None and not open:
            formulae = {name: one if isinstance(one, str) else None for name, one in gradients.items()}
            self.keep_found(found, formulae, self.log.version)
        return found

    def judge(
        self,
        gradients: Mapping[str, Any],
        when: When = None,
        *,
        open: bool = False,
        most: int = 0,
        tolerance: Bounds = (None, None),
    ) -> CheckAnswer:
        """The verdicts on somebody's gradients. Nothing is recorded."""
        return check(self.studied(when, open=open), gradients, most, tolerance)

    def keep_found(self, found: CheckAnswer, formulae: Mapping[str, str | None], version: int) -> None:
        """Records what is right of these verdicts on the run at that version, if it has that still: its formula, or
        None where numbers were given. Where the disk is full, the verdicts get a note that says so."""
        right = [name for name, verdict in found["verdicts"].items() if is_found(verdict)]
        if not right or self.viewed or self.log.version != version:
            return
        try:
            self._keep({name: formulae[name] for name in right})
        except Problem as problem:  # that nothing can be written makes no answer less right
            if problem.status not in (DISK_FULL, TOO_MANY):
                raise
            reason = problem.detail[:1].lower() + problem.detail[1:]
            found["note"] = f"The answers found just now were not recorded: {reason}."

    def _keep(self, found: Found) -> None:
        wanted = {tensor.name for tensor in to_find(self.studied().program)}
        known = self._solutions.of(self.log)
        news = {name: text for name, text in found.items() if name in wanted and known.get(name, "") != text}
        if news:
            self._append(self.log.news(serialized(news)))

    def is_small_change(self, iterations: int) -> bool:
        """Whether a change that makes so many iterations, 0 for one by hand, is brief, written in one piece, and takes
        no checkpoint along."""
        if not self.present.is_brief(max(iterations, 1)):
            return False
        position, at = self.log.nearest_checkpoint(self.log.path())
        if not iterations:
            return len(self.log.chain) - 1 - position < EDITS_TO_REPLAY
        last = self.present.iteration + iterations
        return last - at < self._limits.checkpoint_iterations and self._limits.write_seconds >= BRIEF_SECONDS

    def expect(self, versions: Collection[int] | None) -> None:
        """Raises a `Problem` unless one may change the run (403) and it has one of these versions (412; None: any)."""
        if self.viewed:
            raise only_viewed()
        if versions is not None and self.log.version not in versions:
            raise Problem(
                "version_changed", f"this run has the version {self.log.version} by now", status=412, hint="reload it"
            )

    def edit(self, edit: Edit) -> State:
        """New numbers for a tensor; the state."""
        return finished(self.editing(edit))

    def editing(self, edit: Edit) -> Pausing[State]:
        """What `edit` does, with pauses."""

        def change(position: Position, pending: PendingEvent) -> Event:
            edit.apply(position.disturb())
            if self.log.changes_since_checkpoint >= EDITS_TO_REPLAY:
                pending.take({position.iteration: Checkpoint.of(position.plan)})
            return self.log.change(EDIT, position.iteration, edit.serialize())

        return self._changing(_at_once(change), [edit.tensor])

    def train(
        self, count: int, answers: Answers | None = None, listener: ProgressListener | None = None
    ) -> TrainingAnswer:
        """Trains `count` iterations, fewer where the time is up, the server stops or `listener` ends it; the state."""
        return finished(self.training(count, answers, listener))

    def training(
        self, count: int, answers: Answers | None = None, listener: ProgressListener | None = None
    ) -> Pausing[TrainingAnswer]:
        """What `train` does, with pauses: nobody else may have the run during these.

        The state has `losses`, before each iteration and after the last, and `stopped`, why there are fewer (else
        None). With `answers` the training uses these formulae for gradients, and `true_losses` are those without them.
        A long training is written to disk as it goes on: after a crash it is there as far as it was written.
        """
        training = TrainingRun(
            self.present,
            self.log,
            self._limits,
            self._stopping,
            count,
            answers,
            listener or ProgressListener(),
            lambda: self._database.open().room(self.id),
        )

        def change(_: Position, pending: PendingEvent) -> Pausing[Event]:
            return training.make(pending, lambda event: finished(self._writing(event, pending)))

        state = yield from self._changing(change, self.present.plan.trained)
        return {**state, **training.to_json()}

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

    def delete(self, versions: Collection[int] | None = None) -> None:
        """Removes it for good, if it has one of these versions (None: any), however damaged it is. Raises a `Problem`
        (404) where there is no such run."""
        self.expect(versions)
        if not self._database.open().delete(self.id, None if versions is None else self.log.revision):
            raise unknown_run()
        self._forget()

    # How

    def _change(self, change: Callable[[Position, PendingEvent], Event], written: Iterable[str] = ()) -> State:
        """What `_changing` does for a change without pauses."""
        return finished(self._changing(_at_once(change), written))

    def _changing(
        self, change: Callable[[Position, PendingEvent], Pausing[Event]], written: Iterable[str] = ()
    ) -> Pausing[State]:
        """Changes the current position, then writes the event; forgets the position when either fails.

        `written` are the tensors of its plan that the change writes into.
        """
        self.expect(None)
        present, pending = self.present, self._pending()
        with self._previews.change(self._base(), written):
            try:
                event = yield from change(present, pending)
                self.present.settle()
                yield from self._appending(event, pending)
            except BaseException:
                if self._present is not present or not present.settled:
                    self._forget()
                raise
        return self.state()

    def _append(self, event: Event) -> None:
        finished(self._appending(event, self._pending()))

    def _appending(self, event: Event, pending: PendingEvent) -> Pausing[None]:
        yield from self._writing(event, pending)
        self.log.append(event)
        self.log.revision = pending.revision
        for iteration in pending.iterations:
            self.log.add_checkpoint(event.number, iteration)

    def _writing(self, event: Event, pending: PendingEvent) -> Pausing[None]:
        try:
            yield from pending.writing(event)
        except BaseException as error:
            self._forget()
            if isinstance(error, Conflict) and pending.written:
                raise overtaken() from error
            raise

    def _pending(self) -> PendingEvent:
        return PendingEvent(self._database, self.id, self.log.revision)

    def _move(self, event: Event) -> State:
        self.expect(None)
        with self._previews.change(self._base(), ()):
            self._append(event)
            self._present = self._past = None
            return self.state()


def _at_once(change: Callable[[Position, PendingEvent], Event]) -> Callable[[Position, PendingEvent], Pausing[Event]]:
    """A change that needs no pause as one that may have some."""

    def changing(position: Position, pending: PendingEvent) -> Pausing[Event]:
        yield from ()
        return change(position, pending)

    return changing
