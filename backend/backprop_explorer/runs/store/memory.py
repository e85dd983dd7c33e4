"""Runs in memory, as rows of bytes that somebody else keeps: a page without a server has a browser's database.

A row is named by its run and by what it is of the run. `loaded` are the rows of a run as they were kept, `taken` those
that have been written since: a journal, to be kept before anybody is told of the change. Every method is one change of
the rows, so that a journal never has half of one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from math import inf
from typing import TYPE_CHECKING, Any, cast

from backprop_explorer.runs.checkpoint import Checkpoint
from backprop_explorer.runs.event import Event
from backprop_explorer.runs.identity import view_of
from backprop_explorer.runs.limits import Limits
from backprop_explorer.runs.serialization import deserialize, serialize
from backprop_explorer.runs.store.database import Database
from backprop_explorer.runs.store.problems import Conflict, damaged, noticed, unknown_run
from backprop_explorer.runs.store.records import Head, Recorded, Remembered
from backprop_explorer.runs.store.write import Written

if TYPE_CHECKING:
    from backprop_explorer.runs.store.store import Store

Rows = dict[str, bytes]
Journal = list[tuple[str, str, bytes | None]]
"""Rows that were written, as run, name and content; None for one that was removed."""
RUN = "run"
"""The row that says how often a run was written."""
_EVENT, _CHECKPOINT, _HEAD = "event", "checkpoint", "head"
_PLACE = ("number", "kind", "parent", "head", "iteration")


class MemoryDatabase(Database):
    """The runs that `store` has; others may keep and change the same ones."""

    shared = True

    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore()

    def _connect(self) -> Store:
        return cast("Store", self.store)  # it has what is asked of one, and no SQL

    def reader(self) -> Callable[[], Database]:
        return lambda: self


class MemoryStore:
    """What `Store` says, of rows in memory."""

    def __init__(self) -> None:
        self.limits = Limits()
        self._runs: dict[str, Rows] = {}
        self._written: dict[tuple[str, str], bytes | None] = {}

    # For whoever keeps the rows

    def load(self, run: str, rows: Mapping[str, bytes]) -> None:
        """Takes the rows of a run as they are kept, in the place of what is known of it; none: it is not there."""
        self._runs.pop(run, None)
        for key in [key for key in self._written if key[0] == run]:
            del self._written[key]
        if rows:
            self._runs[run] = dict(rows)

    def take(self) -> Journal:
        """What was written since this was called last."""
        taken = [(run, name, content) for (run, name), content in self._written.items()]
        self._written.clear()
        return taken

    def _write(self, run: str, name: str, content: bytes) -> None:
        self._runs[run][name] = self._written[run, name] = content

    def _remove(self, run: str) -> None:
        for name in self._runs.pop(run):
            self._written[run, name] = None

    # What changes runs

    def create(self, run: str, event: Event, checkpoint: Checkpoint) -> None:
        """Adds a run with its first event, at the revision 1."""
        rows = {_name(_CHECKPOINT, event.number, event.iteration): _kept(checkpoint)}
        self._begin(run, [event], rows)

    def append(
        self, run: str, event: Event, taken: Mapping[int, Checkpoint], revision: int, head: Head | None = None
    ) -> Written[None]:
        """Adds the next event, checkpoints in it by iteration, and the state at its end."""
        self._advance(run, revision, event.number)
        self._write(run, _name(_EVENT, event.number), _packed(event))
        for iteration, checkpoint in taken.items():
            self._write(run, _name(_CHECKPOINT, event.number, iteration), _kept(checkpoint))
        if head is not None:
            words = {"event": head.event, "iteration": head.iteration}
            self._write(run, _HEAD, serialize(words, dict(head.arrays)))
        return Written(None)

    extend = append
    """A row of the same name takes the place of the one before."""

    def fork(
        self,
        run: str,
        identity: str,
        copied: Iterable[Event],
        numbers: Mapping[int, int],
        checkpoints_at: Iterable[tuple[int, int]],
    ) -> None:
        """Adds the run `identity` with copies of events of the run `run`; `numbers` maps their old numbers to the
        new."""
        old = {new: number for number, new in numbers.items()}
        events = [replace(event, payload=self.payload(run, old[event.number])) for event in copied]
        rows = {
            _name(_CHECKPOINT, numbers[number], iteration): self._row(run, _name(_CHECKPOINT, number, iteration))
            for number, iteration in checkpoints_at
        }
        head = self._head(run)
        ends = {old[event.number]: event for event in events}
        if head is not None and head.event in ends and ends[head.event].iteration == head.iteration:
            words = {"event": ends[head.event].number, "iteration": head.iteration}
            rows[_HEAD] = serialize(words, dict(head.arrays))
        self._begin(identity, events, rows)

    def delete(self, run: str, revision: int | None = None) -> bool:
        """Removes the run; whether there was one. With a revision, only while it has that one."""
        if revision is not None and revision != self.revision(run):
            raise Conflict
        there = run in self._runs
        if there:
            self._remove(run)
        return there

    def _begin(self, run: str, events: list[Event], rows: Rows) -> None:
        self._runs[run] = {}
        self._note(run, 1, len(events))
        for event in events:
            self._write(run, _name(_EVENT, event.number), _packed(event))
        for name, content in rows.items():
            self._write(run, name, content)

    def _advance(self, run: str, revision: int, number: int) -> None:
        """Makes that event the run's last, and the next revision of it, if nobody else has."""
        if self.revision(run) != revision:
            raise Conflict
        self._note(run, revision + 1, number)

    def _note(self, run: str, revision: int, events: int) -> None:
        said = {"revision": revision, "events": events, "view": view_of(run)}
        self._write(run, RUN, json.dumps(said).encode())

    # What reads them

    def find(self, identity: str) -> str | None:
        """The id of the run whose id or view id that is; None where there is none."""
        return next((run for run in self._runs if identity in (run, view_of(run))), None)

    def revision(self, run: str) -> int | None:
        """How often the run has been written; None where there is no such run."""
        return self._said(run)["revision"] if run in self._runs else None

    def recorded(self, run: str) -> Recorded | None:
        """The run's events and where it has checkpoints; None where there is no such run."""
        revision = self.revision(run)
        if revision is None:
            return None
        places = (name.split("/")[1:] for name in self._runs[run] if name.startswith(_CHECKPOINT))
        kept = sorted((int(number), int(iteration)) for number, iteration in places)
        return Recorded(revision, self.events(run), kept)

    def events(self, run: str, after: int = 0) -> list[Event]:
        """The events after that number, in order, without payloads; empty where there is no such run."""
        if run not in self._runs:
            return []
        last = self._said(run)["events"]
        return [replace(self._event(run, number), payload=b"") for number in range(after + 1, last + 1)]

    def payload(self, run: str, number: int) -> bytes:
        """The payload of one event."""
        return self._event(run, number).payload

    def beginnings(self, run: str, length: int, after: int = 0) -> dict[int, bytes]:
        """The first bytes of the payload of every event after that number, by the event's number."""
        return {event.number: self.payload(run, event.number)[:length] for event in self.events(run, after)}

    def checkpoint(self, run: str, number: int, iteration: int) -> Checkpoint:
        """The checkpoint taken within that event at that iteration."""
        with noticed(f"the state at iteration {iteration}"):
            words, arrays = deserialize(self._row(run, _name(_CHECKPOINT, number, iteration)))
            return Checkpoint(words["document"], arrays)

    def head(self, run: str, after: int, until: int) -> Head | None:
        """The state at the end of the run's last training, where it was kept and is of an iteration between these."""
        head = self._head(run)
        return head if head is not None and after < head.iteration <= until else None

    def room(self, run: str) -> float:
        """How many more bytes the run may have: whoever keeps them says so in time."""
        return inf

    def look(self, run: str, since: datetime) -> None:
        """Nobody removes what is not looked at."""

    def probe(self) -> None:
        """There is nothing that could be in the way."""

    def close(self) -> None:
        """There is nothing to let go of."""

    def request(self, digest: bytes, since: float) -> Remembered | None:
        """No connection breaks between a page and its own worker, so no request comes twice."""
        return None

    def _head(self, run: str) -> Head | None:
        if _HEAD not in self._runs.get(run, {}):
            return None
        words, arrays = deserialize(self._runs[run][_HEAD])
        return Head(words["event"], words["iteration"], arrays)

    def _said(self, run: str) -> dict[str, Any]:
        with noticed("the list of its changes"):
            said: dict[str, Any] = json.loads(self._row(run, RUN))
            return said

    def _event(self, run: str, number: int) -> Event:
        with noticed(f"the change number {number}"):
            line, _, rest = self._row(run, _name(_EVENT, number)).partition(b"\n")
            number, kind, parent, head, iteration, length = json.loads(line)
            return Event(number, kind, parent, head, iteration, rest[:length], rest[length:])

    def _row(self, run: str, name: str) -> bytes:
        if run not in self._runs:
            raise unknown_run()
        try:
            return self._runs[run][name]
        except KeyError:
            raise damaged(name) from None


def _name(kind: str, *numbers: int) -> str:
    return "/".join([kind, *map(str, numbers)])


def _packed(event: Event) -> bytes:
    line = json.dumps([*(getattr(event, key) for key in _PLACE), len(event.payload)])
    return b"".join([line.encode(), b"\n", event.payload, event.losses])


def _kept(checkpoint: Checkpoint) -> bytes:
    return serialize({"document": checkpoint.words}, checkpoint.arrays)
