"""The keys of requests: written with what the request changes, so that it is made once, whatever happens then."""

from __future__ import annotations

import time

from sqlalchemy import Connection, delete, select, text, update

from backprop_explorer.runs.key import Repeated, under_way
from backprop_explorer.runs.store.records import Remembered
from backprop_explorer.runs.store.schema import keys

_NEW = text(
    "INSERT INTO keys (digest, request, created, run, event, answer) "
    "VALUES (:digest, :request, :created, :run, :event, :answer) ON CONFLICT DO NOTHING"
)


def record(connection: Connection, run: str, event: int) -> None:
    """Writes the key of the request under way, if it has one. Raises `Repeated` where that is there already."""
    key = under_way.get()
    if key is None or key.written:
        return
    own = {"digest": key.digest, "request": key.request, "created": int(time.time())}
    if not connection.execute(_NEW, {**own, "run": run, "event": event, "answer": b""}).rowcount:
        key.repeated = True
        raise Repeated


def written() -> None:
    """The change that was written last is on disk."""
    key = under_way.get()
    if key is not None:
        key.written = True


def remembered(connection: Connection, digest: bytes, since: float) -> Remembered | None:
    """The request with that key, unless it was made before `since` (in seconds since 1970)."""
    query = select(keys.c.request, keys.c.run, keys.c.event, keys.c.answer)
    row = connection.execute(query.where(keys.c.digest == digest, keys.c.created >= int(since))).first()
    return None if row is None else Remembered(*row)


def answered(connection: Connection, digest: bytes, answer: bytes) -> None:
    """Records what the request was answered."""
    connection.execute(update(keys).where(keys.c.digest == digest).values(answer=answer))


def forget(connection: Connection, since: float, most: int) -> None:
    """Removes the keys from before `since`, and all but about `most` of the newest."""
    oldest = select(keys.c.created).order_by(keys.c.created.desc()).offset(most).limit(1).scalar_subquery()
    connection.execute(delete(keys).where(keys.c.created < int(since)))
    connection.execute(delete(keys).where(keys.c.created <= oldest))
