"""One tensor at a time: windows, statistics, files."""

from io import BytesIO

import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.api.conftest import RunClient, client_of
from tests.api.problem_shape import assert_problem


def test_every_tensor_is_what_the_trace_says(run: RunClient) -> None:
    for name, tensor in run.get("/trace")["tensors"].items():
        assert run.get(f"/tensors/{name}")["value"] == tensor["value"]
        gradient = run("GET", f"/tensors/{name}?field=gradient")
        if tensor["gradient"] is None:
            assert_problem(gradient, 422, "no_gradient")
        else:
            assert gradient.json()["value"] == tensor["gradient"]


@pytest.mark.parametrize(
    ("window", "bounds"),
    [
        ("2:5,0:1", [[2, 5], [0, 1]]),
        ("2:5", [[2, 5], [0, 2]]),
        (":3,1:", [[0, 3], [1, 2]]),
        ("8:50", [[8, 10], [0, 2]]),
        ("50:60", [[10, 10], [0, 2]]),
        ("5:2", [[5, 5], [0, 2]]),
        ("", [[0, 10], [0, 2]]),
    ],
)
def test_a_window_is_cut_off_at_the_end(run: RunClient, window: str, bounds: list) -> None:
    whole, part = run.get("/tensors/w1"), run.get("/tensors/w1", window=window)
    (top, bottom), (left, right) = bounds
    assert part["window"] == bounds
    assert part["shape"] == [10, 2]
    assert part["value"] == [row[left:right] for row in whole["value"][top:bottom]]
    assert part["statistics"] == whole["statistics"]


def test_statistics(run: RunClient) -> None:
    run("PATCH", "/tensors/w2", {"data": [[3.0], [-4.0]]})
    assert run.get("/tensors/w2")["statistics"] == {
        "min": -4.0,
        "max": 3.0,
        "mean": -0.5,
        "std": 3.5,
        "norm": 5.0,
        "nan": 0,
        "inf": 0,
    }
    run("PATCH", "/tensors/w2", {"data": [["Infinity"], [2.0]]})
    assert run.get("/tensors/w2")["statistics"] == {
        "min": 2.0,
        "max": 2.0,
        "mean": 2.0,
        "std": 0.0,
        "norm": 2.0,
        "nan": 0,
        "inf": 1,
    }


def test_a_scalar(run: RunClient) -> None:
    loss = run.get("/tensors/loss")
    assert (loss["shape"], loss["window"], loss["value"]) == ([], [], run.created.json()["loss"])


@pytest.mark.parametrize("query", ["", "&window=1:4", "&field=gradient"])
def test_a_file_has_the_same_numbers(run: RunClient, query: str) -> None:
    answer = run("GET", f"/tensors/w1?format=npy{query}")
    assert answer.headers["content-type"] == "application/octet-stream"
    array = np.load(BytesIO(answer.content), allow_pickle=False)
    assert array.tolist() == run("GET", f"/tensors/w1?format=json{query}").json()["value"]


def test_too_many_numbers_for_json(tmp_path: object) -> None:
    with client_of(tmp_path, window_elements=4) as client:
        run = RunClient(client, {"example": "lesson13"})
        assert "BACKPROP_WINDOW_ELEMENTS" in assert_problem(run("GET", "/tensors/w1"), 413)["hint"]
        assert len(run.get("/tensors/w1", window="0:2")["value"]) == 2
        assert run("GET", "/tensors/w1?format=npy").status_code == 200


def test_labels_stay_whole_numbers(client: TestClient) -> None:
    run = RunClient(
        client,
        {
            "program": "loss = cross_entropy(x @ w, labels)",
            "inputs": {"x": [[1.0, 2.0], [0.5, 1.0]], "labels": [0, 2]},
            "parameters": {"w": {"shape": [2, 3], "init": "zeros"}},
        },
    )
    assert run.get("/trace")["tensors"]["labels"]["gradient"] is None
    assert run("PATCH", "/tensors/labels", {"cells": [{"index": [0], "value": 1}]}).status_code == 200
    assert run.get("/tensors/labels")["value"] == [1, 2]
    for value in (0.5, "NaN", 7, -1):
        assert_problem(run("PATCH", "/tensors/labels", {"cells": [{"index": [0], "value": value}]}), 422)
    assert run.get("/tensors/labels")["value"] == [1, 2]
    assert run.get()["version"] == 2
