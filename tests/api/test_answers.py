"""How large an answer may be: what is too much is refused before it is made, with what to ask for instead."""

import time
from collections.abc import Iterator

import numpy as np
import pytest
from starlette.testclient import TestClient

from backprop_explorer.api import wire
from backprop_explorer.api.request import QUICK_BYTES
from tests.api.conftest import LESSON, RunClient, client_of
from tests.api.problem_shape import assert_problem

LIMIT = 50_000
LARGE = {
    "program": "loss = sum(w)",
    "inputs": {},
    "parameters": {"w": {"shape": [50, 100], "init": "normal"}},
    "optimizer": {"name": "sgd", "lr": 0.1},
}
"""5,000 weights: about 100,000 bytes as JSON, 40,000 in memory."""


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with client_of(tmp_path_factory.mktemp("narrow"), answer_bytes=LIMIT) as client:
        yield client


@pytest.fixture(scope="module")
def large(narrow: TestClient) -> RunClient:
    return RunClient(narrow, LARGE)


@pytest.mark.parametrize(
    ("path", "instead"),
    [
        ("", "values=none"),
        ("/trace", "values=none"),
        ("/trace?open=true", "values=none"),
        ("/export?format=json", "format=npz"),
        ("/export?format=numpy", "format=npz"),
        ("/export?format=pytorch", "format=npz"),
        ("/export?format=npz", "one tensor"),
        ("/export?format=safetensors", "one tensor"),
        ("/tensors/w", "ask for less"),
        ("/compare?tensor=w", "ask for less"),
    ],
)
def test_an_answer_that_is_too_large(large: RunClient, path: str, instead: str) -> None:
    problem = assert_problem(large("GET", path), 413, "answer_too_large")
    assert f"answer_bytes of {LIMIT:,}" in problem["detail"]
    assert instead in problem["hint"]
    assert "BACKPROP_ANSWER_BYTES" in problem["hint"]


def test_a_trace_without_a_run_that_is_too_large(narrow: TestClient) -> None:
    assert "POST /api/runs" in assert_problem(narrow.post("/api/trace", json=LARGE), 413, "answer_too_large")["hint"]


@pytest.mark.parametrize(
    "path", ["?values=none", "/trace?values=none", "/tensors/w?window=0:9", "/tensors/w?format=npy", "/history"]
)
def test_what_one_is_told_to_ask_for(large: RunClient, path: str) -> None:
    assert large("GET", path).status_code == 200


def test_a_losses_list_that_is_too_large(narrow: TestClient) -> None:
    run = RunClient(
        narrow, {"program": "loss = a * a", "parameters": {"a": 1.0}, "optimizer": {"name": "sgd", "lr": 0.1}}
    )
    assert_problem(run("POST", "/iterations", {"count": 5000}), 413, "answer_too_large")
    assert "losses=none" in assert_problem(run("GET", "/history"), 413, "answer_too_large")["hint"]


def test_a_document_without_its_numbers(client: TestClient) -> None:
    run = RunClient(client, LESSON)
    whole, outline = run.get(), run.get(values="none")
    numbers, shapes = whole.pop("document"), outline.pop("document")
    assert whole == outline
    for kind in ("inputs", "parameters"):
        given, told = numbers.pop(kind), shapes.pop(kind)
        assert {name: list(np.shape(value)) for name, value in given.items()} == {
            name: entry["shape"] for name, entry in told.items()
        }
        assert {entry["dtype"] for entry in told.values()} <= {"float64", "int64"}
    assert numbers == shapes


def test_a_large_answer_in_pieces(client: TestClient) -> None:
    """It has its length, HEAD has it, too, and every number is there."""
    shape = [200, 300]
    run = RunClient(client, {**LARGE, "parameters": {"w": {"shape": shape, "init": "normal"}}})
    answer = run("GET", "/tensors/w")
    assert len(answer.content) == int(answer.headers["content-length"]) > wire.PIECE_BYTES
    assert run("HEAD", "/tensors/w").headers["content-length"] == answer.headers["content-length"]
    assert np.shape(answer.json()["value"]) == tuple(shape)
    file = run("GET", "/tensors/w?format=npy")
    assert len(file.content) == int(file.headers["content-length"])


@pytest.mark.parametrize("count", [3, 25_000])
def test_a_wrong_cell_is_named_by_its_place(client: TestClient, count: int) -> None:
    run = RunClient(client, LESSON)
    cells = [{"index": [0, 0], "value": 1.0}] * (count - 1) + [{"index": [0, 0], "value": None}]
    problem = assert_problem(run("PATCH", "/tensors/w1", {"cells": cells}), 422)
    assert f"cells.{count - 1}.value" in problem["detail"]


def test_a_large_edit_is_made(client: TestClient) -> None:
    run = RunClient(client, LESSON)
    cells = [{"index": [0, 0], "value": float(k)} for k in range(20_001)]
    assert run("PATCH", "/tensors/w1", {"cells": cells}).status_code == 200
    assert run.get("/tensors/w1")["value"][0][0] == 20_000.0


def test_a_large_body_is_read_like_a_small_one(client: TestClient) -> None:
    body = {**LARGE, "title": "x" * QUICK_BYTES}
    assert client.post("/api/runs", json=body).status_code == 201
    assert_problem(client.post("/api/runs", json={**body, "titel": 1}), 422)


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
def test_tags_take_linear_time(client: TestClient, header: str) -> None:
    run = RunClient(client, LESSON)
    start = time.process_time()
    assert run("GET", headers={header: "x" + " " * 200_000 + "x"}).status_code == 200
    assert time.process_time() - start < 5  # it was minutes when it was quadratic


def test_a_version_without_quotes_is_told_so(client: TestClient) -> None:
    run = RunClient(client, LESSON)
    problem = assert_problem(run("POST", "/iterations", {"count": 1}, headers={"If-Match": "1"}), 412)
    assert problem["code"] == "version_unquoted"
    assert 'If-Match: "1"' in problem["hint"]
