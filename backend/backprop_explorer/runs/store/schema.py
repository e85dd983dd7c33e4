"""The tables of the runs' database.

Everything larger than a few hundred bytes (an array, a program, the losses of a training) stands once in `contents`,
under the digest of its bytes; `uses` says which runs need it. So a fork copies references, and what is read can be
compared with its digest. The other rows have a checksum each, and a run says how many events it has: what is damaged
is noticed.

The `revision` of a run grows with every write, by one statement that expects the one before it: of several processes
that would change a run at the same moment one does, and the others notice. `view` is the id to look at it. `changed`
says when the run was changed last, `looked`, to a day, when somebody had it last.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()
ROW_BYTES = 100
"""About what a row takes besides its large cells."""


def _owner() -> Column[str]:
    return Column("run", Text, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


runs = Table(
    "runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("created", Text, nullable=False),
    Column("events", Integer, nullable=False, server_default="0"),
    Column("view", Text, nullable=False, server_default=""),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("changed", Text, nullable=False, server_default=""),
    Column("looked", Text, nullable=False, server_default=""),
    Index("views", "view"),
    sqlite_strict=True,
)

events = Table(
    "events",
    metadata,
    _owner(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("parent", Integer),
    Column("head", Integer, nullable=False),
    Column("iteration", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("losses", LargeBinary, nullable=False),
    Column("checksum", LargeBinary, nullable=False, server_default=""),
    sqlite_strict=True,
)

checkpoints = Table(
    "checkpoints",
    metadata,
    _owner(),
    Column("event", Integer, primary_key=True, autoincrement=False),
    Column("iteration", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
    Column("checksum", LargeBinary, nullable=False, server_default=""),
    sqlite_strict=True,
)

# `recipe` is 1 where the content says how to draw the bytes instead of being them.
contents = Table(
    "contents",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("recipe", Integer, nullable=False),
    sqlite_strict=True,
)

uses = Table(
    "uses",
    metadata,
    _owner(),
    Column("digest", LargeBinary, primary_key=True),
    Index("users", "digest"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# The state at the end of a run's last training: what training changes, by name. A replay gives the same numbers on the
# same kind of processor only.
heads = Table(
    "heads",
    metadata,
    _owner(),
    Column("event", Integer, nullable=False),
    Column("iteration", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("checksum", LargeBinary, nullable=False),
    sqlite_strict=True,
)

# Requests that have changed something, by the digest of their Idempotency-Key; `answer` is empty until it is known.
keys = Table(
    "keys",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("request", LargeBinary, nullable=False),
    Column("created", Integer, nullable=False),
    Column("run", Text, nullable=False),
    Column("event", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Index("ages", "created"),
    sqlite_strict=True,
)
