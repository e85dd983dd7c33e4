"""Long work over HTTP: done in processes beside the server, with limits, in turns, and ended when nobody waits."""

import http.client
import json
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.server import ForkedServer, Server, running

SLOW = 1000
"""A gradcheck of a product of matrices with so many rows takes many seconds."""


def client_of(server: Server) -> httpx.Client:
    return httpx.Client(base_url=server.url, timeout=120, trust_env=False)


def slow_document() -> dict[str, Any]:
    square = {"shape": [SLOW, SLOW], "init": "normal", "scale": 0.01}
    return {"program": "loss = sum((x @ w) @ w)", "inputs": {"x": square}, "parameters": {"w": square}}


def begun(server: Server, document: dict[str, Any]) -> str:
    with client_of(server) as client:
        answer = client.post("/api/runs?document=false", json=document)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


def workers(server: Server) -> list[psutil.Process]:
    """The processes that do work: copies of one that the server has started for that."""
    return server.processes(lambda one: one.ppid() != server.pid)


@contextmanager
def slow_request(server: Server, run: str) -> Iterator[http.client.HTTPConnection]:
    """A request that takes long, sent and not answered yet."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)) as connection:
        connection.request("GET", f"/api/runs/{run}/gradcheck")
        yield connection


def until(true: Callable[[], bool]) -> None:
    """Asks so often that a minute passes before it gives up; each time asking takes its while."""
    for _ in range(20_000):
        if true():
            return
    raise AssertionError("it did not come true")


def busy(server: Server) -> psutil.Process | None:
    """The process beside the server that computes at the moment."""
    for one in workers(server):
        try:
            if one.cpu_percent(0.05) > 10:
                return one
        except psutil.NoSuchProcess:
            continue
    return None


def working(server: Server) -> psutil.Process:
    """The process that computes, once it does."""
    found: list[psutil.Process] = []
    until(lambda: bool(found.extend(one for one in [busy(server)] if one is not None) or found))
    return found[0]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("long")
    limits = {"BACKPROP_PROCESSES": "1", "BACKPROP_PROCESS_QUEUE": "0"}
    with running(folder / "runs.sqlite3", folder / "server.log", kind=ForkedServer, **limits) as server:
        yield server


@pytest.fixture(scope="module")
def slow(server: Server) -> str:
    return begun(server, slow_document())


def test_answers_are_the_same_wherever_they_are_made(server: Server, tmp_path: Path) -> None:
    """By a server that does all itself, and by another one's process; both of the same runs' bits."""
    large = {"shape": [300, 300], "init": "normal"}
    document = {
        "program": "h = tanh(x @ w)\nloss = mean(h ** 2)",
        "inputs": {"x": large},
        "parameters": {"w": large},
        "optimizer": {"name": "adam", "lr": 0.01},
        "seed": 3,
    }
    numbers = [[k * 0.1 + 1 / (row + 3) for k in range(200)] for row in range(200)]
    given = {"program": "loss = sum(w ** 2)", "parameters": {"w": numbers}}
    answers: dict[str, list[bytes]] = {"here": [], "there": []}
    own = running(tmp_path / "alone.sqlite3", tmp_path / "alone.log", kind=ForkedServer, BACKPROP_PROCESSES="0")
    with own as alone:
        for name, one in (("here", alone), ("there", server)):
            with client_of(one) as client:
                run = begun(one, document)
                client.post(f"/api/runs/{run}/iterations", json={"count": 5})
                edit = {"data": [[number / 7 for number in row] for row in numbers]}
                other = begun(one, given)
                assert client.patch(f"/api/runs/{other}/tensors/w", json=edit).status_code == 200
                for path in (
                    f"/api/runs/{run}/trace",
                    f"/api/runs/{run}/export?format=npz",
                    f"/api/runs/{run}/plots/histograms",
                    f"/api/runs/{run}/plots/norms",
                    f"/api/runs/{other}/tensors/w",
                    f"/api/runs/{other}/trace",
                ):
                    answer = client.get(path)
                    assert answer.status_code == 200, answer.text[:300]
                    answers[name].append(answer.content)
                checked = client.post(f"/api/runs/{run}/check", json={"gradients": {"w": "x.T @ h.g"}})
                answers[name] += [client.post("/api/trace", json=given).content, checked.content]
    assert answers["here"] == answers["there"]
    assert workers(server), "nothing was done in another process"


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    own = running(tmp_path / "runs.sqlite3", tmp_path / "log", kind=ForkedServer, BACKPROP_PROCESS_SECONDS="1")
    with own as server:
        run = begun(server, slow_document())
        with client_of(server) as client:
            answer = client.get(f"/api/runs/{run}/gradcheck")
            assert (answer.status_code, answer.json()["code"]) == (413, "too_long")
            assert "BACKPROP_PROCESS_SECONDS" in answer.json()["hint"]
            assert client.get(f"/api/runs/{run}?document=false").status_code == 200


def test_more_than_may_wait_are_refused_and_others_are_served(server: Server, slow: str) -> None:
    other = begun(server, {**slow_document(), "title": "other"})
    small = begun(server, {"example": "lesson13"})
    with slow_request(server, slow) as connection, client_of(server) as client:
        until(lambda: busy(server) is not None)
        answer = client.get(f"/api/runs/{other}/gradcheck")
        assert (answer.status_code, answer.json()["code"]) == (503, "too_many_waiting")
        assert answer.headers["retry-after"] == "1"
        assert client.get("/api/health").status_code == 200
        edit = {"cells": [{"index": [0, 1], "value": 2.5}]}
        assert client.patch(f"/api/runs/{small}/tensors/w1", json=edit).status_code == 200
        assert not select.select([connection.sock], [], [], 0)[0], "the slow request had ended before"


def test_work_ends_when_its_client_has_gone(server: Server, slow: str) -> None:
    with slow_request(server, slow):
        worker = working(server)
    worker.wait(20)  # it computes for nobody, so it is ended
    with client_of(server) as client:
        until(lambda: client.post("/api/trace", content=large_body(), headers=JSON).status_code == 200)


JSON = {"content-type": "application/json"}


def large_body() -> bytes:
    numbers = [[0.5] * 400] * 400
    return json.dumps({"program": "loss = sum(w)", "parameters": {"w": numbers}}).encode()


def test_a_process_that_is_killed_costs_its_own_request_only(server: Server, slow: str) -> None:
    with slow_request(server, slow) as connection, client_of(server) as client:
        worker = working(server)
        worker.kill()
        answer = connection.getresponse()
        assert answer.status == 503
        assert json.loads(answer.read())["code"] == "process_ended"
        assert client.post("/api/trace", content=large_body(), headers=JSON).status_code == 200


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_server(tmp_path: Path, how: signal.Signals) -> None:
    with running(tmp_path / "runs.sqlite3", tmp_path / "log", kind=ForkedServer) as server:
        run = begun(server, slow_document())
        with slow_request(server, run) as connection:
            until(lambda: busy(server) is not None)
            others = workers(server)
            server.send(how)
            assert server.ended(within=9)
            if how == signal.SIGTERM:
                assert connection.getresponse().status == 503
            _, alive = psutil.wait_procs(others, 20)
            assert not alive
