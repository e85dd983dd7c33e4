"""A fork: a new run that begins with the changes that led to a moment of another run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from backprop_explorer.runs.event import FOUND, TRAININGS, Event
from backprop_explorer.runs.log import Log, Path
from backprop_explorer.runs.serialization import deserialize, serialize

if TYPE_CHECKING:
    from backprop_explorer.runs.store.store import Store


def fork(store: Store, run: str, identity: str, log: Log, path: Path) -> None:
    """Writes the changes on a path of the run `run` as a new run `identity`, with the gradients that were found.

    Undone changes are left out. The events are renumbered 1, 2, …, and the fork replays to the same bits.
    """
    numbers = {event.number: position for position, event in enumerate(path.events, 1)}
    events = [
        _renumbered(event, number, path.iteration) for event, number in zip(path.events, numbers.values(), strict=True)
    ]
    checkpoints = [
        (number, iteration)
        for number in numbers
        for iteration in log.checkpoints.get(number, [])
        if iteration <= path.iteration
    ]
    found = {number: position for position, number in enumerate(log.found, len(events) + 1)}
    news = [Event(number, FOUND, None, len(events), path.iteration) for number in found.values()]
    store.fork(run, identity, [*events, *news], {**numbers, **found}, checkpoints)


def _renumbered(event: Event, number: int, iteration: int) -> Event:
    """The event with its new number, cut off at that iteration."""
    parent = number - 1 or None
    end = min(event.iteration, iteration)
    losses = event.losses
    if event.kind in TRAININGS and end < event.iteration:
        whole = deserialize(event.losses)[1]
        losses = serialize({}, {name: array[: end - event.iteration] for name, array in whole.items()})
    return replace(event, number=number, parent=parent, head=number, iteration=end, losses=losses)
