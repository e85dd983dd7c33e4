"""An event on its way to the disk: a long one is written down several times while it grows."""

from __future__ import annotations

from backprop_explorer.runs.checkpoint import Checkpoint
from backprop_explorer.runs.event import Event
from backprop_explorer.runs.store import Database


class Draft:
    """The next event of a run. Once written it is there, whatever happens then: as far as it had come."""

    def __init__(self, database: Database, run: str) -> None:
        self.iterations: list[int] = []
        self._taken: dict[int, Checkpoint] = {}
        self._database = database
        self._run = run
        self._written = False

    def take(self, taken: dict[int, Checkpoint]) -> None:
        """Takes checkpoints out of there, by iteration, to be written with the event."""
        self._taken |= taken
        taken.clear()

    def write(self, event: Event) -> None:
        """Writes the event as it is by now, with what was taken since."""
        store = self._database.open()
        (store.extend if self._written else store.append)(self._run, event, self._taken)
        self._written = True
        self.iterations += self._taken
        self._taken.clear()
