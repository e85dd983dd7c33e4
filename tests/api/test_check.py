"""Checking gradients over HTTP: formulae and numbers, of a document and of a run."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import RunClient
from tests.api.problem_shape import assert_problem

VERDICT = {
    "verdict", "shape", "expected_shape", "max_abs_difference", "diagnosis", "hint", "notes", "warnings", "code",
    "worst", "value", "difference", "message", "where",
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
        ({"w9": "x"}, 404, "unknown_tensor"),
        ({"w1": [[1, 2], [3]]}, 422, "ragged"),
        ({"w1": {"a": 1}}, 422, "not_a_number"),
        ({"w1": None}, 422, "not_a_number"),
    ],
)
def test_a_request_that_is_no_check(
    client: TestClient, lesson: dict[str, Any], gradients: Any, status: int, code: str
) -> None:
    answer = client.post("/api/check", json={**lesson, "gradients": gradients})
    assert_problem(answer, status, code)


def test_labels_have_no_gradient(client: TestClient) -> None:
    document = client.get("/api/examples/softmax_classifier").json()
    label = next(name for name in document["inputs"] if name in ("y", "labels"))
    answer = client.post("/api/check", json={**document, "gradients": {label: "1"}})
    assert_problem(answer, 422, "no_gradient")


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
