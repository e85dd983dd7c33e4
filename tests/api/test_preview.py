"""Previews: other numbers in place, nothing stored, nothing waited for."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from backprop_explorer.runs.store.store import Store
from tests.amount import some
from tests.api.conftest import LESSON, RunClient, client_of
from tests.api.problem_shape import assert_problem

CELL = {"cells": [{"index": [3, 1], "value": 0.75}]}
BATCHES = {
    "program": "h = dropout(relu(x @ w1), 0.5)\nout = h @ w2\nloss = mse(out, y)",
    "inputs": {"x": [[1, 2], [3, 4], [-1, 0.5], [0, 1], [2, 2]], "y": [[1], [2], [3], [4], [5]]},
    "parameters": {"w1": {"shape": [2, 3], "init": "kaiming_normal"}, "w2": [[1.0], [2.0], [-1.0]]},
    "optimizer": {"name": "adam", "lr": "0.1 / (1 + iteration)"},
    "batch": {"size": 2, "shuffle": True},
    "seed": 4,
}
LARGE = {
    "program": "h = x @ w\nloss = mse(h, y)",
    "inputs": {"x": {"shape": [20_000, 4], "init": "normal"}, "y": {"shape": [20_000, 1], "init": "normal"}},
    "parameters": {"w": [[1], [2], [3], [4]]},
    "optimizer": {"name": "sgd", "lr": 0.1},
}
"""So large that all its work is done in threads."""
CONVNET, TRANSFORMER = {"example": "convnet"}, {"example": "transformer_block"}
NAMES_CHANGED = {"changed", "version"}


def preview(run: RunClient, tensors: dict[str, Any], query: str = "", **more: Any) -> dict[str, Any]:
    answer = run("POST", f"/preview{query}", {"tensors": tensors, **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    return answer.json()


def without_more(trace: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in trace.items() if key not in NAMES_CHANGED}


def edited(run: RunClient, tensors: dict[str, Any], at: dict[str, int] | None = None, **query: Any) -> dict[str, Any]:
    """The trace of a copy of the run into which these numbers were really written."""
    copy = RunClient.__new__(RunClient)
    copy.client, copy.path = run.client, run("POST", "/fork", at or {}).headers["location"]
    for name, edit in tensors.items():
        assert copy("PATCH", f"/tensors/{name}", edit).status_code == 200
    found = copy.get("/trace", **query)
    # A preview does not look for units that are off, and since when.
    return {**found, "warnings": [one for one in found["warnings"] if one["code"] != "dead_unit"]}


@pytest.mark.parametrize("document", some([LESSON, BATCHES, CONVNET, TRANSFORMER], LESSON, BATCHES))
def test_a_preview_is_the_trace_of_the_edited_run(client: TestClient, document: dict[str, Any]) -> None:
    run = RunClient(client, document)
    run("POST", "/iterations", {"count": 2})
    before, history = run.get("/trace"), run.get("/history")
    for name, tensor in before["tensors"].items():
        if tensor["role"] != "parameter":
            continue
        cell = {"cells": [{"index": [0] * len(tensor["shape"]), "value": 0.625}]}
        assert without_more(preview(run, {name: cell})) == edited(run, {name: cell})
    assert run.get("/trace") == before
    assert run.get("/history") == history


def test_whole_tensors_and_several_at_once(run: RunClient) -> None:
    tensors = {"w2": {"data": [[0.5], [-2.0]]}, "w1": CELL, "x": {"cells": [{"index": [0, 0], "value": "Infinity"}]}}
    assert without_more(preview(run, tensors)) == edited(run, tensors)
    assert without_more(preview(run, {})) == run.get("/trace")


def test_what_changes_is_named(run: RunClient) -> None:
    found = preview(run, {"w2": {"data": [[0.5], [-2.0]]}}, values="none")
    assert {"w2", "out", "loss", "w1.g", "out.g"} <= {*found["changed"]}
    assert not {"l1", "l2", "w1", "loss.g"} & {*found["changed"]}
    assert preview(run, {}, values="none")["changed"] == []


def test_only_the_listed_numbers_are_there(run: RunClient) -> None:
    whole, found = preview(run, {"w1": CELL}), preview(run, {"w1": CELL}, values=["l1", "w1.g", "w2", "x"])
    numbers = {
        (name, field) for name, tensor in found["tensors"].items() for field in ("value", "gradient") if field in tensor
    }
    assert numbers == {("l1", "value"), ("w1", "gradient"), ("w2", "value"), ("x", "value")}
    for name, field in numbers:
        assert found["tensors"][name][field] == whole["tensors"][name][field]
    assert found["loss"] == whole["loss"]
    for step, known in zip(found["steps"], whole["steps"], strict=True):
        assert ("value" in step) == ("value" in known and step["output"] in ("l1", "w1.g", "w2", "x"))
    assert not any("value" in one for one in preview(run, {}, values="none")["tensors"].values())


def test_composites_can_be_open(run: RunClient) -> None:
    assert without_more(preview(run, {"w1": CELL}, "?open=true")) == edited(run, {"w1": CELL}, open="true")
    assert without_more(preview(run, {"w1": CELL})) == edited(run, {"w1": CELL})


def test_another_moment(run: RunClient) -> None:
    run("POST", "/iterations", {"count": 3})
    now = run.get("/trace")
    for at, query in (({"iteration": 0}, "?iteration=0"), ({"event": 1}, "?event=1")):
        assert without_more(preview(run, {"w1": CELL}, query)) == edited(run, {"w1": CELL}, at)
    assert_problem(run("POST", "/preview?iteration=9", {"tensors": {}}), 404, "unknown_iteration")
    assert run.get("/trace") == now


def test_it_follows_every_change(run: RunClient) -> None:
    def check() -> None:
        assert without_more(preview(run, {"w1": CELL})) == edited(run, {"w1": CELL})

    check()
    run("PATCH", "/tensors/w1", {"cells": [{"index": [0, 0], "value": 5.0}]})
    check()
    run("POST", "/iterations", {"count": 2})
    check()
    run("PATCH", "", {"optimizer": {"name": "adam", "lr": 0.1}})
    check()
    run("PATCH", "", {"program": "out = tanh(x @ w1 + b1) @ w2 + b2\nloss = mse(out[:, 0], y)"})
    check()
    for call in ("/undo", "/undo", "/redo", "/undo"):
        run("POST", call)
        check()


def test_a_run_that_is_not_in_memory_is_read(tmp_path: Path) -> None:
    with client_of(tmp_path, live_runs=1) as client:
        run = RunClient(client, LESSON)
        run("POST", "/iterations", {"count": 2})
        RunClient(client, LESSON)
        assert without_more(preview(run, {"w1": CELL})) == edited(run, {"w1": CELL})


@contextmanager
def write_that_waits(
    monkeypatch: pytest.MonkeyPatch, run: RunClient, method: str, path: str, body: Any
) -> Iterator[None]:
    """Within it the change has been made in memory, but the database does not take it."""
    begun, go_on = threading.Event(), threading.Event()
    append = Store.append

    def waiting(*arguments: Any) -> None:
        begun.set()
        assert go_on.wait(10)
        append(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(Store, "append", waiting)
        call = threading.Thread(target=run, args=(method, path, body))
        call.start()
        try:
            assert begun.wait(10)
            yield
        finally:
            go_on.set()
            call.join()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/tensors/w", {"data": [[9.0]] * 4}),
        ("POST", "/iterations", {"count": 5}),
        ("POST", "/iterations", {"count": 5, "gradients": {"w": "x.T @ h.g"}}),
        ("PATCH", "", {"optimizer": {"name": "adam"}}),
        ("POST", "/undo", None),
    ],
)
@pytest.mark.parametrize("asked_before", some([False, True], True))
def test_no_change_is_waited_for(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, method: str, path: str, body: Any, asked_before: bool
) -> None:
    run = RunClient(client, LARGE)
    run("POST", "/iterations", {"count": 1})
    tensors = {"w": {"cells": [{"index": [1, 0], "value": 9.0}]}}
    known = edited(run, tensors, values="none")
    if asked_before:
        preview(run, tensors, values="none")
    with write_that_waits(monkeypatch, run, method, path, body):
        found = preview(run, tensors, values="none")
        assert found["version"] == 2
        assert without_more(found) == known
    assert preview(run, tensors, values="none")["version"] == 3
    assert without_more(preview(run, tensors, values="none")) == edited(run, tensors, values="none")


def test_a_change_that_fails_leaves_the_numbers(run: RunClient) -> None:
    known = preview(run, {"w1": CELL})
    assert_problem(run("PATCH", "/tensors/w1", {"cells": [{"index": [99, 0], "value": 1}]}), 422, "index_outside")
    assert preview(run, {"w1": CELL}) == known


@pytest.mark.parametrize(
    ("tensors", "status", "code"),
    [
        ({"w1": {"cells": [{"index": [10, 0], "value": 1}]}}, 422, "index_outside"),
        ({"w1": {"cells": [{"index": [0], "value": 1}]}}, 422, "index_outside"),
        ({"w1": {"cells": [{"index": [0, 0], "value": "abc"}]}}, 422, "invalid_request"),
        ({"w1": {"cells": [{"index": [0, 0]}]}}, 422, "invalid_request"),
        ({"w1": {"cells": []}}, 422, "invalid_request"),
        ({"w1": {"data": [[1.0]]}}, 422, "wrong_shape"),
        ({"w1": {"data": [[1.0], 2]}}, 422, "ragged"),
        ({"w1": {"cells": [], "data": 1}}, 422, "invalid_request"),
        ({"w1": {}}, 422, "invalid_request"),
        ({"w1": 1.5}, 422, "invalid_request"),
        ({"l1": CELL}, 422, "not_editable"),
        ({"nowhere": CELL}, 404, "unknown_tensor"),
        ({"w1": CELL, "w2": {"data": [1]}}, 422, "wrong_shape"),
        (None, 422, "invalid_request"),
        ([], 422, "invalid_request"),
    ],
)
def test_bad_numbers(run: RunClient, tensors: Any, status: int, code: str) -> None:
    before = run.get("/trace")
    assert_problem(run("POST", "/preview", {"tensors": tensors}), status, code)
    assert without_more(preview(run, {})) == before


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ("some", 422, "invalid_request"),
        ([1], 422, "invalid_request"),
        (None, 422, "invalid_request"),
        (["nowhere"], 404, "unknown_tensor"),
        (["nowhere.g"], 404, "unknown_tensor"),
    ],
)
def test_bad_lists_of_names(run: RunClient, values: Any, status: int, code: str) -> None:
    assert_problem(run("POST", "/preview", {"tensors": {}, "values": values}), status, code)


def test_other_refusals(client: TestClient, run: RunClient) -> None:
    assert_problem(client.post("/api/runs/nobody/preview", json={"tensors": {}}), 404, "unknown_run")
    assert_problem(run("POST", "/preview", {}), 422, "invalid_request")
    assert_problem(run("POST", "/preview", {"tensor": {}}), 422, "unknown_key")
    assert_problem(run("POST", "/preview?when=0", {"tensors": {}}), 422)


def test_labels_have_no_gradient_to_list(client: TestClient) -> None:
    run = RunClient(client, {"example": "digits"})
    answer = run("POST", "/preview", {"tensors": {}, "values": ["y.g"]})
    assert_problem(answer, 422, "no_gradient")
    before = preview(run, {})
    assert_problem(run("POST", "/preview", {"tensors": {"y": {"cells": [{"index": [0], "value": 0.5}]}}}), 422)
    assert preview(run, {}) == before


def test_an_answer_that_is_too_large(tmp_path: Path) -> None:
    with client_of(tmp_path, answer_bytes=60_000) as client:
        run = RunClient(client, {"example": "digits"})
        assert_problem(run("POST", "/preview", {"tensors": {}}), 413, "answer_too_large")
        assert preview(run, {}, values=["loss"])["tensors"]["loss"]["value"] == run.created.json()["loss"]


def test_a_large_run(client: TestClient) -> None:
    run = RunClient(client, LARGE)
    cell = {"cells": [{"index": [1, 0], "value": 9.0}]}
    assert without_more(preview(run, {"w": cell}, values="none")) == edited(run, {"w": cell}, values="none")
