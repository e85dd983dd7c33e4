"""SQLite as we use it: one connection, write-ahead log, every commit on disk before it is acknowledged.

A file of an older version is brought to today's tables in one transaction.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from backprop_explorer.problem import Problem
from backprop_explorer.runs.store.contents import is_sound, keep, use
from backprop_explorer.runs.store.file import APPLICATION, SCHEMA_VERSION, refusal
from backprop_explorer.runs.store.rows import checksum, event_checksum
from backprop_explorer.runs.store.schema import checkpoints, contents, events, metadata, runs, uses

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
        _migrate(transaction)
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
        for table in metadata.sorted_tables:
            statements: list[ExecutableDDLElement] = [CreateTable(table), *map(CreateIndex, table.indexes)]
            for made in statements:
                connection.execute(str(made.compile(dialect=dialect)))
        connection.execute(f"PRAGMA application_id={APPLICATION}")
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.execute("COMMIT")


def _migrate(connection: Connection) -> None:
    """Brings the tables of version 0.1.0, in which each run had arrays of its own, to today's, to the bit."""
    for table in (contents, uses):
        connection.execute(CreateTable(table))
        for index in table.indexes:
            connection.execute(CreateIndex(index))
    connection.exec_driver_sql("ALTER TABLE runs ADD COLUMN events INTEGER NOT NULL DEFAULT 0")
    for name in ("events", "checkpoints"):
        connection.exec_driver_sql(f"ALTER TABLE {name} ADD COLUMN checksum BLOB NOT NULL DEFAULT x''")
    _move_arrays(connection)
    _seal_events(connection)
    _seal_checkpoints(connection)
    last = select(func.max(events.c.number)).where(events.c.run == runs.c.id).scalar_subquery()
    connection.execute(update(runs).values(events=func.coalesce(last, 0)))


def _move_arrays(connection: Connection) -> None:
    """A sound copy of an array goes before a damaged one of another run."""
    found = connection.exec_driver_sql("SELECT run, digest FROM arrays").fetchall()
    for run, name in found:
        query = "SELECT content FROM arrays WHERE run = ? AND digest = ?"
        content = bytes(connection.exec_driver_sql(query, (run, name)).scalar_one())
        digest = bytes.fromhex(name)
        row = {"digest": digest, "content": content, "recipe": 0}
        verb = "OR REPLACE" if is_sound(content, digest) else "OR IGNORE"
        connection.execute(insert(contents).prefix_with(verb).values(**row))
        use(connection, run, [digest])
    connection.exec_driver_sql("DROP TABLE arrays")


def _seal_events(connection: Connection) -> None:
    for run, number in connection.execute(select(events.c.run, events.c.number)).fetchall():
        where = events.c.run == run, events.c.number == number
        row: dict[str, Any] = dict(connection.execute(select(events).where(*where)).mappings().one())
        row |= {key: keep(connection, run, row[key]) for key in ("payload", "losses")}
        row["checksum"] = event_checksum(row)
        connection.execute(update(events).where(*where).values(**row))


def _seal_checkpoints(connection: Connection) -> None:
    key = checkpoints.c.run, checkpoints.c.event, checkpoints.c.iteration
    for run, number, iteration in connection.execute(select(*key)).fetchall():
        where = key[0] == run, key[1] == number, key[2] == iteration
        content = connection.execute(select(checkpoints.c.content).where(*where)).scalar_one()
        stored = keep(connection, run, content)
        sealed = {"content": stored, "checksum": checksum(run, number, iteration, stored)}
        connection.execute(update(checkpoints).where(*where).values(**sealed))
