"""SQLite as we use it: one connection, write-ahead log, every commit on disk before it is acknowledged.

A file of an older version is brought to today's tables in one transaction.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import QueuePool, StaticPool
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from backprop_explorer.problem import Problem
from backprop_explorer.runs.store.commits import Change, Commits
from backprop_explorer.runs.store.file import (
    APPLICATION,
    PATIENCE_SECONDS,
    SCHEMA_VERSION,
    Reserve,
    bytes_of,
    reading,
    refusal,
)
from backprop_explorer.runs.store.migration import migrate
from backprop_explorer.runs.store.problems import DISK_FULL, Conflict, damaged, database_failed, disk_full, noticed
from backprop_explorer.runs.store.schema import metadata
from backprop_explorer.runs.store.statement import driver_of, savepoint
from backprop_explorer.runs.store.store import Store

if TYPE_CHECKING:
    from backprop_explorer.runs.store.writing import WriteLock

R = TypeVar("R")
# A large change leaves no large log behind: what is longer than this is cut off once it is in the file.
_LOG_BYTES = 4_000_000
_INCREMENTAL = 2
_VACUUMED = 2_000  # pages at once, some 8 MB: others have their turn in between
READERS = 8
"""So many connections read at once."""
_PRAGMAS = (
    "journal_mode=WAL",
    f"journal_size_limit={_LOG_BYTES}",
    "synchronous=FULL",
    "foreign_keys=ON",
    "mmap_size=0",
    f"busy_timeout={1000 * PATIENCE_SECONDS}",
)


class FileStore(Store):
    """The runs in a file. One connection writes, one transaction after the other; others read, and wait for none."""

    def __init__(self, path: Path, together: WriteLock | None = None) -> None:
        """`together` is held while one of several processes writes; None where there is but this one."""
        self._writing: Callable[[], AbstractContextManager[None]] = nullcontext if together is None else together.held
        with self._writing():
            super().__init__(connect(path))
        self._readers = readers(path)
        self._path = path
        self._reserve = Reserve(path)
        self._lock = threading.Lock()
        self._connection = self._engine.connect()
        self._driver = _driver_of(self._connection)
        self._commits = Commits(self._transaction, lambda: savepoint(self._driver))
        self._reserve.hold()

    def close(self) -> None:
        self._commits.close()
        self._readers.dispose()
        # Whoever is in a transaction ends it first: a connection that is closed under it takes the process along.
        with self._lock, self._writing():  # the last connection moves the log into the file
            super().close()

    def size(self) -> int:
        with self._transaction():
            return bytes_of(self._path)

    def used(self, connection: Connection) -> int:
        pages, free, size = (
            int(connection.exec_driver_sql(f"PRAGMA {name}").scalar() or 0)
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * size

    def probe(self) -> None:
        with self._transaction() as connection:
            connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")

    def delete(self, run: str, revision: int | None = None) -> bool:
        """Also when the disk is full."""
        try:
            found = super().delete(run, revision)
        except Problem as problem:
            if problem.status != DISK_FULL or not self._reserve.give_up():
                raise
            found = super().delete(run, revision)
        if found:
            self.give_back()
            self._reserve.hold()
        return found

    def give_back(self) -> None:
        with suppress(sqlite3.Error):  # the run is gone, whether or not its room is given back at once
            self._give_back()

    def compact(self) -> None:
        """Writes the file anew without gaps. Raises a `Problem` where that fails, and nothing is lost then."""
        try:
            self._alone("VACUUM")
            self._alone("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise disk_full() if is_full(error) else refusal(self._path, f"cannot be compacted ({error})") from None

    def _give_back(self) -> None:
        """Returns free pages to the disk."""
        self._alone("PRAGMA wal_checkpoint(TRUNCATE)")
        before: int | None = -1
        while (free := self._alone("PRAGMA freelist_count")) not in (0, before):
            before = free
            self._alone(f"PRAGMA incremental_vacuum({_VACUUMED})")
            self._alone("PRAGMA wal_checkpoint(TRUNCATE)")

    def _alone(self, pragma: str) -> int | None:
        """Runs a pragma outside of any transaction; the first number it returns."""
        with self._lock, self._writing():
            rows = self._driver.execute(pragma).fetchall()
            return int(rows[0][0]) if rows and rows[0] else None

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """SQLAlchemy takes part once it is asked for something: most changes need none of it."""
        with self._lock, self._writing(), translated():
            _begin(self._driver)
            try:
                yield self._connection
                self._connection.commit()
                self._driver.commit()
            except BaseException:
                with suppress(sqlite3.Error, DBAPIError):  # else the next transaction undoes it
                    self._connection.rollback()
                    self._driver.rollback()
                raise

    @contextmanager
    def _snapshot(self) -> Iterator[Connection]:
        with translated(), self._readers.begin() as connection, noticed("what is kept of it"):
            yield connection

    def _asked(
        self, work: Callable[[Connection], R], *, snapshot: bool = False, then: Callable[[], None] = lambda: None
    ) -> Change[R]:
        def translating(connection: Connection) -> R:
            with translated(), noticed("what is kept of it") if snapshot else nullcontext():
                return work(connection)

        return self._commits.ask(translating, then)


def readers(path: Path) -> Engine:
    """An engine over a few connections that cannot write. Each sees what was committed when its transaction began."""
    engine = create_engine(
        "sqlite://", creator=lambda: reading(path), poolclass=QueuePool, pool_size=READERS, max_overflow=0
    )
    event.listen(engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN"))
    return engine


@contextmanager
def translated() -> Iterator[None]:
    """Turns SQLite's errors into a `Problem`: 507 for a full disk, 409 for a damaged file, else 503."""
    try:
        yield
    except (IntegrityError, sqlite3.IntegrityError) as error:
        raise Conflict from error
    except (DBAPIError, sqlite3.Error) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        if is_full(reason):
            raise disk_full() from error
        if is_damage(reason):
            raise damaged("what is kept of it") from error
        raise database_failed() from error


def is_full(error: BaseException | None) -> bool:
    """Whether the disk is full; where the log's index finds no room, SQLite reports an input/output error."""
    return getattr(error, "sqlite_errorname", "") in ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE") or "full" in str(error)


def is_damage(error: BaseException | None) -> bool:
    """Whether the file is not as SQLite wrote it, or has text that is not UTF-8."""
    damage = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
    return getattr(error, "sqlite_errorname", "").startswith(damage) or "decode" in str(error).lower()


def connect(path: Path) -> Engine:
    """An engine over the file's one connection; a new file gets its tables first, one of an older version the new ones.

    SQLite 3.40.1 can corrupt the log when two connections reset it, so there is one, and no memory mapping.
    """
    connection: sqlite3.Connection | None = None
    try:
        _create(path)
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").fetchall()
        engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool, pool_reset_on_return=None)
        engine.connect().close()  # the engine closes what it has once had
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version < SCHEMA_VERSION:
            _modernise(engine, connection, version)
    except (sqlite3.Error, DBAPIError, ValueError, Problem) as error:
        if connection is not None:
            connection.close()
        raise refusal(path, f"cannot be opened ({getattr(error, 'orig', error)})") from None
    return engine


def _modernise(engine: Engine, connection: sqlite3.Connection, version: int) -> None:
    _begin(connection)
    with engine.begin() as transaction:
        migrate(transaction, version)
        transaction.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")
    if connection.execute("PRAGMA auto_vacuum").fetchone() == (_INCREMENTAL,):
        return
    with suppress(sqlite3.Error):  # there may be no room for it; free pages are used again in any case
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("VACUUM")


def _begin(driver: sqlite3.Connection) -> None:
    if driver.in_transaction:  # the one before could not be committed, and nobody has undone it
        driver.rollback()
    driver.execute("BEGIN IMMEDIATE")


def _driver_of(connection: Connection) -> sqlite3.Connection:
    driver = driver_of(connection)
    assert driver is not None
    return driver


def _create(path: Path) -> None:
    """Marks and fills a new file in one transaction, before it turns to write-ahead: its header is always whole."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if connection.execute("PRAGMA application_id").fetchone() == (APPLICATION,):
            return
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("BEGIN IMMEDIATE")
        dialect = create_engine("sqlite://").dialect
        for table in metadata.sorted_tables:
            statements: list[ExecutableDDLElement] = [CreateTable(table), *map(CreateIndex, table.indexes)]
            for made in statements:
                connection.execute(str(made.compile(dialect=dialect)))
        connection.execute(f"PRAGMA application_id={APPLICATION}")
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.execute("COMMIT")
