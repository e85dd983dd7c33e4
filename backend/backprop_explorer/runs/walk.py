"""A run from its beginning to a moment: the states at some of its iterations, one after the other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

from backprop_explorer.runs.event import TRAININGS, Event
from backprop_explorer.runs.log import Log, Moment, Path
from backprop_explorer.runs.position import Position
from backprop_explorer.runs.replay import Replay

JUMP = 400_000
"""So many numbers calculated cost about as much as a checkpoint that is read."""
MOST = 15_000_000
"""Where replaying all iterations would calculate more numbers, the states at checkpoints are looked at."""


Choice = Callable[[int], Iterable[int]]
"""Which iterations are looked at, the first and the last among them, where the last has that number."""


def walk(log: Log, path: Path, elements: int, replay: Replay, choose: Choice) -> Iterator[Position]:
    """Settled positions at some iterations of the path, its first and last one among them; `elements` is about how
    many numbers an iteration calculates. The same position may come again, further on."""
    position: Position | None = None
    event: Event | None = None
    for iteration in _chosen(log, path, elements, choose):
        part = log.path(Moment(iteration, path.events[-1].number))
        ahead = [] if event is None else _trainings_since(part, event)
        if position is None or not ahead or _worth_a_jump(log, part, position.iteration, elements):
            position = replay.to(log, part)
        else:
            for training in ahead:
                replay.advance(position, training, iteration)
        event = part.events[-1]
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
