"""Tensors without axes are read, edited, explained and compared like any other."""

from pathlib import Path

import pytest

from tests.api.conftest import RunClient, client_of
from tests.api.problem_shape import assert_problem

DOCUMENT = {
    "program": "y = a * x + b\nloss = mse(y, t)",
    "inputs": {"x": 2.0, "t": 1.0},
    "parameters": {"a": 0.75, "b": 0.25},
    "optimizer": {"name": "adam", "lr": 0.125},
}


@pytest.mark.parametrize("document", [DOCUMENT, {**DOCUMENT, "dtype": "float32"}, {"example": "scalar"}])
def test_every_given_scalar_can_be_edited_by_its_cell(tmp_path: Path, document: dict) -> None:
    with client_of(tmp_path) as client:
        run = RunClient(client, document)
        given = {**run.get()["document"]["inputs"], **run.get()["document"]["parameters"]}
        scalars = [name for name, value in given.items() if isinstance(value, float)]
        assert scalars
        for name in scalars:
            answer = run("PATCH", f"/tensors/{name}", {"cells": [{"index": [], "value": 5}]})
            assert answer.status_code == 200, answer.text
            assert run.get(f"/tensors/{name}")["value"] == 5
            answer = run("PATCH", f"/tensors/{name}", {"cells": [{"index": [], "value": v} for v in (1, -0.5)]})
            assert run.get(f"/tensors/{name}")["value"] == -0.5
            assert run("PATCH", f"/tensors/{name}", {"data": 0.5}).status_code == 200
        before = run.get("/trace")
        assert run("POST", "/undo").status_code == 200
        assert run("POST", "/redo").status_code == 200
        assert run.get("/trace") == before
        texts = [event["text"] for event in run.get("/history")["events"]]
        assert f"{scalars[0]} = 5" in texts


def test_what_is_computed_cannot_be_edited_and_no_other_index_is_taken(tmp_path: Path) -> None:
    with client_of(tmp_path) as client:
        run = RunClient(client, DOCUMENT)
        for name in ("loss", "y"):
            assert_problem(
                run("PATCH", f"/tensors/{name}", {"cells": [{"index": [], "value": 5}]}), 422, "not_editable"
            )
        wrong = run("PATCH", "/tensors/a", {"cells": [{"index": [0], "value": 5}]})
        assert_problem(wrong, 422, "index_outside")


def test_everything_may_be_asked_of_scalars(tmp_path: Path) -> None:
    with client_of(tmp_path) as client:
        run = RunClient(client, DOCUMENT)
        assert run("POST", "/iterations", {"count": 3}).status_code == 200
        for name in run.get("/trace")["tensors"]:
            for field in ("value", "gradient"):
                assert run("GET", f"/explain?tensor={name}&field={field}&index=").status_code in (200, 422)
                assert run("GET", f"/tensors/{name}?field={field}&window=").status_code in (200, 422)
        for wrong in ("t", "2 * x * y.g", "-x * y.g", "x", 3.5):
            answer = run("POST", "/check", {"gradients": {"a": wrong}})
            assert answer.json()["verdicts"]["a"]["verdict"] == "wrong_value"
        assert run("POST", "/check", {"gradients": {"a": "x * y.g"}}).json()["correct"]
        assert run("GET", "/gradcheck").json()["passed"]
