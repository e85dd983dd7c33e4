"""Units that let nothing through for any sample: said in a trace's warnings, with the iteration since which it is."""

from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.api.conftest import LESSON, RunClient


def dead(trace: dict[str, Any]) -> list[dict[str, Any]]:
    return [warning for warning in trace["warnings"] if warning["code"] == "dead_unit"]


def document(**more: Any) -> dict[str, Any]:
    return {
        "program": "l = x @ w + b\nh = relu(l)\nloss = (h * h).mean()",
        "inputs": {"x": [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]},
        "parameters": {"w": [[1.0, 1.0], [1.0, 1.0]], "b": [0.0, -9.0]},
        **more,
    }


def test_a_unit_that_dies_by_an_edit_is_named_with_its_bias_and_revived_by_undo(client: TestClient) -> None:
    run = RunClient(client, LESSON)
    assert not dead(run.get("/trace"))
    run("POST", "/iterations", {"count": 3})
    assert not dead(run.get("/trace"))
    run("PATCH", "/tensors/b1", {"cells": [{"index": [1], "value": -9}]})
    (found,) = dead(run.get("/trace"))
    assert found["message"] == "unit 1 of l2 is off for all 6 samples since iteration 3: its bias b1[1] fell to -9"
    assert (found["tensor"], found["index"], found["step"], found["units"]) == ("l2", [1], 2, 2)
    values = run.get("/tensors/l2")["value"]
    assert [row[1] for row in values] == [0] * 6
    run("POST", "/iterations", {"count": 5})
    assert "since iteration 3" in dead(run.get("/trace"))[0]["message"]
    assert not dead(run.get("/trace", iteration="2"))
    run("POST", "/undo")
    run("POST", "/undo")
    assert not dead(run.get("/trace"))


def test_from_the_start_also_without_a_run(client: TestClient) -> None:
    message = "unit 1 of h is off for all 3 samples from the start: its bias b[1] is -9"
    run = RunClient(client, document())
    assert [one["message"] for one in dead(run.get("/trace"))] == [message]
    assert [one["message"] for one in dead(client.post("/api/trace", json=document()).json())] == [message]


@pytest.mark.parametrize(
    ("activation", "off"),
    [("relu(l)", True), ("tanh(l)", False), ("where(l > 0, l, 0.1 * l)", False), ("l * l", False), ("abs(l)", False)],
)
def test_only_what_lets_nothing_through_is_off(client: TestClient, activation: str, off: bool) -> None:
    program = f"l = x @ w + b\nh = {activation}\nloss = (h * h).mean()"
    run = RunClient(client, document(program=program))
    assert bool(dead(run.get("/trace"))) == off


def test_a_layer_with_many_is_told_of_once_and_one_sample_is_no_batch(client: TestClient) -> None:
    many = {"w": np.ones((2, 6)).tolist(), "b": [-9.0] * 5 + [1.0]}
    run = RunClient(client, document(parameters=many))
    (found,) = dead(run.get("/trace"))
    assert found["message"] == "5 of 6 units of h are off for all 3 samples"
    assert "index" not in found
    assert not dead(RunClient(client, document(inputs={"x": [[1.0, 0.0]]})).get("/trace"))
