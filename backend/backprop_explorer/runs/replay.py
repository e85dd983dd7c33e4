"""States of a run out of what is on disk: from the nearest checkpoint forward, to the same bits."""

from __future__ import annotations

from backprop_explorer.graph.budget import Budget
from backprop_explorer.runs.edit import Edit
from backprop_explorer.runs.event import EDIT, PRACTISE, Event
from backprop_explorer.runs.log import Log, Path
from backprop_explorer.runs.position import Answers, Position
from backprop_explorer.runs.serialization import deserialize
from backprop_explorer.runs.store import Database


class Replay:
    """One run's."""

    def __init__(self, identity: str, database: Database, budget: Budget) -> None:
        self._id = identity
        self._database = database
        self._budget = budget

    def to(self, log: Log, path: Path) -> Position:
        """The state at the path's end."""
        start, iteration = log.nearest_checkpoint(path)
        checkpoint = self._database.open().checkpoint(self._id, path.events[start].number, iteration)
        position = Position(checkpoint.plan(self._budget), iteration)
        for event in path.events[start:]:
            if event.kind == EDIT and event is not path.events[start]:
                Edit.deserialize(self._payload(event)).apply(position.disturb())
            self.advance(position, event, path.iteration)
        return position

    def advance(self, position: Position, training: Event, iteration: int) -> None:
        """Goes on to the training's end, or to that iteration within it."""
        answers = self._answers(training) if training.iteration > position.iteration else None
        position.advance(min(training.iteration, iteration), answers)

    def _answers(self, event: Event) -> Answers | None:
        """The formulae that a training went by."""
        if event.kind != PRACTISE:
            return None
        answers: Answers = deserialize(self._payload(event))[0]["gradients"]
        return answers

    def _payload(self, event: Event) -> bytes:
        return self._database.open().payload(self._id, event.number)
