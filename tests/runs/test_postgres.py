"""Runs on PostgreSQL: the same as in a file, for several processes at once."""

import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from backprop_explorer.engine import Budget, Document
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Conflict, Edit, Limits, Runs, open_database
from backprop_explorer.runs.store.postgres import ServerStore
from tests.amount import count
from tests.postgres import Postgres
from tests.runs.documents import SMALL, small
from tests.runs.test_damage import told
from tests.runs.test_machine import LIMITS, Exploration

pytestmark = pytest.mark.xdist_group("postgres")
ITERATIONS = 400
"""So many that a training is told of before its end."""
TABLES = ("runs", "events", "checkpoints", "contents", "uses")


@pytest.fixture
def address(postgres: Postgres) -> str:
    return postgres.database()


@pytest.fixture
def replicas(address: str) -> Iterator[list[Runs]]:
    """Two servers' runs over one database."""
    with closing(open_database(address)) as one, closing(open_database(address)) as other:
        yield [Runs(one), Runs(other)]


def create(runs: Runs, **changes: Any) -> str:
    return str(runs.create(Document.parse(small(**changes), Budget()))["id"])


def rows(postgres: Postgres, address: str) -> dict[str, int]:
    query = "SELECT count(*) FROM backprop_explorer.{}"
    return {table: postgres.run(query.format(table), address)[0][0] for table in TABLES}


class SharedExploration(Exploration):
    """Over two servers in turn, each of which keeps in memory what it knows."""

    address: str

    def begin(self) -> None:
        self.databases = [open_database(self.address) for _ in range(2)]
        self.servers = [Runs(database, LIMITS) for database in self.databases]
        self.turn = 0

    def end(self) -> None:
        for database in self.databases:
            database.close()

    @property
    def runs(self) -> Runs:
        self.turn += 1
        return self.servers[self.turn % 2]


def test_random_histories_over_two_servers(address: str) -> None:
    machine = type("Machine", (SharedExploration,), {"address": address})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=count(3, 500), stateful_step_count=15, deadline=None)
    )


def test_what_one_server_changes_another_sees(replicas: list[Runs]) -> None:
    one, other = replicas
    identity = create(one)
    for runs in (other, one, other, one):
        with runs.borrow(identity) as run:
            run.train(3)
            run.edit(Edit("w1", np.array([0.25]), np.array([[0, 0]])))
    with one.borrow(identity) as run:
        run.undo()
        before = told(run)
    with other.borrow(identity) as run:
        assert told(run) == before
        assert run.state()["version"] == 10
        copy = run.fork(6)
    with one.borrow(copy) as run:
        assert run.state()["iteration"] == 6
        run.delete()
    with pytest.raises(Problem, match="No run with this id"), other.borrow(copy):
        pass


def test_whether_it_can_be_written(postgres: Postgres, address: str) -> None:
    with closing(open_database(address)) as database, closing(open_database(address)) as other:
        runs = Runs(database)
        with other.open()._transaction() as held:
            held.exec_driver_sql("SELECT version FROM version FOR KEY SHARE")
            runs.probe()  # two servers ask at the same moment
        name = postgres.run("SELECT current_database()", address)[0][0]
        postgres.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")  # as on a standby
        database.open()._engine.dispose()
        assert database.open().find("a" * 22) is None
        with pytest.raises(Problem, match="cannot be used") as caught:
            runs.probe()
        assert caught.value.status == 503


def test_a_run_that_was_deleted_by_another_server_is_gone(replicas: list[Runs]) -> None:
    one, other = replicas
    identity = create(one)
    with other.borrow(identity) as run:
        run.train(1)
    with one.borrow(identity) as run:
        run.delete()
    with other.borrow(identity) as run, pytest.raises(Problem, match="No run with this id"):
        run.state()


def test_of_two_changes_at_once_one_is_refused_and_nothing_of_it_is_kept(replicas: list[Runs]) -> None:
    one, other = replicas
    identity = create(one)
    with one.borrow(identity) as late, other.borrow(identity) as early:
        assert late.state() == early.state()
        early.edit(Edit("b1", np.array([1.0, 2.0])))
        with pytest.raises(Conflict):
            late.edit(Edit("b1", np.array([3.0, 4.0])))
        assert late.tensor("b1", "value").tolist() == [1.0, 2.0]
        late.edit(Edit("b1", np.array([5.0, 6.0])))
        assert late.state()["version"] == 3
        with pytest.raises(Problem) as caught:
            early.delete({2})
        assert caught.value.status in (409, 412)


def test_a_training_that_was_overtaken_keeps_what_was_written(address: str) -> None:
    with closing(open_database(address)) as first, closing(open_database(address)) as second:
        one, other = Runs(first, Limits(write_seconds=0)), Runs(second)
        identity = create(one)
        with one.borrow(identity) as run, other.borrow(identity) as meanwhile:
            meanwhile.state()

            def change() -> None:
                meanwhile.renew()
                meanwhile.edit(Edit("b1", np.array([1.0, 2.0])))

            with pytest.raises(Problem) as caught:
                run.train(ITERATIONS, listener=_After(10, change))
            assert (caught.value.code, caught.value.status) == ("overtaken", 409)
            state = run.state()
            assert state == meanwhile.state()
            assert state["version"] == 3
            assert 0 < state["iteration"] < ITERATIONS
            assert run.tensor("b1", "value").tolist() == [1.0, 2.0]


class _After:
    """Does something at the first report after so many iterations."""

    def __init__(self, iterations: int, act: Any) -> None:
        self.ended = threading.Event()
        self._iterations = iterations
        self._act = act

    def begun(self) -> None: ...

    def advanced(self, progress: Any) -> None:
        if self._act and progress.done >= self._iterations:
            act, self._act = self._act, None
            act()


def test_shared_contents_stay_as_long_as_a_run_uses_them(
    postgres: Postgres, address: str, replicas: list[Runs]
) -> None:
    empty = rows(postgres, address)
    made: list[str] = []

    def work(runs: Runs, turn: int) -> None:
        for _ in range(count(6, 100)):
            identity = create(runs, program=SMALL["program"] + "\n# " + "x" * 1000, seed=turn % 1)
            with runs.borrow(identity) as run:
                run.edit(Edit("x", np.full((2, 3), 0.5)))
                copy = run.fork()
                run.delete()
            made.append(copy)

    threads = [threading.Thread(target=work, args=(replicas[turn % 2], turn)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for turn, identity in enumerate(made):
        with replicas[turn % 2].borrow(identity) as run:
            told(run)
            run.delete()
    assert len(made) == 4 * count(6, 100)
    assert rows(postgres, address) == empty


def test_a_damaged_content_is_noticed_and_deleting_works(
    postgres: Postgres, address: str, replicas: list[Runs]
) -> None:
    identity = create(replicas[0], inputs={"x": np.ones((100, 3)).tolist(), "y": [0.5] * 100})
    postgres.run("UPDATE backprop_explorer.contents SET content = set_byte(content, 200, 1)", address)
    with replicas[1].borrow(identity) as run:
        with pytest.raises(Problem) as caught:
            run.state()
        assert (caught.value.status, caught.value.code) == (409, "damaged")
        run.delete()


def test_a_newer_database_is_refused(postgres: Postgres, address: str) -> None:
    open_database(address).close()
    postgres.run("UPDATE backprop_explorer.version SET version = 99", address)
    with pytest.raises(Problem, match="written by a newer version"):
        open_database(address)


def test_tables_of_the_version_before_are_brought_to_todays(postgres: Postgres, address: str) -> None:
    with closing(open_database(address)) as database:
        runs = Runs(database)
        identity = create(runs)
        with runs.borrow(identity) as run:
            run.train(5)
            expected = told(run)
    schema = "backprop_explorer"
    postgres.run(f"DROP TABLE {schema}.keys, {schema}.heads", address)
    columns = ("view", "revision", "changed", "looked")
    dropped = ", ".join(f"DROP COLUMN {name}" for name in columns)
    postgres.run(f"ALTER TABLE {schema}.runs {dropped}", address)
    postgres.run(f"UPDATE {schema}.version SET version = 2", address)
    with closing(open_database(address)) as database, Runs(database).borrow(identity) as run:
        assert told(run) == expected
        view = run.state()["view_id"]
    with closing(open_database(address)) as database, Runs(database).borrow(view) as run:
        assert run.state()["id"] is None


def test_a_statement_that_takes_too_long_is_ended(address: str) -> None:
    store = ServerStore(address, connections=1, statement_seconds=0.05)
    try:
        with pytest.raises(Problem) as caught, store._transaction() as connection:
            connection.exec_driver_sql("SELECT pg_sleep(5)")
        assert (caught.value.status, caught.value.code) == (503, "database_failed")
        assert store.find("nobody") is None
    finally:
        store.close()


@pytest.mark.parametrize("address", ["postgresql://user:secret@host:port/runs", "postgresql://[::1/runs"])
def test_an_address_that_cannot_be_read_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(Problem, match="cannot be read") as caught:
        open_database(address)
    assert "secret" not in str(caught.value)


def test_its_size_grows_with_what_is_in_it(address: str) -> None:
    with closing(open_database(address)) as database:
        runs = Runs(database)
        before = runs.database_bytes()
        weights = {"w": np.arange(100_000.0).tolist()}
        create(runs, program="loss = sum(w)", inputs={}, parameters=weights)
        assert runs.database_bytes() > before + 200_000
