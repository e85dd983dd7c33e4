"""Changes that come at once: committed together, and still each on its own."""

import asyncio
import threading
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from backprop_explorer.problem import Problem
from backprop_explorer.runs.store.commits import Commits
from backprop_explorer.runs.store.sqlite import FileStore
from tests.loop import run

who: ContextVar[str] = ContextVar("who")
Work = Callable[[Connection], Any]


@pytest.fixture
def store(path: Path) -> Any:
    store = FileStore(path)
    store._written(lambda one: one.exec_driver_sql("CREATE TABLE told (number INTEGER PRIMARY KEY)"))
    yield store
    store.close()


def at_once(store: FileStore, works: list[Work]) -> list[Any]:
    """What came of each of these, all asked for while another change is being written."""
    begun, over = threading.Event(), threading.Event()
    commits: Commits = store._commits

    def long(connection: Connection) -> None:
        begun.set()
        assert over.wait(60)

    found: list[Any] = [None] * len(works)

    def ask(turn: int) -> None:
        who.set(f"thread {turn}")
        try:
            found[turn] = store._written(works[turn])
        except Exception as error:
            found[turn] = error

    first = threading.Thread(target=lambda: store._written(long))
    first.start()
    assert begun.wait(60)
    others = [threading.Thread(target=ask, args=(turn,)) for turn in range(len(works))]
    for turn, one in enumerate(others):
        one.start()
        while len(commits._waiting) <= turn:  # until it waits
            assert one.is_alive()
    over.set()
    for one in (first, *others):
        one.join()
    return found


def insert(number: int) -> Work:
    return lambda one: one.exec_driver_sql(f"INSERT INTO told VALUES ({number})") and number


def told(store: FileStore) -> list[int]:
    with store._snapshot() as connection:
        return [number for (number,) in connection.exec_driver_sql("SELECT number FROM told ORDER BY number")]


def test_they_are_committed_together(store: FileStore) -> None:
    statements: list[str] = []
    store._driver.set_trace_callback(statements.append)
    assert at_once(store, [insert(number) for number in range(12)]) == list(range(12))
    store._driver.set_trace_callback(None)
    assert told(store) == list(range(12))
    assert statements.count("COMMIT") == 2, "the one that was under way, and theirs"


def test_more_than_are_admitted_are_committed_next(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backprop_explorer.runs.store.commits.TOGETHER", 5)
    assert at_once(store, [insert(number) for number in range(12)]) == list(range(12))
    assert told(store) == list(range(12))


def test_one_that_fails_undoes_itself_alone(store: FileStore) -> None:
    def half(connection: Connection) -> None:
        insert(100)(connection)
        raise Problem("refused", "Half of it was enough")

    def twice(connection: Connection) -> None:
        insert(101)(connection)
        insert(1)(connection)

    first, refused, conflict, last = at_once(store, [insert(1), half, twice, insert(2)])
    assert (first, last) == (1, 2)
    assert refused.code == "refused"
    assert conflict.code == "conflict"
    assert told(store) == [1, 2]


def test_where_the_commit_fails_each_is_tried_alone(store: FileStore) -> None:
    commits: list[Connection] = []

    def fail(connection: Connection) -> None:
        commits.append(connection)
        if len(commits) <= 2:  # all of them whole, and each in a savepoint; the first had nothing to commit
            raise Problem("disk_full", "No room for so many", status=507)

    event.listen(store._engine, "commit", fail)
    assert at_once(store, [insert(number) for number in range(4)]) == list(range(4))
    assert told(store) == list(range(4))
    assert len(commits) == 6


def test_each_is_made_in_the_context_of_whoever_asks(store: FileStore) -> None:
    assert at_once(store, [lambda _: who.get()] * 3) == ["thread 0", "thread 1", "thread 2"]


def test_an_event_loop_waits_without_a_thread(store: FileStore) -> None:
    """As many changes as one likes, each awaited: they are told apart, and come few commits at a time."""

    def refused(_: Connection) -> None:
        raise Problem("refused", "Not this one")

    async def told_all() -> list[Any]:
        changes = [store._asked(refused if number == 7 else insert(number)) for number in range(40)]
        await asyncio.gather(*(change.awaited() for change in changes))
        found: list[Any] = []
        for change in changes:
            try:
                found.append(change.result())
            except Problem as problem:
                found.append(problem.code)
        return found

    statements: list[str] = []
    store._driver.set_trace_callback(statements.append)
    assert run(told_all) == [*range(7), "refused", *range(8, 40)]
    store._driver.set_trace_callback(None)
    assert told(store) == [*range(7), *range(8, 40)]
    assert statements.count("COMMIT") <= 2


def test_what_was_asked_for_is_written_before_the_store_closes(path: Path) -> None:
    store = FileStore(path)
    store._written(lambda one: one.exec_driver_sql("CREATE TABLE told (number INTEGER PRIMARY KEY)"))
    changes = [store._asked(insert(number)) for number in range(3)]
    store._commits.begin()
    store.close()
    assert [change.result() for change in changes] == [0, 1, 2]
