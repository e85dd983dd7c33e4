"""A damaged file is not believed: whatever byte is another, there are right numbers or a clear problem."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from backprop_explorer.api.app import create_app
from backprop_explorer.engine import Budget, Document
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Edit, Runs, open_database
from backprop_explorer.settings import Settings
from tests.amount import count
from tests.runs.documents import small

Opened = Callable[..., Runs]
Answers = dict[str, bytes]
FLIPS = count(12, 500, "FLIPS")


def fill(path: Path) -> list[str]:
    """Some runs with everything that a file may hold; their ids."""
    with closing(open_database(str(path))) as database:
        runs = Runs(database)
        made = [runs.create(Document.parse(small(), Budget()))["id"] for _ in range(2)]
        with runs.borrow(made[0]) as run:
            run.edit(Edit("w1", np.array([1.5]), np.array([[0, 1]])))
            run.train(70)
            run.check({"w1": "x.T @ l1.g"})
            run.replace({"title": "t" * 600, "optimizer": {"name": "sgd", "lr": 0.01, "momentum": 0.5}})
            run.train(3, {"w1": "x.T @ l1.g", "b1": "l1.g.mean(0)"})
            made.append(run.fork(40))
            run.undo()
        drawn = {
            "program": "loss = sum(w @ v)",
            "parameters": {name: {"shape": [30, 30], "init": "normal"} for name in "wv"},
        }
        made.append(runs.create(Document.parse(drawn, Budget()))["id"])
        with runs.borrow(made[3]) as run:
            run.edit(Edit("v", np.random.default_rng(3).random((30, 30))))
    return made


def read(path: Path, identities: list[str]) -> dict[str, Answers | Problem]:
    """What each run answers now and of its past, or why it does not."""
    answers: dict[str, Answers | Problem] = {}
    with closing(open_database(str(path))) as database:
        runs = Runs(database)
        for identity in identities:
            try:
                with runs.borrow(identity) as run:
                    answers[identity] = told(run)
            except Problem as problem:
                answers[identity] = problem
    return answers


def told(run) -> Answers:
    told = {"state": repr(run.state()).encode(), "losses": run.losses().tobytes(), "found": repr(run.found()).encode()}
    told["history"] = repr([{**event, "text": ""} for event in run.history()]).encode()
    for iteration in {0, run.present.iteration // 2, run.present.iteration}:
        told |= {f"{iteration} {name}": array.tobytes() for name, array in run.at(iteration).plan.snapshot().items()}
    return told


def test_at_every_flip_there_are_right_numbers_or_a_problem(tmp_path: Path) -> None:
    sound = tmp_path / "sound.sqlite3"
    identities = fill(sound)
    expected, content = read(sound, identities), sound.read_bytes()
    assert not any(isinstance(answer, Problem) for answer in expected.values())
    source, noticed = random.Random(4), 0
    for number in range(FLIPS):
        path = tmp_path / f"{number}.sqlite3"
        damaged = bytearray(content)
        at = source.randrange(len(content))
        damaged[at] ^= 1 << source.randrange(8)
        path.write_bytes(damaged)
        noticed += check(path, identities, expected, f"byte {at}")
    assert noticed > FLIPS // 10


def test_at_every_truncation_there_are_right_numbers_or_a_problem(tmp_path: Path) -> None:
    sound = tmp_path / "sound.sqlite3"
    identities = fill(sound)
    expected, content = read(sound, identities), sound.read_bytes()
    source = random.Random(5)
    lengths = [1, 15, 16, 60, 99, 100, 101, 4095, 4096, len(content) - 4096, len(content) - 1]
    lengths += [source.randrange(1, len(content)) for _ in range(FLIPS // 4)]
    for length in lengths:
        path = tmp_path / f"{length}.sqlite3"
        path.write_bytes(content[:length])
        assert check(path, identities, expected, f"{length} bytes")


def check(path: Path, identities: list[str], expected: dict[str, Answers | Problem], where: str) -> bool:
    """Whether the damage was noticed; fails where wrong numbers are told, or an error that is no `Problem`."""
    try:
        found = read(path, identities)
    except Problem as problem:
        return "\n" not in problem.detail
    for identity, answer in found.items():
        if not isinstance(answer, Problem):
            assert answer == expected[identity], where
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    return any(isinstance(answer, Problem) for answer in found.values())


def test_a_damaged_run_says_so_and_the_others_go_on(path: Path) -> None:
    identities = fill(path)
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT digest, content FROM contents JOIN uses USING (digest) WHERE run = ? AND length(content) > 7000"
        digest, content = connection.execute(query, (identities[3],)).fetchone()
        transposed = content[:-1] + bytes([content[-1] ^ 64])
        connection.execute("UPDATE contents SET content = ? WHERE digest = ?", (transposed, digest))
        connection.commit()
    with TestClient(create_app(Settings(database=str(path))), base_url="http://127.0.0.1") as client:
        answer = client.get(f"/api/runs/{identities[3]}")
        assert (answer.status_code, answer.json()["code"]) == (409, "damaged")
        assert "is damaged in the database file" in answer.json()["detail"]
        assert "delete this run" in answer.json()["hint"]
        assert all(client.get(f"/api/runs/{identity}").status_code == 200 for identity in identities[:3])
        assert client.delete(f"/api/runs/{identities[3]}").status_code == 204
        assert client.get(f"/api/runs/{identities[3]}").status_code == 404


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM events WHERE number = (SELECT max(number) FROM events WHERE run = :run) AND run = :run",
        "UPDATE events SET iteration = iteration + 1 WHERE number = 3 AND run = :run",
        "UPDATE runs SET events = events - 1 WHERE id = :run",
        "UPDATE checkpoints SET iteration = 1 WHERE event = 1 AND run = :run",
        "DELETE FROM checkpoints WHERE run = :run",
        "DELETE FROM contents",
    ],
)
def test_rows_that_are_missing_or_changed_are_noticed(path: Path, opened: Opened, statement: str) -> None:
    identity = fill(path)[0]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(statement, {"run": identity} if ":run" in statement else {}).rowcount
        connection.commit()
    with opened().borrow(identity) as run, pytest.raises(Problem) as caught:
        told(run)
    assert (caught.value.status, caught.value.code) == (409, "damaged")
