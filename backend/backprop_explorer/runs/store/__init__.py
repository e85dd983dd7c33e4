"""Where runs are kept. Opening checks the file at once; SQLAlchemy is loaded when a run is first asked for."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from backprop_explorer.problem import Problem
from backprop_explorer.runs.store.file import SCHEMA_VERSION, Lock, check, default_path, resolved
from backprop_explorer.runs.store.problems import Conflict

if TYPE_CHECKING:
    from backprop_explorer.runs.checkpoint import Checkpoint
    from backprop_explorer.runs.event import Event
    from backprop_explorer.runs.store.store import Store

_SQLITE = "sqlite:///"


class Database(ABC):
    """Where the runs are; `close` it in the end."""

    shared = False
    """Whether other processes may change the same runs."""

    def __init__(self) -> None:
        self._opening = threading.Lock()

    def open(self) -> Store:
        """The store, opened when it is first asked for; a `Problem` when it cannot be used."""
        with self._opening:
            return self._store

    @cached_property
    def _store(self) -> Store:
        return self._connect()

    @abstractmethod
    def _connect(self) -> Store:
        """The store."""

    def close(self) -> None:
        """Lets go of it."""
        if "_store" in self.__dict__:
            self._store.close()


class FileDatabase(Database):
    """A SQLite file, locked for this process until `close`."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = resolved(path)
        self._lock = Lock(self.path)
        try:
            if check(self.path, SCHEMA_VERSION):
                self.open()  # converts it now, not when somebody waits for a run
        except Problem:
            self._lock.release()
            raise

    def _connect(self) -> Store:
        from backprop_explorer.runs.store.sqlite import FileStore

        return FileStore(self.path)

    def close(self) -> None:
        super().close()
        self._lock.release()


class PendingEvent:
    """The next event of a run. A long training is written several times while it grows, so that it is not lost."""

    def __init__(self, database: Database, run: str, revision: int) -> None:
        self.iterations: list[int] = []
        self.revision = revision
        """Of the run on disk: it grows with every write."""
        self.written = False
        self._taken: dict[int, Checkpoint] = {}
        self._database = database
        self._run = run

    def take(self, taken: dict[int, Checkpoint]) -> None:
        """Moves checkpoints, by iteration, out of `taken`, to be written with the event."""
        self._taken |= taken
        taken.clear()

    def write(self, event: Event) -> None:
        """Writes the event as it is now, with the checkpoints taken since the last time."""
        store = self._database.open()
        (store.extend if self.written else store.append)(self._run, event, self._taken, self.revision)
        self.revision += 1
        self.written = True
        self.iterations += self._taken
        self._taken.clear()


def open_database(location: str | None) -> Database:
    """The database at a path or `sqlite:///path`, by default in the user's data folder; a `Problem` when refused."""
    if not location:
        return FileDatabase(default_path())
    if location.startswith(_SQLITE):
        return FileDatabase(Path(location.removeprefix(_SQLITE)))
    if "://" in location:
        scheme = location.partition("://")[0]
        reason = f"runs are kept in SQLite: the database is a path or sqlite:///path, not {scheme}://…"
        raise Problem("unknown_database", reason, status=503)
    return FileDatabase(Path(location))


__all__ = ["Conflict", "Database", "PendingEvent", "default_path", "open_database"]
