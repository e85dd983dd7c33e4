"""The past over HTTP: told, seen at any moment, forked, compared."""

from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.amount import some
from tests.api.conftest import RunClient
from tests.api.problem_shape import assert_problem


@pytest.fixture
def travelled(run: RunClient) -> RunClient:
    """20 iterations, an edit, 10 iterations, undone, another edit, another optimizer, 5 iterations."""
    run("POST", "/iterations", {"count": 20})
    run("PATCH", "/tensors/w1", {"cells": [{"index": [0, 1], "value": 2.5}]})
    run("POST", "/iterations", {"count": 10})
    run("POST", "/undo")
    run("PATCH", "/tensors/w2", {"data": [[0.25], [-0.1]]})
    run("PATCH", body={"optimizer": {"name": "adam", "lr": 0.1}})
    run("POST", "/iterations", {"count": 5})
    return run


def fork(run: RunClient, **moment: int) -> RunClient:
    answer = run("POST", "/fork", moment)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/api/runs/{answer.json()['id']}"
    copy = object.__new__(RunClient)
    copy.client, copy.created, copy.path = run.client, answer, answer.headers["location"]
    return copy


def same(one: RunClient, other: RunClient, **moment: int) -> bool:
    return one.get("/trace", **moment) == other.get("/trace")


def test_the_history_tells_what_happened(travelled: RunClient) -> None:
    history = travelled.get("/history")
    assert [(event["kind"], event["text"], event["present"]) for event in history["events"]] == [
        ("create", "the beginning", True),
        ("train", "20 iterations", True),
        ("edit", "w1[0, 1] = 2.5", True),
        ("train", "10 iterations", False),
        ("undo", "undone", False),
        ("edit", "all of w2", True),
        ("replace", "optimizer sgd → adam, lr 0.1", True),
        ("train", "5 iterations", True),
    ]
    assert history["losses"] == travelled.get()["losses"]
    assert (history["events"][1]["iterations"], history["events"][1]["first_loss"]) == (20, history["losses"][0])


def test_the_history_may_be_read_piece_by_piece(travelled: RunClient) -> None:
    events = travelled.get("/history")["events"]
    assert travelled.get("/history", after=5, losses="none") == {"events": events[5:]}
    assert travelled.get("/history", after=99)["events"] == []
    assert_problem(travelled("GET", "/history", params={"after": -1}), 422)


def test_many_cells_are_counted_and_not_told(run: RunClient) -> None:
    cells = [{"index": [i, j], "value": 1.0} for i in range(10) for j in range(2)]
    run("PATCH", "/tensors/w1", {"cells": cells})
    run("PATCH", "/tensors/w1", {"cells": cells * 30})
    texts = [event["text"] for event in run.get("/history")["events"]]
    assert texts == ["the beginning", "20 cells of w1", "600 cells of w1"]


def test_a_moment_before_an_edit_or_on_an_undone_branch_can_be_seen(travelled: RunClient) -> None:
    before, after = (travelled.get("/tensors/w1", event=event)["value"][0][1] for event in (2, 3))
    assert before != after == 2.5
    undone = travelled.get("/trace", event=4)
    assert undone["loss"] == travelled.get("/history")["events"][3]["last_loss"]
    assert travelled.get("/trace", event=4, iteration=12) == travelled.get("/trace", iteration=12)
    inside = travelled.get("/trace", event=4, iteration=25)
    assert inside["loss"] not in (undone["loss"], travelled.get("/trace", iteration=25)["loss"])


MOMENTS = [{}, {"iteration": 0}, {"iteration": 7}, {"iteration": 22}, {"event": 4}, {"event": 2}]


@pytest.mark.parametrize("moment", some(MOMENTS, {"iteration": 7}, {"event": 4}))
def test_a_fork_has_the_same_past_and_a_future_of_its_own(travelled: RunClient, moment: dict[str, int]) -> None:
    before = travelled.get()
    copy = fork(travelled, **moment)
    assert same(travelled, copy, **moment)
    state = copy.get()
    for iteration in range(state["iteration"]):
        assert copy.get("/trace", iteration=iteration) == travelled.get(
            "/trace", iteration=iteration, **moment_of(moment)
        )
    assert len(state["losses"]) == state["iteration"] + 1
    assert state["losses"][-1] == copy.created.json()["loss"]
    copy("PATCH", "/tensors/w1", {"cells": [{"index": [0, 0], "value": 9}]})
    copy("POST", "/iterations", {"count": 3})
    assert travelled.get() == before
    assert copy.get()["iteration"] == state["iteration"] + 3


def moment_of(moment: dict[str, int]) -> dict[str, int]:
    return {"event": moment["event"]} if "event" in moment else {}


def test_a_fork_outlives_its_run_and_can_be_undone_to_the_beginning(travelled: RunClient) -> None:
    beginning = travelled.get("/trace", event=1)
    copy = fork(travelled)
    assert travelled("DELETE").status_code == 204
    while copy.get()["can_undo"]:
        copy("POST", "/undo")
    assert copy.get("/trace") == beginning
    while copy.get()["can_redo"]:
        copy("POST", "/redo")
    assert copy.get("/trace")["loss"] == copy.created.json()["loss"]


def test_found_gradients_go_with_a_fork(run: RunClient) -> None:
    run("POST", "/check", {"gradients": {"w1": "x.T @ l1.g"}})
    copy = fork(run)
    found = {one["tensor"] for one in copy.get("/exercises")["exercises"] if one["found"]}
    assert found == {one["tensor"] for one in run.get("/exercises")["exercises"] if one["found"]} != set()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"iteration": 26}, 404, "unknown_iteration"),
        ({"event": 5}, 404, "unknown_event"),
        ({"event": 99}, 404, "unknown_event"),
        ({"event": 2, "iteration": 21}, 404, "unknown_iteration"),
        ({"iteration": -1}, 422, None),
        ({"iteration": "3"}, 422, None),
        ({"iteration": 1.5}, 422, None),
        ({"at": 3}, 422, None),
    ],
)
def test_there_is_no_fork_of_a_moment_that_is_not(travelled: RunClient, body: Any, status: int, code: str) -> None:
    assert_problem(travelled("POST", "/fork", body), status, code)


def test_moments_that_are_not_there_are_refused_in_reading(travelled: RunClient) -> None:
    assert_problem(travelled("GET", "/trace", params={"event": 5}), 404, "unknown_event")
    assert_problem(travelled("GET", "/tensors/w1", params={"event": "x"}), 422)
    assert_problem(travelled("GET", "/explain", params={"event": 77, "tensor": "w1", "index": "0,0"}), 404)


def test_two_iterations_are_compared(travelled: RunClient) -> None:
    compared = travelled.get("/compare", iteration=5, other_iteration=20, tensor="w1")
    values = [np.array(travelled.get("/tensors/w1", iteration=iteration)["value"]) for iteration in (5, 20)]
    np.testing.assert_array_equal(compared["difference"], values[0] - values[1])
    assert compared["one"]["done"] == []
    assert compared["other"]["done"] == ["15 iterations", "w1[0, 1] = 2.5", "all of w2", "optimizer sgd → adam, lr 0.1"]
    [key] = compared["document"]
    assert (key["key"], key["one"]["name"], key["other"]["name"]) == ("optimizer", "sgd", "adam")
    rows = {(row["name"], row["field"]): row for row in compared["tensors"]}
    largest = np.abs(values[0] - values[1]).max()
    assert rows["w1", "value"]["max_abs_difference"] == largest
    index = tuple(rows["w1", "value"]["index"])
    assert abs(values[0] - values[1])[index] == largest
    assert rows["x", "value"]["relative"] == 0
    assert compared["unlike"] == sorted(compared["unlike"])
    assert "w1.exp_avg" in compared["unlike"]


def test_two_runs_are_compared(travelled: RunClient, client: TestClient) -> None:
    copy = fork(travelled, iteration=20)
    copy("PATCH", "/tensors/b1", {"data": [0.5, 0.5]})
    other = copy.created.json()["id"]
    compared = travelled.get("/compare", other=other)
    assert compared["one"]["done"] == ["5 iterations"]
    assert compared["other"]["done"] == ["all of b1"]
    assert compared["losses"]["one"] == travelled.get()["losses"]
    assert compared["losses"]["other"] == copy.get()["losses"]
    assert travelled.get("/compare")["tensors"][0]["relative"] == 0


def test_runs_of_other_programs_are_compared(run: RunClient, client: TestClient) -> None:
    other = RunClient(client, {"example": "xor"})
    compared = run.get("/compare", other=other.created.json()["id"])
    assert {change["key"] for change in compared["document"]} >= {"program", "title"}
    assert "x" in compared["unlike"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"other": "nobody"}, 404),
        ({"other": ""}, 422),
        ({"tensor": "nothing"}, 404),
        ({"tensor": "w1", "window": "x"}, 422),
        ({"other_iteration": 1}, 404),
        ({"other_event": 2}, 404),
    ],
)
def test_comparisons_that_cannot_be(run: RunClient, query: dict[str, Any], status: int) -> None:
    assert_problem(run("GET", "/compare", params=query), status)
