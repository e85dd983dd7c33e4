"""A picture of a tensor of any size: for each block of its last two axes the number farthest from 0."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.api.conftest import RunClient, client_of
from tests.api.problem_shape import assert_problem


def blocks(plane: Any, down: int, across: int) -> Any:
    """The same, block by block."""
    return [
        [
            max(plane[top : top + down, left : left + across].reshape(-1).tolist(), key=abs)
            for left in range(0, plane.shape[1], across)
        ]
        for top in range(0, plane.shape[0], down)
    ]


@pytest.fixture(scope="module")
def large(client: TestClient) -> RunClient:
    draw = np.random.default_rng(1)
    document = {
        "program": "h = (x @ w).reshape(5, 26, 3, 7)\nloss = (h * h).mean() + v.sum()",
        "inputs": {"x": draw.normal(size=(130, 11)).tolist()},
        "parameters": {"w": draw.normal(size=(11, 21)).tolist(), "v": draw.normal(size=250).tolist()},
        "optimizer": {"name": "sgd", "lr": 0.1},
    }
    return RunClient(client, document)


@pytest.mark.parametrize(
    ("name", "rows", "columns", "block"),
    [("x", 100, 100, [2, 1]), ("x", 7, 3, [19, 4]), ("x", 1, 1, [130, 11]), ("w", 1000, 1000, [1, 1])],
)
def test_each_number_is_the_one_of_its_block_that_is_farthest_from_zero(
    large: RunClient, name: str, rows: int, columns: int, block: list[int]
) -> None:
    numbers = np.array(large.get(f"/tensors/{name}")["value"])
    answer = large.get(f"/tensors/{name}/overview", rows=str(rows), columns=str(columns))
    assert answer == {"shape": [*numbers.shape], "lead": [], "block": block, "value": blocks(numbers, *block)}


def test_one_axis_is_a_row_and_axes_before_the_last_two_have_a_position(large: RunClient) -> None:
    numbers = np.array(large.get("/tensors/v")["value"])
    answer = large.get("/tensors/v/overview")
    assert answer["block"] == [1, 3]
    assert answer["value"] == blocks(numbers[None], 1, 3)
    h = np.array(large.get("/tensors/h", field="gradient")["value"])
    answer = large.get("/tensors/h/overview", field="gradient", lead="4,25", rows="2")
    assert answer["lead"] == [4, 25]
    assert answer["value"] == blocks(h[4, 25], 2, 1)
    assert large.get("/tensors/h/overview")["value"] == np.array(large.get("/tensors/h")["value"])[0, 0].tolist()
    assert large.get("/tensors/loss/overview")["value"] == [[large.get("/tensors/loss")["value"]]]


def test_what_is_no_number_is_seen(large: RunClient) -> None:
    try:
        for index, value in (([0, 0], "NaN"), ([4, 0], "-Infinity"), ([5, 0], 3.0)):
            large("PATCH", "/tensors/x", {"cells": [{"index": index, "value": value}]})
        first = [row[0] for row in large.get("/tensors/x/overview", rows="65", columns="11")["value"]]
        assert first[0] == "NaN"
        assert first[2] == "-Infinity"
    finally:
        for _ in range(3):
            large("POST", "/undo")


def test_what_is_not_there_is_said(large: RunClient) -> None:
    assert_problem(large("GET", "/tensors/nothing/overview"), 404, "unknown_tensor")
    assert_problem(large("GET", "/tensors/x/overview?lead=0"), 422, "bad_index")
    assert_problem(large("GET", "/tensors/h/overview?lead=0,26"), 422, "bad_index")
    assert_problem(large("GET", "/tensors/h/overview?lead=a"), 422, "bad_index")
    for rows in ("0", "1001", "-1", "1.5"):
        assert_problem(large("GET", f"/tensors/x/overview?rows={rows}"), 422, "invalid_request")


def test_a_picture_is_bounded_like_other_answers(tmp_path: Path) -> None:
    with client_of(tmp_path, window_elements=100) as client:
        run = RunClient(client, {"program": "loss = (x * x).sum()", "parameters": {"x": [[1.0] * 30] * 30}})
        assert_problem(run("GET", "/tensors/x/overview"), 413, "window_too_large")
        assert len(run.get("/tensors/x/overview", rows="10", columns="10")["value"]) == 10
