"""Mini-batches and scheduled rates over HTTP: replay to the same bits, edits, changes in mid-run, what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

import backprop_explorer as bx
from tests.amount import some
from tests.api.conftest import RunClient
from tests.api.problem_shape import assert_problem

ROWS = np.random.default_rng(7).normal(size=(20, 3))
DOCUMENT: dict[str, Any] = {
    "program": "h = relu(x @ w1)\nloss = cross_entropy(h @ w2, y)",
    "inputs": {"x": ROWS.tolist(), "y": [int(row.sum() > 0) for row in ROWS]},
    "parameters": {"w1": {"shape": [3, 4], "init": "normal"}, "w2": {"shape": [4, 2], "init": "normal"}},
    "optimizer": {"name": "sgd", "lr": "0.5 * 0.9 ** iteration", "momentum": 0.5},
    "batch": {"size": 6},
    "seed": 2,
}


@pytest.fixture
def run(client: TestClient) -> RunClient:
    return RunClient(client, DOCUMENT)


def text(run: RunClient, **query: Any) -> str:
    return str(run("GET", "/trace", params=query).text)


def test_losses_are_those_of_a_plan(run: RunClient) -> None:
    plan = bx.compile(DOCUMENT)
    expected = [plan.step() for _ in range(9)]
    answer = run("POST", "/iterations", {"count": 9}).json()
    assert answer["losses"] == [*expected, plan.run()]
    assert run.get()["losses"] == answer["losses"]
    assert answer["batch"] == {"size": 6, "shuffle": True}


def test_any_iteration_comes_back_to_the_bit(run: RunClient) -> None:
    seen = [text(run)]
    for _ in range(7):
        run("POST", "/iterations", {"count": 1})
        seen.append(text(run))
    assert [text(run, iteration=iteration) for iteration in range(7, -1, -1)] == seen[::-1]
    run("POST", "/undo")
    assert text(run) == seen[6]
    run("POST", "/redo")
    assert text(run) == seen[7]


def test_the_trace_tells_of_the_batch(run: RunClient) -> None:
    run("POST", "/iterations", {"count": 4})
    trace = run.get("/trace")
    batch = trace["batch"]
    assert (batch["count"], batch["epoch"], batch["batch"], batch["batches"]) == (20, 2, 2, 3)
    assert trace["tensors"]["x"]["shape"] == [6, 3]
    assert trace["tensors"]["x"]["value"] == ROWS[batch["rows"]].tolist()
    assert trace["tensors"]["batch.rows"] | {"value": batch["rows"], "role": "state"} == trace["tensors"]["batch.rows"]
    assert run.get("/tensors/batch.rows")["value"] == batch["rows"]
    assert "batch" not in RunClient(run.client, {"example": "lesson13"}).get("/trace")


def test_an_edit_of_the_batch_is_one_of_its_rows(run: RunClient) -> None:
    run("POST", "/iterations", {"count": 2})
    rows = run.get("/trace")["batch"]["rows"]
    run("PATCH", "/tensors/x", {"cells": [{"index": [4, 1], "value": 7.5}]})
    expected = ROWS.copy()
    expected[rows[4], 1] = 7.5
    assert run.get()["document"]["inputs"]["x"] == expected.tolist()
    run("POST", "/iterations", {"count": 3})
    after = text(run)
    run("PATCH", "/tensors/x", {"data": ROWS.tolist()})
    assert run.get()["document"]["inputs"]["x"] == ROWS.tolist()
    run("POST", "/undo")
    assert text(run) == after
    assert_problem(run("PATCH", "/tensors/x", {"cells": [{"index": [6, 0], "value": 1}]}), 422, "index_outside")
    assert_problem(run("PATCH", "/tensors/x", {"data": [[1, 2, 3]]}), 422, "wrong_shape")
    assert text(run) == after


def test_batches_may_be_changed_in_mid_run(run: RunClient) -> None:
    run("POST", "/iterations", {"count": 5})
    momentum = run.get("/tensors/w1.momentum_buffer")["value"]
    state = run("PATCH", "", {"batch": {"size": 10, "shuffle": False}}).json()
    assert state["batch"] == {"size": 10, "shuffle": False}
    trace = run.get("/trace")
    assert trace["batch"]["rows"] == list(range(10, 20)), "iteration 5 is the second batch of an epoch of two"
    assert trace["tensors"]["w1.momentum_buffer"]["value"] == momentum
    assert trace["tensors"]["optimizer.iteration"]["value"] == 5
    assert run("PATCH", "", {"batch": None}).json()["batch"] is None
    assert run.get("/trace")["tensors"]["x"]["shape"] == [20, 3]
    assert "batch" not in run.get()["document"]
    run("POST", "/undo")
    run("POST", "/undo")
    assert run.get("/trace")["batch"]["epoch"] == 2


def test_the_plot_of_the_loss_says_whose_losses_they_are(run: RunClient) -> None:
    run("POST", "/iterations", {"count": 5})
    assert ", each of its own batch of 6 rows" in run.get("/plots/loss")["text"]
    run("PATCH", "", {"batch": None})
    run("POST", "/iterations", {"count": 2})
    assert ", the first of its own batch of 6 rows" in run.get("/plots/loss")["text"]
    assert ", each of its own batch of 6 rows" in run.get("/plots/loss", iteration=3)["text"]
    run("POST", "/undo")
    run("POST", "/undo")
    assert ", each of" in run.get("/plots/loss")["text"]


def test_a_rate_goes_on_from_the_runs_iteration(run: RunClient) -> None:
    run("POST", "/iterations", {"count": 6})
    run("PATCH", "", {"optimizer": {"name": "adam", "lr": "0.01 * iteration"}})
    tensors = run.get("/trace")["tensors"]
    assert tensors["optimizer.lr"]["value"] == pytest.approx(0.06)
    assert (tensors["optimizer.iteration"]["value"], tensors["optimizer.step"]["value"]) == (6, 0)
    run("POST", "/iterations", {"count": 2})
    assert run.get("/trace")["tensors"]["optimizer.lr"]["value"] == pytest.approx(0.08)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"optimizer": {"name": "sgd", "lr": "0.1 *"}}, "bad_optimizer"),
        ({"optimizer": {"name": "sgd", "lr": "w1"}}, "bad_optimizer"),
        ({"optimizer": {"name": "sgd", "lr": "ones(2)"}}, "bad_optimizer"),
        ({"optimizer": {"name": "sgd", "momentum": "0.1"}}, "bad_optimizer"),
        ({"batch": {"size": 0}}, "bad_batch"),
        ({"batch": {"size": 21}}, "bad_batch"),
        ({"batch": 4}, "bad_batch"),
        ({"batch": {"size": 4}, "inputs": {"x": 1.0, "y": 1.0}}, "bad_batch"),
    ],
)
def test_a_refused_change_changes_nothing(run: RunClient, changes: dict[str, Any], code: str) -> None:
    before, shown = run.get(), text(run)
    assert_problem(run("PATCH", "", changes), 422, code)
    assert run.get() == before
    assert text(run) == shown


def test_a_training_whose_rate_will_leave_its_bounds_is_not_begun(run: RunClient) -> None:
    run("PATCH", "", {"optimizer": {"name": "sgd", "lr": "0.1 * (1 - iteration / 10)"}})
    run("POST", "/iterations", {"count": 5})
    before = run.get()
    answer = assert_problem(run("POST", "/iterations", {"count": 7}), 422, "bad_optimizer")
    assert "at iteration 11" in answer["detail"]
    assert run.get() == before
    assert run("POST", "/iterations", {"count": 6}).json()["iteration"] == 11


def test_studies_are_of_the_batch(run: RunClient) -> None:
    run("POST", "/iterations", {"count": 1})
    explained = run.get("/explain", tensor="w1", field="gradient", index="0,0")
    assert {term["sample"] for term in explained["terms"]} == set(range(6))
    assert run.get("/gradcheck")["passed"]
    assert run("POST", "/check", {"gradients": {"w1": "x.T @ h.matmul.g"}}).json()["correct"]
    lines = run.get("/trace")["steps"]
    step = next(line["index"] for line in lines if line["output"] == "h.matmul")
    assert run.get("/jacobian", step=step, input="x")["output_shape"] == [6, 4]


@pytest.mark.parametrize("format", some(["json", "html", "numpy", "pytorch", "npz", "safetensors"], "json", "npz"))
def test_every_file_can_be_taken_away(run: RunClient, format: str) -> None:
    run("POST", "/iterations", {"count": 2})
    answer = run("GET", "/export", params={"format": format})
    assert answer.status_code == 200
    if format == "json":
        assert answer.json()["document"]["batch"] == {"size": 6, "shuffle": True}
        assert answer.json()["document"]["inputs"]["x"] == ROWS.tolist()
    if format == "pytorch":
        assert "torch.optim.SGD(model.parameters(), lr=0.405, momentum=0.5)" in answer.text


def test_a_next_value_is_read_by_itself(run: RunClient) -> None:
    steps = {step["output"]: step for step in run.get("/trace")["steps"] if step["phase"] == "update"}
    for name in ("w1", "w1.momentum_buffer", "optimizer.lr"):
        assert run.get(f"/tensors/{name}", field="next")["value"] == steps[name]["value"]
    assert_problem(run("GET", "/tensors/x", params={"field": "next"}), 422, "not_updated")
    assert_problem(run("GET", "/tensors/q", params={"field": "next"}), 404, "unknown_tensor")
    run("POST", "/iterations", {"count": 1})
    assert run.get("/tensors/w1")["value"] == steps["w1"]["value"]
