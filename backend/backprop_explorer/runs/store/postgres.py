"""PostgreSQL as we use it: tables in a schema of their own, and many transactions at once, from many processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnection

from backprop_explorer.problem import Problem
from backprop_explorer.runs.store.contents import Lost
from backprop_explorer.runs.store.file import APPLICATION, SCHEMA_VERSION
from backprop_explorer.runs.store.migration import migrate
from backprop_explorer.runs.store.problems import Conflict, damaged, database_failed, disk_full, noticed
from backprop_explorer.runs.store.quotas import Measured, bytes_of_all
from backprop_explorer.runs.store.schema import metadata
from backprop_explorer.runs.store.store import Store
from backprop_explorer.runs.store.write import Written

R = TypeVar("R")
SCHEMA = "backprop_explorer"
ATTEMPTS = 5
"""So often a transaction is begun that others were in the way of."""
CHECKOUT_SECONDS = 5
"""How long a transaction waits for one of the connections."""
# A server that does not answer at all is noticed within these seconds (and milliseconds).
_PATIENCE = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_FULL = ("53100",)
_DAMAGE = ("XX001", "XX002")
_AGAIN = ("40001", "40P01")


class ServerStore(Store):
    """The runs of a server. Its tables are made, or brought to today's, when it is opened."""

    def __init__(self, address: str, connections: int, statement_seconds: float) -> None:
        super().__init__(connect(address, connections, statement_seconds))
        self._used = Measured(bytes_of_all)
        self._steady = self._engine.execution_options(isolation_level="REPEATABLE READ")
        try:
            with self._transaction() as connection:
                prepare(connection)
        except BaseException:
            self.close()
            raise

    def size(self) -> int:
        """Of our tables, with their indexes."""
        query = "SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables WHERE schemaname = current_schema()"
        with self._transaction() as connection:
            return int(connection.exec_driver_sql(query).scalar() or 0)

    def used(self, connection: Connection) -> int:
        """Of the contents, as they were a few seconds ago: tables themselves do not shrink when rows are deleted."""
        return self._used.of(connection)

    def give_back(self) -> None:
        """Autovacuum does."""

    def probe(self) -> None:
        """A lock on a row is a write, which a standby refuses; one of this kind is in nobody's way."""
        with self._transaction() as connection:
            connection.exec_driver_sql("SELECT version FROM version FOR KEY SHARE")

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with _translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _snapshot(self) -> Iterator[Connection]:
        with _translated(), noticed("what is kept of it"), self._steady.begin() as connection:
            yield connection

    def _asked(
        self, work: Callable[[Connection], R], *, snapshot: bool = False, then: Callable[[], None] = lambda: None
    ) -> Written[R]:
        for _ in range(ATTEMPTS):
            try:
                with self._snapshot() if snapshot else self._transaction() as connection:
                    found = work(connection)
                then()
                return Written(found)
            except (Lost, _InTheWay):
                continue
        raise database_failed()


class _InTheWay(Exception):
    """Two transactions waited for each other, or one has changed what the other had read."""


def connect(address: str, connections: int, statement_seconds: float) -> Engine:
    """An engine over at most so many connections to the server at that address."""
    try:
        url = make_url(address).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):  # which repeats the address, and that may hold a password
        hint = "such as postgresql://user:password@host:5432/database"
        raise Problem("unknown_database", "The address of the database cannot be read", status=503, hint=hint) from None
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=CHECKOUT_SECONDS,
        pool_pre_ping=True,
        pool_use_lifo=True,
        connect_args={name: value for name, value in _PATIENCE.items() if name not in url.query},
    )

    def begin(connection: Any, _: object) -> None:
        connection.autocommit = True
        connection.execute(f"SET search_path TO {SCHEMA}")
        connection.execute(f"SET statement_timeout TO {round(statement_seconds * 1000)}")
        connection.autocommit = False

    event.listen(engine, "connect", begin)
    return engine


def prepare(connection: Connection) -> None:
    """Makes the tables, or brings those of an older version to today's; one process at a time.

    Raises a `Problem` where a newer version has written them.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": APPLICATION})
    connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS version (version INTEGER NOT NULL)")
    version = connection.exec_driver_sql("SELECT version FROM version").scalar()
    if version is None:
        metadata.create_all(connection)
        connection.exec_driver_sql(f"INSERT INTO version VALUES ({SCHEMA_VERSION})")
    elif version > SCHEMA_VERSION:
        detail = "The database was written by a newer version of Backprop Explorer"
        raise Problem("database_refused", detail, status=503, hint="run that version, or choose another database")
    elif version < SCHEMA_VERSION:
        migrate(connection, version)
        connection.exec_driver_sql(f"UPDATE version SET version = {SCHEMA_VERSION}")


@contextmanager
def _translated() -> Iterator[None]:
    """Turns PostgreSQL's errors into a `Problem`: 507 for a full disk, 409 for damaged pages, else 503."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict from error
    except NoConnection as error:
        raise database_failed() from error
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state in _AGAIN:
            raise _InTheWay from error
        if state in _FULL:
            raise disk_full() from error
        if state in _DAMAGE:
            raise damaged("what is kept of it") from error
        raise database_failed() from error
