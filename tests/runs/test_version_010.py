"""A database that version 0.1.0 wrote opens, answers what that version answered, and goes on."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy._core._multiarray_umath import __cpu_features__
from starlette.testclient import TestClient

from backprop_explorer.api import wire
from backprop_explorer.api.app import create_app
from backprop_explorer.settings import Settings

DATA = Path(__file__).parent / "data"
RECORDED = json.loads((DATA / "version-0.1.0.json").read_text("utf-8"))
RUNS = {run["name"]: (identity, run) for identity, run in RECORDED["runs"].items()}
SAME_PROCESSOR = RECORDED["processor"] == sorted(name for name, there in __cpu_features__.items() if there)
"""Another kind of processor may round the last digit of what is replayed otherwise …"""
CLOSE = {"float64": {"rtol": 1e-9, "atol": 0.0}, "float32": {"rtol": 1e-4, "atol": 1e-6}}
"""… and a training carries that on."""


def same(found: Any, expected: Any, dtype: str) -> bool:
    """To the bit, on the kind of processor that recorded it."""
    if isinstance(expected, dict):
        return found.keys() >= expected.keys() and all(same(found[key], expected[key], dtype) for key in expected)
    if SAME_PROCESSOR or not isinstance(expected, (float, list)):
        return bool(found == expected)
    numbers = [np.array(side, dtype=object).ravel().tolist() for side in (found, expected)]
    return len(numbers[0]) == len(numbers[1]) and all(
        one == other or isinstance(other, float) and np.isclose(float(one), other, **CLOSE[dtype])
        for one, other in zip(*numbers, strict=True)
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(shutil.copy(DATA / "version-0.1.0.database", tmp_path / "runs.sqlite3"))


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """For the tests that change nothing."""
    path = shutil.copy(DATA / "version-0.1.0.database", tmp_path_factory.mktemp("read") / "runs.sqlite3")
    with TestClient(create_app(Settings(database=str(path))), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def client(path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(database=str(path))), base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.parametrize("name", RUNS)
def test_a_run_answers_what_it_did(read: TestClient, name: str) -> None:
    identity, expected = RUNS[name]
    run = read.get(f"/api/runs/{identity}").json()
    dtype = expected["run"]["document"]["dtype"]
    assert same(run, expected["run"], dtype)
    history = read.get(f"/api/runs/{identity}/history").json()
    assert len(history["events"]) == len(expected["history"]["events"])
    for event, before in zip(history["events"], expected["history"]["events"], strict=True):
        assert event["number"] == before["number"]
        assert same(event.get("last_loss"), before.get("last_loss"), dtype)
    exercises = read.get(f"/api/runs/{identity}/exercises").json()["exercises"]
    assert {one["tensor"]: one["answer"] for one in exercises if one["found"]} == expected["found"]


@pytest.mark.parametrize("name", RUNS)
def test_its_past_is_replayed_to_the_same_numbers(read: TestClient, name: str) -> None:
    identity, expected = RUNS[name]
    dtype = expected["run"]["document"]["dtype"]
    for iteration, moment in expected["moments"].items():
        trace = read.get(f"/api/runs/{identity}/trace", params={"iteration": iteration}).json()
        assert same(trace["loss"], moment["loss"], dtype)
        values = {tensor: told["value"] for tensor, told in trace["tensors"].items()}
        assert same(values, moment["values"], dtype)


def test_it_is_changed_forked_and_deleted_like_any_other(client: TestClient, path: Path) -> None:
    identity, expected = RUNS["lesson"]
    fork = client.post(f"/api/runs/{identity}/fork", json={}).json()
    assert fork["loss"] == client.get(f"/api/runs/{identity}").json()["loss"]
    trained = client.post(f"/api/runs/{identity}/iterations", json={"count": 2}).json()
    assert trained["iteration"] == expected["run"]["iteration"] + 2
    for run in (*RECORDED["runs"], fork["id"]):
        assert client.delete(f"/api/runs/{run}").status_code == 204
    with closing(sqlite3.connect(path)) as connection:
        for table in ("runs", "events", "checkpoints", "contents", "uses"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


def test_it_is_converted_once_and_stays_sound(path: Path) -> None:
    for _ in range(2):
        with TestClient(create_app(Settings(database=str(path))), base_url="http://127.0.0.1") as client:
            assert all(client.get(f"/api/runs/{identity}").status_code == 200 for identity in RECORDED["runs"])
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (6,)
        assert connection.execute("PRAGMA auto_vacuum").fetchone() == (2,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT name FROM sqlite_schema WHERE name = 'arrays'").fetchone() is None


def test_what_was_damaged_before_is_not_believed_afterwards(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        key = connection.execute("SELECT run, digest FROM arrays ORDER BY length(content) DESC").fetchone()
        content = bytearray(
            connection.execute("SELECT content FROM arrays WHERE (run, digest) = (?, ?)", key).fetchone()[0]
        )
        content[-1] ^= 1
        connection.execute("UPDATE arrays SET content = ? WHERE (run, digest) = (?, ?)", (bytes(content), *key))
        connection.commit()
    with TestClient(create_app(Settings(database=str(path))), base_url="http://127.0.0.1") as client:
        answers = {identity: client.get(f"/api/runs/{identity}") for identity in RECORDED["runs"]}
        assert answers[key[0]].json()["code"] == "damaged"
        assert sum(answer.status_code == 200 for answer in answers.values()) == len(answers) - 1


FILES = Path(__file__).parents[1] / "api" / "data"
LINKS = json.loads((FILES / "version-0.1.0.links.json").read_text("utf-8"))


@pytest.mark.parametrize("name", ["json", "numpy.txt", "pytorch.txt", "npz", "safetensors"])
def test_its_exported_files_still_open(read: TestClient, name: str) -> None:
    content = (FILES / f"version-0.1.0.{name}").read_bytes()
    answer = read.post("/api/import", content=content, headers={"content-type": "application/octet-stream"})
    assert answer.status_code == 200, answer.text
    document = answer.json()["document"]
    assert wire.encode(document["parameters"]) == wire.encode(LINKS["document"]["parameters"])
    loss = read.post("/api/trace", json=document).json()["loss"]
    assert same(loss, LINKS["loss"], document.get("dtype", "float64"))
