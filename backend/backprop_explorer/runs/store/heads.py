"""The state at the end of a run's last training, one of each run: kept to the bit, whatever replays it.

A fork has the same one, and does not take its room again.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select, text

from backprop_explorer.problem import Problem
from backprop_explorer.runs.serialization import deserialize, serialize
from backprop_explorer.runs.store import contents
from backprop_explorer.runs.store.records import Head
from backprop_explorer.runs.store.rows import checksum, referred
from backprop_explorer.runs.store.schema import heads
from backprop_explorer.runs.store.statement import Statement
from backprop_explorer.runs.usage import note_written

_NEW = (
    "INSERT INTO heads (run, event, iteration, content, checksum) "
    "VALUES (:run, :event, :iteration, :content, :checksum) ON CONFLICT (run) DO UPDATE SET event = excluded.event, "
    "iteration = excluded.iteration, content = excluded.content, checksum = excluded.checksum"
)
_ANY = Statement(text(_NEW))
_SMALL = Statement(text(f"{_NEW} WHERE length(heads.content) <> {contents.REFERENCE_BYTES}"))
"""The same, unless the row before refers to a content that has to be released."""


def keep(connection: Connection, run: str, head: Head) -> None:
    """Writes it in the place of the one before."""
    stored = contents.keep(connection, run, serialize({}, dict(head.arrays)))
    if _keep(_SMALL, connection, run, head.event, head.iteration, stored):
        return
    before = connection.scalar(select(heads.c.content).where(heads.c.run == run))
    _keep(_ANY, connection, run, head.event, head.iteration, stored)
    if before is not None and before != stored:
        contents.release(connection, run, before)


def kept(connection: Connection, run: str, after: int, until: int) -> Head | None:
    """The run's, if it is of an iteration after the one and until the other; None also for a damaged one: replaying
    does as well."""
    found = heads.c.run == run, heads.c.iteration > after, heads.c.iteration <= until
    row = connection.execute(select(heads).where(*found)).first()
    if row is None or row.checksum != checksum(*row[:4]):
        return None
    try:
        content = contents.whole(connection, row.content)
    except Problem:
        return None
    return Head(row.event, row.iteration, deserialize(content)[1])


def copy(connection: Connection, run: str, identity: str, numbers: Mapping[int, tuple[int, int]]) -> None:
    """Copies it to the fork `identity`, which has the events of these numbers under others, up to these iterations."""
    row = connection.execute(select(heads).where(heads.c.run == run)).first()
    if row is None or row.checksum != checksum(*row[:4]) or row.event not in numbers:
        return
    number, iteration = numbers[row.event]
    if iteration == row.iteration:
        contents.use(connection, identity, referred([row.content]))
        _keep(_ANY, connection, identity, number, iteration, row.content)


def _keep(statement: Statement, connection: Connection, run: str, event: int, iteration: int, content: bytes) -> int:
    """Writes the row; a large state is `content`'s reference, as in the other tables. How many rows were written."""
    own = {"run": run, "event": event, "iteration": iteration, "content": content}
    written = statement.run(connection, {**own, "checksum": checksum(run, event, iteration, content)})
    if written:
        note_written(len(content))
    return written
