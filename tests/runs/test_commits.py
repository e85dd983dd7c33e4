"""Changes that come at once: committed together, and still each on its own."""

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
    commits: list[Connection] = []
    event.listen(store._engine, "commit", commits.append)
    assert at_once(store, [insert(number) for number in range(12)]) == list(range(12))
    assert told(store) == list(range(12))
    assert len(commits) == 2, "the one that was under way, and theirs"


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
        if len(commits) == 2:
            raise Problem("disk_full", "No room for so many", status=507)

    event.listen(store._engine, "commit", fail)
    assert at_once(store, [insert(number) for number in range(4)]) == list(range(4))
    assert told(store) == list(range(4))
    assert len(commits) == 6


def test_each_is_made_in_the_context_of_whoever_asks(store: FileStore) -> None:
    assert at_once(store, [lambda _: who.get()] * 3) == ["thread 0", "thread 1", "thread 2"]
