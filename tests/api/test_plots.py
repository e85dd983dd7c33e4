"""Plots through HTTP: the numbers over a run's iterations agree with its traces; refusals."""

from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.api.conftest import LESSON, RunClient
from tests.api.problem_shape import assert_problem
from tests.together import each

XOR = {"example": "xor"}
NAMES = ["loss", "norms", "histograms", "weight", "slice", "contour", "surface", "confusion"]


@pytest.fixture
def xor(client: TestClient) -> RunClient:
    """Trained, edited, trained with another optimizer."""
    run = RunClient(client, XOR)
    assert run("POST", "/iterations", {"count": 5}).status_code == 200
    assert run("PATCH", "/tensors/w1", {"cells": [{"index": [0, 0], "value": 2.5}]}).status_code == 200
    assert run("POST", "/iterations", {"count": 3}).status_code == 200
    assert run("PATCH", "", {"optimizer": {"name": "adam", "lr": 0.1}}).status_code == 200
    assert run("POST", "/iterations", {"count": 4}).status_code == 200
    return run


@pytest.mark.parametrize("name", NAMES)
def test_every_plot_has_a_sentence(xor: RunClient, name: str) -> None:
    text = xor.get(f"/plots/{name}")["text"]
    assert text.endswith(".")
    assert "nan" not in text


def test_the_list_says_which_apply(client: TestClient, xor: RunClient) -> None:
    listed = xor.get("/plots")
    assert [plot["name"] for plot in listed] == NAMES
    assert not [plot for plot in listed if plot["reason"]]
    reasons = {plot["name"]: plot["reason"] for plot in RunClient(client, LESSON).get("/plots")}
    assert reasons["surface"] == "this data has 10 features; a decision surface needs two"


def test_norms_over_edits_and_optimizers_are_those_of_the_traces(xor: RunClient) -> None:
    found = xor.get("/plots/norms")
    assert found["iterations"] == list(range(13))
    for row in found["parameters"]:
        for iteration in found["iterations"]:
            tensor = xor.get("/trace", iteration=iteration)["tensors"][row["name"]]
            assert row["value"][iteration] == pytest.approx(np.linalg.norm(tensor["value"]))
            assert row["gradient"][iteration] == pytest.approx(np.linalg.norm(tensor["gradient"]))
        moved = np.subtract(
            xor.get("/tensors/w2", iteration=12)["value"], xor.get("/tensors/w2", iteration=11)["value"]
        )
        if row["name"] == "w2":
            assert row["update"][11] == pytest.approx(np.linalg.norm(moved))


def test_a_weight_over_an_edit(xor: RunClient) -> None:
    found = xor.get("/plots/weight", parameter="w1", index="0,0")
    values = [xor.get("/tensors/w1", iteration=k)["value"][0][0] for k in found["iterations"]]
    assert found["values"] == values
    assert values[5] == 2.5
    edits = xor.get("/plots/loss")["edits"]
    assert edits == [
        {"iteration": 5, "text": "w1[0, 0] = 2.5"},
        {"iteration": 8, "text": "optimizer sgd → adam, lr 0.1"},
    ]


def test_an_earlier_moment(xor: RunClient) -> None:
    assert xor.get("/plots/norms", iteration=4)["iterations"] == [0, 1, 2, 3, 4]
    assert xor.get("/plots/loss", iteration=4)["losses"] == xor.get()["losses"][:5]
    before = xor.get("/plots/weight", parameter="w1", index="0,0", event=2)
    assert before["iterations"][-1] == 5
    assert before["values"][-1] != 2.5
    assert (
        xor.get("/plots/slice", parameter="w2", index="0,0", iteration=3)["value"]
        == (xor.get("/tensors/w2", iteration=3)["value"][0][0])
    )


def test_a_long_run_is_sampled(run: RunClient) -> None:
    assert run("POST", "/iterations", {"count": 3000}).status_code == 200
    found = run.get("/plots/weight", parameter="w1", index="3,1")
    iterations = found["iterations"]
    assert iterations[0] == 0
    assert iterations[-1] == 3000
    assert len(iterations) == 200
    for at in (1, 77, 198):
        there = run.get("/tensors/w1", iteration=iterations[at])["value"][3][1]
        assert found["values"][at] == there, "to the last digit"


def test_one_iteration_at_a_time_is_walked_too(run: RunClient) -> None:
    for _ in range(12):
        run("POST", "/iterations", {"count": 1})
    found = run.get("/plots/weight", parameter="b2", index="0")
    assert found["values"] == [run.get("/tensors/b2", iteration=k)["value"][0] for k in range(13)]


def test_the_steepest_weights_are_the_default(xor: RunClient) -> None:
    tensors = xor.get("/trace")["tensors"]
    slopes = {name: np.abs(tensors[name]["gradient"]).max() for name in ("w1", "b1", "w2", "b2")}
    found = xor.get("/plots/slice")
    assert abs(found["gradient"]) == max(slopes.values())
    one, other = xor.get("/plots/contour", points=5)["weights"]
    assert (one["parameter"], one["index"]) == (found["parameter"], found["index"])
    assert one != other
    first, second = xor.get("/plots/contour", points=5, other_parameter="b2", other_index="0")["weights"]
    assert second["parameter"] == "b2"
    assert first != second


def test_numbers_that_are_none_are_told_as_what_they_are(run: RunClient) -> None:
    assert run("PATCH", "", {"optimizer": {"name": "sgd", "lr": 1e200}}).status_code == 200
    assert run("POST", "/iterations", {"count": 4}).status_code == 200
    for name in NAMES[:-2]:
        answer = run("GET", f"/plots/{name}")
        assert answer.status_code == 200, answer.text
    assert "diverged" in run.get("/plots/loss")["text"]


REFUSED: dict[str, tuple[str, dict[str, Any], int, str]] = {
    "an iteration that is not there": ("norms", {"iteration": 99}, 404, "unknown_iteration"),
    "an event that is not there": ("loss", {"event": 99}, 404, "unknown_event"),
    "a negative iteration": ("loss", {"iteration": -1}, 422, "invalid_request"),
    "an unknown layer": ("histograms", {"tensor": "nowhere"}, 404, "unknown_tensor"),
    "an unknown parameter": ("weight", {"parameter": "w9"}, 404, "unknown_tensor"),
    "an activation as a weight": ("slice", {"parameter": "h"}, 422, "not_a_parameter"),
    "an index outside": ("weight", {"parameter": "w1", "index": "9,9"}, 422, "bad_index"),
    "an index of two axes for one": ("slice", {"parameter": "b1", "index": "0,0"}, 422, "bad_index"),
    "an index that is no number": ("slice", {"parameter": "w1", "index": "a"}, 422, "bad_index"),
    "an index without a parameter": ("weight", {"index": "0"}, 422, "bad_query"),
    "no reach": ("slice", {"reach": 0}, 422, "invalid_request"),
    "a reach without an end": ("slice", {"reach": "inf"}, 422, "invalid_request"),
    "the same weight twice": (
        "contour",
        {"parameter": "b2", "index": "0", "other_parameter": "b2", "other_index": "0"},
        422,
        "same_weight",
    ),
    "a grid too large": ("contour", {"points": 5000}, 413, "grid_too_large"),
    "a grid of a point": ("surface", {"points": 1}, 422, "grid_too_small"),
    "an unknown tensor on the plane": ("surface", {"tensor": "nowhere"}, 404, "unknown_tensor"),
    "a tensor without samples": ("surface", {"tensor": "w1"}, 422, "not_applicable"),
    "a unit that is not there": ("surface", {"tensor": "h", "unit": 7}, 422, "bad_index"),
    "a parameter of the query that nobody knows": ("confusion", {"colour": "red"}, 422, "unknown_key"),
    "a plot that there is not": ("pie", {}, 404, "not_found"),
}


@each("what", list(REFUSED))
def test_refused(client: TestClient, what: str) -> None:
    name, query, status, code = REFUSED[what]
    assert_problem(RunClient(client, XOR)("GET", f"/plots/{name}", params=query), status, code)


@pytest.mark.parametrize("name", ["surface", "confusion"])
def test_where_it_makes_no_sense_it_says_why(client: TestClient, name: str) -> None:
    run = RunClient(client, {"example": "rnn"})
    problem = assert_problem(run("GET", f"/plots/{name}"), 422, "not_applicable")
    [plot] = [plot for plot in run.get("/plots") if plot["name"] == name]
    assert plot["reason"] == problem["detail"]
