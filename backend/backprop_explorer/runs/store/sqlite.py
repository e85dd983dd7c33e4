"""SQLite as we use it: one connection, write-ahead log, every commit on disk before it is acknowledged."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateTable

from backprop_explorer.runs.store import SCHEMA_VERSION, schema
from backprop_explorer.runs.store.file import APPLICATION, refusal


def connect(path: Path) -> Engine:
    """An engine over the file's one connection; a new file gets its tables first.

    SQLite 3.40.1 can corrupt the log when two connections reset it, so there is one, and no memory mapping.
    """
    try:
        _create(path)
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "mmap_size=0", "busy_timeout=0"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error as error:
        raise refusal(path, f"cannot be opened ({error})") from None
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool, pool_reset_on_return=None)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _create(path: Path) -> None:
    """Marks and fills a new file in one transaction, before it turns to write-ahead: its header is always whole."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if connection.execute("PRAGMA application_id").fetchone() == (APPLICATION,):
            return
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("BEGIN IMMEDIATE")
        for table in schema.metadata.sorted_tables:
            connection.execute(str(CreateTable(table).compile(dialect=create_engine("sqlite://").dialect)))
        connection.execute(f"PRAGMA application_id={APPLICATION}")
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.execute("COMMIT")
