"""Long trainings: streams of events, their ends, what is kept."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from tests.api.conftest import LESSON, RunClient, client_of
from tests.api.problem_shape import assert_problem
from tests.api.stream import ENDLESS, Event, endless_document, events, training_stream
from tests.server import Server

STREAM = {"Accept": "text/event-stream"}
PROGRESS = {"iteration", "loss", "done", "count", "iterations_per_second", "seconds_left"}


def stream(run: RunClient, body: dict[str, Any]) -> list[Event]:
    answer = run("POST", "/iterations", body, headers=STREAM)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    return list(events(answer.text.splitlines()))


@pytest.mark.parametrize("gradients", [None, {"w1": "x.T @ l1.g"}], ids=["true", "own"])
def test_a_stream_ends_with_the_plain_answer(client: TestClient, gradients: dict | None) -> None:
    body = {"count": 300} | ({"gradients": gradients} if gradients else {})
    plain = RunClient(client, LESSON)("POST", "/iterations", body).json()
    run = RunClient(client, LESSON)
    *progress, (kind, done) = stream(run, body)
    assert kind == "done"
    assert {**done, "id": plain["id"], "view_id": plain["view_id"]} == plain
    assert run.get()["losses"] == done["losses"]
    assert progress
    for kind, told in progress:
        assert kind == "progress"
        assert told.keys() == PROGRESS
        assert (told["count"], told["iteration"]) == (300, told["done"])
        assert told["loss"] == done["losses"][told["iteration"]]
    assert run("POST", "/undo").json()["iteration"] == 0


def test_progress_counts_from_where_the_training_began(run: RunClient) -> None:
    run("POST", "/iterations", {"count": 7})
    *_, (_, told), (_, done) = stream(run, {"count": 5})
    assert (told["iteration"], told["done"], told["seconds_left"]) == (12, 5, 0)
    assert (done["iteration"], len(done["losses"])) == (12, 6)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"count": 0}, 422, "invalid_request"),
        ({"count": 100_001}, 413, "too_many_iterations"),
        ({"count": 1, "gradients": {"w1": "x.T @"}}, 422, None),
        ({"count": 1, "gradients": {"w1": "l1.g"}}, 422, None),
    ],
)
def test_what_is_refused_is_refused_before_the_first_event(
    run: RunClient, body: dict, status: int, code: str | None
) -> None:
    assert_problem(run("POST", "/iterations", body, headers=STREAM), status, *([code] if code else []))
    assert run.get()["version"] == 1


def test_other_refusals_of_a_stream(client: TestClient, run: RunClient) -> None:
    assert_problem(run("POST", "/iterations", {"count": 1}, headers={**STREAM, "If-Match": '"7"'}), 412)
    missing = client.post("/api/runs/nobody/iterations", json={"count": 1}, headers=STREAM)
    assert_problem(missing, 404, "unknown_run")
    document = client.get("/api/examples/lesson13").json()
    document.pop("optimizer")
    answer = RunClient(client, document)("POST", "/iterations", {"count": 1}, headers=STREAM)
    assert_problem(answer, 422, "no_optimizer")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/*", "text/event-stream;q=0"])
def test_only_who_asks_for_events_gets_them(run: RunClient, accept: str) -> None:
    answer = run("POST", "/iterations", {"count": 1}, headers={"Accept": accept})
    assert answer.headers["content-type"] == "application/json"


def test_divergence_is_told(client: TestClient) -> None:
    document = {"program": "loss = (w * x) ** 2", "inputs": {"x": 1.0}, "parameters": {"w": 3.0}}
    run = RunClient(client, {**document, "optimizer": {"name": "sgd", "lr": 1e60}})
    *_, (_, told), (_, done) = stream(run, {"count": 20})
    assert len(done["losses"]) == 21
    at = done["diverged_at"]
    assert done["losses"][at] in ("Infinity", "NaN")
    assert isinstance(done["losses"][at - 1], float)
    assert told["loss"] == done["loss"] == "NaN"
    assert done["divergence"].startswith(f"The loss diverged at iteration {at} (")
    assert run.get()["diverged_at"] == at
    assert run("POST", "/undo").json()["diverged_at"] is None


def test_where_the_time_is_up_the_answer_is_what_was_done(tmp_path: Path) -> None:
    with client_of(tmp_path, training_seconds=1e-9) as client:
        run = RunClient(client, LESSON)
        answer = run("POST", "/iterations", {"count": 90_000})
        assert answer.status_code == 200
        done = answer.json()
        assert (done["iteration"], len(done["losses"]), done["version"]) == (1, 2, 2)
        assert done["stopped"]["code"] == "training_too_long"
        assert "BACKPROP_TRAINING_SECONDS" in done["stopped"]["hint"]
        assert stream(run, {"count": 5})[-1][1]["stopped"]["code"] == "training_too_long"


def test_what_goes_wrong_on_the_way_is_an_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    with client_of(tmp_path) as client:
        run = RunClient(client, LESSON)
        monkeypatch.setattr("backprop_explorer.runs.store.PendingEvent.writing", broken)
        kind, problem = stream(run, {"count": 3})[-1]
        monkeypatch.undo()
        assert (kind, problem["code"], problem["status"]) == ("error", "unexpected", 500)
        assert run.get()["version"] == 1
        assert run("POST", "/iterations", {"count": 3}).json()["iteration"] == 3


@pytest.fixture
def caller(ordinary: Server) -> Iterator[httpx.Client]:
    begin = len(ordinary.log.read_text())
    with httpx.Client(base_url=ordinary.url, trust_env=False, timeout=60) as client:
        yield client
    assert "Traceback" not in ordinary.log.read_text()[begin:]


def test_a_client_that_goes_away_ends_the_training_and_what_was_done_is_kept(caller: httpx.Client) -> None:
    path = caller.post("/api/runs", json=endless_document()).headers["location"]
    with training_stream(caller, path, ENDLESS) as told:
        seen = [next(told)[1]["done"] for _ in range(3)]
    assert seen == sorted(set(seen))
    state = caller.get(path).json()  # waits until the training has ended
    assert seen[-1] <= state["iteration"] < ENDLESS
    assert (state["version"], len(state["losses"])) == (2, state["iteration"] + 1)
    assert caller.post(f"{path}/undo").json()["iteration"] == 0


def test_other_runs_go_on_beside_a_training(caller: httpx.Client) -> None:
    paths = [caller.post("/api/runs", json=document).headers["location"] for document in (endless_document(), LESSON)]
    with training_stream(caller, paths[0], ENDLESS) as told:
        next(told)
        assert caller.post(f"{paths[1]}/iterations", json={"count": 3}).json()["iteration"] == 3
        assert caller.get(f"{paths[1]}/trace?iteration=2").status_code == 200
        assert next(told)[0] == "progress"


@pytest.mark.parametrize("name", ["id", "view_id"])
def test_however_many_wait_for_a_run_others_go_on(caller: httpx.Client, ordinary: Server, name: str) -> None:
    made = [caller.post("/api/runs", json=document) for document in (endless_document(), LESSON)]
    paths = [answer.headers["location"] for answer in made]
    head = f"GET /api/runs/{made[0].json()[name]} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with ExitStack() as stack:
        with training_stream(caller, paths[0], ENDLESS) as told:
            next(told)
            waiting = [
                stack.enter_context(socket.create_connection(("127.0.0.1", ordinary.port), timeout=60))
                for _ in range(60)
            ]
            for connection in waiting:
                connection.sendall(head.encode())
            assert caller.post(f"{paths[1]}/iterations", json={"count": 5_000}).json()["iteration"] == 5_000
            assert caller.get(f"{paths[1]}/trace?iteration=2").status_code == 200
        assert all(connection.recv(12) == b"HTTP/1.1 200" for connection in waiting)


def test_whoever_waits_for_a_run_gets_it_when_its_training_is_cancelled(caller: httpx.Client) -> None:
    path = caller.post("/api/runs", json=endless_document()).headers["location"]
    waiting: list[dict] = []
    with training_stream(caller, path, ENDLESS) as told:
        next(told)
        with httpx.Client(base_url=caller.base_url, trust_env=False, timeout=60) as other:
            train = threading.Thread(
                target=lambda: waiting.append(other.post(f"{path}/iterations", json={"count": 2}).json())
            )
            train.start()
            next(told)
            told.close()
            caller.close()
            train.join()
    assert len(waiting[0]["losses"]) == 3
    assert waiting[0]["iteration"] > 2
    assert json.dumps(waiting[0]["stopped"]) == "null"
