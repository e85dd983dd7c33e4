"""Where runs are kept. Opening checks the file at once; SQLAlchemy is loaded when a run is first asked for."""

from __future__ import annotations

import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from backprop_explorer.problem import Problem
from backprop_explorer.runs.store.file import SCHEMA_VERSION, Lock, Reserve, check, default_path, resolved

if TYPE_CHECKING:
    from backprop_explorer.runs.checkpoint import Checkpoint
    from backprop_explorer.runs.event import Event
    from backprop_explorer.runs.store.store import Store

_SQLITE = "sqlite:///"


class Database:
    """The runs' database, locked for this process until `close`."""

    def __init__(self, path: Path) -> None:
        self.path = resolved(path)
        self._lock = Lock(self.path)
        self._opening = threading.Lock()
        try:
            if check(self.path, SCHEMA_VERSION):
                self.open()  # converts it now, not when somebody waits for a run
        except Problem:
            self._lock.release()
            raise

    def open(self) -> Store:
        """The store, opened when it is first asked for; a `Problem` when the file cannot be used after all."""
        with self._opening:
            return self._store

    @cached_property
    def _store(self) -> Store:
        from backprop_explorer.runs.store.sqlite import connect
        from backprop_explorer.runs.store.store import Store

        return Store(connect(self.path), Reserve(self.path))

    def close(self) -> None:
        if "_store" in self.__dict__:
            self._store.close()
        self._lock.release()


class PendingEvent:
    """The next event of a run. A long training is written several times while it grows, so that it is not lost."""

    def __init__(self, database: Database, run: str) -> None:
        self.iterations: list[int] = []
        self._taken: dict[int, Checkpoint] = {}
        self._database = database
        self._run = run
        self._written = False

    def take(self, taken: dict[int, Checkpoint]) -> None:
        """Moves checkpoints, by iteration, out of `taken`, to be written with the event."""
        self._taken |= taken
        taken.clear()

    def write(self, event: Event) -> None:
        """Writes the event as it is now, with the checkpoints taken since the last time."""
        store = self._database.open()
        (store.extend if self._written else store.append)(self._run, event, self._taken)
        self._written = True
        self.iterations += self._taken
        self._taken.clear()


def open_database(location: str | None) -> Database:
    """The database at a path or `sqlite:///path`, by default in the user's data folder; a `Problem` when refused."""
    if not location:
        return Database(default_path())
    if location.startswith(_SQLITE):
        return Database(Path(location.removeprefix(_SQLITE)))
    if "://" in location:
        scheme = location.partition("://")[0]
        reason = f"runs are kept in SQLite: the database is a path or sqlite:///path, not {scheme}://…"
        raise Problem("unknown_database", reason, status=503)
    return Database(Path(location))


__all__ = ["Database", "PendingEvent", "default_path", "open_database"]
