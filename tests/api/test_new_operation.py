"""One record is all that an operation needs: trace, explanation, Jacobian, check, export and reference follow."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.api.conftest import RunClient
from tests.new_operation import hinge

DOCUMENT = {
    "program": "h = x @ w\nk = h.above(b)\nloss = sum((k - 1) ** 2)",
    "inputs": {"x": [[1.0, 2.0], [3.0, -1.0], [0.5, 1.5]]},
    "parameters": {"w": [[0.5, -1.0], [1.5, 2.0]], "b": [0.25, 0.75]},
    "optimizer": {"name": "sgd", "lr": 0.1},
}


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    with hinge():
        yield


@pytest.fixture
def run(client: TestClient) -> RunClient:
    return RunClient(client, DOCUMENT)


def numbers() -> dict[str, np.ndarray]:
    x, w, b = (np.array(values) for values in [*DOCUMENT["inputs"].values(), *DOCUMENT["parameters"].values()])
    above = x @ w > b
    k = above * (x @ w - b)
    gradient = 2 * above * (k - 1)
    return {"loss": np.sum((k - 1) ** 2), "w": x.T @ gradient, "b": -gradient.sum(0), "above": above}


def test_it_is_traced(client: TestClient) -> None:
    trace = client.post("/api/trace", json=DOCUMENT).json()
    assert trace["loss"] == pytest.approx(float(numbers()["loss"]), rel=1e-12)
    for name in ("w", "b"):
        np.testing.assert_allclose(trace["tensors"][name]["gradient"], numbers()[name], rtol=1e-12)
    steps = {step["output"]: step for step in trace["steps"]}
    assert (steps["k"]["op"], steps["k"]["family"], steps["k"]["code"]) == ("hinge", "elementwise", "hinge(h, b)")
    assert steps["h.g"]["code"] == "(h > b) * k.g"
    assert "hinge" in steps["k"]["mathml"]


def test_its_numbers_are_explained(run: RunClient) -> None:
    value = run.get("/explain", tensor="k", field="value", index="1,0")
    assert (value["op"], value["terms"][0]["factors"][0]["code"]) == ("hinge", "hinge(h[1, 0], b[0])")
    gradient = run.get("/explain", tensor="w", field="gradient", index="0,1")
    assert sum(term["value"] for term in gradient["terms"]) == pytest.approx(numbers()["w"][0, 1], rel=1e-12)


def test_its_story_and_its_jacobian_are_told(run: RunClient) -> None:
    [step] = [step["index"] for step in run.get("/trace")["steps"] if step["output"] == "k"]
    assert "How far a is above b." in str(run.get("/why", step=str(step)))
    jacobian = run.get("/jacobian", step=str(step), input="h")
    np.testing.assert_allclose(np.array(jacobian["value"], float), np.diag(numbers()["above"].ravel()))


def test_formulae_through_it_are_judged(client: TestClient) -> None:
    right = {"w": "x.T @ h.g", "h": "(h > b) * k.g"}
    assert client.post("/api/check", json={**DOCUMENT, "gradients": right}).json()["correct"]
    wrong = client.post("/api/check", json={**DOCUMENT, "gradients": {"h": "k.g"}}).json()["verdicts"]["h"]
    assert wrong["diagnosis"]["code"] == "missing_local_derivative"
    through = client.post("/api/check", json={**DOCUMENT, "gradients": {"k": "2 * (hinge(h, b) - 1)"}}).json()
    assert through["correct"]


def test_it_trains_and_agrees_with_central_differences(run: RunClient) -> None:
    assert all(entry["max_relative_difference"] < 1e-6 for entry in gradchecked(run.get("/gradcheck")))
    losses = run("POST", "/iterations", {"count": 3}).json()["losses"]
    assert losses == sorted(losses, reverse=True)


def gradchecked(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return list(answer["parameters"].values())


def test_the_catalogue_and_the_reference_describe_it(client: TestClient) -> None:
    [listed] = [entry for entry in client.get("/api/ops").json() if entry["name"] == "hinge"]
    assert listed["rules"] == {"a": "(a > b) * g", "b": "-((a > b) * g)"}
    groups = client.get("/api/reference").json()["groups"]
    [entry] = [entry for group in groups for entry in group["entries"] if entry["name"] == "hinge"]
    assert (entry["family"], entry["signature"], entry["synonyms"]) == ("elementwise", "hinge(a, b)", ["above"])
    assert "differ in the last axis" in entry["refusals"][0]["message"]
    assert entry["kink"]["gradient"] == {"a": [0.0, 1.0]}
    trace = client.post("/api/trace", json=entry["sample"]["document"])
    assert trace.status_code == 200
    assert trace.json()["steps"][0]["op"] == "hinge"


def test_it_leaves_as_scripts(run: RunClient) -> None:
    script = run("GET", "/export?format=numpy").text
    shown = subprocess.run([sys.executable, "-"], input=script, text=True, capture_output=True, timeout=60, check=True)
    assert float(shown.stdout.rpartition("loss: ")[2]) == pytest.approx(float(numbers()["loss"]), rel=1e-12)
    module = run("GET", "/export?format=pytorch").text
    assert "def hinge(a, b):\n    return maximum(a - b, 0)" in module
    assert "def maximum(a, b):\n    return torch.maximum(" in module


def test_it_is_forgotten_afterwards(client: TestClient) -> None:
    with pytest.raises(ValueError, match="two operations are called"), hinge():
        pass
