"""The line of each request in the access log, and the id by which a request is found there."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from backprop_explorer.runs.run import Run
from tests.api.conftest import LESSON, client_of
from tests.api.problem_shape import assert_problem
from tests.api.test_server import post, talk
from tests.server import ForkedServer, running
from tests.together import each

KEYS = ["time", "method", "route", "status", "problem", "milliseconds", "bytes", "request_id"]


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[TestClient]:
    with client_of(tmp_path, access_log=True) as client:
        yield client


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_for_each_request(logged: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    created = logged.post("/api/runs", json=LESSON)
    state = created.json()
    path = created.headers["location"]
    answers = [
        created,
        logged.get(f"{path}/tensors/w1"),
        logged.head(path),
        logged.get("/"),
        logged.patch(path, json={"title": "new"}, headers={"If-Match": '"7"'}),
        logged.put(f"{path}/tensors/w1"),
        logged.get("/api/nothing"),
        logged.get("/api/health", headers={"Host": "evil.test"}),
        logged.request("BREW", "/nowhere"),
    ]
    printed = capsys.readouterr().out
    assert not any(identity in printed for identity in (state["id"], state["view_id"]))
    found = [json.loads(line) for line in printed.splitlines()]
    assert [(line["method"], line["route"], line["status"], line["problem"]) for line in found] == [
        ("POST", "/api/runs", 201, None),
        ("GET", "/api/runs/{id}/tensors/{name}", 200, None),
        ("HEAD", "/api/runs/{id}", 200, None),
        ("GET", "/{path}", 200, None),
        ("PATCH", "/api/runs/{id}", 412, "version_changed"),
        ("PUT", "/api/runs/{id}/tensors/{name}", 405, "method_not_allowed"),
        ("GET", "other", 404, "not_found"),
        ("GET", "/api/health", 403, "foreign_host"),
        ("other", "/{path}", 405, "method_not_allowed"),
    ]
    assert [line["bytes"] for line in found] == [len(answer.content) for answer in answers]
    assert [line["request_id"] for line in found] == [answer.headers["x-request-id"] for answer in answers]
    assert len({line["request_id"] for line in found}) == len(found)
    for line in found:
        assert list(line) == KEYS
        assert 0 <= line["milliseconds"] < 60_000
        assert datetime.now(UTC) - datetime.fromisoformat(line["time"]) < timedelta(minutes=5)


def test_without_the_setting_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with client_of(tmp_path) as client:
        assert client.get("/api/health").headers["x-request-id"]
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("given", ["a", "9f86-D0.81_8", "x" * 64])
def test_a_plain_id_of_a_proxy_is_taken_over(client: TestClient, given: str) -> None:
    answer = client.get("/api/nothing", headers={"X-Request-ID": given})
    assert assert_problem(answer, 404)["request_id"] == given


@each("given", ["", "x" * 65, 'a"b', "a b", "a\tb", "ä", "<b>", "a\n"])
def test_any_other_is_not(client: TestClient, given: str) -> None:
    answer = client.get("/api/nothing", headers={"X-Request-ID": given.encode()})
    assert re.fullmatch("[0-9a-f]{16}", assert_problem(answer, 404)["request_id"])


def test_an_unexpected_error_is_found_in_the_log(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = client.post("/api/runs", json=LESSON).headers["location"]

    def fail(self: Run) -> None:
        raise RuntimeError("this is a bug")

    monkeypatch.setattr(Run, "undo", fail)
    problem = assert_problem(client.post(f"{path}/undo"), 500, "unexpected")
    [record] = [record for record in caplog.records if "unexpected error" in record.message]
    assert "unexpected error in POST /api/runs/{id}/undo of 20" in record.message
    assert record.message.endswith(f"request_id {problem['request_id']}")
    assert path.rpartition("/")[2] not in record.message


def test_a_request_that_cannot_be_read_has_an_id_and_a_line(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with running(tmp_path / "runs.sqlite3", log, kind=ForkedServer, BACKPROP_ACCESS_LOG="1") as server:
        head, _, body = talk(server, post("Content-Length: -1")).partition(b"\r\n\r\n")
        problem = json.loads(body)
        assert f"x-request-id: {problem['request_id']}".encode() in head.lower()
        found = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert (found[-1]["route"], found[-1]["status"], found[-1]["problem"]) == ("other", 400, "bad_request")
    assert (found[-1]["request_id"], found[-1]["bytes"]) == (problem["request_id"], len(body))


def test_the_events_of_a_training_are_one_request(logged: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    path = logged.post("/api/runs", json=LESSON).headers["location"]
    answer = logged.post(f"{path}/iterations", json={"count": 5}, headers={"Accept": "text/event-stream"})
    line = lines(capsys)[-1]
    assert (line["route"], line["status"]) == ("/api/runs/{id}/iterations", 200)
    assert line["bytes"] == len(answer.content) > 0
