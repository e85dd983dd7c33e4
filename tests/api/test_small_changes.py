"""Small changes: made on the event loop and written beside it, the same ones as in a thread."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from backprop_explorer.api.service import Service
from backprop_explorer.engine import Budget, Document
from backprop_explorer.runs import Pausing, Run, Runs, State, open_database
from backprop_explorer.runs.store.group import GroupDatabase
from backprop_explorer.settings import Settings
from tests.api.conftest import LESSON, RunClient, client_of
from tests.loop import run as in_loop
from tests.runs.documents import small


@pytest.fixture
def in_threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Of which runs something was done in a thread."""
    asked: list[str] = []
    on_run = Service._on_run

    def counted(service: Service, identity: str, work: Callable[[Run], Any]) -> Any:
        asked.append(identity)
        return on_run(service, identity, work)

    monkeypatch.setattr(Service, "_on_run", counted)
    return asked


@pytest.fixture
def own(tmp_path: Path) -> Iterator[TestClient]:
    with client_of(tmp_path, checkpoint_iterations=10) as client:
        yield client


def test_they_need_no_thread(own: TestClient, in_threads: list[str]) -> None:
    run = RunClient(own, LESSON)
    in_threads.clear()
    for step in range(3):
        assert run("POST", "/iterations", {"count": 1}).json()["iteration"] == step + 1
        assert run("PATCH", "/tensors/b1", {"data": [step, 1.0]}).json()["version"] == 2 * step + 3
    assert in_threads == []


def test_a_checkpoint_is_written_by_a_thread(own: TestClient, in_threads: list[str]) -> None:
    """Since it is large; and a replay finds it."""
    run = RunClient(own, LESSON)
    in_threads.clear()
    for _ in range(12):
        assert run("POST", "/iterations", {"count": 1}).status_code == 200
    assert len(in_threads) == 1
    assert len(run("GET", "").json()["losses"]) == 13


def test_they_give_what_threads_give(own: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def story(run: RunClient) -> list[Any]:
        said = [
            run("POST", "/iterations", {"count": 2}),
            run("PATCH", "/tensors/w1", {"cells": [{"index": [0, 1], "value": 0.25}]}, params={"trace": "w1"}),
            run("POST", "/iterations", {"count": 1}, headers={"If-Match": '"1"'}),
            run("PATCH", "/tensors/l1", {"data": 1}),
            run("POST", "/iterations", {"count": 0}),
            run("POST", "/iterations", {"count": 3}, headers={"If-Match": '"3"'}),
        ]
        return [(one.status_code, {**one.json(), "id": 0, "view_id": 0, "request_id": 0}) for one in said]

    here = story(RunClient(own, LESSON))

    async def never(*_: Any, **__: Any) -> None:
        return None

    monkeypatch.setattr(Service, "small_change", never)
    assert here == story(RunClient(own, LESSON))
    assert [status for status, _ in here] == [200, 200, 412, 422, 422, 200]


def state(run: Run) -> State:
    return run.state()


def step(run: Run) -> Pausing[State]:
    return run.training(1)


def test_a_request_that_is_given_up_loses_nothing(tmp_path: Path) -> None:
    """What it has asked for may be written or not; the run is what is on disk, and can be changed."""

    async def given_up(runs: Runs, identity: str) -> tuple[State, State]:
        service = Service(Settings(processes=0), runs)
        before = await service.on_run(identity, state)
        change = asyncio.ensure_future(service.small_change(identity, step, dict, 1, training=True))
        await asyncio.sleep(0)  # it has asked, and waits for the disk
        assert not change.done()
        change.cancel()
        with pytest.raises(asyncio.CancelledError):
            await change
        return before, await service.change(identity, step, dict, 1)

    with closing(open_database(str(tmp_path / "runs.sqlite3"))) as database:
        runs = Runs(database)
        identity = runs.create(Document.parse(small(), Budget()))["id"]
        for _ in range(20):
            before, after = in_loop(partial(given_up, runs, identity))
            assert after["version"] - before["version"] in (1, 2)
            assert after["iteration"] == after["version"] - 1
        with Runs(database).borrow(identity) as run:
            now = run.state()
            assert now == {key: after[key] for key in now}
            assert len(run.losses()) == after["iteration"] + 1


def test_where_another_process_was_faster_the_change_is_made_anew(tmp_path: Path) -> None:
    """Each sees the other's change only when its own is refused."""
    with two_processes(tmp_path / "runs.sqlite3") as runs:
        identity = runs[0].create(Document.parse(small(), Budget()))["id"]
        services = [Service(Settings(processes=0), one) for one in runs]

        async def take_turns() -> None:
            for turn in range(6):
                mine, other = services[turn % 2], services[1 - turn % 2]
                await mine.on_run(identity, state)  # it is in memory
                assert (await other.change(identity, step, dict, 1))["iteration"] == 2 * turn + 1
                assert (await mine.change(identity, step, dict, 1))["iteration"] == 2 * turn + 2

        in_loop(take_turns)
        with runs[0].borrow(identity) as run:
            assert run.state()["version"] == 13


@contextmanager
def two_processes(path: Path) -> Iterator[list[Runs]]:
    """A file's runs as two processes of a group have them; the lock that keeps others out need not be held here."""
    with closing(open_database(str(path))) as database:
        database.open()
    with ExitStack() as stack:
        members = [GroupDatabase(path, os.open(os.devnull, os.O_RDONLY)) for _ in range(2)]
        yield [Runs(stack.enter_context(closing(member))) for member in members]


def test_a_stale_memory_refuses_nothing(tmp_path: Path) -> None:
    """The version that somebody expects may be one that this process has not seen yet."""

    def expecting(version: int, run: Run) -> Pausing[State]:
        run.expect({version})
        return (yield from run.training(1))

    with two_processes(tmp_path / "runs.sqlite3") as (one, other):
        identity = one.create(Document.parse(small(), Budget()))["id"]

        async def ask() -> int:
            await Service(Settings(processes=0), other).change(identity, step, dict, 1)
            service = Service(Settings(processes=0), one)
            return int((await service.change(identity, partial(expecting, 2), dict, 1))["version"])

        assert in_loop(ask) == 3
