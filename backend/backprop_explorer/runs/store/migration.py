"""A file of version 0.1.0, whose runs each had their own arrays, in today's tables: to the bit, in one transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.schema import CreateIndex, CreateTable

from backprop_explorer.runs.store import contents, rows
from backprop_explorer.runs.store.damage import checksum
from backprop_explorer.runs.store.schema import checkpoints, events, runs
from backprop_explorer.runs.store.schema import contents as contents_table
from backprop_explorer.runs.store.schema import uses as uses_table


def migrate(connection: Connection) -> None:
    """Adds the new tables and columns, moves what is large to the contents, computes the checksums."""
    for table in (contents_table, uses_table):
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
        verb = "OR REPLACE" if contents.is_sound(content, digest) else "OR IGNORE"
        connection.execute(insert(contents_table).prefix_with(verb).values(**row))
        contents.use(connection, run, [digest])
    connection.exec_driver_sql("DROP TABLE arrays")


def _seal_events(connection: Connection) -> None:
    for run, number in connection.execute(select(events.c.run, events.c.number)).fetchall():
        where = events.c.run == run, events.c.number == number
        row: dict[str, Any] = dict(connection.execute(select(events).where(*where)).mappings().one())
        row |= {key: contents.keep(connection, run, row[key]) for key in ("payload", "losses")}
        row["checksum"] = rows.event_checksum(row)
        connection.execute(update(events).where(*where).values(**row))


def _seal_checkpoints(connection: Connection) -> None:
    key = checkpoints.c.run, checkpoints.c.event, checkpoints.c.iteration
    for run, number, iteration in connection.execute(select(*key)).fetchall():
        where = key[0] == run, key[1] == number, key[2] == iteration
        content = connection.execute(select(checkpoints.c.content).where(*where)).scalar_one()
        stored = contents.keep(connection, run, content)
        sealed = {"content": stored, "checksum": checksum(run, number, iteration, stored)}
        connection.execute(update(checkpoints).where(*where).values(**sealed))
