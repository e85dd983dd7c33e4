"""Runs on disk: their events and checkpoints. With the modules beside it, the only place that speaks SQL."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from backprop_explorer.problem import Problem
from backprop_explorer.runs.checkpoint import Checkpoint
from backprop_explorer.runs.event import Event
from backprop_explorer.runs.store import contents, rows
from backprop_explorer.runs.store.file import DISK_FULL, Reserve, damaged, noticed
from backprop_explorer.runs.store.schema import checkpoints, events, runs

_VACUUMED = 2_000  # pages at once, some 8 MB: others have their turn in between


class Store:
    """Every method is one transaction; when it returns, what it wrote is on disk."""

    def __init__(self, engine: Engine, reserve: Reserve) -> None:
        self._engine = engine
        self._reserve = reserve
        self._lock = threading.Lock()
        reserve.hold()

    def close(self) -> None:
        self._engine.dispose()

    def create(self, run: str, event: Event, checkpoint: Checkpoint) -> None:
        """Adds a run with its first event."""
        with self._transaction() as connection:
            _insert_run(connection, run)
            _insert(connection, run, event, {event.iteration: checkpoint})

    def append(self, run: str, event: Event, taken: Mapping[int, Checkpoint]) -> None:
        """Adds the next event, and checkpoints in it by iteration. Raises a `Problem` (409) if it is not the next."""
        with self._transaction() as connection:
            try:
                _insert(connection, run, event, taken)
            except IntegrityError:
                reason = "somebody else changed or deleted this run at the same moment"
                raise Problem("conflict", reason, status=409, hint="reload it") from None

    def extend(self, run: str, event: Event, taken: Mapping[int, Checkpoint]) -> None:
        """Writes the last event anew: a training that has gone on since."""
        with self._transaction() as connection:
            before = rows.event_row(connection, run, event.number)["losses"]
            connection.execute(delete(events).where(events.c.run == run, events.c.number == event.number))
            _insert(connection, run, event, taken)
            contents.release(connection, run, before)

    def fork(
        self,
        run: str,
        identity: str,
        copied: Iterable[Event],
        numbers: Mapping[int, int],
        checkpoints_at: Iterable[tuple[int, int]],
    ) -> None:
        """Adds the run `identity` with copies of events of the run `run`; `numbers` maps their old numbers to the new.

        Payloads are shared, and so are the checkpoints at these (old) events and iterations.
        """
        with self._reading() as connection:
            _insert_run(connection, identity)
            old = {new: number for number, new in numbers.items()}
            used: set[bytes] = set()
            for event in copied:
                row = rows.event_row(connection, run, old[event.number])
                rows.insert_event(connection, identity, event, row["payload"])
                used |= rows.referred([row["payload"]])
            for number, iteration in checkpoints_at:
                stored, content = rows.checkpoint_content(connection, run, number, iteration)
                rows.insert_checkpoint_row(connection, (identity, numbers[number], iteration, stored))
                used |= rows.referred([stored]) | rows.digests_within(content)
            contents.use(connection, identity, used)

    def delete(self, run: str) -> bool:
        """Removes the run with all its data, also when the disk is full; whether there was one."""
        try:
            found = self._remove(run)
        except Problem as problem:
            if problem.status != DISK_FULL or not self._reserve.give_up():
                raise
            found = self._remove(run)
        if found:
            with suppress(sqlite3.Error):  # the run is gone, whether or not its room is given back at once
                self._give_back()
            self._reserve.hold()
        return found

    def _remove(self, run: str) -> bool:
        with self._transaction() as connection:
            contents.forget(connection, run)
            return connection.execute(delete(runs).where(runs.c.id == run)).rowcount > 0

    def _give_back(self) -> None:
        """Returns free pages to the disk."""
        self._alone("PRAGMA wal_checkpoint(TRUNCATE)")
        before: int | None = -1
        while (free := self._alone("PRAGMA freelist_count")) not in (0, before):
            before = free
            self._alone(f"PRAGMA incremental_vacuum({_VACUUMED})")
            self._alone("PRAGMA wal_checkpoint(TRUNCATE)")

    def _alone(self, pragma: str) -> int | None:
        """Runs a pragma outside of any transaction; the first number it returns."""
        with self._lock, self._engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            rows = driver.execute(pragma).fetchall()
            return int(rows[0][0]) if rows and rows[0] else None

    def events(self, run: str, after: int = 0) -> list[Event]:
        """The events after that number, in order, without payloads; empty where there is no such run."""
        with self._reading() as connection:
            found = rows.event_rows(connection, run, after)
            large = contents.fetch(connection, rows.referred(row["losses"] for row in found))
            losses = (large.get(contents.reference(row["losses"]) or b"", row["losses"]) for row in found)
            return [rows.event_of(row, own) for row, own in zip(found, losses, strict=True)]

    def payload(self, run: str, number: int) -> bytes:
        """The payload of one event."""
        with self._reading() as connection:
            return contents.whole(connection, rows.event_row(connection, run, number)["payload"])

    def beginnings(self, run: str, length: int, after: int = 0) -> dict[int, bytes]:
        """The first bytes of the payload of every event after that number, by the event's number."""
        with self._reading() as connection:
            stored = {row["number"]: row["payload"] for row in rows.event_rows(connection, run, after)}
            return {number: contents.first_bytes(connection, cell, length) for number, cell in stored.items()}

    def checkpoints(self, run: str) -> list[tuple[int, int]]:
        """The event number and iteration of each checkpoint, in order."""
        key = (checkpoints.c.event, checkpoints.c.iteration)
        with self._reading() as connection:
            found = connection.execute(select(*key).where(checkpoints.c.run == run).order_by(*key))
            return [(row.event, row.iteration) for row in found]

    def checkpoint(self, run: str, number: int, iteration: int) -> Checkpoint:
        """The checkpoint taken within that event at that iteration."""
        with self._reading() as connection:
            _, content = rows.checkpoint_content(connection, run, number, iteration)
            return rows.checkpoint_of(connection, content)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._lock, _translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """A transaction that reads: bytes that make no sense raise the `Problem` of a damaged run."""
        with self._transaction() as connection, noticed("what is kept of it"):
            yield connection


def _insert_run(connection: Connection, run: str) -> None:
    connection.execute(insert(runs).values(id=run, created=datetime.now(UTC).isoformat(timespec="seconds"), events=0))


def _insert(connection: Connection, run: str, event: Event, taken: Mapping[int, Checkpoint]) -> None:
    rows.insert_event(connection, run, event)
    for iteration, checkpoint in taken.items():
        rows.insert_checkpoint(connection, run, event.number, iteration, checkpoint)


@contextmanager
def _translated() -> Iterator[None]:
    """Turns SQLite's errors into a `Problem`: 507 for a full disk, 409 for a damaged file, else 503."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        if is_full(error.orig):
            detail = "the disk with the runs is full, so the change was not made"
            raise Problem("disk_full", detail, status=DISK_FULL, hint="make room on it") from error
        if is_damage(error.orig):
            raise damaged("what is kept of it") from error
        raise Problem("database_failed", "the runs' database cannot be used at the moment", status=503) from error


def is_full(error: BaseException | None) -> bool:
    """Whether the disk is full; where the log's index finds no room, SQLite reports an input/output error."""
    return getattr(error, "sqlite_errorname", "") in ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE") or "full" in str(error)


def is_damage(error: BaseException | None) -> bool:
    """Whether the file is not as SQLite wrote it, or has text that is not UTF-8."""
    damage = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
    return getattr(error, "sqlite_errorname", "").startswith(damage) or "decode" in str(error).lower()
