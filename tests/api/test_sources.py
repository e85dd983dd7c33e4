"""Where a program's lines were captured from, over REST: in traces, kept with the run, moved by an edit."""

from __future__ import annotations

from starlette.testclient import TestClient

SOURCE = {"file": "net.py", "line": 7, "module": "fc"}
DOCUMENT = {
    "program": "h = x @ w\nloss = sum(h)",
    "inputs": {"x": [[1.0, 2.0]]},
    "parameters": {"w": [[1.0], [1.0]]},
    "sources": [SOURCE, None],
}


def sources(client: TestClient, run: str) -> dict[str, object]:
    steps = client.get(f"/api/runs/{run}/trace").json()["steps"]
    return {step["output"]: step.get("source") for step in steps}


def test_a_trace_tells_them(client: TestClient) -> None:
    steps = client.post("/api/trace", json=DOCUMENT).json()["steps"]
    assert [step["output"] for step in steps if step.get("source") == SOURCE] == ["h", "x.g", "w.g"]


def test_a_run_keeps_them_and_an_edit_moves_them(client: TestClient) -> None:
    run = client.post("/api/runs", json=DOCUMENT).json()["id"]
    assert sources(client, run)["h"] == SOURCE
    assert client.get(f"/api/runs/{run}").json()["document"]["sources"] == [SOURCE, None]
    changed = client.patch(f"/api/runs/{run}", json={"program": "y = x * 2\nh = x @ w\nloss = sum(h)"})
    assert changed.status_code == 200, changed.text
    assert sources(client, run)["h"] == SOURCE
    assert sources(client, run)["y"] is None
    client.patch(f"/api/runs/{run}", json={"program": "k = x @ w\nloss = sum(k)"})
    assert not any(sources(client, run).values())
    client.post(f"/api/runs/{run}/undo")
    assert sources(client, run)["h"] == SOURCE


def test_a_wrong_one_is_refused(client: TestClient) -> None:
    answer = client.post("/api/trace", json={**DOCUMENT, "sources": [{"file": "net.py"}]})
    assert answer.status_code == 422
    assert "Entry 1 of sources" in answer.json()["detail"]
