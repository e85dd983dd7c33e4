"""Damaged rows of a PostgreSQL database are not believed: whatever bit of them is another, there are right numbers or a
clear problem."""

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import psycopg
import pytest
from psycopg import sql

from backprop_explorer.engine import Budget, Document
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Edit, Runs, open_database
from tests.amount import count
from tests.postgres import Postgres
from tests.runs.documents import small
from tests.runs.test_damage import Answers, told

pytestmark = pytest.mark.xdist_group("postgres")
FLIPS = count(15, 500, "FLIPS")
COLUMNS = {
    "runs": ("events", "view"),
    "events": ("kind", "parent", "head", "iteration", "payload", "losses", "checksum"),
    "checkpoints": ("iteration", "content", "checksum"),
    "contents": ("content", "recipe"),
    "heads": ("iteration", "content", "checksum"),
}
"""What a run's numbers are made of."""


def fill(address: str) -> list[str]:
    """Two runs with everything that rows may hold; their ids."""
    database = open_database(address)
    try:
        runs = Runs(database)
        made = [str(runs.create(Document.parse(small(), Budget()))["id"])]
        with runs.borrow(made[0]) as run:
            run.edit(Edit("w1", np.array([1.5]), np.array([[0, 1]])))
            run.train(70)
            run.replace({"title": "t" * 600, "optimizer": {"name": "sgd", "lr": 0.01, "momentum": 0.5}})
            run.train(3, {"w1": "x.T @ l1.g", "b1": "l1.g.mean(0)"})
            made.append(run.fork(40))
        return made
    finally:
        database.close()


def read(address: str, identities: list[str]) -> dict[str, Answers | Problem]:
    """What each run answers now and of its past, or why it does not."""
    answers: dict[str, Answers | Problem] = {}
    database = open_database(address)
    try:
        runs = Runs(database)
        for identity in identities:
            try:
                with runs.borrow(identity) as run:
                    answers[identity] = told(run)
            except Problem as problem:
                answers[identity] = problem
        return answers
    finally:
        database.close()


def flipped(value: Any, source: random.Random) -> Any:
    """The value with one bit another."""
    if isinstance(value, int):
        return value ^ (1 << source.randrange(8))
    content = bytearray(value.encode() if isinstance(value, str) else value)
    content[source.randrange(len(content))] ^= 1 << source.randrange(7 if isinstance(value, str) else 8)
    if isinstance(value, str):  # PostgreSQL keeps no character of this code
        return content.decode("ascii").replace("\0", "\1")
    return bytes(content)


@pytest.fixture
def connection(postgres: Postgres) -> Iterator[tuple[str, psycopg.Connection]]:
    address = postgres.database()
    with psycopg.connect(address, autocommit=True) as connection:
        yield address, connection


def flip(connection: psycopg.Connection, source: random.Random) -> tuple[str, sql.Composed, list[Any]]:
    """Makes one bit of one row another; where, and the statement with its values that mends it."""
    while True:
        table = source.choice(list(COLUMNS))
        column = source.choice(COLUMNS[table])
        names = {"table": sql.Identifier("backprop_explorer", table), "column": sql.Identifier(column)}
        query = sql.SQL("SELECT ctid, {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY 1").format(**names)
        rows = [(place, value) for place, value in connection.execute(query) if isinstance(value, int) or len(value)]
        if not rows:
            continue
        place, value = source.choice(rows)
        change = sql.SQL("UPDATE {table} SET {column} = %s WHERE ctid = %s RETURNING ctid").format(**names)
        try:
            now = connection.execute(change, [flipped(value, source), place]).fetchone()
        except psycopg.IntegrityError:  # such a row there is already
            continue
        assert now
        return f"{table}.{column}", change, [value, now[0]]


def test_at_every_flip_there_are_right_numbers_or_a_problem(connection: tuple[str, psycopg.Connection]) -> None:
    address, own = connection
    identities = fill(address)
    expected, source, noticed = read(address, identities), random.Random(6), 0
    assert not any(isinstance(answer, Problem) for answer in expected.values())
    for _ in range(FLIPS):
        where, mend, values = flip(own, source)
        found = read(address, identities)
        for identity, answer in found.items():
            assert isinstance(answer, Problem) or answer == expected[identity], where
        noticed += any(isinstance(answer, Problem) for answer in found.values())
        assert own.execute(mend, values).rowcount == 1
    assert read(address, identities) == expected, "all was mended"
    print(f"{FLIPS} flips, {noticed} noticed, the others without effect")
    assert noticed > FLIPS // 4
