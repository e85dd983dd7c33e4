"""How much of the disk the runs may take, one and all of them; deleting is always possible."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf

from sqlalchemy import ColumnElement, Connection, Table, func, select

from backprop_explorer.problem import Problem
from backprop_explorer.runs.limits import Limits
from backprop_explorer.runs.store.problems import DISK_FULL, run_too_large
from backprop_explorer.runs.store.schema import ROW_BYTES, checkpoints, contents, events, heads, uses

OWN_ROWS = {
    events: func.length(events.c.payload) + func.length(events.c.losses),
    checkpoints: func.length(checkpoints.c.content),
    heads: func.length(heads.c.content),
}
"""The tables whose rows belong to one run each, and how many bytes a row of them keeps."""
FRESH_SECONDS = 2.0
_PATIENCE = 50


def check_all(limits: Limits, used: int) -> None:
    """Raises a `Problem` (507) where the runs have used the bytes that they may."""
    if 0 < limits.database_bytes <= used:
        raise Problem(
            "no_room",
            f"All runs together use the {limits.database_bytes:,} bytes reserved for them, so the change was not made",
            status=DISK_FULL,
            hint="delete runs that are no longer needed, or raise the setting BACKPROP_DATABASE_BYTES",
        )


def check_run(limits: Limits, connection: Connection, run: str) -> None:
    """Raises a `Problem` (507) where that run has more bytes than it may."""
    if limits.run_bytes and (size := bytes_of_run(connection, run)) > limits.run_bytes:
        raise run_too_large(
            f"This change was not made: the run would need {size:,} bytes on disk, more than the limit run_bytes of "
            f"{limits.run_bytes:,}"
        )


class Measured:
    """What was measured last, and anew after some seconds: the more of them, the longer measuring takes."""

    def __init__(self, measure: Callable[[Connection], int]) -> None:
        self._measure = measure
        self._value = 0
        self._due = -inf

    def of(self, connection: Connection) -> int:
        """The value; measured now where it is due, which happens to one of those who ask."""
        began = time.monotonic()
        if began >= self._due:
            self._due = inf
            try:
                self._value = self._measure(connection)
            finally:
                ended = time.monotonic()
                self._due = ended + FRESH_SECONDS + _PATIENCE * (ended - began)
        return self._value


def bytes_of_run(connection: Connection, run: str) -> int:
    """What the run needs; what it shares with others counts whole."""
    joined = uses.join(contents, uses.c.digest == contents.c.digest)
    shared = select(_sum(func.length(contents.c.content))).select_from(joined).where(uses.c.run == run)
    own = [select(_sum(size)).where(table.c.run == run) for table, size in OWN_ROWS.items()]
    return sum(connection.scalar(query) or 0 for query in (shared, *own))


def bytes_of_all(connection: Connection) -> int:
    """What all runs need, without reading their contents; what is shared counts once."""
    tables: dict[Table, ColumnElement[int]] = {**OWN_ROWS, contents: func.length(contents.c.content)}
    return sum(connection.scalar(select(_sum(size))) or 0 for size in tables.values())


def _sum(size: ColumnElement[int]) -> ColumnElement[int]:
    return func.coalesce(func.sum(size + ROW_BYTES), 0)
