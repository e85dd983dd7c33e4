"""The tables of older versions brought to today's, to the bit, in steps that serve both databases.

Plain steps instead of a library for them: they move arrays and seal rows, which no description of tables could say, and
the version of a file is read from its header before anything is loaded.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.schema import CreateIndex, CreateTable

from backprop_explorer.runs.identity import view_of
from backprop_explorer.runs.store.contents import is_sound, keep, use
from backprop_explorer.runs.store.inventory import now
from backprop_explorer.runs.store.rows import checksum, event_checksum
from backprop_explorer.runs.store.schema import checkpoints, contents, events, heads, keys, runs, uses


def migrate(connection: Connection, version: int) -> None:
    """Brings tables of that version to today's, within the connection's transaction."""
    for older, step in _STEPS.items():
        if version <= older:
            step(connection)


def _share_contents(connection: Connection) -> None:
    """From version 0.1.0, in which each run had arrays of its own (SQLite only)."""
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


def _name_views(connection: Connection) -> None:
    """From version 2: each run gets an id to look at it and a revision, and requests may have keys."""
    connection.exec_driver_sql("ALTER TABLE runs ADD COLUMN view TEXT NOT NULL DEFAULT ''")
    connection.exec_driver_sql("ALTER TABLE runs ADD COLUMN revision INTEGER NOT NULL DEFAULT 1")
    for run in connection.scalars(select(runs.c.id)).all():
        connection.execute(update(runs).where(runs.c.id == run).values(view=view_of(run)))
    connection.execute(CreateTable(keys))
    for index in (*keys.indexes, *runs.indexes):
        connection.execute(CreateIndex(index))


def _date_changes(connection: Connection) -> None:
    """From version 4: when a run was changed last. Where that is not known, it counts as changed now."""
    connection.exec_driver_sql("ALTER TABLE runs ADD COLUMN changed TEXT NOT NULL DEFAULT ''")
    connection.execute(update(runs).values(changed=now()))


def _keep_heads(connection: Connection) -> None:
    """From version 3: the state at the end of the last training is kept."""
    connection.execute(CreateTable(heads))


def _date_looks(connection: Connection) -> None:
    """From version 5: when a run was looked at last. That is not known, so it counts as looked at now."""
    connection.exec_driver_sql("ALTER TABLE runs ADD COLUMN looked TEXT NOT NULL DEFAULT ''")
    connection.execute(update(runs).values(looked=now()))


_STEPS = {1: _share_contents, 2: _name_views, 3: _keep_heads, 4: _date_changes, 5: _date_looks}
