"""A run as a file."""

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.api.conftest import LESSON, RunClient, client_of
from tests.api.problem_shape import assert_problem
from tests.moments import moments_of
from tests.new_operation import cube, registered

BYTES = {"Content-Type": "application/octet-stream"}
# With the tests of a site on one worker, so that the script of a page in one file is put together once.
pytestmark = pytest.mark.xdist_group("site")

FORMATS = {
    "json": ("json", "application/json"),
    "html": ("html", "text/html; charset=utf-8"),
    "numpy": ("py", "text/x-python; charset=utf-8"),
    "pytorch": ("py", "text/x-python; charset=utf-8"),
    "npz": ("npz", "application/octet-stream"),
    "safetensors": ("safetensors", "application/octet-stream"),
}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Of an app that does long work itself, for pages that each process for it would begin to put together anew."""
    with client_of(tmp_path_factory.mktemp("alone"), processes=0) as client:
        yield client


@pytest.fixture
def shown(alone: TestClient) -> RunClient:
    return RunClient(alone, LESSON)


@pytest.mark.parametrize("format", list(FORMATS))
def test_it_is_a_file_of_the_right_kind(run: RunClient, format: str) -> None:
    run("POST", "/iterations", {"count": 3})
    answer = run("GET", f"/export?format={format}&iteration=2")
    ending, media_type = FORMATS[format]
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    name = f"a-training-set-small-enough-to-follow-2.{ending}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert run.get()["version"] == 2


def test_json_has_the_present_numbers_and_all_that_happened(run: RunClient, client: TestClient) -> None:
    run("PATCH", "/tensors/w2", {"cells": [{"index": [0, 0], "value": -1.25}]})
    losses = run("POST", "/iterations", {"count": 2}).json()["losses"]
    run("PATCH", "", {"title": "other"})
    run("POST", "/undo")
    content = run.get("/export", format="json")
    assert content["document"] == run.get()["document"]
    assert [event["kind"] for event in content["events"]] == ["create", "edit", "train", "replace", "undo"]
    assert content["events"][1]["tensor"] == "w2"
    assert content["events"][1]["values"] == [-1.25]
    assert content["events"][2]["losses"] == losses
    assert content["events"][3]["keys"] == ["title"]
    assert RunClient(client, content["document"]).get()["losses"] == losses[-1:]
    early = run.get("/export", format="json", iteration=1)
    assert early["iteration"] == 1
    assert RunClient(client, early["document"]).get()["losses"] == losses[1:2]


def test_the_tensors_are_the_runs(run: RunClient) -> None:
    run("POST", "/iterations", {"count": 2})
    trace = run.get("/trace", iteration=1)
    archive = np.load(io.BytesIO(run("GET", "/export?format=npz&iteration=1").content), allow_pickle=False)
    for name, tensor in trace["tensors"].items():
        assert archive[name].tolist() == tensor["value"]
        assert archive[f"{name}.g"].tolist() == tensor["gradient"]


def test_the_script_runs(run: RunClient) -> None:
    script = run("GET", "/export?format=numpy").text
    result = subprocess.run([sys.executable, "-"], input=script, text=True, capture_output=True, timeout=60, check=True)
    assert "w1.g = x.T @ l1.g  (10, 6), (6, 2) -> (10, 2):" in result.stdout
    assert result.stdout.endswith("loss: 1.0\n")


def test_pytorchs_script_is_the_program_in_pytorchs_words(run: RunClient) -> None:
    script = run("GET", "/export?format=pytorch").text
    compile(script, "script", "exec")
    assert "        l1 = F.linear(x, self.w1, self.b1)\n        l2 = F.relu(l1)\n" in script
    assert "optimizer = torch.optim.SGD(model.parameters(), lr=0.5)" in script


def test_what_pytorch_does_not_have_is_refused_by_name(client: TestClient) -> None:
    document = {"program": "loss = sum(cube(w))", "parameters": {"w": [1.0, 2.0]}}
    with registered(cube(formula="")):
        problem = assert_problem(RunClient(client, document)("GET", "/export?format=pytorch"), 422, "no_counterpart")
    assert "PyTorch has no counterpart of cube" in problem["detail"]


@pytest.mark.parametrize("query", ["", "?format=pickle", "?format=npz&open=true", "?format=json&iteration=-1"])
def test_a_wrong_query(run: RunClient, query: str) -> None:
    assert_problem(run("GET", f"/export{query}"), 422)


def test_a_page_of_several_iterations_tells_each_as_the_api_does(shown: RunClient, tmp_path: Path) -> None:
    shown("POST", "/iterations", {"count": 1})
    shown("PATCH", "/tensors/w2", {"cells": [{"index": [0, 0], "value": -1.25}]})
    shown("POST", "/iterations", {"count": 1})
    shown("PATCH", "", {"optimizer": {"name": "adam", "lr": 0.1}})
    shown("POST", "/iterations", {"count": 1})
    answer = shown("GET", "/export?format=html&first_iteration=1")
    assert answer.headers["content-disposition"].endswith('-follow-1-to-3.html"')
    targets = [{"tensor": "w1", "field": field, "index": [2, 1]} for field in ("value", "gradient", "next")]
    found = moments_of(answer.text, tmp_path, *targets)
    assert [*found] == [1, 2, 3]
    for iteration, moment in found.items():
        trace = shown.get("/trace", iteration=iteration)
        assert moment["run"]["loss"] == trace["loss"]
        assert moment["trace"]["tensors"] == trace["tensors"]
        for target, told in zip(targets, moment["explained"], strict=True):
            asked = {**target, "index": "2,1", "iteration": iteration}
            assert told == {key: part for key, part in shown.get("/explain", **asked).items() if key != "latex"}
    begun = shown.client.post("/api/import?run=true", content=answer.content, headers=BYTES).json()["run"]
    assert begun["loss"] == found[1]["run"]["loss"]


def test_a_page_from_its_own_iteration_on_is_that_of_one(shown: RunClient) -> None:
    shown("POST", "/iterations", {"count": 2})
    one = shown("GET", "/export?format=html&iteration=1")
    same = shown("GET", "/export?format=html&iteration=1&first_iteration=1")
    assert (one.content, one.headers["content-disposition"]) == (same.content, same.headers["content-disposition"])


def test_a_page_on_another_branch(shown: RunClient, tmp_path: Path) -> None:
    losses = shown("POST", "/iterations", {"count": 3}).json()["losses"]
    shown("POST", "/undo")
    assert_problem(shown("GET", "/export?format=html&first_iteration=1"), 404, "unknown_iteration")
    page = shown("GET", "/export?format=html&first_iteration=2&event=2").text
    assert [moment["run"]["loss"] for moment in moments_of(page, tmp_path).values()] == losses[2:]


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("format=html&first_iteration=4", 404, "this run has the iterations 0 to 3, not 4"),
        ("format=html&first_iteration=0&iteration=9", 404, "this run has the iterations 0 to 3, not 9"),
        ("format=html&first_iteration=3&iteration=1", 422, "the first iteration, 3, comes after the last one, 1"),
        ("format=html&first_iteration=-1", 422, "must be a whole number, 0 or more"),
        ("format=html&first_iteration=two", 422, "must be a whole number, 0 or more"),
        ("format=npz&first_iteration=0", 422, "a file of the format npz holds one iteration"),
    ],
)
def test_iterations_of_which_there_is_no_page(run: RunClient, query: str, status: int, says: str) -> None:
    run("POST", "/iterations", {"count": 3})
    assert says in str(assert_problem(run("GET", f"/export?{query}"), status))


def test_a_page_holds_so_many_iterations_and_bytes(tmp_path: Path) -> None:
    with client_of(tmp_path, export_iterations=3, answer_bytes=1_500_000, processes=0) as client:
        run = RunClient(client, LESSON)
        run("POST", "/iterations", {"count": 20})
        assert run("GET", "/export?format=html&first_iteration=19").status_code == 200
        told = assert_problem(run("GET", "/export?format=html&first_iteration=10"), 413, "too_many_iterations")
        assert told["detail"] == "11 iterations exceed the limit export_iterations of 3"
        assert "a first_iteration of 18 or later" in told["hint"]
    with client_of(tmp_path, export_iterations=21, answer_bytes=1_500_000, processes=0) as client:
        run = RunClient(client, LESSON)
        run("POST", "/iterations", {"count": 20})
        told = assert_problem(run("GET", "/export?format=html&first_iteration=0"), 413, "answer_too_large")
        assert "ask for fewer iterations" in told["hint"]


def test_an_iteration_that_is_not_there(run: RunClient) -> None:
    assert_problem(run("GET", "/export?format=json&iteration=1"), 404, "unknown_iteration")


def test_a_title_is_no_danger_to_a_file_name(client: TestClient) -> None:
    document = {"program": "loss = w * w", "parameters": {"w": 1.0}, "title": '../Ä"\r\nx: ..\\y'}
    disposition = RunClient(client, document)("GET", "/export?format=json").headers["content-disposition"]
    assert disposition == 'attachment; filename="x-y-0.json"'
