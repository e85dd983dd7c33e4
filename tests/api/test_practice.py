"""Practice over HTTP: exercises, progress, hints, training by one's own gradients, the numeric check."""

from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from backprop_explorer.examples.exercises import exercises
from tests.amount import some
from tests.api.conftest import RunClient
from tests.api.problem_shape import assert_problem


def test_the_exercises_are_listed_and_ready_to_be_posted(client: TestClient) -> None:
    listed = client.get("/api/exercises").json()
    assert [entry["name"] for entry in listed] == list(exercises)
    assert [entry["level"] for entry in listed] == list(range(1, 13))
    assert all(entry.keys() == {"name", "title", "description", "level"} for entry in listed)
    for entry in listed:
        document = client.get(f"/api/exercises/{entry['name']}").json()
        direct = client.post("/api/runs", json=document).json()
        by_name = client.post("/api/runs", json={"exercise": entry["name"]}).json()
        assert direct["loss"] == by_name["loss"]
        assert document["title"] == by_name["title"] == entry["title"]


def test_an_unknown_exercise(client: TestClient) -> None:
    assert_problem(client.get("/api/exercises/rello"), 404, "unknown_exercise")
    problem = assert_problem(client.post("/api/runs", json={"exercise": "rellu"}), 404, "unknown_exercise")
    assert "relu" in problem["hint"]


def answered(run: RunClient, **gradients: Any) -> dict[str, Any]:
    answer = run("POST", "/check", {"gradients": gradients})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("name", some(exercises, "product", "softmax", "network"))
def test_an_exercise_is_solved_from_the_loss_to_the_inputs(client: TestClient, name: str) -> None:
    run, solutions = RunClient(client, {"exercise": name}), exercises[name].solutions
    start = run.get("/exercises")
    assert {entry["tensor"] for entry in start["exercises"]} == set(solutions)
    assert (start["found"], start["done"]) == (0, False)
    for entry in start["exercises"]:
        assert not entry["found"]
        assert answered(run, **{entry["tensor"]: solutions[entry["tensor"]]})["correct"]
    end = run.get("/exercises")
    assert end["done"]
    assert end["next"] is None
    assert end["found"] == end["total"]
    assert {entry["tensor"]: entry["answer"] for entry in end["exercises"]} == solutions


def test_progress(run: RunClient) -> None:
    start = run.get("/exercises")
    names = [entry["tensor"] for entry in start["exercises"]]
    assert names == ["out", "y", "l2", "w2", "b2", "l1", "x", "w1", "b1"]
    assert [entry["tensor"] for entry in start["exercises"] if entry["optional"]] == ["y", "x"]
    assert (start["total"], start["next"]) == (7, "out")
    entry = next(entry for entry in start["exercises"] if entry["tensor"] == "w2")
    assert entry["steps"] == ["out = l2 @ w2 + b2"]
    allowed = start["gradients"][: entry["earlier"]]
    assert [gradient["name"] for gradient in allowed] == ["loss.g", "out.g", "y.g", "l2.g"]
    assert allowed[1] == {"name": "out.g", "shape": [6, 1]}
    assert {"name": "w1", "shape": [10, 2], "role": "parameter"} in start["values"]

    version = run.get()["version"]
    answered(run, w2="l2 * out.g", l1="(l1 > 0) * l2.g")
    gradient = run.get("/tensors/b1", field="gradient")["value"]
    answered(run, b1=gradient)
    found = {entry["tensor"]: entry["answer"] for entry in run.get("/exercises")["exercises"] if entry["found"]}
    assert found == {"l1": "(l1 > 0) * l2.g", "b1": None}
    assert run.get()["version"] == version


def test_progress_survives_training_and_undo_and_goes_with_the_program(run: RunClient) -> None:
    answered(run, w2="l2.T @ out.g", l1="(l1 > 0) * l2.g")
    run("POST", "/iterations", {"count": 3})
    run("POST", "/undo")
    assert run.get("/exercises")["found"] == 2
    run("PATCH", "", {"program": run.get()["document"]["program"].replace("relu", "tanh")})
    found = [entry["tensor"] for entry in run.get("/exercises")["exercises"] if entry["found"]]
    assert found == ["w2"]
    assert run("POST", "/undo").status_code == 200
    assert run.get("/exercises")["found"] == 2


def test_hints_say_more_with_each_level(run: RunClient) -> None:
    levels = [run("POST", "/hint", {"tensor": "w1", "level": level}).json() for level in (1, 2, 3, 4)]
    assert [level["title"] for level in levels] == ["The shape", "One element of it", "The rule", "The solution"]
    assert "(10, 2)" in levels[0]["text"]
    assert {"code": "x", "shape": [6, 10]} in levels[0]["operands"]
    assert levels[1]["formula"] is None
    gradient = run.get("/tensors/w1", field="gradient")["value"]
    i, j = levels[1]["index"]
    assert sum(term["value"] for term in levels[1]["terms"]) == pytest.approx(gradient[i][j])
    assert [rule["op"] for rule in levels[2]["rules"]] == ["matmul"]
    assert levels[3]["code"] == "x.T @ l1.g"
    assert answered(run, w1=levels[3]["code"])["correct"]
    assert all("x.T @ l1.g" not in str(level) for level in levels[:3])


def test_an_exercise_has_variants(client: TestClient) -> None:
    document = client.get("/api/exercises/network?seed=7").json()
    assert document == client.get("/api/exercises/network?seed=7").json()
    known = client.get("/api/exercises/network").json()
    assert document["program"] == known["program"]
    assert np.shape(document["parameters"]["w1"]) != np.shape(known["parameters"]["w1"])
    run = RunClient(client, document)
    assert answered(run, w1="x.T @ l1.g", b2="out.g.sum(0)")["correct"]
    assert_problem(client.get("/api/exercises/network?seed=x"), 422, "invalid_request")


def test_a_run_has_variants(client: TestClient, run: RunClient) -> None:
    assert not answered(run, w1="x.T @ l2.g")["correct"]
    before = run.get()
    made = run("POST", "/variant", {"seed": 4})
    assert made.status_code == 201
    assert made.headers["Location"] == f"/api/runs/{made.json()['id']}"
    fresh = client.get(f"/api/runs/{made.json()['id']}").json()
    again = client.get(f"/api/runs/{run('POST', '/variant', {'seed': 4}).json()['id']}").json()
    assert fresh["document"] == again["document"]
    assert fresh["document"]["program"] == before["document"]["program"]
    assert fresh["document"]["seed"] == 4
    assert np.shape(fresh["document"]["inputs"]["x"]) != np.shape(before["document"]["inputs"]["x"])
    assert fresh["iteration"] == 0
    assert run.get() == before
    drawn = [run("POST", "/variant", {}).json()["loss"] for _ in range(2)]
    assert drawn[0] != drawn[1]
    assert_problem(run("POST", "/variant", {"seed": -1}), 422, "invalid_request")


def test_a_hint_that_does_not_exist(run: RunClient) -> None:
    assert_problem(run("POST", "/hint", {"tensor": "w9", "level": 1}), 404, "unknown_tensor")
    assert_problem(run("POST", "/hint", {"tensor": "w1", "level": 5}), 422, "invalid_request")


def test_training_by_wrong_gradients_goes_beside_the_true_one(client: TestClient, run: RunClient) -> None:
    other = RunClient(client, {"example": "lesson13"})
    true = other("POST", "/iterations", {"count": 5}).json()["losses"]
    found = run("POST", "/iterations", {"count": 5, "gradients": {"l1": "l2.g"}}).json()
    assert found["true_losses"] == true
    assert len(found["losses"]) == 6
    assert found["losses"][0] == true[0]
    assert found["losses"] != true
    assert found["loss"] == found["losses"][-1]
    assert run.get()["losses"] == found["losses"]
    same = other("POST", "/undo").json()
    assert same["iteration"] == 0
    right = other("POST", "/iterations", {"count": 5, "gradients": {"l1": "(l1 > 0) * l2.g"}}).json()
    assert right["losses"] == pytest.approx(true, rel=1e-12)


def test_training_by_own_gradients_is_replayed(client: TestClient, run: RunClient) -> None:
    run("POST", "/iterations", {"count": 4, "gradients": {"w1": "x.T @ l1.g / 6", "b1": "l1.g.sum(0)"}})
    run("POST", "/iterations", {"count": 2})
    losses, weights = run.get()["losses"], run.get("/tensors/w1")["value"]
    for back in (run("POST", "/undo"), run("POST", "/undo"), run("POST", "/redo"), run("POST", "/redo")):
        assert back.status_code == 200
    assert run.get("/tensors/w1")["value"] == weights
    assert [run.get("/trace", iteration=k, values="none")["loss"] for k in range(7)] == losses


@pytest.mark.parametrize(
    ("gradients", "status", "code"),
    [
        ({"w1": "x.T @"}, 422, "syntax"),
        ({"w1": "x.T @ w1.g"}, 422, "gradient_not_yet"),
        ({"w1": "l1.g"}, 422, "wrong_shape"),
        ({"w9": "1"}, 404, "unknown_tensor"),
        ({"w1": [[1]]}, 422, "not_trainable"),
    ],
)
def test_training_by_a_formula_that_cannot_be_used_changes_nothing(
    run: RunClient, gradients: Any, status: int, code: str
) -> None:
    before = run.get()
    assert_problem(run("POST", "/iterations", {"count": 2, "gradients": gradients}), status, code)
    assert run.get() == before


def test_gradcheck(run: RunClient) -> None:
    found = run.get("/gradcheck")
    assert found["passed"]
    assert found["parameters"].keys() == {"w1", "b1", "w2", "b2"}
    assert found["parameters"]["w2"]["max_relative_difference"] < 1e-8
    assert found["parameters"]["w1"]["checked"] == found["parameters"]["w1"]["elements"] == 20
    assert found["parameters"]["w1"]["kink_count"] > 0  # the lesson's units stand exactly at 0
    assert found["curve"] is None
    assert found["step"] == pytest.approx(6e-6, rel=0.02)


def test_the_loss_around_one_weight(run: RunClient) -> None:
    loss, version = run.get()["loss"], run.get()["version"]
    curve = run.get("/gradcheck", parameter="w2", index="1,0")["curve"]
    assert curve["loss"] == loss
    middle = len(curve["values"]) // 2
    assert curve["values"][middle] == pytest.approx(curve["value"])
    assert curve["losses"][middle] == pytest.approx(loss)
    assert curve["tangent"][middle] == pytest.approx(loss)
    assert curve["gradient"] == pytest.approx(curve["numeric"], rel=1e-8)
    assert not curve["kink"]
    assert (run.get()["loss"], run.get()["version"]) == (loss, version)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"parameter": "w9"}, 404, "unknown_tensor"),
        ({"parameter": "l1"}, 422, "not_a_parameter"),
        ({"parameter": "w1", "index": "0,7"}, 422, "bad_index"),
        ({"index": "0,1"}, 422, "bad_query"),
    ],
)
def test_a_gradcheck_that_cannot_be_made(run: RunClient, query: dict[str, str], status: int, code: str) -> None:
    assert_problem(run("GET", "/gradcheck", params=query), status, code)
