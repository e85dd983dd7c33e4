"""What is kept of all runs, for whoever owns the database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, func, select

from backprop_explorer.runs.store.schema import checkpoints, contents, events, runs, uses


class Kept(NamedTuple):
    """A run in the database. `bytes` are those it needs; what it shares with other runs counts for each of them."""

    id: str
    view_id: str
    created: str
    changed: str
    changes: int
    bytes: int
    revision: int


def now() -> str:
    """The moment as it is written down: in UTC, to the second."""
    return written(datetime.now(UTC))


def written(moment: datetime) -> str:
    """A moment as it is written down; two that are written down compare as they do themselves."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def kept(connection: Connection, unchanged_since: datetime | None = None) -> list[Kept]:
    """What is kept of all runs, or of those not changed since then."""
    query = select(runs).order_by(runs.c.changed.desc(), runs.c.id)
    if unchanged_since is not None:
        query = query.where(runs.c.changed < written(unchanged_since))
    sizes = (
        _sizes(connection, events, func.length(events.c.payload) + func.length(events.c.losses)),
        _sizes(connection, checkpoints, func.length(checkpoints.c.content)),
        _shared(connection),
    )
    return [
        Kept(
            row.id, row.view, row.created, row.changed, row.events, sum(of.get(row.id, 0) for of in sizes), row.revision
        )
        for row in connection.execute(query)
    ]


def _sizes(connection: Connection, table: Table, size: ColumnElement[int]) -> dict[str, int]:
    """By the id of the run, how many bytes it has in that table."""
    found = connection.execute(select(table.c.run, func.sum(size)).group_by(table.c.run))
    return {run: int(total) for run, total in found}


def _shared(connection: Connection) -> dict[str, int]:
    joined = uses.join(contents, uses.c.digest == contents.c.digest)
    size = func.sum(func.length(contents.c.content))
    found = connection.execute(select(uses.c.run, size).select_from(joined).group_by(uses.c.run))
    return {run: int(total) for run, total in found}
