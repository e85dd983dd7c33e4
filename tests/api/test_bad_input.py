"""Whatever is wrong with a request, the answer has one shape (see problem_shape) and nothing has changed."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import RunClient, client_of
from tests.api.problem_shape import assert_problem
from tests.together import each

DOCUMENT: dict[str, Any] = {
    "program": "out = x @ w\nloss = mse(out[:, 0], y)",
    "inputs": {"x": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], "y": [1.0, 0.0, 1.0]},
    "parameters": {"w": [[0.1], [0.2]]},
    "optimizer": {"name": "sgd", "lr": 0.1},
}
LOST_SURROGATE = '{"program": "\\ud800", "inputs": {}, "parameters": {}}'


def document(**changes: Any) -> dict[str, Any]:
    return {**DOCUMENT, **changes}


def inputs(x: Any) -> dict[str, Any]:
    return document(inputs={**DOCUMENT["inputs"], "x": x})


WRONG_DOCUMENTS = {
    "an unknown name": document(program="loss = mse(out[:, 0], y)"),
    "an unknown function": document(program="loss = sofmax(x)"),
    "shapes that do not fit": document(program="loss = (w @ x).sum()"),
    "a syntax error": document(program="loss = (x"),
    "no assignment": document(program="x @ w"),
    "an attribute of an array": document(program="loss = x.tofile('here').sum()"),
    "an empty program": document(program=""),
    "a program that is a number": document(program=7),
    "a program of 100,000 .T": document(program="loss = x" + ".T" * 100_000),
    "a program of 50,000 minuses": document(program="loss = " + "-" * 50_000 + "x"),
    "a program of 9,000 brackets": document(program="loss = " + "(" * 9_000 + "x" + ")" * 9_000),
    "no program": {"inputs": {}, "parameters": {}},
    "a loss that is no scalar": document(program="loss = x @ w"),
    "a loss that does not exist": document(loss="cost"),
    "a stride of 2**62": document(program=f"loss = (max_pool2d(x, 1, stride={2**62}) @ w).sum()"),
    "an index outside": document(program="loss = (x @ w)[7, 0]"),
    "a ragged list": inputs([[1.0, 2.0], [3.0]]),
    "a boolean": inputs([[True, 2.0], [3.0, 4.0], [5.0, 6.0]]),
    "a text": inputs([["1", 2.0], [3.0, 4.0], [5.0, 6.0]]),
    "a null": inputs([[None, 2.0], [3.0, 4.0], [5.0, 6.0]]),
    "a tensor that is null": inputs(None),
    "an object among numbers": inputs([[{}, 2.0], [3.0, 4.0], [5.0, 6.0]]),
    "inputs that are a list": document(inputs=[]),
    "an unknown init": document(parameters={"w": {"shape": [2, 1], "init": "glorot"}}),
    "a shape that is negative": document(parameters={"w": {"shape": [-2, 1], "init": "zeros"}}),
    "a shape of booleans": document(parameters={"w": {"shape": [2, True], "init": "zeros"}}),
    "an unknown dataset": inputs({"dataset": "cats", "field": "x", "count": 3}),
    "a dtype that we lack": document(dtype="float16"),
    "a seed that is a text": document(seed="0"),
    "a title that is a number": document(title=1),
    "an unknown key": document(optimiser={"name": "sgd"}),
    "an optimizer without a name": document(optimizer={"lr": 0.1}),
    "an unknown optimizer": document(optimizer={"name": "adamm", "lr": 0.1}),
    "an optimizer that is a text": document(optimizer="sgd"),
    "a rate of 0": document(optimizer={"name": "sgd", "lr": 0}),
    "a rate below 0": document(optimizer={"name": "sgd", "lr": -0.5}),
    "a rate that is NaN": document(optimizer={"name": "sgd", "lr": "NaN"}),
    "a rate that is infinite": document(optimizer={"name": "sgd", "lr": "Infinity"}),
    "a rate that is a boolean": document(optimizer={"name": "sgd", "lr": True}),
    "an unknown option": document(optimizer={"name": "sgd", "lr": 0.1, "momentun": 0.9}),
    "a name that is no name": document(parameters={"w": [[0.1], [0.2]], "1x": 1.0}),
    "a name used twice": document(parameters={"w": [[0.1], [0.2]], "x": 1.0}),
}


@each("content", WRONG_DOCUMENTS.values(), ids=WRONG_DOCUMENTS)
@each("path", ["/api/trace", "/api/runs"])
def test_a_wrong_document(client: TestClient, path: str, content: dict) -> None:
    answer = client.post(path, json=content)
    assert_problem(answer, answer.status_code if answer.status_code == 413 else 422)


def test_a_wrong_document_says_where_and_what_next(client: TestClient) -> None:
    problem = assert_problem(client.post("/api/trace", json=document(program="l = x @ w\nloss = sofmax(l)")), 422)
    assert problem["where"]["line"] == 2
    assert "softmax" in problem["hint"]


HUGE = {
    "a tensor": document(parameters={"w": {"shape": [2_000_000_000, 3_000_000_000], "init": "zeros"}}),
    "an intermediate": document(
        program="loss = (a[:, None] * b).sum()", parameters={name: {"shape": [3000], "init": "zeros"} for name in "ab"}
    ),
    "a loop": document(program="for i in range(1000000000):\n    x = x + 1\nloss = (x @ w).sum()"),
    "a program": document(program="loss = (x @ w).sum()" + " " * 30_000),
}


@pytest.mark.parametrize("content", HUGE.values(), ids=HUGE)
def test_a_document_over_budget_is_refused_before_numpy_runs(client: TestClient, content: dict) -> None:
    problem = assert_problem(client.post("/api/runs", json=content), 413)
    assert "limit" in problem["detail"]


NOT_JSON = {
    "nothing": "",
    "half an object": "{",
    "a word": "hello",
    "NaN": '{"a": NaN}',
    "Infinity": '{"a": -Infinity}',
    "a comment": '{"a": 1} // x',
    "a trailing comma": '{"a": 1,}',
    "not UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
}
UNUSABLE_JSON = {
    "a number beyond float64": '{"program": "x", "inputs": {"x": 1e999}}',
    "half a surrogate pair": LOST_SURROGATE,
    "a key twice": '{"program": "a", "program": "b"}',
    "a key twice, spelt differently": '{"program": "a", "progra\\u006d": "b"}',
    "a key twice, deep": '{"inputs": {"x": {"shape": [1], "shape": [2]}}}',
    "100,000 brackets": "[" * 100_000,
    "100,000 balanced brackets": '{"inputs":' + "[" * 100_000 + "]" * 100_000 + "}",
    "a list": "[]",
    "a text": '"program"',
    "a number": "7",
    "null": "null",
}
BODIES = [
    ("POST", "/api/trace"),
    ("POST", "/api/runs"),
    ("PATCH", ""),
    ("PATCH", "/tensors/w1"),
    ("POST", "/iterations"),
]


@each(("method", "path"), BODIES)
@each(
    ("content", "status"),
    [*((content, 400) for content in NOT_JSON.values()), *((content, 422) for content in UNUSABLE_JSON.values())],
    ids=[*NOT_JSON, *UNUSABLE_JSON],
)
def test_a_body_that_cannot_be_read(
    client: TestClient, shared_run: RunClient, method: str, path: str, content: str | bytes, status: int
) -> None:
    url = path if path.startswith("/api") else shared_run.path + path
    assert_problem(client.request(method, url, content=content, headers={"Content-Type": "application/json"}), status)
    assert shared_run.get()["version"] == 1


@pytest.fixture(scope="module")
def shared_run(client: TestClient) -> RunClient:
    """A run that nothing may change."""
    return RunClient(client, {"example": "lesson13"})


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
def test_a_body_of_another_type(client: TestClient, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    assert_problem(client.post("/api/trace", content=json.dumps(DOCUMENT), headers=headers), 415)


WRONG_REQUESTS: dict[str, tuple[str, str, Any, int]] = {
    "cells outside": ("PATCH", "/tensors/w1", {"cells": [{"index": [10, 0], "value": 1.0}]}, 422),
    "an index that is negative": ("PATCH", "/tensors/w1", {"cells": [{"index": [-1, 0], "value": 1.0}]}, 422),
    "an index of another length": ("PATCH", "/tensors/w1", {"cells": [{"index": [0], "value": 1.0}]}, 422),
    "indices of two lengths": (
        "PATCH",
        "/tensors/w1",
        {"cells": [{"index": [0, 0], "value": 1.0}, {"index": [0], "value": 1.0}]},
        422,
    ),
    "an index that is a boolean": ("PATCH", "/tensors/w1", {"cells": [{"index": [True, 0], "value": 1.0}]}, 422),
    "an index that is a fraction": ("PATCH", "/tensors/w1", {"cells": [{"index": [0.5, 0], "value": 1.0}]}, 422),
    "an index beyond int64": ("PATCH", "/tensors/w1", {"cells": [{"index": [2**63, 0], "value": 1.0}]}, 422),
    "a value that is a text": ("PATCH", "/tensors/w1", {"cells": [{"index": [0, 0], "value": "1"}]}, 422),
    "a value that is a boolean": ("PATCH", "/tensors/w1", {"cells": [{"index": [0, 0], "value": True}]}, 422),
    "a value that is null": ("PATCH", "/tensors/w1", {"cells": [{"index": [0, 0], "value": None}]}, 422),
    "no cells": ("PATCH", "/tensors/w1", {"cells": []}, 422),
    "cells and data": ("PATCH", "/tensors/w1", {"cells": [{"index": [0, 0], "value": 1.0}], "data": [[1.0]]}, 422),
    "neither cells nor data": ("PATCH", "/tensors/w1", {}, 422),
    "an unknown key": ("PATCH", "/tensors/w1", {"cell": []}, 422),
    "data of another shape": ("PATCH", "/tensors/w1", {"data": [[1.0, 2.0]]}, 422),
    "ragged data": ("PATCH", "/tensors/w1", {"data": [[1.0, 2.0], [1.0]]}, 422),
    "data with booleans": ("PATCH", "/tensors/b1", {"data": [True, False]}, 422),
    "data with a null": ("PATCH", "/tensors/b1", {"data": [None, 1.0]}, 422),
    "data with a text": ("PATCH", "/tensors/b1", {"data": ["1.0", 1.0]}, 422),
    "data that is null": ("PATCH", "/tensors/b1", {"data": None}, 422),
    "an edit of an intermediate": ("PATCH", "/tensors/l1", {"cells": [{"index": [0, 0], "value": 1.0}]}, 422),
    "an edit of the loss": ("PATCH", "/tensors/loss", {"data": 1.0}, 422),
    "an edit of nothing": ("PATCH", "/tensors/w9", {"data": 1.0}, 404),
    "a tensor that does not exist": ("GET", "/tensors/w9", None, 404),
    "a field that does not exist": ("GET", "/tensors/w1?field=hessian", None, 422),
    "a format that does not exist": ("GET", "/tensors/w1?format=csv", None, 422),
    "a window of too many axes": ("GET", "/tensors/w1?window=0:1,0:1,0:1", None, 422),
    "a window that is a number": ("GET", "/tensors/w1?window=3", None, 422),
    "a window that is negative": ("GET", "/tensors/w1?window=-3:-1", None, 422),
    "an iteration to come": ("GET", "/trace?iteration=1", None, 404),
    "an iteration below 0": ("GET", "/trace?iteration=-1", None, 422),
    "an iteration that is no number": ("GET", "/trace?iteration=last", None, 422),
    "an iteration with an underscore": ("GET", "/trace?iteration=0_0", None, 422),
    "values of a tensor that is not there": ("GET", "/trace?values=some", None, 404),
    "values of no tensor": ("GET", "/trace?values=", None, 404),
    "an unknown parameter": ("GET", "/trace?iterations=0", None, 422),
    "no count": ("POST", "/iterations", {}, 422),
    "a count of 0": ("POST", "/iterations", {"count": 0}, 422),
    "a count that is a boolean": ("POST", "/iterations", {"count": True}, 422),
    "a count that is a text": ("POST", "/iterations", {"count": "20"}, 422),
    "a count that is a fraction": ("POST", "/iterations", {"count": 1.5}, 422),
    "a count over the limit": ("POST", "/iterations", {"count": 100_001}, 413),
    "a count far over the limit": ("POST", "/iterations", {"count": 10**15}, 413),
    "a gradient that cannot be read": ("POST", "/iterations", {"count": 1, "gradients": {"w1": "x.T @"}}, 422),
    "a gradient of another shape": ("POST", "/iterations", {"count": 1, "gradients": {"w1": "l1.g"}}, 422),
    "a gradient of nothing": ("POST", "/iterations", {"count": 1, "gradients": {"w9": "x"}}, 404),
    "gradients as a list": ("POST", "/iterations", {"count": 1, "gradients": ["x"]}, 422),
    "a gradient in numbers": ("POST", "/iterations", {"count": 1, "gradients": {"b1": [0.0, 0.0]}}, 422),
    "nothing to check": ("POST", "/check", {}, 422),
    "an unknown key to check": ("POST", "/check", {"gradients": {"w1": "x"}, "program": "loss = 1"}, 422),
    "a requirement that is none": ("POST", "/check", {"gradients": {"w1": "x"}, "require": "some"}, 422),
    "a requirement of nothing": ("POST", "/check", {"gradients": {"w1": "x"}, "require": ["w9"]}, 404),
    "a hint for nothing": ("POST", "/hint", {"tensor": "w9", "level": 1}, 404),
    "a hint without a level": ("POST", "/hint", {"tensor": "w1"}, 422),
    "a hint of level 0": ("POST", "/hint", {"tensor": "w1", "level": 0}, 422),
    "a gradient check of nothing": ("GET", "/gradcheck?parameter=w9", None, 404),
    "a gradient check of an activation": ("GET", "/gradcheck?parameter=l1", None, 422),
    "a gradient check outside": ("GET", "/gradcheck?parameter=w1&index=10,0", None, 422),
    "a gradient check of an index alone": ("GET", "/gradcheck?index=0", None, 422),
    "nothing to change": ("PATCH", "", {}, 422),
    "an unknown key to change": ("PATCH", "", {"optimiser": {"name": "sgd", "lr": 1.0}}, 422),
    "an id to change": ("PATCH", "", {"id": "mine"}, 422),
    "a program that is wrong": ("PATCH", "", {"program": "loss = "}, 422),
    "a program that is null": ("PATCH", "", {"program": None}, 422),
    "an optimizer without a name": ("PATCH", "", {"optimizer": {"lr": 1.0}}, 422),
    "a rate of 0": ("PATCH", "", {"optimizer": {"name": "sgd", "lr": 0.0}}, 422),
    "a parameter that is missing": ("PATCH", "", {"parameters": {}}, 422),
    "nothing to undo": ("POST", "/undo", None, 409),
    "nothing to redo": ("POST", "/redo", None, 409),
    "another method": ("PUT", "", {}, 405),
    "another method of a tensor": ("DELETE", "/tensors/w1", None, 405),
    "another address": ("GET", "/nothing", None, 404),
}


@each(("method", "path", "body", "status"), WRONG_REQUESTS.values(), ids=WRONG_REQUESTS)
def test_a_wrong_request_to_a_run(shared_run: RunClient, method: str, path: str, body: Any, status: int) -> None:
    assert_problem(shared_run(method, path, body), status)
    assert shared_run.get()["version"] == 1


@each(("method", "path"), [("GET", "/api/runs/{}"), ("POST", "/api/runs/{}/undo"), ("DELETE", "/api/runs/{}")])
@each("id", ["nothing", "a" * 2000, "%00", "%FF%FE", "..%2f..", "'; drop table runs; --", "😀"])
def test_a_run_that_does_not_exist(client: TestClient, method: str, path: str, id: str) -> None:
    assert_problem(client.request(method, path.format(id)), 404)


def test_an_example_that_does_not_exist(client: TestClient) -> None:
    for answer in (client.get("/api/examples/lesson14"), client.post("/api/runs", json={"example": "lesson14"})):
        assert "lesson13" in assert_problem(answer, 404, "unknown_example")["hint"]
    assert_problem(client.post("/api/runs", json={"example": 13}), 422)
    assert_problem(client.post("/api/runs", json={"example": "lesson13", "title": "mine"}), 422, "unknown_key")


def test_the_near_word_is_suggested(shared_run: RunClient) -> None:
    assert "optimizer" in assert_problem(shared_run("PATCH", "", {"optimiser": {}}), 422, "unknown_key")["hint"]
    assert "out" in assert_problem(shared_run("GET", "/tensors/outt"), 404, "unknown_tensor")["hint"]


def test_another_method_is_told_which_ones_there_are(client: TestClient, shared_run: RunClient) -> None:
    assert shared_run("PUT").headers["allow"] == "DELETE, GET, HEAD, PATCH"
    assert shared_run("GET", "/undo").headers["allow"] == "POST"
    assert client.post("/main.js").headers["allow"] == "GET, HEAD"


def test_a_body_of_50_megabytes(client: TestClient) -> None:
    problem = assert_problem(client.post("/api/trace", content=b"[" + b"1," * 25_000_000 + b"1]"), 413)
    assert "BACKPROP_BODY_BYTES" in problem["hint"]


def test_a_body_of_50_megabytes_in_chunks(client: TestClient) -> None:
    chunks = (b" " * 1_000_000 for _ in range(50))
    assert_problem(client.post("/api/trace", content=chunks, headers={"Content-Type": "application/json"}), 413)


def test_a_bug_of_ours_is_answered_without_its_inside(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr("backprop_explorer.api.routes.oneshot.catalogue", broken)
    with client_of(tmp_path) as client:
        answer = client.get("/api/ops")
    assert_problem(answer, 500, "unexpected")
    assert "secret" not in answer.text
