"""A loop as long as an iteration may be: what it reads has a gradient of hundreds of summands, and all is told."""

import runpy
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.amount import some

ROUNDS = 490
"""Each round is a step forward and two back; the gradients of `w` are added up, one step each: below 2,000."""
DOCUMENT = {
    "program": f"h = x\nfor i in range({ROUNDS}):\n    h = h * w\nloss = h.sum()",
    "inputs": {"x": [1.0, 2.0]},
    "parameters": {"w": [1.0, 1.0]},
    "optimizer": {"name": "sgd", "lr": 0.1},
}


@pytest.fixture(scope="module")
def run(client: TestClient) -> str:
    return client.post("/api/runs", json=DOCUMENT).raise_for_status().json()["id"]


QUESTIONS = (
    "trace",
    "explain?tensor=w&field=next&index=0",
    "explain?tensor=w&field=gradient&index=0&open=true",
    "why?tensor=w&field=next",
    "export?format=json",
    "export?format=pytorch",
)


# The gradient and its formula are asked for below.
@pytest.mark.parametrize("question", some(QUESTIONS, QUESTIONS[1], QUESTIONS[5]))
def test_every_question_about_it_is_answered(client: TestClient, run: str, question: str) -> None:
    assert client.get(f"/api/runs/{run}/{question}").status_code == 200


def test_its_gradient_is_the_sum_of_all_rounds(client: TestClient, run: str) -> None:
    told = client.get(f"/api/runs/{run}/explain?tensor=w&field=gradient&index=1").json()
    assert told["value"] == 2 * ROUNDS
    assert told["code"] == " + ".join(f"w.g__{at}" for at in range(1, ROUNDS + 1))
    why = client.get(f"/api/runs/{run}/why?tensor=w&field=gradient").json()
    assert why["formula"]["code"].count(" + ") == ROUNDS - 1


def test_its_script_runs(client: TestClient, run: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(client.get(f"/api/runs/{run}/export?format=numpy").text, encoding="utf-8")
    assert runpy.run_path(str(script))["w_g"].tolist() == [ROUNDS, 2 * ROUNDS]
