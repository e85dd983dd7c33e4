"""Statements that every change runs: made once, and given to SQLite's driver as they are.

SQLAlchemy takes many times as long to run one as SQLite does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import ClauseElement


class Statement:
    """One that returns no rows."""

    def __init__(self, clause: Executable) -> None:
        assert isinstance(clause, ClauseElement)
        self._clause = clause
        self._text = str(clause.compile(dialect=sqlite.dialect(paramstyle="named")))

    def run(self, connection: Connection, own: Mapping[str, Any]) -> int:
        """How many rows it has written, with these parameters."""
        driver = driver_of(connection)
        if driver is not None:
            return driver.execute(self._text, own).rowcount
        return connection.execute(self._clause, own).rowcount


def driver_of(connection: Connection) -> sqlite3.Connection | None:
    """SQLite's own connection; None for another database's."""
    driver = connection.connection.driver_connection
    return driver if isinstance(driver, sqlite3.Connection) else None


@contextmanager
def savepoint(driver: sqlite3.Connection) -> Iterator[None]:
    """A part of a transaction, of which nothing is kept where something raises in it."""
    driver.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        driver.execute("ROLLBACK TO part")
        driver.execute("RELEASE part")
        raise
    driver.execute("RELEASE part")
