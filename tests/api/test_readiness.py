"""Whether runs can be changed, as a load balancer asks."""

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from backprop_explorer.api.latest import PATIENCE_SECONDS, Latest
from backprop_explorer.problem import Problem
from tests.api.conftest import LESSON, client_of
from tests.api.problem_shape import assert_problem
from tests.loop import run
from tests.runs.test_full_disk import fail_writing


@pytest.fixture
def own(tmp_path: Path) -> Iterator[TestClient]:
    with client_of(tmp_path) as client:
        yield client


def test_ready(own: TestClient) -> None:
    answer = own.get("/api/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_asking_writes_to_the_disk(own: TestClient, tmp_path: Path) -> None:
    assert own.post("/api/runs", json=LESSON).status_code == 201
    log = tmp_path / "runs.sqlite3-wal"
    before = log.stat().st_size
    assert own.get("/api/ready").status_code == 200
    assert log.stat().st_size > before


def test_a_full_disk_is_not_ready_but_alive(own: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    store = own.app.state.service.runs._database.open()
    fail_writing(store, monkeypatch, lambda: True, ("INSERT", "UPDATE", "DELETE", "PRAGMA user_version"))
    answer = own.get("/api/ready")
    problem = assert_problem(answer, 503, "not_ready")
    assert "disk with the runs is full" in problem["detail"]
    assert answer.headers["retry-after"] == "1"
    assert own.get("/api/health").status_code == 200


def test_a_database_that_does_not_answer_is_not_waited_for(own: TestClient) -> None:
    store = own.app.state.service.runs._database.open()
    with store._lock:  # somebody's transaction
        began = time.monotonic()
        problem = assert_problem(own.get("/api/ready"), 503, "not_ready")
        assert time.monotonic() - began < 10  # at once but for a busy machine; without a limit it would be for ever
    assert "did not answer within 0.9 seconds" in problem["detail"]


def test_a_server_that_stops_is_not_ready(own: TestClient) -> None:
    own.app.state.service.runs.stop()
    assert "stopping" in assert_problem(own.get("/api/ready"), 503, "not_ready")["detail"]


def test_many_who_ask_are_served_by_one_question() -> None:
    asked = []

    async def ask() -> list[int]:
        latest = Latest(lambda: asked.append(threading.get_ident()) or len(asked))
        return await asyncio.gather(*(latest.get() for _ in range(50))) + [await latest.get()]

    assert run(ask) == [1] * 51
    assert asked != [threading.get_ident()]


def test_a_question_that_is_not_answered_is_not_asked_again() -> None:
    going_on = threading.Event()
    asked = []

    def work() -> str:
        asked.append(1)
        going_on.wait(60)
        return "there"

    async def ask() -> str:
        latest = Latest(work)
        for _ in range(2):
            with pytest.raises(Problem, match=f"within {PATIENCE_SECONDS}"):
                await latest.get()
        going_on.set()
        return await latest.get()

    assert run(ask) == "there"
    assert len(asked) == 1
