"""Runs on disk: their events, checkpoints and arrays. The only place that speaks SQL."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, exists, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from backprop_explorer.problem import Problem
from backprop_explorer.runs.checkpoint import Checkpoint
from backprop_explorer.runs.event import Event
from backprop_explorer.runs.pack import pack, unpack
from backprop_explorer.runs.store.schema import arrays, checkpoints, events, runs


class Store:
    """Every method is one transaction; when it returns, what it wrote is on disk."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()

    def close(self) -> None:
        self._engine.dispose()

    def create(self, run: str, event: Event, checkpoint: Checkpoint) -> None:
        """A new run with its first event."""
        with self._transaction() as connection:
            connection.execute(insert(runs).values(id=run, created=datetime.now(UTC).isoformat(timespec="seconds")))
            _insert_event(connection, run, event, {event.iteration: checkpoint})

    def append(self, run: str, event: Event, taken: Mapping[int, Checkpoint]) -> None:
        """The next event and the checkpoints within it, by iteration; a `Problem` (409) if somebody was faster."""
        with self._transaction() as connection:
            try:
                _insert_event(connection, run, event, taken)
            except IntegrityError:
                reason = "somebody else changed or deleted this run at the same moment"
                raise Problem("conflict", reason, status=409, hint="reload it") from None

    def delete(self, run: str) -> bool:
        """Removes the run and all that belongs to it; whether there was one."""
        with self._transaction() as connection:
            return connection.execute(delete(runs).where(runs.c.id == run)).rowcount > 0

    def exists(self, run: str) -> bool:
        with self._transaction() as connection:
            return bool(connection.scalar(select(exists().where(runs.c.id == run))))

    def events(self, run: str) -> list[Event]:
        """All events in order, without their payloads; empty where there is no such run."""
        wanted = [column for column in events.c if column.name not in ("run", "payload")]
        with self._transaction() as connection:
            rows = connection.execute(select(*wanted).where(events.c.run == run).order_by(events.c.number))
            return [Event(**row) for row in rows.mappings()]

    def payload(self, run: str, number: int) -> bytes:
        """The payload of one event."""
        with self._transaction() as connection:
            query = select(events.c.payload).where(events.c.run == run, events.c.number == number)
            return bytes(connection.execute(query).scalar_one())

    def checkpoints(self, run: str) -> list[tuple[int, int]]:
        """Where there are checkpoints: event and iteration of each, in order."""
        key = (checkpoints.c.event, checkpoints.c.iteration)
        with self._transaction() as connection:
            rows = connection.execute(select(*key).where(checkpoints.c.run == run).order_by(*key))
            return [(row.event, row.iteration) for row in rows]

    def checkpoint(self, run: str, number: int, iteration: int) -> Checkpoint:
        """The checkpoint taken within that event at that iteration."""
        with self._transaction() as connection:
            query = select(checkpoints.c.content).where(
                checkpoints.c.run == run, checkpoints.c.event == number, checkpoints.c.iteration == iteration
            )
            words, _ = unpack(connection.execute(query).scalar_one())
            digests = select(arrays.c.digest, arrays.c.content).where(
                arrays.c.run == run, arrays.c.digest.in_(set(words["digests"].values()))
            )
            contents = {row.digest: row.content for row in connection.execute(digests)}
        found = {name: unpack(contents[digest])[1][""] for name, digest in words["digests"].items()}
        return Checkpoint(words["document"], found)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._lock, _translated(), self._engine.begin() as connection:
            yield connection


def _insert_event(connection: Connection, run: str, event: Event, taken: Mapping[int, Checkpoint]) -> None:
    connection.execute(insert(events).values(run=run, **vars(event)))
    for iteration, checkpoint in taken.items():
        packed = {name: pack({}, {"": array}) for name, array in checkpoint.arrays.items()}
        digests = {name: hashlib.blake2b(content, digest_size=16).hexdigest() for name, content in packed.items()}
        _insert_arrays(connection, run, {digests[name]: packed[name] for name in packed})
        content = pack({"document": checkpoint.words, "digests": digests}, {})
        row = {"run": run, "event": event.number, "iteration": iteration, "content": content}
        connection.execute(insert(checkpoints).values(**row))


def _insert_arrays(connection: Connection, run: str, contents: dict[str, bytes]) -> None:
    query = select(arrays.c.digest).where(arrays.c.run == run, arrays.c.digest.in_(contents))
    known = set(connection.scalars(query))
    new = contents.keys() - known
    rows: list[dict[str, Any]] = [{"run": run, "digest": digest, "content": contents[digest]} for digest in sorted(new)]
    if rows:
        connection.execute(insert(arrays), rows)


@contextmanager
def _translated() -> Iterator[None]:
    """A full disk as a `Problem` of status 507, a database that cannot be used as one of status 503."""
    try:
        yield
    except IntegrityError:
        raise
    except (OperationalError, DBAPIError) as error:
        reason = str(error.orig)
        if "full" in reason:
            detail = "the disk with the runs is full, so the change was not made"
            raise Problem("disk_full", detail, status=507, hint="make room on it") from error
        raise Problem("database_failed", "the runs' database cannot be used at the moment", status=503) from error
