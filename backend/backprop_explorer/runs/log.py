"""A run's event log: where its head is, how it got there, where undo and redo would take it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from backprop_explorer.problem import Problem
from backprop_explorer.runs.event import CREATE, FOUND, REDO, REPLACE, UNDO, Event, Kind
from backprop_explorer.runs.store.problems import damaged


@dataclass(frozen=True)
class Moment:
    """A place in the history: the last state at `iteration` (default: the last one) on the path to the change number
    `event`, done or undone (default: the head)."""

    iteration: int | None = None
    event: int | None = None


@dataclass(frozen=True)
class Path:
    """The changes from the creation to a state; of the last one only the part up to `iteration`."""

    events: list[Event]
    iteration: int


class Log:
    """Append-only. `chain` holds the changes that led to the head, the first one being the run's creation. `found` are
    the numbers of the events that say which gradients were found; `version` counts all others, `last` is the last
    number. `revision` is that of what is on disk.
    """

    def __init__(self, events: Iterable[Event], checkpoints: Iterable[tuple[int, int]], revision: int = 1) -> None:
        self.revision = revision
        self.changes: dict[int, Event] = {}
        self.newest_child: dict[int, int] = {}
        self.chain: list[Event] = []
        self.version = self.last = 0
        self.found: list[int] = []
        self.checkpoints: dict[int, list[int]] = {}
        for event in events:
            self.append(event)
        for number, iteration in checkpoints:
            self.add_checkpoint(number, iteration)

    def append(self, event: Event) -> None:
        """Adds an event that is on disk."""
        self.last = event.number
        if event.kind == FOUND:
            self.found.append(event.number)
            return
        self.version += 1
        if event.is_change:
            self.changes[event.number] = event
            if event.parent is not None:
                self.newest_child[event.parent] = event.number
        if event.kind == UNDO:
            self.chain.pop()
        else:
            self.chain.append(self.changes[event.head])

    def add_checkpoint(self, number: int, iteration: int) -> None:
        """Remembers that there is a checkpoint within that change at that iteration."""
        iterations = self.checkpoints.setdefault(number, [])
        iterations.insert(bisect_right(iterations, iteration), iteration)

    @property
    def head(self) -> Event:
        return self.chain[-1]

    @property
    def can_undo(self) -> bool:
        return len(self.chain) > 1

    @property
    def can_redo(self) -> bool:
        return self.head.number in self.newest_child

    def change(self, kind: Kind, iteration: int, payload: bytes = b"", losses: bytes = b"") -> Event:
        """The event that would follow the head."""
        number = self.last + 1
        return Event(number, kind, self.head.number, number, iteration, payload, losses)

    def news(self, payload: bytes) -> Event:
        """The event that would say that gradients were found; it changes nothing else."""
        return Event(self.last + 1, FOUND, None, self.head.number, self.head.iteration, payload)

    def undo(self) -> Event:
        """The event that would move the head back; a `Problem` of status 409 at the beginning."""
        if not self.can_undo:
            raise Problem("nothing_to_undo", "this run has no change to undo", status=409)
        back = self.chain[-2]
        return Event(self.last + 1, UNDO, None, back.number, back.iteration)

    def redo(self) -> Event:
        """The event that would move the head forward again, along the newest branch; else a `Problem` of status 409."""
        if not self.can_redo:
            raise Problem("nothing_to_redo", "this run has no undone change to redo", status=409)
        forward = self.changes[self.newest_child[self.head.number]]
        return Event(self.last + 1, REDO, None, forward.number, forward.iteration)

    def path(self, moment: Moment | int | None = None) -> Path:
        """The way to that moment or iteration (default: to the head), even inside a training. A `Problem` of status
        404 where there is none such."""
        moment = moment if isinstance(moment, Moment) else Moment(moment)
        chain = self.chain if moment.event is None else self.chain_to(moment.event)
        last, iteration = chain[-1].iteration, moment.iteration
        if iteration is None:
            return Path(chain, last)
        if iteration > last:
            reason = f"this run has the iterations 0 to {last}, not {iteration}"
            if moment.event is not None:
                reason = f"event {moment.event} ends at iteration {last}, before {iteration}"
            raise Problem("unknown_iteration", reason, status=404)
        length = bisect_right(chain, iteration, key=lambda event: event.iteration)
        if chain[length - 1].iteration < iteration:
            length += 1
        return Path(chain[:length], iteration)

    def chain_to(self, number: int) -> list[Event]:
        """The changes that led to this one; a `Problem` of status 404 where there is no change of that number."""
        if number not in self.changes:
            hint = "GET …/history lists them; undo and redo change nothing, they go back and forth between them"
            raise Problem("unknown_event", f"this run has no change of the number {number}", status=404, hint=hint)
        chain: list[Event] = []
        following: int | None = number
        while following is not None:
            chain.append(self.changes[following])
            following = chain[-1].parent
        return chain[::-1]

    @property
    def changes_since_checkpoint(self) -> int:
        """How many changes a replay of the head would have to make again."""
        return len(self.chain) - 1 - self.nearest_checkpoint(self.path())[0]

    def nearest_checkpoint(self, path: Path) -> tuple[int, int]:
        """Where on the path to start from: the position in `path.events`, and the checkpoint's iteration."""
        for position in range(len(path.events) - 1, -1, -1):
            event = path.events[position]
            for iteration in reversed(self.checkpoints.get(event.number, [])):
                if iteration <= path.iteration:
                    return position, iteration
            if event.kind in (CREATE, REPLACE):
                break  # only their checkpoint says what these did
        raise damaged(f"the state after change number {event.number}")
