"""The tables of the runs' database."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()


def _owner() -> Column[str]:
    return Column("run", Text, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


runs = Table(
    "runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("created", Text, nullable=False),
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
    sqlite_strict=True,
)

checkpoints = Table(
    "checkpoints",
    metadata,
    _owner(),
    Column("event", Integer, primary_key=True, autoincrement=False),
    Column("iteration", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
    sqlite_strict=True,
)

# A checkpoint names its arrays by digest, so that what did not change (the inputs, above all) is kept once a run.
arrays = Table(
    "arrays",
    metadata,
    _owner(),
    Column("digest", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    sqlite_strict=True,
)
