"""Runs on disk: their events and checkpoints. With the modules beside it, the only place that speaks SQL."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from math import inf
from typing import TypeVar

from sqlalchemy import Connection, Engine, bindparam, delete, insert, or_, select, update

from backprop_explorer.runs.checkpoint import Checkpoint
from backprop_explorer.runs.event import Event
from backprop_explorer.runs.identity import view_of
from backprop_explorer.runs.limits import Limits
from backprop_explorer.runs.store import contents, heads, keys, quotas, rows
from backprop_explorer.runs.store.inventory import Kept, kept, now, written
from backprop_explorer.runs.store.problems import Conflict
from backprop_explorer.runs.store.records import Head, Recorded, Remembered
from backprop_explorer.runs.store.schema import checkpoints, events, runs
from backprop_explorer.runs.store.statement import Statement
from backprop_explorer.runs.store.write import Write
from backprop_explorer.runs.usage import check_change, check_new_run, note_created

_LOOKED_AT_EVERY = 16
"""After so many small changes of a run its bytes are counted; after a large one at once."""
R = TypeVar("R")
_NEXT_REVISION = Statement(
    update(runs)
    .where(runs.c.id == bindparam("own"), runs.c.revision == bindparam("known"))
    .values(revision=bindparam("next"), events=bindparam("last"), changed=bindparam("at"))
)


class Store(ABC):
    """Every method is one transaction; when it returns, what it wrote is on disk.

    What changes a run says at which `revision` it has read it, and raises a `Conflict` where it has another by now.
    """

    def __init__(self, engine: Engine) -> None:
        self.limits = Limits()
        self._engine = engine

    def close(self) -> None:
        self._engine.dispose()

    @abstractmethod
    def _transaction(self) -> AbstractContextManager[Connection]:
        """A transaction in which each statement sees what is committed."""

    @abstractmethod
    def _snapshot(self) -> AbstractContextManager[Connection]:
        """A transaction in which all statements see the same; bytes that make no sense are a damaged run's."""

    @abstractmethod
    def _asked(
        self, work: Callable[[Connection], R], *, snapshot: bool = False, then: Callable[[], None] = lambda: None
    ) -> Write[R]:
        """The work as something to write, done in a transaction, begun anew where another one was in the way; `then` is
        called once it is."""

    def _written(self, work: Callable[[Connection], R], *, snapshot: bool = False) -> R:
        """What the work answers, once it is on disk."""
        return self._asked(work, snapshot=snapshot).result()

    @abstractmethod
    def size(self) -> int:
        """Bytes on disk. Raises a `Problem` where the database does not answer."""

    @abstractmethod
    def used(self, connection: Connection) -> int:
        """About how many bytes the runs need, without the room that deleted ones have left; cheap to ask for."""

    @abstractmethod
    def probe(self) -> None:
        """Writes something that changes nothing. Raises a `Problem` where the database cannot be written."""

    def find(self, identity: str) -> str | None:
        """The id of the run whose id or view id that is; None where there is none."""
        with self._snapshot() as connection:
            found = connection.scalars(select(runs.c.id).where(or_(runs.c.id == identity, runs.c.view == identity)))
            return next((one for one in found if identity in (one, view_of(one))), None)

    def inventory(self, unchanged_since: datetime | None = None) -> list[Kept]:
        """What is kept of all runs, those first that were changed last; or of those not changed since then."""
        with self._snapshot() as connection:
            return kept(connection, unchanged_since)

    def create(self, run: str, event: Event, checkpoint: Checkpoint) -> None:
        """Adds a run with its first event, at the revision 1."""
        check_new_run()
        prepared = self._prepared({event.iteration: checkpoint})

        def work(connection: Connection) -> None:
            self._check_room(connection)
            _insert_run(connection, run, event.number)
            _insert(connection, run, event, prepared)
            self._check_run(connection, run, event, large=True)

        self._keyed(work, run, event.number).result()
        note_created()

    def append(
        self, run: str, event: Event, taken: Mapping[int, Checkpoint], revision: int, head: Head | None = None
    ) -> Write[None]:
        """Adds the next event, checkpoints in it by iteration, and the state at its end."""
        prepared = self._prepared(taken)

        def work(connection: Connection) -> None:
            self._check_room(connection)
            _advance(connection, run, revision, event.number)
            _insert(connection, run, event, prepared)
            if head is not None:
                heads.keep(connection, run, head)
            self._check_run(connection, run, event, large=bool(taken) or head is not None)

        return self._keyed(work, run, event.number)

    def extend(
        self, run: str, event: Event, taken: Mapping[int, Checkpoint], revision: int, head: Head | None = None
    ) -> Write[None]:
        """Writes the last event anew: a training that has gone on since."""
        prepared = self._prepared(taken)

        def work(connection: Connection) -> None:
            self._check_room(connection)
            _advance(connection, run, revision, event.number)
            before = rows.event_row(connection, run, event.number)["losses"]
            connection.execute(delete(events).where(events.c.run == run, events.c.number == event.number))
            _insert(connection, run, event, prepared)
            if head is not None:
                heads.keep(connection, run, head)
            contents.release(connection, run, before)
            self._check_run(connection, run, event, large=True)

        return self._asked(work)

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
        check_new_run()
        copied, checkpoints_at = list(copied), list(checkpoints_at)
        old = {new: number for number, new in numbers.items()}

        def work(connection: Connection) -> None:
            self._check_room(connection)
            _insert_run(connection, identity, len(copied))
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
            ends = {old[event.number]: (event.number, event.iteration) for event in copied}
            heads.copy(connection, run, identity, ends)

        self._keyed(work, identity, len(copied), snapshot=True).result()
        note_created()

    def delete(self, run: str, revision: int | None = None) -> bool:
        """Removes the run with all its data; whether there was one. With a revision, only while it has that one."""

        def work(connection: Connection) -> bool:
            there = connection.scalar(select(runs.c.revision).where(runs.c.id == run).with_for_update())
            if revision is not None and revision != there:
                raise Conflict
            contents.forget(connection, run)
            return connection.execute(delete(runs).where(runs.c.id == run)).rowcount > 0

        return self._keyed(work, run, 0).result()

    def _prepared(self, taken: Mapping[int, Checkpoint]) -> dict[int, rows.Prepared]:
        """The checkpoints, by iteration, with what can be done of writing them before anybody has to wait."""

        def is_known(digest: bytes) -> bool:
            with self._snapshot() as connection:
                return contents.is_known(connection, digest)

        return {iteration: rows.prepared(checkpoint, is_known) for iteration, checkpoint in taken.items()}

    def _check_room(self, connection: Connection) -> None:
        """Raises a `Problem` where nothing may be added at present: for whoever asks (429), or at all (507)."""
        check_change()
        if self.limits.database_bytes:
            quotas.check_all(self.limits, self.used(connection))

    def _check_run(self, connection: Connection, run: str, event: Event, *, large: bool) -> None:
        """Raises a `Problem` (507) where the run has become too large; small changes are let through for a while."""
        large = large or len(event.payload) + len(event.losses) > contents.INLINE
        if large or event.number % _LOOKED_AT_EVERY == 0:
            quotas.check_run(self.limits, connection, run)

    def room(self, run: str) -> float:
        """How many more bytes the run may have; infinity where there is no limit."""
        if not self.limits.run_bytes:
            return inf
        with self._snapshot() as connection:
            return self.limits.run_bytes - quotas.bytes_of_run(connection, run)

    def look(self, run: str, since: datetime) -> None:
        """Records that the run is looked at now, unless it was recorded since then."""
        old = runs.c.id == run, runs.c.looked < written(since)
        self._written(lambda connection: connection.execute(update(runs).where(*old).values(looked=now())))

    def untouched(self, since: datetime, after: str, count: int) -> tuple[list[str], str | None]:
        """Among the next `count` runs by id those neither changed nor looked at since then; and the last of the runs,
        after which to go on, None where there are no more."""
        query = select(runs.c.id, runs.c.changed, runs.c.looked).where(runs.c.id > after).order_by(runs.c.id)
        with self._snapshot() as connection:
            found = connection.execute(query.limit(count)).all()
        old = [row.id for row in found if max(row.changed, row.looked) < written(since)]
        return old, found[-1].id if len(found) == count else None

    def delete_untouched(self, run: str, since: datetime) -> bool:
        """Removes the run unless it was changed or looked at since then; whether it did."""

        def work(connection: Connection) -> bool:
            old = runs.c.id == run, runs.c.changed < written(since), runs.c.looked < written(since)
            if connection.scalar(select(runs.c.id).where(*old).with_for_update()) is None:
                return False
            contents.forget(connection, run)
            return connection.execute(delete(runs).where(runs.c.id == run)).rowcount > 0

        return self._written(work)

    @abstractmethod
    def give_back(self) -> None:
        """Returns to the disk what deleted runs have left, where the database does not do so by itself."""

    def _keyed(self, work: Callable[[Connection], R], run: str, event: int, *, snapshot: bool = False) -> Write[R]:
        """The work, written together with the key of the request that it is for."""

        def keyed(connection: Connection) -> R:
            done = work(connection)
            keys.record(connection, run, event)
            return done

        return self._asked(keyed, snapshot=snapshot, then=keys.written)

    def head(self, run: str, after: int, until: int) -> Head | None:
        """The state at the end of the run's last training, where it was kept and is of an iteration between these."""
        with self._snapshot() as connection:
            return heads.kept(connection, run, after, until)

    def request(self, digest: bytes, since: float) -> Remembered | None:
        """The request with that key, made since then (in seconds since 1970); None where there is none."""
        with self._snapshot() as connection:
            return keys.remembered(connection, digest, since)

    def answer_request(self, digest: bytes, answer: bytes) -> None:
        """Records what the request with that key was answered."""
        self._written(lambda connection: keys.answered(connection, digest, answer))

    def forget_requests(self, since: float, most: int) -> None:
        """Removes the keys from before then, and all but about `most` of the newest."""
        self._written(lambda connection: keys.forget(connection, since, most))

    def revision(self, run: str) -> int | None:
        """How often the run has been written; None where there is no such run."""
        with self._snapshot() as connection:
            return connection.scalar(select(runs.c.revision).where(runs.c.id == run))

    def recorded(self, run: str) -> Recorded | None:
        """The run's events and where it has checkpoints; None where there is no such run."""
        key = checkpoints.c.event, checkpoints.c.iteration
        with self._snapshot() as connection:
            found = _events(connection, run)
            if not found:
                return None
            revision = connection.scalar(select(runs.c.revision).where(runs.c.id == run)) or 0
            kept = connection.execute(select(*key).where(checkpoints.c.run == run).order_by(*key))
            return Recorded(revision, found, [(row.event, row.iteration) for row in kept])

    def events(self, run: str, after: int = 0) -> list[Event]:
        """The events after that number, in order, without payloads; empty where there is no such run."""
        with self._snapshot() as connection:
            return _events(connection, run, after)

    def payload(self, run: str, number: int) -> bytes:
        """The payload of one event."""
        with self._snapshot() as connection:
            return contents.whole(connection, rows.event_row(connection, run, number)["payload"])

    def beginnings(self, run: str, length: int, after: int = 0) -> dict[int, bytes]:
        """The first bytes of the payload of every event after that number, by the event's number."""
        with self._snapshot() as connection:
            stored = {row["number"]: row["payload"] for row in rows.event_rows(connection, run, after)}
            return {number: contents.first_bytes(connection, cell, length) for number, cell in stored.items()}

    def checkpoint(self, run: str, number: int, iteration: int) -> Checkpoint:
        """The checkpoint taken within that event at that iteration."""
        with self._snapshot() as connection:
            _, content = rows.checkpoint_content(connection, run, number, iteration)
            return rows.checkpoint_of(connection, content)


def _insert_run(connection: Connection, run: str, events: int) -> None:
    times = dict.fromkeys(("created", "changed", "looked"), now())
    connection.execute(insert(runs).values(id=run, **times, events=events, view=view_of(run), revision=1))


def _advance(connection: Connection, run: str, revision: int, number: int) -> None:
    """Makes that event the run's last, and the next revision of it, if nobody else has: one statement decides."""
    own = {"own": run, "known": revision, "next": revision + 1, "last": number, "at": now()}
    if not _NEXT_REVISION.run(connection, own):
        raise Conflict


def _insert(connection: Connection, run: str, event: Event, taken: Mapping[int, rows.Prepared]) -> None:
    rows.insert_event(connection, run, event)
    rows.insert_checkpoints(connection, run, event.number, taken)


def _events(connection: Connection, run: str, after: int = 0) -> list[Event]:
    found = rows.event_rows(connection, run, after)
    large = contents.fetch(connection, rows.referred(row["losses"] for row in found))
    losses = (large.get(contents.reference(row["losses"]) or b"", row["losses"]) for row in found)
    return [rows.event_of(row, own) for row, own in zip(found, losses, strict=True)]
