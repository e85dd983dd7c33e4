"""The runs in a file for reading alone, also while a server has it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NoReturn, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import StaticPool

from backprop_explorer.problem import Problem
from backprop_explorer.runs.store.database import Database
from backprop_explorer.runs.store.file import SCHEMA_VERSION, bytes_of, check, reading, refusal, resolved
from backprop_explorer.runs.store.problems import noticed
from backprop_explorer.runs.store.sqlite import translated
from backprop_explorer.runs.store.store import Store

R = TypeVar("R")


class SoundFile(Database):
    """A file that others may be writing, and have found sound: each look at it sees what is committed."""

    shared = True

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def reader(self) -> Callable[[], Database]:
        return partial(SoundFile, self.path)

    def _connect(self) -> Store:
        return ReadingStore(self.path)


class FileReader(SoundFile):
    """The same of a file that nobody has looked at yet."""

    def __init__(self, path: Path) -> None:
        super().__init__(existing(path))
        if check(self.path, SCHEMA_VERSION):
            advice = "start the server, which converts it"
            raise refusal(self.path, "was written by an older version of Backprop Explorer", advice)


class ReadingStore(Store):
    """One connection that cannot write: it never moves the log into the file, which is for the server alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        connection = reading(path)
        engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool, pool_reset_on_return=None)
        event.listen(engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN"))
        engine.connect().close()  # the engine closes what it has once had
        super().__init__(engine)

    def size(self) -> int:
        return bytes_of(self._path)

    def used(self, connection: Connection) -> NoReturn:
        raise _reading_only()

    def give_back(self) -> NoReturn:
        raise _reading_only()

    def probe(self) -> NoReturn:
        raise _reading_only()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._lock, translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _snapshot(self) -> Iterator[Connection]:
        with self._transaction() as connection, noticed("what is kept of it"):
            yield connection

    def _asked(
        self, work: Callable[[Connection], R], *, snapshot: bool = False, then: Callable[[], None] = lambda: None
    ) -> NoReturn:
        raise _reading_only()


def existing(path: Path) -> Path:
    """The file that links lead to; a `Problem` where there is none."""
    found = resolved(path)
    if not found.is_file() or not found.stat().st_size:
        raise refusal(found, "does not exist")
    return found


def _reading_only() -> Problem:
    return Problem("read_only", "The database was opened for reading only", status=503)
