"""What Prometheus is told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from backprop_explorer.runs import Run
from tests.api.conftest import LESSON, client_of
from tests.api.problem_shape import assert_problem


@pytest.fixture
def measured(tmp_path: Path) -> Iterator[TestClient]:
    with client_of(tmp_path, metrics=True) as client:
        yield client


def figures(client: TestClient) -> dict[tuple[str, ...], float]:
    """The samples by their name and the values of their labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def test_requests_are_counted_by_route(measured: TestClient) -> None:
    created = [measured.post("/api/runs", json=LESSON) for _ in range(2)]
    for answer in created:
        measured.get(answer.headers["location"])
    measured.get("/api/runs/nothing")
    found = figures(measured)
    assert found["backprop_requests_total", "POST", "/api/runs", "201"] == 2
    assert found["backprop_requests_total", "GET", "/api/runs/{id}", "200"] == 2
    assert found["backprop_requests_total", "GET", "/api/runs/{id}", "404"] == 1
    assert found["backprop_request_seconds_count", "GET", "/api/runs/{id}"] == 3
    assert 0 < found["backprop_request_seconds_sum", "GET", "/api/runs/{id}"] < 60
    assert found["backprop_answer_bytes_total", "POST", "/api/runs"] == sum(len(one.content) for one in created)
    assert found["backprop_errors_total", "unknown_run"] == 1
    assert found[("backprop_runs_in_memory",)] == 2
    assert found[("backprop_elements_in_memory",)] > 100
    assert figures(measured)["backprop_requests_total", "GET", "/metrics", "200"] == 1


def test_strangers_make_up_no_names(measured: TestClient) -> None:
    count = len(figures(measured))
    count = len(figures(measured))
    for number in range(30):
        measured.get(f"/api/nothing{number}")
        measured.get(f"/nothing{number}", headers={"Accept": "text/html"})
        measured.request(f"BREW{number}", "/api/runs")
    assert len(figures(measured)) < count + 100
    assert not any("nothing" in value or "BREW" in value for key in figures(measured) for value in key)


def test_the_database_has_a_size_and_may_be_away(measured: TestClient, tmp_path: Path) -> None:
    measured.post("/api/runs", json=LESSON)
    found = figures(measured)
    files = [tmp_path / "runs.sqlite3", tmp_path / "runs.sqlite3-wal"]
    assert found[("backprop_database_bytes",)] == sum(file.stat().st_size for file in files)
    assert found[("backprop_database_up",)] == 1


def test_a_database_that_does_not_answer_is_down(measured: TestClient) -> None:
    with measured.app.state.service.runs._database.open()._lock:
        found = figures(measured)
    assert found[("backprop_database_up",)] == 0
    assert found[("backprop_database_bytes",)] != found[("backprop_database_bytes",)]


def test_a_training_under_way_is_counted(measured: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    path = measured.post("/api/runs", json=LESSON).headers["location"]
    service, training = measured.app.state.service, Run.training
    counted = []

    def counting(run: Run, *given: Any, **named: Any) -> Any:
        counted.append(service.trainings)
        return training(run, *given, **named)

    monkeypatch.setattr(Run, "training", counting)
    answer = measured.post(f"{path}/iterations", json={"count": 3}, headers={"Accept": "text/event-stream"})
    assert answer.status_code == 200
    assert figures(measured)[("backprop_trainings",)] == 0
    assert counted == [1]


def test_without_the_setting_there_is_nothing_there(client: TestClient) -> None:
    assert_problem(client.get("/metrics"), 404)
