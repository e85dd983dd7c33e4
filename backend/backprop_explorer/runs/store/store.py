"""Runs on disk: their events, checkpoints and arrays. The only place that speaks SQL."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, literal, select, update
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
            _insert_run(connection, run)
            _insert_event(connection, run, event, {event.iteration: checkpoint})

    def append(self, run: str, event: Event, taken: Mapping[int, Checkpoint]) -> None:
        """The next event and the checkpoints within it, by iteration; a `Problem` (409) if somebody was faster."""
        with self._transaction() as connection:
            try:
                _insert_event(connection, run, event, taken)
            except IntegrityError:
                reason = "somebody else changed or deleted this run at the same moment"
                raise Problem("conflict", reason, status=409, hint="reload it") from None

    def extend(self, run: str, event: Event, taken: Mapping[int, Checkpoint]) -> None:
        """The event that was appended last, grown: a training that is further by now."""
        with self._transaction() as connection:
            own = update(events).where(events.c.run == run, events.c.number == event.number)
            connection.execute(own.values(iteration=event.iteration, losses=event.losses))
            _insert_checkpoints(connection, run, event, taken)

    def fork(
        self,
        run: str,
        identity: str,
        copied: Iterable[Event],
        numbers: Mapping[int, int],
        checkpoints_at: Iterable[tuple[int, int]],
    ) -> None:
        """A new run of these events, which are those of another run by new `numbers`: their payloads, and the
        checkpoints there were at these events and iterations, are copied."""
        with self._transaction() as connection:
            _insert_run(connection, identity)
            old = {new: number for number, new in numbers.items()}
            for event in copied:
                payload = _payload(connection, run, old[event.number])
                connection.execute(insert(events).values({**asdict(event), "run": identity, "payload": payload}))
            digests: set[str] = set()
            for number, iteration in checkpoints_at:
                content = _checkpoint(connection, run, number, iteration)
                digests |= set(unpack(content)[0]["digests"].values())
                row = {"run": identity, "event": numbers[number], "iteration": iteration, "content": content}
                connection.execute(insert(checkpoints).values(**row))
            taken = select(literal(identity), arrays.c.digest, arrays.c.content)
            wanted = taken.where(arrays.c.run == run, arrays.c.digest.in_(digests))
            connection.execute(insert(arrays).from_select(["run", "digest", "content"], wanted))

    def delete(self, run: str) -> bool:
        """Removes the run and all that belongs to it; whether there was one."""
        with self._transaction() as connection:
            return connection.execute(delete(runs).where(runs.c.id == run)).rowcount > 0

    def events(self, run: str, after: int = 0) -> list[Event]:
        """All events after that number, in order, without their payloads; none where there is no such run."""
        wanted = [column for column in events.c if column.name not in ("run", "payload")]
        with self._transaction() as connection:
            rows = connection.execute(
                select(*wanted).where(events.c.run == run, events.c.number > after).order_by(events.c.number)
            )
            return [Event(**row) for row in rows.mappings()]

    def payload(self, run: str, number: int) -> bytes:
        """The payload of one event."""
        with self._transaction() as connection:
            return _payload(connection, run, number)

    def beginnings(self, run: str, length: int, after: int = 0) -> dict[int, bytes]:
        """The first bytes of the payload of every event after that number, by the event's number."""
        beginning = func.substr(events.c.payload, 1, length).label("beginning")
        with self._transaction() as connection:
            rows = connection.execute(
                select(events.c.number, beginning).where(events.c.run == run, events.c.number > after)
            )
            return {row.number: bytes(row.beginning or b"") for row in rows}

    def checkpoints(self, run: str) -> list[tuple[int, int]]:
        """Where there are checkpoints: event and iteration of each, in order."""
        key = (checkpoints.c.event, checkpoints.c.iteration)
        with self._transaction() as connection:
            rows = connection.execute(select(*key).where(checkpoints.c.run == run).order_by(*key))
            return [(row.event, row.iteration) for row in rows]

    def checkpoint(self, run: str, number: int, iteration: int) -> Checkpoint:
        """The checkpoint taken within that event at that iteration."""
        with self._transaction() as connection:
            words, _ = unpack(_checkpoint(connection, run, number, iteration))
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


def _insert_run(connection: Connection, run: str) -> None:
    connection.execute(insert(runs).values(id=run, created=datetime.now(UTC).isoformat(timespec="seconds")))


def _payload(connection: Connection, run: str, number: int) -> bytes:
    query = select(events.c.payload).where(events.c.run == run, events.c.number == number)
    return bytes(connection.execute(query).scalar_one())


def _checkpoint(connection: Connection, run: str, number: int, iteration: int) -> bytes:
    query = select(checkpoints.c.content).where(
        checkpoints.c.run == run, checkpoints.c.event == number, checkpoints.c.iteration == iteration
    )
    return bytes(connection.execute(query).scalar_one())


def _insert_event(connection: Connection, run: str, event: Event, taken: Mapping[int, Checkpoint]) -> None:
    connection.execute(insert(events).values(run=run, **asdict(event)))
    _insert_checkpoints(connection, run, event, taken)


def _insert_checkpoints(connection: Connection, run: str, event: Event, taken: Mapping[int, Checkpoint]) -> None:
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
