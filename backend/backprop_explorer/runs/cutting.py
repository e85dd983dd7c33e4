"""How a run's data was cut into batches along its way."""

from __future__ import annotations

from backprop_explorer.runs.event import REPLACE
from backprop_explorer.runs.log import Moment
from backprop_explorer.runs.position import Position
from backprop_explorer.runs.run import Run, When

Cut = tuple[int | None, int | None]


def cut(run: Run, when: When = None) -> Cut:
    """How many rows a batch had at the first iteration and at that moment; None for all rows at once."""
    path = run.log.path(when)
    recut = any(event.kind == REPLACE for event in path.events)
    first = _rows(run.at(Moment(0, path.events[-1].number))) if recut else None
    last = _rows(run.at(when))
    return (first if recut else last), last


def _rows(position: Position) -> int | None:
    return None if position.batch is None else int(position.batch["size"])
