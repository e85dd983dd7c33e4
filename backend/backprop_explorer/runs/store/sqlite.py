"""SQLite as we use it: one connection, write-ahead log, every commit on disk before it is acknowledged."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from backprop_explorer.problem import Problem
from backprop_explorer.runs.store import SCHEMA_VERSION, schema
from backprop_explorer.runs.store.file import APPLICATION, refusal
from backprop_explorer.runs.store.migration import migrate

# A large change leaves no large log behind: what is longer than this is cut off once it is in the file.
_LOG_BYTES = 4_000_000
_PRAGMAS = (
    "journal_mode=WAL",
    f"journal_size_limit={_LOG_BYTES}",
    "synchronous=FULL",
    "foreign_keys=ON",
    "mmap_size=0",
    "busy_timeout=0",
)


def connect(path: Path) -> Engine:
    """An engine over the file's one connection; a new file gets its tables first, one of an older version the new ones.

    SQLite 3.40.1 can corrupt the log when two connections reset it, so there is one, and no memory mapping.
    """
    try:
        _create(path)
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").fetchall()
        engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool, pool_reset_on_return=None)
        event.listen(engine, "begin", _begin)
        if connection.execute("PRAGMA user_version").fetchone() == (1,):
            _modernise(engine, connection)
    except (sqlite3.Error, DBAPIError, ValueError, Problem) as error:
        raise refusal(path, f"cannot be opened ({getattr(error, 'orig', error)})") from None
    return engine


def _modernise(engine: Engine, connection: sqlite3.Connection) -> None:
    with engine.begin() as transaction:
        migrate(transaction)
        transaction.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")
    with suppress(sqlite3.Error):  # there may be no room for it; free pages are used again in any case
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("VACUUM")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _create(path: Path) -> None:
    """Marks and fills a new file in one transaction, before it turns to write-ahead: its header is always whole."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if connection.execute("PRAGMA application_id").fetchone() == (APPLICATION,):
            return
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("BEGIN IMMEDIATE")
        dialect = create_engine("sqlite://").dialect
        for table in schema.metadata.sorted_tables:
            statements: list[ExecutableDDLElement] = [CreateTable(table), *map(CreateIndex, table.indexes)]
            for made in statements:
                connection.execute(str(made.compile(dialect=dialect)))
        connection.execute(f"PRAGMA application_id={APPLICATION}")
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.execute("COMMIT")
