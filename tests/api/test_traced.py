"""A change answers the trace after it, too, where that is asked for; and a trace lists only what it is asked for."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import RunClient, client_of
from tests.api.problem_shape import assert_problem
from tests.api.stream import events

CHANGES = [
    ("PATCH", "/tensors/w1", {"cells": [{"index": [0, 1], "value": 0.5}]}),
    ("PATCH", "/tensors/w2", {"data": [[1.0], [2.0]]}),
    ("POST", "/iterations", {"count": 3}),
    ("PATCH", "", {"optimizer": {"name": "adam", "lr": 0.1}}),
    ("PATCH", "", {"program": "out = tanh(x @ w1 + b1) @ w2 + b2\nloss = mse(out[:, 0], y)"}),
    ("POST", "/undo", None),
    ("POST", "/redo", None),
]


@pytest.mark.parametrize("query", [{}, {"open": "true"}], ids=str)
@pytest.mark.parametrize("values", ["all", "none", "w1,w1.g,out"])
def test_every_change_answers_the_trace_after_it(run: RunClient, values: str, query: dict[str, str]) -> None:
    for method, path, body in CHANGES:
        answer = run(method, path, body, params={"trace": values, **query})
        assert answer.status_code == 200, answer.text
        state = answer.json()
        assert state.pop("trace") == run.get("/trace", values=values, **query)
        assert answer.headers["etag"] == f'"{state["version"]}"'
        now = run.get()
        assert {key: now[key] for key in state if key in now and key != "losses"} == {
            key: state[key] for key in state if key in now and key != "losses"
        }


def test_a_new_run_and_a_run_that_is_read_answer_their_trace(client: TestClient) -> None:
    created = client.post("/api/runs?trace=l1,w1.g", json={"example": "lesson13"})
    assert created.status_code == 201
    path, state = created.headers["location"], created.json()
    trace = client.get(f"{path}/trace?values=l1,w1.g").json()
    assert state.pop("trace") == trace
    read = client.get(f"{path}?values=none&trace=l1,w1.g").json()
    assert read.pop("trace") == trace
    assert read == client.get(f"{path}?values=none").json()
    assert client.get(f"{path}?document=false&trace=l1,w1.g").json() == {**state, "trace": trace}
    assert_problem(client.get(f"{path}?trace=nowhere"), 404, "unknown_tensor")
    assert client.post("/api/runs?trace=nowhere", json={"example": "lesson13"}).json()["trace"] is None


def test_without_the_question_there_is_no_trace(run: RunClient) -> None:
    for method, path, body in CHANGES:
        assert "trace" not in run(method, path, body).json()


def test_a_stream_ends_with_the_trace(run: RunClient) -> None:
    accept = {"Accept": "text/event-stream"}
    answer = run("POST", "/iterations", {"count": 5}, params={"trace": "w1"}, headers=accept)
    *_, (kind, done) = events(answer.text.splitlines())
    assert kind == "done"
    assert done["trace"] == run.get("/trace", values="w1")


def test_a_trace_lists_names(run: RunClient) -> None:
    whole, some = run.get("/trace"), run.get("/trace", values="l1, w1.g")
    listed = {
        (name, field) for name, tensor in some["tensors"].items() for field in ("value", "gradient") if field in tensor
    }
    assert listed == {("l1", "value"), ("w1", "gradient")}
    assert all(some["tensors"][name][field] == whole["tensors"][name][field] for name, field in listed)


def test_an_update_and_a_contribution_come_with_the_name_of_what_they_compute(client: TestClient) -> None:
    program = "h = x @ w\nloss = sum(tanh(h)) + sum(h ** 3)"
    document: dict[str, Any] = {"program": program, "inputs": {"x": [[1, 2]]}, "parameters": {"w": [[1], [2]]}}
    run = RunClient(client, {**document, "optimizer": {"name": "sgd", "lr": 0.5}})
    whole = {step["index"]: step for step in run.get("/trace")["steps"]}
    parts = [step["output"] for step in whole.values() if step["phase"] == "backward" and "value" in step]
    assert "h.g__1" in parts
    some = run.get("/trace", values=f"w,{parts[0]}")["steps"]
    assert {step["output"] for step in some if "value" in step} == {"w", parts[0]}
    for step in some:
        if "value" in step:
            assert step == whole[step["index"]]


@pytest.mark.parametrize(("names", "status", "code"), [("nowhere", 404, "unknown_tensor"), ("", 404, "unknown_tensor")])
def test_a_name_that_is_not_there_is_refused_before_the_change(
    run: RunClient, names: str, status: int, code: str
) -> None:
    assert_problem(run("GET", "/trace", params={"values": names}), status, code)
    for method, path, body in CHANGES[:3]:
        assert_problem(run(method, path, body, params={"trace": names}), status, code)
    assert run.get()["version"] == 1


def test_what_is_not_there_any_more_is_null(run: RunClient) -> None:
    run("PATCH", "", {"program": "other = x @ w1\nloss = mse(other[:, 0], y)"})
    state = run("POST", "/undo", params={"trace": "other"}).json()
    assert (state["version"], state["trace"]) == (3, None)


def test_too_large_a_trace_is_refused_before_the_change(tmp_path: Path) -> None:
    with client_of(tmp_path, answer_bytes=60_000) as client:
        run = RunClient(client, {"example": "digits"})
        assert_problem(run("POST", "/iterations", {"count": 1}, params={"trace": "all"}), 413, "answer_too_large")
        assert run.get(values="none")["version"] == 1
        assert run("POST", "/iterations", {"count": 1}, params={"trace": "loss"}).json()["trace"]["loss"] > 0
        assert run("POST", "/undo", params={"trace": "all"}).json()["trace"] is None


def test_a_change_that_is_refused_has_no_trace(run: RunClient) -> None:
    body = {"cells": [{"index": [99, 1], "value": 0.5}]}
    assert_problem(run("PATCH", "/tensors/w1", body, params={"trace": "all"}), 422, "index_outside")
    answer = run("POST", "/iterations", {"count": 1}, params={"trace": "all"}, headers={"If-Match": '"9"'})
    assert_problem(answer, 412, "version_changed")


def test_a_new_run_answers_all_that_a_page_opens_with(client: TestClient) -> None:
    created = client.post("/api/runs?document=true&trace=few", json={"example": "lesson13"})
    assert created.status_code == 201
    path = created.headers["location"]
    whole = created.json()
    assert whole == client.get(f"{path}?values=none&trace=all").json()
    assert whole.pop("trace") == client.get(f"{path}/trace").json()
    assert client.get(f"{path}?values=none").json() == whole
    assert "document" not in client.post("/api/runs?trace=few", json={"example": "lesson13"}).json()


@pytest.mark.parametrize(("rows", "listed"), [(2_499, True), (2_500, False)])
def test_few_numbers_are_listed_and_many_are_not(client: TestClient, rows: int, listed: bool) -> None:
    """x has 4 numbers a row and a has as many: with w and the loss there are 20,000 at most, or more."""
    document = {
        "program": "a = x * w\nloss = sum(a)",
        "inputs": {"x": [[1.0, 2.0, 3.0, 4.0]] * rows},
        "parameters": {"w": [1.0, 2.0, 3.0, 4.0]},
    }
    created = client.post("/api/runs?trace=few", json=document)
    path = created.headers["location"]
    trace = created.json()["trace"]
    assert trace == client.get(f"{path}/trace?values=few").json()
    assert trace == client.get(f"{path}/trace?values={'all' if listed else 'none'}").json()
    assert ("value" in trace["tensors"]["w"]) is listed
    opened = client.get(f"{path}?values=none&trace=few&open=true").json()["trace"]
    assert opened == client.get(f"{path}/trace?values=few&open=true").json()
