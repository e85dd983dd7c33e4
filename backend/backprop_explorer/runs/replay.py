"""Earlier states of a run, one or several: replayed from checkpoints on disk, to the same bits."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

from backprop_explorer.graph.budget import Budget
from backprop_explorer.runs.changes import Edit
from backprop_explorer.runs.event import EDIT, PRACTISE, TRAININGS, Event
from backprop_explorer.runs.log import Log, Moment, Path
from backprop_explorer.runs.position import Answers, Position
from backprop_explorer.runs.serialization import deserialize
from backprop_explorer.runs.store import Database
from backprop_explorer.runs.store.records import Head

JUMP = 400_000
"""Reading a checkpoint takes about as long as computing this many numbers."""
MOST = 15_000_000
"""Where replaying all iterations would compute more numbers than this, only states at checkpoints are taken."""

Choice = Callable[[int], Iterable[int]]
"""Which iterations to take of a run that ends at the given one; the first and the last must be among them."""


class Replay:
    """The states of one run."""

    def __init__(self, identity: str, database: Database, budget: Budget) -> None:
        self._id = identity
        self._database = database
        self._budget = budget

    def to(self, log: Log, path: Path) -> Position:
        """The state at the path's end. Raises a `Problem` (409) where it is damaged on disk."""
        start, iteration = log.nearest_checkpoint(path)
        checkpoint = self._database.open().checkpoint(self._id, path.events[start].number, iteration)
        position = Position(checkpoint.plan(self._budget), iteration)
        head = self._head(path, start, iteration)
        skipped = head is not None
        for event in path.events[start:]:
            if event.kind == EDIT and event is not path.events[start]:
                Edit.deserialize(self._payload(event)).apply(position.disturb())
            if head is not None and event.number == head.event:
                position.jump(head.iteration, head.arrays)
                skipped = False
            elif not skipped:
                self.advance(position, event, path.iteration)
        compare_end(position, path.events[-1])
        return position

    def _head(self, path: Path, start: int, iteration: int) -> Head | None:
        """The state at the end of the last training, where the path leads over it and a replay would."""
        if not any(event.kind in TRAININGS and event.iteration > iteration for event in path.events[start:]):
            return None
        head = self._database.open().head(self._id, iteration, path.iteration)
        known = head is not None and any(event.number == head.event for event in path.events[start:])
        return head if known else None

    def advance(self, position: Position, training: Event, iteration: int) -> None:
        """Moves the position on to the training's end, or to that iteration within it."""
        if training.kind not in TRAININGS or training.iteration <= position.iteration:
            return
        losses = training.stored_losses
        recorded = losses[position.iteration - training.iteration - 1 + len(losses) :]
        position.advance(min(training.iteration, iteration), self._answers(training), recorded)

    def _answers(self, event: Event) -> Answers | None:
        """The formulae that a training used for gradients."""
        if event.kind != PRACTISE:
            return None
        answers: Answers = deserialize(self._payload(event))[0]["gradients"]
        return answers

    def _payload(self, event: Event) -> bytes:
        return self._database.open().payload(self._id, event.number)


def compare_end(position: Position, event: Event) -> None:
    """Compares the loss of a position at or within that event with the one that was recorded, if it was."""
    if event.kind in TRAININGS:
        losses = event.stored_losses
        position.compare(position.iteration, position.settle(), losses[position.iteration - event.iteration - 1])


def walk(log: Log, path: Path, elements: int, replay: Replay, choose: Choice) -> Iterator[Position]:
    """Settled positions at the chosen iterations of the path, in order. An iteration computes about `elements` numbers.

    The next position may be the same object, moved on.
    """
    return along(log, path, elements, replay, _chosen(log, path, elements, choose))


def along(log: Log, path: Path, elements: int, replay: Replay, iterations: Iterable[int]) -> Iterator[Position]:
    """The same at each of these iterations, however long the run is."""
    position: Position | None = None
    event: Event | None = None
    for iteration in iterations:
        part = log.path(Moment(iteration, path.events[-1].number))
        ahead = [] if event is None else _trainings_since(part, event)
        if position is None or not ahead or _worth_a_jump(log, part, position.iteration, elements):
            position = replay.to(log, part)
        else:
            for training in ahead:
                replay.advance(position, training, iteration)
        event = part.events[-1]
        compare_end(position, event)
        position.settle()
        yield position


def _trainings_since(part: Path, event: Event) -> list[Event]:
    """The trainings from that event to the path's end; empty where there is something else on the way."""
    if event not in part.events:
        return []
    ahead = part.events[part.events.index(event) :]
    if any(following.kind not in TRAININGS for following in ahead[1:]):
        return []
    return ahead


def _worth_a_jump(log: Log, part: Path, iteration: int, elements: int) -> bool:
    """Whether reading the last checkpoint on the way is quicker than replaying up to it."""
    _, checkpoint = log.nearest_checkpoint(part)
    return (checkpoint - iteration) * elements > JUMP


def _chosen(log: Log, path: Path, elements: int, choose: Choice) -> Iterable[int]:
    """The iterations that were chosen; of a long run those of checkpoints near them."""
    iterations = choose(path.iteration)
    if path.iteration * elements <= MOST:
        return iterations
    checkpoints = (at for event in path.events for at in log.checkpoints.get(event.number, []))
    known = sorted({0, *(at for at in checkpoints if at <= path.iteration)})
    return sorted({known[bisect_right(known, iteration) - 1] for iteration in iterations} | {path.iteration})
