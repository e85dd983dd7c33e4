"""Contents by their digest: stored once for all runs that use them, verified when they are read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, Exists, Select, delete, exists, func, or_, select, text

from backprop_explorer.problem import Problem
from backprop_explorer.runs.checkpoint import Recipe
from backprop_explorer.runs.serialization import Array, buffers, serialize
from backprop_explorer.runs.store.problems import damaged
from backprop_explorer.runs.store.schema import contents, events, uses
from backprop_explorer.runs.usage import note_written

INLINE = 512
"""Up to this many bytes are stored in the row itself: a reference and its use would take about as much."""
DRAWN = 4096
"""An array of more bytes may be stored as its recipe. Smaller ones are not: another version of NumPy may draw other
numbers, and stored bytes do not depend on it."""
_NEW_CONTENT = text(
    "INSERT INTO contents (digest, content, recipe) VALUES (:digest, :content, :recipe) ON CONFLICT DO NOTHING"
)
_NEW_USE = text("INSERT INTO uses (run, digest) VALUES (:run, :digest) ON CONFLICT DO NOTHING")
_REFERENCE = b"@"  # what `serialize` makes begins with another character
_DIGEST_BYTES = 16
REFERENCE_BYTES = len(_REFERENCE) + _DIGEST_BYTES
"""How long the cell of a large content is."""


class New(NamedTuple):
    """A content that is to be there: an array, bytes, or bytes that are an array's recipe."""

    content: Array | bytes
    drawn: bool = False


def keep(connection: Connection, run: str, content: bytes) -> bytes:
    """Writes what is long; what to write into a row, as `cell`."""
    new: dict[bytes, New] = {}
    stored = cell(content, new)
    keep_all(connection, run, new)
    return stored


def cell(content: bytes, new: dict[bytes, New]) -> bytes:
    """What to write into a row: the content itself where it is short, else a reference to it, which is then `new`."""
    if len(content) <= INLINE:
        return content
    digest = _digest([content])
    new[digest] = New(content)
    return _REFERENCE + digest


def array_digest(array: Array) -> bytes:
    """The digest by which an array is kept."""
    return _digest(buffers({}, {"": array}))


def recipe_of(array: Array, digest: bytes, recipe: Recipe | None) -> bytes | None:
    """What to keep in the place of a large array: its recipe, where that gives the same bits; else None."""
    words = _words(recipe, array, digest) if recipe is not None and array.nbytes > DRAWN else None
    return None if words is None else _sealed(words)


def keep_all(connection: Connection, run: str, new: Mapping[bytes, New]) -> None:
    """Writes those of these contents, by digest, that are not there, and that the run uses all of them."""
    known = _known(connection, new)
    few: list[dict[str, Any]] = []
    for digest in sorted(new.keys() - known):
        content = new[digest].content
        note_written(len(content) if isinstance(content, bytes) else content.nbytes)
        if isinstance(content, bytes):
            few.append({"digest": digest, "content": content, "recipe": int(new[digest].drawn)})
        else:  # one by one, for each takes memory while it is written
            connection.execute(_NEW_CONTENT, {"digest": digest, "content": serialize({}, {"": content}), "recipe": 0})
    if few:
        connection.execute(_NEW_CONTENT, few)
    use(connection, run, new)


def _known(connection: Connection, digests: Iterable[bytes]) -> set[bytes]:
    """Those of these contents that are there."""
    found: set[bytes] = set()
    for some in _parts(sorted(digests)):
        found |= set(connection.scalars(select(contents.c.digest).where(contents.c.digest.in_(some))))
    return found


def use(connection: Connection, run: str, digests: Iterable[bytes]) -> None:
    """Records that the run uses these digests. Raises `Lost` where another process has just removed one of them."""
    wanted = sorted(set(digests))
    if not wanted:
        return
    if connection.dialect.name != "sqlite":
        _hold(connection, wanted)
    connection.execute(_NEW_USE, [{"run": run, "digest": digest} for digest in wanted])


class Lost(Exception):
    """What was there a moment ago was removed by another process; the same transaction will do if begun again."""


def _hold(connection: Connection, digests: list[bytes]) -> None:
    """Sees to it that nobody removes these contents before the transaction ends."""
    for some in _parts(digests):
        held = select(contents.c.digest).where(contents.c.digest.in_(some)).with_for_update(read=True, key_share=True)
        if len(connection.execute(held).all()) < len(some):
            raise Lost


def reference(stored: bytes) -> bytes | None:
    """The digest that a row's cell refers to; None where the cell is the content itself."""
    return stored[len(_REFERENCE) :] if stored.startswith(_REFERENCE) else None


def whole(connection: Connection, stored: bytes) -> bytes:
    """The content of a row's cell."""
    digest = reference(stored)
    return stored if digest is None else fetch(connection, {digest})[digest]


def fetch(connection: Connection, digests: Iterable[bytes]) -> dict[bytes, bytes]:
    """Contents by their digests. Raises a `Problem` (409) where one is missing or does not match its digest."""
    found: dict[bytes, bytes] = {}
    wanted = sorted(set(digests))
    for some in _parts(wanted):
        for row in connection.execute(select(contents).where(contents.c.digest.in_(some))):
            found[row.digest] = _drawn(row.content, row.digest) if row.recipe else _verified(row.content, row.digest)
    if len(found) < len(wanted):
        raise damaged("a part of its contents")
    return found


def first_bytes(connection: Connection, stored: bytes, length: int) -> bytes:
    """The first bytes of the content of a row's cell; those of a longer content are not verified."""
    digest = reference(stored)
    if digest is None:
        return stored[:length]
    start = connection.scalar(select(func.substr(contents.c.content, 1, length + 1)).where(contents.c.digest == digest))
    if start is None:
        raise damaged("a part of its contents")
    return bytes(start[:length]) if len(start) > length else fetch(connection, {digest})[digest]


def release(connection: Connection, run: str, stored: bytes) -> None:
    """Removes what a cell of the run's events referred to, unless something else refers to it."""
    digest = reference(stored)
    if digest is None:
        return
    own = exists().where(events.c.run == run, or_(events.c.payload == stored, events.c.losses == stored))
    if connection.scalar(select(own)):
        return
    connection.execute(delete(uses).where(uses.c.run == run, uses.c.digest == digest))
    _remove(connection, select(contents.c.digest).where(contents.c.digest == digest), exists())


def forget(connection: Connection, run: str) -> None:
    """Removes the contents that only this run uses."""
    own = select(uses.c.digest).where(uses.c.run == run)
    _remove(connection, own, exists().where(uses.c.run != run))


def _remove(connection: Connection, digests: Select[tuple[bytes]], used: Exists) -> None:
    """Removes those of the contents that are not used, as that says.

    They are locked first, so that a transaction which is about to use one has ended when the second statement looks.
    """
    if connection.dialect.name != "sqlite":
        locked = select(contents.c.digest).where(contents.c.digest.in_(digests))
        connection.execute(locked.order_by(contents.c.digest).with_for_update())
    used = used.where(uses.c.digest == contents.c.digest)
    connection.execute(delete(contents).where(contents.c.digest.in_(digests), ~used))


def is_sound(content: bytes, digest: bytes) -> bool:
    """Whether the content has that digest."""
    return _digest([content]) == digest


def _parts(digests: list[bytes]) -> Iterator[list[bytes]]:
    """The digests, as many at once as a statement may name."""
    return (digests[start : start + 500] for start in range(0, len(digests), 500))


def is_known(connection: Connection, digest: bytes) -> bool:
    """Whether there is a content of that digest."""
    return bool(connection.scalar(select(exists().where(contents.c.digest == digest))))


def _digest(buffers: Iterable[Any]) -> bytes:
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for buffer in buffers:
        digest.update(buffer)
    return digest.digest()


def _verified(content: bytes, digest: bytes) -> bytes:
    if not is_sound(content, digest):
        raise damaged("a part of its contents")
    return content


def _words(recipe: Recipe, array: Array, digest: bytes) -> bytes | None:
    """The recipe as bytes, None where it does not give the array."""
    if _digest(buffers({}, {"": recipe.array(array.dtype.str)})) != digest:
        return None
    return json.dumps({**asdict(recipe), "dtype": array.dtype.str, "numpy": np.__version__}).encode()


def _sealed(words: bytes) -> bytes:
    return _digest([words]) + words


def _drawn(content: bytes, digest: bytes) -> bytes:
    words = json.loads(_verified(content[_DIGEST_BYTES:], content[:_DIGEST_BYTES]))
    dtype, version = words.pop("dtype"), words.pop("numpy")
    try:
        drawn = serialize({}, {"": Recipe(**words).array(dtype)})
    except Problem:
        drawn = b""
    if _digest([drawn]) != digest:
        detail = (
            f"{words['name']} of this run was drawn by NumPy {version}, and NumPy {np.__version__} draws other numbers"
        )
        raise Problem("drawn_otherwise", detail, status=409, hint=f"start the server with NumPy {version}")
    return drawn
