"""A run has two ids: one to change it, one to look at it, which gives away nothing of the other."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import client_of
from tests.runs.documents import SMALL

READS = {"preview", "check", "hint", "chapter", "answer"}
"""What is asked by POST and changes nothing, by the last word of its path; and `fork`, which makes a copy."""
LESSON = {
    "title": "A lesson",
    "description": "Of one question.",
    "minutes": 1,
    "document": SMALL,
    "chapters": [
        {
            "title": "One",
            "text": "The loss is {loss}.",
            "step": "w1.g",
            "question": {"kind": "shape", "ask": "Which?", "of": "w1.g", "hint": "Look.", "because": "So it is."},
        }
    ],
}
BODIES = {
    "PATCH /api/runs/{id}": {"title": "mine"},
    "PATCH /api/runs/{id}/tensors/{name}": {"data": [1.0, 2.0]},
    "POST /api/runs/{id}/iterations": {"count": 2},
    "POST /api/runs/{id}/check": {"gradients": {"w1": "x.T @ l1.g"}},
    "POST /api/runs/{id}/preview": {"tensors": {"b1": {"data": [1.0, 2.0]}}},
    "POST /api/runs/{id}/hint": {"tensor": "w1", "level": 1},
    "POST /api/runs/{id}/chapter": {"lesson": LESSON, "chapter": 1},
    "POST /api/runs/{id}/answer": {"lesson": LESSON, "chapter": 1, "reveal": True},
    "POST /api/runs/{id}/fork": {},
    "POST /api/runs/{id}/variant": {},
    "POST /api/runs/{id}/import": SMALL,
}
QUERIES = {"explain": {"tensor": "w1", "index": "0,0"}, "why": {"step": 0}, "formula": {"tensor": "w1", "text": "x"}}
QUERIES |= {"export": {"format": "json"}, "jacobian": {"step": 0}, "parts": {"step": 0}}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with client_of(tmp_path) as client:
        yield client


@pytest.fixture
def state(client: TestClient) -> dict:
    state = client.post("/api/runs", json=SMALL).json()
    client.post(f"/api/runs/{state['id']}/iterations", json={"count": 3})
    return client.get(f"/api/runs/{state['id']}").json()


def writes(client: TestClient) -> list[tuple[str, str]]:
    """The method and path of everything of a run that is no GET."""
    routes = [route for route in client.app.state.api_routes if route.path.startswith("/api/runs/{id}")]
    return sorted((method, route.path) for route in routes for method in route.methods - {"GET", "HEAD"})


def test_whoever_looks_sees_everything_but_the_id(client: TestClient, state: dict) -> None:
    view = client.get(f"/api/runs/{state['view_id']}")
    assert view.json() == {**state, "id": None}
    assert view.headers["etag"] == '"2"'
    for path in ("", "/trace", "/history", "/compare", "/exercises", "/tensors/w1", "/gradcheck", "/explain"):
        query = QUERIES.get(path[1:], {})
        answer = client.get(f"/api/runs/{state['view_id']}{path}", params=query)
        assert answer.status_code == 200, answer.text
        assert state["id"] not in answer.text + str(answer.headers)
        if path != "/compare":
            own = client.get(f"/api/runs/{state['id']}{path}", params=query).json()
            assert answer.json() == (own | {"id": None} if path == "" else own)


def test_every_write_is_refused_and_changes_nothing(client: TestClient, state: dict) -> None:
    tried = []
    for method, path in writes(client):
        if path.rpartition("/")[2] in READS | {"fork"}:
            continue
        address = path.format(id=state["view_id"], name="b1")
        answer = client.request(method, address, json=BODIES.get(f"{method} {path}"))
        assert (answer.status_code, answer.json()["code"]) == (403, "view_only"), (method, path, answer.text)
        assert "fork it" in answer.json()["hint"]
        tried.append(path)
    assert len(tried) == 8
    assert client.get(f"/api/runs/{state['id']}").json() == state


def test_a_refused_training_says_so_before_the_first_event(client: TestClient, state: dict) -> None:
    accept = {"Accept": "text/event-stream"}
    answer = client.post(f"/api/runs/{state['view_id']}/iterations", json={"count": 2}, headers=accept)
    assert (answer.status_code, answer.json()["code"]) == (403, "view_only")


def test_what_is_asked_by_post_works_and_records_nothing(client: TestClient, state: dict) -> None:
    for method, path in writes(client):
        if path.rpartition("/")[2] in READS:
            answer = client.request(method, path.format(id=state["view_id"]), json=BODIES[f"{method} {path}"])
            assert answer.status_code == 200, answer.text
            assert state["id"] not in answer.text
    found = client.get(f"/api/runs/{state['id']}/exercises").json()["exercises"]
    assert not any(exercise["found"] for exercise in found)


def test_a_fork_belongs_to_whoever_made_it(client: TestClient, state: dict) -> None:
    fork = client.post(f"/api/runs/{state['view_id']}/fork", json={})
    assert fork.status_code == 201
    copy = fork.json()["id"]
    assert len({copy, fork.json()["view_id"], state["id"], state["view_id"]}) == 4
    assert client.post(f"/api/runs/{copy}/iterations", json={"count": 1}).status_code == 200
    assert client.get(f"/api/runs/{state['id']}").json() == state


def test_a_view_ends_with_its_run(client: TestClient, state: dict) -> None:
    assert client.delete(f"/api/runs/{state['id']}").status_code == 204
    assert client.get(f"/api/runs/{state['view_id']}").status_code == 404
    assert client.post(f"/api/runs/{state['view_id']}/preview", json={"tensors": {}}).status_code == 404


@pytest.mark.parametrize("identity", ["nobody", "%00", "a" * 500, "%F0%9F%90%8D", "x'--"])
def test_what_is_no_id_is_not_found(client: TestClient, identity: str) -> None:
    assert client.get(f"/api/runs/{identity}").json()["code"] == "unknown_run"


def test_both_ids_work_after_a_restart_and_others_take_turns(tmp_path: Path) -> None:
    with client_of(tmp_path, live_runs=1) as client:
        states = [client.post("/api/runs", json=SMALL).json() for _ in range(3)]
    with client_of(tmp_path, live_runs=1) as client:
        for state in states * 2:
            assert client.get(f"/api/runs/{state['view_id']}").json()["id"] is None
            assert client.get(f"/api/runs/{state['id']}").json()["id"] == state["id"]


def test_a_view_that_was_damaged_on_disk_leads_to_no_other_run(tmp_path: Path) -> None:
    with client_of(tmp_path) as client:
        one, other = (client.post("/api/runs", json=SMALL).json() for _ in range(2))
    with closing(sqlite3.connect(tmp_path / "runs.sqlite3")) as connection:
        connection.execute("UPDATE runs SET view = ? WHERE id = ?", (one["view_id"], other["id"]))
        connection.commit()
    with client_of(tmp_path) as client:
        client.patch(f"/api/runs/{other['id']}", json={"title": "another"})
        assert client.get(f"/api/runs/{one['view_id']}").json()["title"] == "small"
        assert client.get(f"/api/runs/{other['view_id']}").status_code in (200, 404)
