"""The same Idempotency-Key with the same request: the first answer again, and nothing is changed again."""

import os
import shutil
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from backprop_explorer.runs import open_database
from backprop_explorer.runs.store import keys
from backprop_explorer.runs.store.store import Store
from tests.api.conftest import client_of
from tests.api.problem_shape import assert_problem
from tests.runs.documents import SMALL

WRITES = {
    "title": ("PATCH", "", {"title": "mine"}),
    "edit": ("PATCH", "/tensors/b1", {"data": [1.0, 2.0]}),
    "train": ("POST", "/iterations", {"count": 3}),
    "undo": ("POST", "/undo", None),
    "redo": ("POST", "/redo", None),
    "import": ("POST", "/import", SMALL),
    "fork": ("POST", "/fork", {}),
    "variant": ("POST", "/variant", {"seed": 3}),
    "check": ("POST", "/check", {"gradients": {"w1": "x.T @ l1.g"}}),
    "delete": ("DELETE", "", None),
}


@pytest.fixture
def path(client: TestClient) -> str:
    """A run that can be undone and redone."""
    path = client.post("/api/runs", json=SMALL).headers["location"]
    client.patch(path, json={"title": "one"})
    client.patch(path, json={"title": "two"})
    client.post(f"{path}/undo")
    return path


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def told(answer: Response) -> tuple:
    return answer.status_code, answer.content, answer.headers.get("etag"), answer.headers.get("location")


@pytest.mark.parametrize("write", WRITES)
def test_a_write_is_made_once(client: TestClient, path: str, write: str) -> None:
    method, below, body = WRITES[write]
    own = key()
    first = client.request(method, path + below, json=body, headers=own)
    assert first.is_success, first.text
    named = {"X-Request-ID": "history"}  # which an error repeats
    again = client.get(f"{path}/history", headers=named)
    for _ in range(2):
        assert told(client.request(method, path + below, json=body, headers=own)) == told(first)
    assert client.get(f"{path}/history", headers=named).content == again.content
    assert told(client.request(method, path + below, json=body, headers=key())) != told(first) or write == "check"


@pytest.mark.parametrize("write", ["title", "edit", "train", "undo", "import", "fork", "variant", "check", "delete"])
def test_a_write_whose_answer_was_not_kept_is_told_from_the_run(
    client: TestClient, path: str, write: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "answer_request", lambda *_: None)
    method, below, body = WRITES[write]
    own = key()
    first = client.request(method, path + below, json=body, headers=own)
    again = client.request(method, path + below, json=body, headers=own)
    assert (again.status_code, again.headers.get("location")) == (first.status_code, first.headers.get("location"))
    if write == "import":
        assert again.json().items() <= first.json().items()
    else:
        assert again.content == first.content


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "not kept"])
def test_a_stream_is_told_again(client: TestClient, path: str, kept: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not kept:
        monkeypatch.setattr(Store, "answer_request", lambda *_: None)
    headers = {**key(), "Accept": "text/event-stream"}
    first, again = (client.post(f"{path}/iterations", json={"count": 5}, headers=headers) for _ in range(2))
    assert again.headers["content-type"] == first.headers["content-type"]
    assert again.text == first.text if kept else again.text == "event: done" + first.text.partition("event: done")[2]
    assert client.get(f"{path}?document=false").json()["iteration"] == 5


def test_runs_are_created_once(client: TestClient) -> None:
    own = key()
    first = client.post("/api/runs", json=SMALL, headers=own)
    assert told(client.post("/api/runs", json=SMALL, headers=own)) == told(first)
    assert told(client.post("/api/runs", json=SMALL, headers=key())) != told(first)
    opened = [client.post("/api/import?run=true", json=SMALL, headers=own | key()) for _ in range(2)]
    assert len({one.json()["run"]["id"] for one in opened}) == 2
    own = key()
    opened = [client.post("/api/import?run=true", json=SMALL, headers=own) for _ in range(2)]
    assert told(opened[0]) == told(opened[1])


def test_the_first_answer_is_told_whatever_has_happened_since(client: TestClient, path: str) -> None:
    own = key()
    first = client.post(f"{path}/iterations", json={"count": 2}, headers=own)
    client.post(f"{path}/iterations", json={"count": 2})
    assert told(client.post(f"{path}/iterations", json={"count": 2}, headers=own)) == told(first)
    client.delete(path)
    assert told(client.post(f"{path}/iterations", json={"count": 2}, headers=own)) == told(first)


def test_another_request_with_the_key_is_refused(client: TestClient, path: str) -> None:
    own = key()
    client.patch(path, json={"title": "mine"}, headers=own)
    for method, below, body, headers in (
        ("PATCH", "", {"title": "yours"}, {}),
        ("PATCH", "", {"title": "mine"}, {"If-Match": '"4"'}),
        ("POST", "/iterations", {"count": 1}, {}),
        ("POST", "/undo", None, {}),
    ):
        answer = client.request(method, path + below, json=body, headers={**own, **headers})
        assert assert_problem(answer, 422)["code"] == "key_reused"
    own = key()
    client.post("/api/runs", json=SMALL, headers=own)
    assert assert_problem(client.post("/api/runs", json={**SMALL, "seed": 2}, headers=own), 422)["code"] == "key_reused"


def test_what_changed_nothing_may_be_sent_again(client: TestClient, path: str) -> None:
    own = key()
    assert client.post(f"{path}/iterations", json={"count": -1}, headers=own).status_code == 422
    assert client.patch(path, json={"title": "a"}, headers={**own, "If-Match": '"1"'}).status_code == 412
    assert client.post(f"{path}/iterations", json={"count": 1}, headers=own).json()["iteration"] == 1
    assert client.post("/api/trace", json=SMALL, headers=own).status_code == 200


def test_runs_do_not_share_keys_nor_do_clients_short_ones(client: TestClient, path: str, tmp_path: Path) -> None:
    other = client.post("/api/runs", json=SMALL).headers["location"]
    for one in (path, other):
        assert client.patch(one, json={"title": "mine"}, headers={"Idempotency-Key": "1"}).status_code == 200
    made = {}
    for address in ("192.0.2.1", "192.0.2.2"):
        caller = TestClient(client.app, base_url="http://127.0.0.1:8000", client=(address, 5))
        for own in ("1", "a-key-of-16-chars"):
            made[address, own] = [
                caller.post("/api/runs", json=SMALL, headers={"Idempotency-Key": own}).json()["id"] for _ in range(2)
            ]
    assert all(one == again for one, again in made.values())
    assert len({one for one, _ in made.values()}) == 3


@pytest.mark.parametrize("wrong", ["", " ", "ä", "x" * 256, "a b"])
def test_a_key_that_is_none_is_refused(client: TestClient, path: str, wrong: str) -> None:
    answer = client.post(f"{path}/undo", headers={"Idempotency-Key": wrong.encode("utf-8")})
    assert assert_problem(answer, 422)["code"] == "invalid_key"


def test_a_key_is_remembered_after_a_restart_for_its_time_and_not_for_ever(tmp_path: Path) -> None:
    own = key()
    with client_of(tmp_path) as client:
        first = client.post("/api/runs", json=SMALL, headers=own)
    with client_of(tmp_path) as client:
        assert told(client.post("/api/runs", json=SMALL, headers=own)) == told(first)
    with closing(open_database(str(tmp_path / "runs.sqlite3"))) as database:
        database.open()._written(lambda connection: connection.exec_driver_sql("UPDATE keys SET created = created - 9"))
    with client_of(tmp_path, key_seconds=5) as client:
        assert told(client.post("/api/runs", json=SMALL, headers=own)) != told(first)


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    with client_of(tmp_path, keys=3) as client:
        path = client.post("/api/runs", json=SMALL).headers["location"]
        for _ in range(120):
            client.patch(path, json={"title": "mine"}, headers=key())
        store = client.app.state.service.runs._database.open()
        assert store._written(lambda one: one.exec_driver_sql("SELECT count(*) FROM keys").scalar()) < 110


def test_a_damaged_answer_is_not_told(tmp_path: Path) -> None:
    own = key()
    with client_of(tmp_path) as client:
        path = client.post("/api/runs", json=SMALL).headers["location"]
        first = client.patch(path, json={"title": "mine"}, headers=own)
        store = client.app.state.service.runs._database.open()
        store._written(lambda one: one.exec_driver_sql("UPDATE keys SET answer = substr(answer, 1, 40)"))
        assert told(client.patch(path, json={"title": "mine"}, headers=own)) == told(first)


def test_the_same_request_twice_at_once_is_made_once(client: TestClient, path: str) -> None:
    own, answers = key(), []
    threads = [
        threading.Thread(
            target=lambda: answers.append(client.post(f"{path}/iterations", json={"count": 200}, headers=own))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({told(answer) for answer in answers}) == 1
    assert client.get(f"{path}?document=false").json()["iteration"] == 200


def test_what_another_server_has_just_made_with_the_key_is_told(
    client: TestClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both looked for the key before either wrote it."""
    own = key()
    first = client.post(f"{path}/iterations", json={"count": 2}, headers=own)
    looked = keys.remembered
    late: list[Callable] = [lambda *_: None]
    monkeypatch.setattr(keys, "remembered", lambda *given: (late.pop() if late else looked)(*given))
    assert told(client.post(f"{path}/iterations", json={"count": 2}, headers=own)) == told(first)
    assert client.get(f"{path}?document=false").json()["iteration"] == 2


def test_a_change_and_its_key_are_on_disk_together(tmp_path: Path) -> None:
    """A copy of the file at any moment has both or neither, as after a crash."""
    own = key()
    with client_of(tmp_path) as client:
        path = client.post("/api/runs", json=SMALL).headers["location"]
        crashed = tmp_path / "crashed"
        store = client.app.state.service.runs._database.open()
        answered = store.answer_request

        def crash(digest: bytes, answer: bytes) -> None:
            crashed.mkdir()
            for file in tmp_path.glob("runs.sqlite3*"):
                if not file.name.endswith(".lock"):
                    shutil.copy(file, crashed / file.name)
            answered(digest, answer)

        store.answer_request = crash
        first = client.post(f"{path}/iterations", json={"count": 2}, headers=own)
    assert os.listdir(crashed)
    with client_of(crashed) as client:
        again = client.post(f"{path}/iterations", json={"count": 2}, headers=own)
        assert told(again) == told(first)
        assert client.get(f"{path}?document=false").json()["iteration"] == 2
