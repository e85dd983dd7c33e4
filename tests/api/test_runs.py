"""Runs over HTTP: made, read, changed, trained, undone, deleted."""

import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.api.conftest import RunClient
from tests.api.problem_shape import assert_problem

STATE = {"id", "title", "iteration", "loss", "version", "event", "can_undo", "can_redo", "optimizer", "batch", "layout"}
STATE |= {"recalculated", "view_id", "dialect", "diverged_at", "divergence", "validation", "validation_loss"}


def test_a_new_run(run: RunClient) -> None:
    state = run.created.json()
    assert state.keys() == STATE
    assert run.created.headers["etag"] == '"1"'
    assert run.path == f"/api/runs/{state['id']}"
    assert (state["iteration"], state["version"], state["can_undo"], state["can_redo"]) == (0, 1, False, False)


def test_a_run_of_a_document(client: TestClient, run: RunClient) -> None:
    document = client.get("/api/examples/lesson13").json()
    assert RunClient(client, document).created.json()["loss"] == run.created.json()["loss"]


def test_a_run_shows_the_document_with_the_present_numbers(client: TestClient, run: RunClient) -> None:
    run("POST", "/iterations", {"count": 3})
    shown = run.get()
    assert shown.keys() == STATE | {"document", "losses"}
    assert shown["document"]["parameters"]["w1"] == run.get("/tensors/w1")["value"]
    again = RunClient(client, shown["document"]).created.json()
    assert again["loss"] == shown["loss"] == shown["losses"][3]


def test_an_edit_changes_the_loss_and_undo_brings_it_back(run: RunClient) -> None:
    before = run.created.json()
    edited = run("PATCH", "/tensors/w1", {"cells": [{"index": [0, 1], "value": 2.5}, {"index": [1, 1], "value": -1}]})
    assert edited.headers["etag"] == '"2"'
    assert edited.json()["loss"] != before["loss"]
    value = run.get("/tensors/w1")["value"]
    assert (value[0][1], value[1][1]) == (2.5, -1.0)
    undone = run("POST", "/undo").json()
    assert undone == {**before, "version": 3, "can_redo": True}
    assert run("POST", "/redo").json() == {**edited.json(), "version": 4}


def test_a_whole_tensor_may_be_written(run: RunClient) -> None:
    run("PATCH", "/tensors/w2", {"data": [[0.25], [-0.1]]})
    assert run.get("/tensors/w2")["value"] == [[0.25], [-0.1]]


def test_numbers_that_are_not_finite_travel_as_texts(run: RunClient) -> None:
    answer = run("PATCH", "/tensors/w2", {"data": [["NaN"], ["-Infinity"]]}).json()
    assert answer["loss"] == "NaN"
    tensor = run.get("/tensors/w2")
    assert tensor["value"] == [["NaN"], ["-Infinity"]]
    assert tensor["statistics"] == {
        "min": None,
        "max": None,
        "mean": None,
        "std": None,
        "norm": None,
        "nan": 1,
        "inf": 1,
    }
    assert run.get()["document"]["parameters"]["w2"] == [["NaN"], ["-Infinity"]]
    assert run.get("/trace")["loss"] == "NaN"


def test_training(run: RunClient) -> None:
    before = run.created.json()["loss"]
    answer = run("POST", "/iterations", {"count": 20}).json()
    assert answer["iteration"] == 20
    assert len(answer["losses"]) == 21
    assert answer["losses"][0] == before
    assert answer["losses"][20] == answer["loss"] == run.get("/trace")["loss"]
    assert answer["loss"] < before
    assert run("POST", "/undo").json()["iteration"] == 0


def test_an_iteration_is_what_the_trace_says(run: RunClient) -> None:
    updates = [step for step in run.get("/trace")["steps"] if step["phase"] == "update"]
    run("POST", "/iterations", {"count": 1})
    assert {step["output"] for step in updates} == {"w1", "b1", "w2", "b2"}
    for step in updates:
        assert run.get(f"/tensors/{step['output']}")["value"] == step["value"]


def test_time_travel(run: RunClient) -> None:
    seen = []
    for _ in range(5):
        seen.append(run.get("/trace"))
        run("POST", "/iterations", {"count": 1})
    for iteration in (4, 0, 2, 3, 1):
        assert run.get("/trace", iteration=iteration) == seen[iteration]
        tensor = run.get("/tensors/w1", iteration=iteration, field="gradient")
        assert tensor["value"] == seen[iteration]["tensors"]["w1"]["gradient"]


def test_a_trace_without_numbers(run: RunClient) -> None:
    whole, bare = run.get("/trace"), run.get("/trace", values="none")
    assert bare["tensors"].keys() == whole["tensors"].keys()
    assert not {"value", "gradient"} & {key for tensor in bare["tensors"].values() for key in tensor}
    assert [step["code"] for step in bare["steps"]] == [step["code"] for step in whole["steps"]]


def test_an_opened_trace_shows_what_is_inside(run: RunClient) -> None:
    assert len(run.get("/trace", open="true")["tensors"]) > len(run.get("/trace")["tensors"])


@pytest.mark.parametrize(
    "change",
    [{"title": "Mine"}, {"optimizer": {"name": "adam", "lr": 0.01}}, {"dtype": "float32"}, {"seed": 7}],
    ids=str,
)
def test_replacing_a_key_of_the_document(run: RunClient, change: dict) -> None:
    run("POST", "/iterations", {"count": 2})
    state = run("PATCH", "", change).json()
    assert (state["version"], state["iteration"]) == (3, 2)
    key = next(iter(change))
    shown = run.get()["document"][key]
    assert shown == change[key] if key != "optimizer" else shown["name"] == "adam"
    assert run("POST", "/undo").json()["iteration"] == 2


def test_a_new_program(run: RunClient) -> None:
    program = run.get()["document"]["program"]
    state = run("PATCH", "", {"program": program.replace("relu", "tanh")}).json()
    assert state["loss"] != run.created.json()["loss"]
    assert "tanh" in run.get()["document"]["program"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/tensors/w1", {"cells": [{"index": [0, 0], "value": 5}]}),
        ("POST", "/iterations", {"count": 1}),
        ("PATCH", "", {"title": "x"}),
        ("POST", "/undo", None),
        ("POST", "/redo", None),
        ("DELETE", "", None),
    ],
)
def test_a_change_may_be_made_conditional(run: RunClient, method: str, path: str, body: dict | None) -> None:
    for _ in range(2):
        run("POST", "/iterations", {"count": 1})
    run("POST", "/undo")
    for tag in ('"3"', 'W/"4"', '"four"', '"3", "5"', '""', f'"{"9" * 40}"', "4"):
        assert_problem(run(method, path, body, headers={"If-Match": tag}), 412)
    assert run.get()["version"] == 4
    assert run(method, path, body, headers={"If-Match": '"3", "4"'}).status_code in (200, 204)


def test_any_version_will_do(run: RunClient) -> None:
    assert run("POST", "/iterations", {"count": 1}, headers={"If-Match": "*"}).status_code == 200


def test_a_deleted_run_is_gone(run: RunClient) -> None:
    assert run("DELETE").status_code == 204
    for method, path in (("GET", ""), ("GET", "/trace"), ("GET", "/tensors/w1"), ("POST", "/undo"), ("DELETE", "")):
        assert_problem(run(method, path), 404, "unknown_run")


def test_float32_is_written_in_its_own_shortest_form(client: TestClient) -> None:
    document = {**client.get("/api/examples/lesson13").json(), "dtype": "float32"}
    run = RunClient(client, document)
    run("PATCH", "/tensors/b1", {"data": [0.1, 0.3]})
    run("POST", "/iterations", {"count": 7})
    tensor = run.get("/tensors/w1")
    assert tensor["value"] == [[float(str(np.float32(number))) for number in row] for row in tensor["value"]]
    assert run.get()["loss"] == run.get("/trace")["loss"] == run.get("/trace")["tensors"]["loss"]["value"]
    again = RunClient(client, run.get()["document"])
    assert again.get("/tensors/w1")["value"] == tensor["value"]
    assert again.created.json()["loss"] == run.get()["loss"]


def test_turning_the_weights_keeps_every_number(run: RunClient) -> None:
    run("PATCH", "", {"optimizer": {"name": "adam", "lr": 0.01}})
    run("POST", "/iterations", {"count": 3})
    before = run.get("")
    assert before["layout"] == "in_out"
    state = run("PATCH", "", {"layout": "out_in"}).json()
    assert state["layout"] == "out_in"
    assert state["loss"] == pytest.approx(before["loss"], rel=1e-12)
    document = run.get("")["document"]
    assert "x @ w1.T" in document["program"]
    assert np.array_equal(document["parameters"]["w1"], np.transpose(before["document"]["parameters"]["w1"]))
    transposed = run("POST", "/iterations", {"count": 3}).json()["losses"]
    run("POST", "/undo")
    run("POST", "/undo")
    assert run.get("")["layout"] == "in_out"
    straight = run("POST", "/iterations", {"count": 3}).json()["losses"]
    assert transposed == pytest.approx(straight, rel=1e-12)


def test_a_program_without_weights_cannot_be_turned(client: TestClient) -> None:
    run = client.post("/api/runs", json={"example": "scalar"}).json()
    assert run["layout"] is None
    answer = client.patch(f"/api/runs/{run['id']}", json={"layout": "out_in"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "no_weights"


def test_who_knows_the_version_is_told_so(run: RunClient) -> None:
    state = run.get()
    known = run("GET", headers={"If-None-Match": '"1"'})
    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", '"1"')
    assert run("GET", headers={"If-None-Match": '"7", W/"1"'}).status_code == 304
    assert run("GET", headers={"If-None-Match": '"2", "x", ""'}).json() == state
    run("POST", "/iterations", {"count": 1})
    assert run("GET", headers={"If-None-Match": '"1"'}).json()["version"] == 2


def test_a_state_says_at_which_change_it_stands(run: RunClient) -> None:
    run("POST", "/iterations", {"count": 2})
    trained = run.get()
    assert trained["event"] == run.get("/history")["events"][-1]["head"]
    run("POST", "/undo")
    assert run.get()["event"] == 1
    copy = run("POST", "/fork", {"event": trained["event"]}).json()
    assert (copy["iteration"], copy["loss"], run.get()["version"]) == (2, trained["loss"], 3)
