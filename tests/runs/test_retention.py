"""Runs that nobody touches are removed after a while, and no others, whoever is at work beside it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backprop_explorer.problem import Problem
from backprop_explorer.runs import Runs, open_database
from backprop_explorer.runs.retention import Retention, counted, remove_untouched
from backprop_explorer.runs.shelf import Shelf
from backprop_explorer.runs.store.inventory import written
from backprop_explorer.runs.store.schema import contents, uses
from backprop_explorer.runs.store.schema import runs as table
from tests.runs.documents import small
from tests.runs.test_quotas import create

pytestmark = pytest.mark.xdist_group("postgres")
Servers = Callable[[], Runs]
NOW = datetime.now(UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Servers]:
    """A server of runs: another one of the same runs on PostgreSQL, on SQLite in the place of the one before."""
    with ExitStack() as stack:
        shared = request.param == "postgresql"
        address = request.getfixturevalue("postgres").database() if shared else str(tmp_path / "runs.sqlite3")

        def start() -> Runs:
            if not shared:
                stack.pop_all().close()
            return Runs(stack.enter_context(closing(open_database(address))))

        yield start


def date_back(runs: Runs, identity: str, days: float, *columns: str) -> None:
    """As if these things had been done to the run so many days ago."""
    moment = dict.fromkeys(columns or ("created", "changed", "looked"), written(NOW - timedelta(days=days)))
    runs._database.open()._written(
        lambda connection: connection.execute(table.update().where(table.c.id == identity).values(**moment))
    )


def there(runs: Runs, *identities: str) -> list[bool]:
    return [runs._database.open().find(one) is not None for one in identities]


def rows(runs: Runs, of: Any) -> int:
    with runs._database.open()._snapshot() as connection:
        return len(connection.execute(of.select()).all())


def test_only_what_nobody_has_changed_or_looked_at_is_removed(server: Servers) -> None:
    runs = server()
    old, changed, looked, young = (create(runs, {**small(), "title": f"{n}" * 2_000}) for n in range(4))
    date_back(runs, old, 100)
    date_back(runs, changed, 100, "created", "looked")
    date_back(runs, looked, 100, "created", "changed")
    date_back(runs, young, 90.5)
    runs = server()
    assert remove_untouched(runs, NOW, 90) == 1
    assert there(runs, old, changed, looked, young) == [False, True, True, True]
    assert remove_untouched(runs, NOW + timedelta(days=200), 90) == 3
    assert (rows(runs, table), rows(runs, contents), rows(runs, uses)) == (0, 0, 0)


def test_looking_at_a_run_keeps_it_and_is_written_once_a_day(server: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = server()
    identity = create(runs, small())
    date_back(runs, identity, 100)
    runs = server()
    with runs.borrow(identity) as run:
        run.state()
    written_once = dated(runs, identity)
    assert written_once > written(NOW - timedelta(minutes=1))
    asked = []
    monkeypatch.setattr(runs._database.open(), "look", lambda *given: asked.append(given))
    for _ in range(3):
        with runs.borrow(identity) as run:
            run.state()
    assert not asked
    run.looked = NOW - timedelta(days=1, seconds=1)
    with runs.borrow_if_quick(identity, 1) as quick:
        assert quick is None  # it is to be written down, which is not done here and now
    with runs.borrow(identity):
        pass
    assert len(asked) == 1
    assert remove_untouched(runs, NOW, 90) == 0


def dated(runs: Runs, identity: str) -> str:
    with runs._database.open()._snapshot() as connection:
        return str(connection.scalar(table.select().with_only_columns(table.c.looked).where(table.c.id == identity)))


def test_a_run_that_somebody_has_right_now_stays(server: Servers) -> None:
    runs = server()
    identity = create(runs, small())
    with runs.borrow(identity) as run:
        date_back(runs, identity, 100)
        assert remove_untouched(runs, NOW, 90) == 0
        assert run.train(2)["iteration"] == 2
    date_back(runs, identity, 100)
    assert remove_untouched(runs, NOW, 90) == 1
    with pytest.raises(Problem, match="No run with this id"), runs.borrow(identity) as run:
        run.state()


def test_whoever_opens_it_first_keeps_it(server: Servers) -> None:
    """The removal found it old, but somebody has looked at it since."""
    runs = server()
    identity = create(runs, small())
    date_back(runs, identity, 100)
    runs = server()
    since = NOW - timedelta(days=91)
    assert runs.untouched(since, "", 10)[0] == [identity]
    with runs.borrow(identity) as run:
        run.state()
    assert not runs.remove_untouched(identity, since)
    assert there(runs, identity) == [True]


def test_many_are_removed_piece_by_piece_and_by_several_servers(
    server: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backprop_explorer.runs import retention

    monkeypatch.setattr(retention, "AT_ONCE", 4)
    monkeypatch.setattr(retention, "PAUSE_SECONDS", 0.0)
    first = server()
    made = [create(first, small()) for _ in range(15)]
    for identity in made[:-2]:
        date_back(first, identity, 100)
    servers = [server() if first._database.shared else first for _ in range(2)]
    for one in servers:
        one._shelf = Shelf(one.limits)
    numbers: list[int] = []
    threads = [
        threading.Thread(target=lambda one=one: numbers.append(remove_untouched(one, NOW, 90))) for one in servers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(numbers) == 13
    assert there(servers[0], *made) == [False] * 13 + [True] * 2


def test_a_server_removes_by_itself_and_ends_in_good_order(server: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = server()
    old, young = create(runs, small()), create(runs, small())
    date_back(runs, old, 100)
    gone = threading.Event()
    remove = runs.remove_untouched
    monkeypatch.setattr(runs, "remove_untouched", lambda *given: (remove(*given), gone.set())[0])
    work = Retention(runs, 90)
    assert gone.wait(30)
    work.stop()
    assert not work._thread.is_alive()
    assert there(runs, old, young) == [False, True]
    never = Retention(runs, 0)
    assert not never._thread.is_alive()
    never.stop()


def test_a_database_that_is_away_is_asked_again(server: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    from backprop_explorer.runs import retention

    monkeypatch.setattr(retention, "EVERY_SECONDS", 0.01)
    runs, asked, done = server(), [], threading.Event()

    def untouched(*_: Any) -> Any:
        asked.append(1)
        if len(asked) == 1:
            raise Problem("database_failed", "it is away", status=503)
        done.set()
        return [], None

    monkeypatch.setattr(runs, "untouched", untouched)
    work = Retention(runs, 90)
    assert done.wait(30)
    work.stop()


def test_words() -> None:
    assert [counted(number) for number in (1, 2_000)] == ["1 run", "2,000 runs"]
