"""Checking gradients over HTTP: formulae and numbers, of a document and of a run."""

from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.api.conftest import RunClient
from tests.api.problem_shape import assert_problem

VERDICT = {
    "verdict", "shape", "expected_shape", "max_abs_difference", "diagnosis", "hint", "notes", "warnings", "code",
    "worst", "value", "difference", "message", "where", "own_step", "follows_from",
}  # fmt: skip


@pytest.fixture(scope="module")
def lesson(client: TestClient) -> dict[str, Any]:
    return client.get("/api/examples/lesson13").json()


def checked(client: TestClient, document: dict[str, Any], **gradients: Any) -> dict[str, Any]:
    answer = client.post("/api/check", json={**document, "gradients": gradients})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_right_formulae_and_numbers(client: TestClient, lesson: dict[str, Any]) -> None:
    tensors = client.post("/api/trace", json=lesson).json()["tensors"]
    found = checked(client, lesson, w1="x.T @ l1.g", b1="l1.g.sum(0)", w2=tensors["w2"]["gradient"])
    assert found["correct"]
    assert {verdict["verdict"] for verdict in found["verdicts"].values()} == {"correct"}
    assert all(verdict.keys() == VERDICT for verdict in found["verdicts"].values())
    assert found["verdicts"]["w1"]["diagnosis"] is None
    assert found["verdicts"]["w1"]["max_abs_difference"] == 0
    assert found["verdicts"]["w1"]["shape"] == found["verdicts"]["w1"]["expected_shape"] == [10, 2]


def test_wrong_ones_are_told_apart(client: TestClient, lesson: dict[str, Any]) -> None:
    found = checked(client, lesson, w1="x.T @ l2.g", b1="l1.g", l1="l2.g *", w2="l2 * out.g")
    verdicts = found["verdicts"]
    assert not found["correct"]
    assert [verdicts[name]["verdict"] for name in ("w1", "b1", "l1", "w2")] == [
        "wrong_value", "wrong_shape", "error", "wrong_shape",
    ]  # fmt: skip
    assert verdicts["w1"]["diagnosis"]["code"] == "wrong_tensor"
    assert verdicts["b1"]["diagnosis"]["code"] == "missing_batch_sum"
    assert verdicts["b1"]["max_abs_difference"] is None
    assert verdicts["l1"]["where"] == {"line": 1, "column": 7}
    assert verdicts["l1"]["message"].startswith("the formula cannot be read")


def test_the_worst_elements_come_with_both_numbers(client: TestClient, lesson: dict[str, Any]) -> None:
    verdict = checked(client, lesson, w1="x.T @ l2.g")["verdicts"]["w1"]
    gradient = client.post("/api/trace", json=lesson).json()["tensors"]["w1"]["gradient"]
    worst = verdict["worst"]
    assert 1 <= len(worst) <= 5
    for cell in worst:
        i, j = cell["index"]
        assert cell["expected"] == gradient[i][j]
    assert abs(worst[0]["yours"] - worst[0]["expected"]) == verdict["max_abs_difference"]


def test_a_run_is_checked_at_its_present_numbers(run: RunClient) -> None:
    run("POST", "/iterations", {"count": 3})
    found = run("POST", "/check", {"gradients": {"w1": "x.T @ l1.g", "loss": "1"}}).json()
    assert found["correct"]
    first = run("POST", "/check?iteration=0", {"gradients": {"w1": run.get("/tensors/w1", field="gradient")["value"]}})
    assert first.json()["verdicts"]["w1"]["verdict"] == "wrong_value"


def test_numbers_that_are_not_finite_are_compared(client: TestClient, lesson: dict[str, Any]) -> None:
    verdict = checked(client, lesson, b1=["NaN", "Infinity"])["verdicts"]["b1"]
    assert verdict["verdict"] == "wrong_value"
    assert verdict["worst"][0]["yours"] in ("NaN", "Infinity")
    assert checked(client, lesson, b1="l1.g.sum(0) / 0")["verdicts"]["b1"]["verdict"] in ("error", "wrong_value")


@pytest.mark.parametrize(
    ("gradients", "status", "code"),
    [
        (None, 422, "bad_gradients"),
        ({}, 422, "bad_gradients"),
        (["x"], 422, "bad_gradients"),
    ],
)
def test_a_request_that_is_no_check(
    client: TestClient, lesson: dict[str, Any], gradients: Any, status: int, code: str
) -> None:
    answer = client.post("/api/check", json={**lesson, "gradients": gradients})
    assert_problem(answer, status, code)


@pytest.mark.parametrize(
    ("name", "answer", "message", "hint", "shape"),
    [
        ("w9", "x", "there is no tensor called w9", None, None),
        ("W1", "x", "there is no tensor called W1", 'did you mean "w1"?', None),
        ("w1", [[1, 2], [3]], "w1[1] must have 2 elements", None, [10, 2]),
        ("w1", {"a": 1}, "w1 must be a number; got an object", None, [10, 2]),
        ("w1", None, "w1 must be a number; got null", None, [10, 2]),
    ],
)
def test_one_answer_that_cannot_be_read_does_not_spoil_the_others(
    client: TestClient,
    run: RunClient,
    lesson: dict[str, Any],
    name: str,
    answer: Any,
    message: str,
    hint: Any,
    shape: Any,
) -> None:
    gradients = {name: answer, "b1": "l1.g.sum(0)"}
    found = checked(client, lesson, **gradients)
    assert run("POST", "/check", {"gradients": gradients}).json() == found
    assert not found["correct"]
    assert found["verdicts"]["b1"]["verdict"] == "correct"
    verdict = found["verdicts"][name]
    assert verdict.keys() == VERDICT
    assert (verdict["verdict"], verdict["hint"], verdict["expected_shape"]) == ("error", hint, shape)
    assert message in verdict["message"]


def test_labels_have_no_gradient(client: TestClient) -> None:
    document = client.get("/api/examples/softmax_classifier").json()
    label = next(name for name in document["inputs"] if name in ("y", "labels"))
    verdict = checked(client, document, **{label: "1"})["verdicts"][label]
    assert verdict["verdict"] == "error"
    assert "has no gradient" in verdict["message"]


def test_what_is_required_and_on_what_it_is_graded(client: TestClient, run: RunClient, lesson: dict[str, Any]) -> None:
    def posted(**content: Any) -> dict[str, Any]:
        answer = client.post("/api/check", json=content)
        assert answer.status_code == 200, answer.text
        return answer.json()

    some = {"gradients": {"w1": "x.T @ l1.g", "b1": "l1.g.sum(0)"}}
    for answer in (
        posted(document=lesson, require="all", **some),
        posted(**lesson, require="all", **some),
        posted(example="lesson13", require="all", **some),
        run("POST", "/check", {**some, "require": "all"}).json(),
    ):
        assert (answer["correct"], answer["missing"]) == (False, ["w2", "b2"])
    for require in ("none", ["w1"], ["b1", "w1"]):
        answer = posted(document=lesson, require=require, **some)
        assert (answer["correct"], answer["missing"]) == (True, [])
    assert posted(document=lesson, **some).keys() == {"verdicts", "correct", "blame"}
    answer = posted(exercise="bias", gradients={"b": "z.g.sum(0)"})
    assert (answer["correct"], answer["missing"]) == (False, ["w"])
    assert (answer["exercise"], answer["title"]) == ("bias", "Exercise 6: A bias over a batch")
    assert posted(exercise="bias", gradients={"b": "z.g.sum(0)"}, require=["b"])["correct"]


def test_an_answer_cannot_replace_what_it_is_graded_on(client: TestClient, lesson: dict[str, Any]) -> None:
    own = {"program": "loss = sum(w1)", "parameters": {"w1": [1.0]}}
    for named in ({"exercise": "bias"}, {"example": "lesson13"}, {"document": lesson}):
        answer = client.post("/api/check", json={**named, **own, "gradients": {"w1": "ones(1)"}})
        assert "'program'" in assert_problem(answer, 422, "unknown_key")["detail"]
    for content, code in (({"document": [1]}, "bad_document"), ({"exersise": "bias"}, "unknown_key")):
        assert_problem(client.post("/api/check", json={**content, "gradients": {"w": "1"}}), 422, code)
    assert_problem(
        client.post("/api/check", json={"exercise": ["b"], "gradients": {"w": "1"}}), 404, "unknown_exercise"
    )


def test_all_numbers_on_request(client: TestClient, run: RunClient, lesson: dict[str, Any]) -> None:
    gradients = {"w1": "x.T @ l2.g", "b1": "l1.g", "w2": "l2.T @"}
    answer = client.post("/api/check?values=all", json={**lesson, "gradients": gradients}).json()
    verdicts = answer["verdicts"]
    assert run("POST", "/check?values=all", {"gradients": gradients}).json() == answer
    right = run.get("/tensors/w1", field="gradient")["value"]
    given, difference = verdicts["w1"]["value"], verdicts["w1"]["difference"]
    for i in range(10):
        for j in range(2):
            assert difference[i][j] == pytest.approx(given[i][j] - right[i][j])
    assert len(verdicts["b1"]["value"]) == 6
    assert verdicts["b1"]["difference"] is verdicts["w2"]["value"] is None
    assert checked(client, lesson, w1="x.T @ l2.g")["verdicts"]["w1"]["value"] is None


def test_a_formula_while_it_is_written(run: RunClient) -> None:
    found = run.get("/formula", tensor="w1", text="x.T@ (2*l1.g)")
    assert (found["code"], found["shape"], found["expected_shape"], found["fits"]) == (
        "x.T @ (2 * l1.g)", [10, 2], [10, 2], True,
    )  # fmt: skip
    assert [(step["code"], step["shape"]) for step in found["steps"]] == [
        ("x.T", [10, 6]), ("2 * l1.g", [6, 2]), ("x.T @ (2 * l1.g)", [10, 2]),
    ]  # fmt: skip
    assert found["names"] == [{"name": "x", "shape": [6, 10]}, {"name": "l1.g", "shape": [6, 2]}]
    assert found["mathml"].startswith("<math")
    assert not run.get("/formula", tensor="w1", text="l1.g")["fits"]
    assert run.get("/formula", tensor="out", text="out - y")["warnings"]
    assert found["problem"] is None
    assert_problem(run("GET", "/formula", params={"tensor": "w9", "text": "x"}), 404, "unknown_tensor")
    assert run.get("/exercises")["found"] == 0


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("x.T @", "syntax", {"line": 1, "column": 6}),
        ("x.T @ l1.h", "unknown_attribute", {"line": 1, "column": 7}),
        ("x @ l1.g", "wrong_shape", {"line": 1, "column": 1}),
        ("", "syntax", {"line": 1, "column": 1}),
        ("(" * 300, "too_deep", {"line": 1, "column": 1}),
        ("x" * 501, "too_long", {"line": 1, "column": 1}),
        ("x.__class__", "unknown_attribute", {"line": 1, "column": 1}),
    ],
)
def test_what_is_half_written_is_no_error_of_the_request(
    run: RunClient, text: str, code: str, place: dict[str, int]
) -> None:
    half = run.get("/formula", tensor="w1", text=text)
    assert (half["problem"]["code"], half["problem"]["where"]) == (code, place)
    assert half["problem"]["detail"]
    assert (half["code"], half["mathml"], half["shape"], half["fits"]) == (None, None, None, False)
    assert (half["tensor"], half["expected_shape"], half["steps"], half["element"]) == ("w1", [10, 2], [], None)


def test_an_element_of_a_formula_is_explained_like_any_other(run: RunClient) -> None:
    answer = run.get("/formula", tensor="w1", text="x.T @ l2.g / 2", index="9,1")["element"]
    trace = run.get("/trace")["tensors"]
    assert answer["term_count"] == 6
    assert answer["terms"][3]["factors"][0]["cells"][0]["tensor"] == "x"
    assert answer["terms"][3]["sample"] == 3
    expected = sum(
        row[9] * gradient[1] for row, gradient in zip(trace["x"]["value"], trace["l2"]["gradient"], strict=True)
    )
    assert answer["value"] == pytest.approx(expected / 2, rel=1e-12)
    assert sum(term["value"] for term in answer["terms"]) == pytest.approx(answer["value"], rel=1e-12)
    assert run("GET", "/formula", params={"tensor": "w1", "text": "x.T @ l1.g", "index": "10,0"}).status_code == 422


def test_a_tolerance_of_ones_own(client: TestClient, run: Any) -> None:
    document = {"program": "loss = sum(x ** 3)", "parameters": {"x": [1.0, 2.0, 3.0]}}
    body = {**document, "gradients": {"x": [3.01, 12.0, 27.0]}}

    def correct(**tolerance: Any) -> bool:
        return bool(client.post("/api/check", json={**body, "tolerance": tolerance}).json()["correct"])

    assert not client.post("/api/check", json=body).json()["correct"]
    assert (correct(atol=0.02), correct(atol=0.001), correct(rtol=0.01), correct(rtol=0.001)) == (True, False) * 2
    for wrong in ({"rtol": -1}, {"rtol": "a"}, {"eps": 1}, 0.1, {"atol": True}):
        answer = client.post("/api/check", json={**body, "tolerance": wrong})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_tolerance"), answer.text
    given = run("POST", "/check", {"gradients": {"w2": [[5.0], [5.0]]}, "tolerance": {"atol": 100}}).json()
    assert given["correct"]


def test_the_step_that_is_wrong_is_blamed(client: TestClient, lesson: dict[str, Any]) -> None:
    tensors = client.post("/api/trace", json=lesson).json()["tensors"]
    right = {name: np.array(tensors[name]["gradient"]) for name in ("out", "w2", "l1", "w1", "l2")}
    doubled = {name: (array if name == "out" else 2 * array).tolist() for name, array in right.items()}
    found = checked(client, lesson, **doubled)
    assert found["blame"] == ["l2", "w2"]
    told = {name: (one["own_step"], one["follows_from"]) for name, one in found["verdicts"].items()}
    assert told == {
        "out": ("correct", []), "w2": ("wrong", []), "l2": ("wrong", []), "l1": ("correct", ["l2"]),
        "w1": ("correct", ["l1"]),
    }  # fmt: skip
