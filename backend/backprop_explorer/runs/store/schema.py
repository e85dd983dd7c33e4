"""The tables of the runs' database.

Everything larger than a few hundred bytes (an array, a program, the losses of a training) stands once in `contents`,
under the digest of its bytes; `uses` says which runs need it. So a fork copies references, and what is read can be
compared with its digest. The other rows have a checksum each, and a run says how many events it has: what is damaged
is noticed.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()


def _owner() -> Column[str]:
    return Column("run", Text, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


runs = Table(
    "runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("created", Text, nullable=False),
    Column("events", Integer, nullable=False, server_default="0"),
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
