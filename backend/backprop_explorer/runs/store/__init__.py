"""Where runs are kept. Opening checks the file at once; SQLAlchemy is loaded when a run is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from backprop_explorer.problem import Problem
from backprop_explorer.runs.pausing import Pausing
from backprop_explorer.runs.store.database import Database, NotHere, without_waiting
from backprop_explorer.runs.store.file import ANOTHER, SCHEMA_VERSION, Lock, check, default_path, resolved
from backprop_explorer.runs.store.problems import Conflict
from backprop_explorer.runs.store.records import Head
from backprop_explorer.runs.store.server import SCHEMES, ServerDatabase

if TYPE_CHECKING:
    from backprop_explorer.runs.checkpoint import Checkpoint
    from backprop_explorer.runs.event import Event
    from backprop_explorer.runs.serialization import Array
    from backprop_explorer.runs.store.store import Store

_SQLITE = "sqlite:///"


class FileDatabase(Database):
    """A SQLite file, locked for this process until `close`."""

    beside = True

    def __init__(self, path: Path, advice: str = ANOTHER) -> None:
        super().__init__()
        self.path = resolved(path)
        self._lock = Lock(self.path, advice)
        try:
            if check(self.path, SCHEMA_VERSION):
                self.open()  # converts it now, not when somebody waits for a run
        except Problem:
            self._lock.release()
            raise

    def _connect(self) -> Store:
        from backprop_explorer.runs.store.sqlite import FileStore

        return FileStore(self.path)

    def reader(self) -> Callable[[], Database]:
        return partial(_reader, self.path)

    def member(self) -> Callable[[], Database]:
        from backprop_explorer.runs.store.group import Member

        if "_store" in self.__dict__:  # it was converted to today's tables
            self._store.close()
            del self._store
        return Member(self.path, self._lock.descriptor)

    def close(self) -> None:
        super().close()
        self._lock.release()


def _reader(path: Path) -> Database:
    from backprop_explorer.runs.store.reader import SoundFile

    return SoundFile(path)


class PendingEvent:
    """The next event of a run. A long training is written several times while it grows, so that it is not lost."""

    def __init__(self, database: Database, run: str, revision: int) -> None:
        self.iterations: list[int] = []
        self.revision = revision
        """Of the run on disk: it grows with every write."""
        self.written = False
        self.head: Head | None = None
        """The state at the end of the event, to be written with it."""
        self._taken: dict[int, Checkpoint] = {}
        self._database = database
        self._run = run

    def take(self, taken: dict[int, Checkpoint]) -> None:
        """Moves checkpoints, by iteration, out of `taken`, to be written with the event."""
        self._taken |= taken
        taken.clear()

    def keep_head(self, event: Event, arrays: Mapping[str, Array] | None) -> None:
        """Has the state at the event's end written with it, if that is given."""
        self.head = None if arrays is None else Head(event.number, event.iteration, arrays)

    def writing(self, event: Event) -> Pausing[None]:
        """Writes the event as it is now, with the checkpoints taken since the last time."""
        store = self._database.to_write()
        write = store.extend if self.written else store.append
        pending = write(self._run, event, self._taken, self.revision, self.head)
        yield pending
        pending.result()
        self.revision += 1
        self.written = True
        self.iterations += self._taken
        self._taken.clear()


def open_database(location: str | None, connections: int = 20, statement_seconds: float = 30.0) -> Database:
    """The database at a path, `sqlite:///path` or `postgresql://…`, by default a file in the user's data folder.

    A server gets at most that many connections, and each statement that time. Raises a `Problem` when it is refused.
    """
    path = file_of(location)
    if path is None:
        return ServerDatabase(str(location), connections, statement_seconds)
    return FileDatabase(path)


def file_of(location: str | None) -> Path | None:
    """The file that this means, the default one for None; None where it is the address of a server.

    Raises a `Problem` for another kind of address.
    """
    if not location:
        return default_path()
    if location.startswith(SCHEMES):
        return None
    if "://" in location and not location.startswith(_SQLITE):
        scheme = location.partition("://")[0]
        reason = f"the database is a path, sqlite:///path or postgresql://…, not {scheme}://…"
        raise Problem("unknown_database", reason, status=503)
    return Path(location.removeprefix(_SQLITE))


__all__ = [
    "Conflict",
    "Database",
    "FileDatabase",
    "NotHere",
    "PendingEvent",
    "default_path",
    "file_of",
    "open_database",
    "without_waiting",
]
