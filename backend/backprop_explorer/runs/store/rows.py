"""Events and checkpoints as rows: large parts by reference, each row with its checksum."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, RowMapping, insert, select

from backprop_explorer.problem import Problem
from backprop_explorer.runs.checkpoint import Checkpoint
from backprop_explorer.runs.event import Event
from backprop_explorer.runs.serialization import deserialize, serialize
from backprop_explorer.runs.store import contents
from backprop_explorer.runs.store.problems import damaged, noticed, unknown_run
from backprop_explorer.runs.store.schema import ROW_BYTES, checkpoints, events, runs
from backprop_explorer.runs.store.statement import Statement
from backprop_explorer.runs.usage import note_written

_EVENT = ("run", "number", "kind", "parent", "head", "iteration", "payload", "losses")
_NEW_EVENT = Statement(insert(events))
_CHECKPOINT = ("run", "event", "iteration", "content")


def insert_event(connection: Connection, run: str, event: Event, stored: bytes | None = None) -> None:
    """Writes the event; `stored` is the cell of a payload that is stored already."""
    payload = contents.keep(connection, run, event.payload) if stored is None else stored
    large = {"payload": payload, "losses": contents.keep(connection, run, event.losses)}
    row = {"run": run, **{key: getattr(event, key) for key in _EVENT[1:-2]}, **large}
    note_written(ROW_BYTES + sum(map(len, large.values())))
    _NEW_EVENT.run(connection, {**row, "checksum": event_checksum(row)})


def checksum(*cells: str | int | bytes | None) -> bytes:
    """The checksum of a row's cells."""
    return hashlib.blake2b(repr(cells).encode(), digest_size=8).digest()


def event_checksum(row: Mapping[str, Any] | RowMapping) -> bytes:
    """The checksum of an event's row."""
    return checksum(*(row[key] for key in _EVENT))


def event_rows(connection: Connection, run: str, after: int = 0) -> list[RowMapping]:
    """The rows of all events after that number, verified. Raises a `Problem` (409) where one is missing or damaged."""
    query = select(events).where(events.c.run == run, events.c.number > after).order_by(events.c.number)
    rows = list(connection.execute(query).mappings())
    count = connection.scalar(select(runs.c.events).where(runs.c.id == run))
    if count is None and not rows:
        return []
    if [row["number"] for row in rows] != list(range(after + 1, (count or 0) + 1)):
        raise damaged("the list of its changes")
    for row in rows:
        if row["checksum"] != event_checksum(row):
            raise damaged(f"the change number {row['number']}")
    return rows


def event_row(connection: Connection, run: str, number: int) -> RowMapping:
    """The row of one event, verified."""
    row = connection.execute(select(events).where(events.c.run == run, events.c.number == number)).mappings().first()
    if row is None or row["checksum"] != event_checksum(row):
        raise _amiss(connection, run, f"the change number {number}")
    return row


def _amiss(connection: Connection, run: str, what: str) -> Problem:
    """What is said of a run of which something is missing or damaged: perhaps it has just been deleted."""
    there = connection.scalar(select(runs.c.id).where(runs.c.id == run))
    return unknown_run() if there is None else damaged(what)


def event_of(row: RowMapping, losses: bytes) -> Event:
    """The event of a row, without its payload."""
    return Event(**{key: row[key] for key in _EVENT[1:-2]}, losses=losses)


class Prepared(NamedTuple):
    """A checkpoint as it is written: the cell of its row, and the contents that this refers to."""

    cell: bytes
    contents: Mapping[bytes, contents.New]


def prepared(checkpoint: Checkpoint, is_known: Callable[[bytes], bool]) -> Prepared:
    """What takes long of writing a checkpoint, done before the transaction in which others would wait for it."""
    new: dict[bytes, contents.New] = {}
    digests: dict[str, str] = {}
    large = {name: array for name, array in checkpoint.arrays.items() if array.nbytes > contents.INLINE}
    small = {name: array for name, array in checkpoint.arrays.items() if name not in large}
    for name, array in large.items():
        digest = contents.array_digest(array)
        recipe = checkpoint.recipes.get(name)
        drawn = None if recipe is None or is_known(digest) else contents.recipe_of(array, digest, recipe)
        new[digest] = contents.New(array if drawn is None else drawn, drawn is not None)
        digests[name] = digest.hex()
    words = contents.cell(serialize({"document": checkpoint.words}, {}), new)
    document = deserialize(words)[0]["document"] if contents.reference(words) is None else words[1:].hex()
    content = serialize({"document": document, "digests": digests}, small)
    return Prepared(contents.cell(content, new), new)


def insert_checkpoints(connection: Connection, run: str, number: int, taken: Mapping[int, Prepared]) -> None:
    """Writes checkpoints, by iteration, taken within that event."""
    contents.keep_all(connection, run, {digest: new for one in taken.values() for digest, new in one.contents.items()})
    found = [_checkpoint_values((run, number, iteration, one.cell)) for iteration, one in taken.items()]
    if found:
        connection.execute(insert(checkpoints), found)


def _checkpoint_values(cells: tuple[str, int, int, bytes]) -> dict[str, Any]:
    note_written(ROW_BYTES + len(cells[-1]))
    return {**dict(zip(_CHECKPOINT, cells, strict=True)), "checksum": checksum(*cells)}


def insert_checkpoint_row(connection: Connection, cells: tuple[str, int, int, bytes]) -> None:
    """Writes a checkpoint's row, whose large parts are references already."""
    connection.execute(insert(checkpoints).values(**_checkpoint_values(cells)))


def checkpoint_content(connection: Connection, run: str, number: int, iteration: int) -> tuple[bytes, bytes]:
    """The cell of a checkpoint's row, verified, and its content."""
    row = _checkpoint_row(connection, run, number, iteration)
    if row is None or row.checksum != checksum(*row[:4]):
        raise _amiss(connection, run, f"the state at iteration {iteration}")
    return row.content, contents.whole(connection, row.content)


def _checkpoint_row(connection: Connection, run: str, number: int, iteration: int) -> Row[Any] | None:
    where = checkpoints.c.run == run, checkpoints.c.event == number, checkpoints.c.iteration == iteration
    return connection.execute(select(checkpoints).where(*where)).first()


def digests_within(content: bytes) -> set[bytes]:
    """The digests that a checkpoint's content refers to."""
    with noticed("a state"):
        words, _ = deserialize(content)
        document = [words["document"]] if isinstance(words["document"], str) else []
        return {bytes.fromhex(digest) for digest in [*words["digests"].values(), *document]}


def checkpoint_of(connection: Connection, content: bytes) -> Checkpoint:
    """The checkpoint of that content, into which version 0.1.0 wrote the document itself."""
    found = contents.fetch(connection, digests_within(content))
    with noticed("a state"):
        words, small = deserialize(content)
        document = words["document"]
        if isinstance(document, str):
            document = deserialize(found[bytes.fromhex(document)])[0]["document"]
        large = {name: deserialize(found[bytes.fromhex(digest)])[1][""] for name, digest in words["digests"].items()}
        return Checkpoint(document, {**small, **large})


def referred(stored: Iterable[bytes]) -> set[bytes]:
    """The digests that these cells refer to."""
    return {digest for content in stored if (digest := contents.reference(content)) is not None}
