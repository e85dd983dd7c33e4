"""A full disk: reading and checking go on, and deleting makes room."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection
from sqlalchemy import event as listener

from backprop_explorer.engine import Budget, Document
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Edit, Runs
from backprop_explorer.runs.store.statement import Statement
from backprop_explorer.runs.store.store import Store
from tests.runs.documents import small

Opened = Callable[..., Runs]


def filled(runs: Runs) -> str:
    identity = runs.create(Document.parse(small(), Budget()))["id"]
    with runs.borrow(identity) as run:
        run.edit(Edit("w1", np.full((3, 2), 0.5)))
    return identity


def fill(runs: Runs, reserve: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on nothing can be written while the reserve lies there."""
    fail_writing(runs._database.open(), monkeypatch, lambda: reserve.stat().st_size > 0)


def fail_writing(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    is_full: Callable[[], bool],
    writing: tuple[str, ...] = ("INSERT", "UPDATE", "DELETE"),
) -> None:
    """Lets statements that begin so fail as on a full disk while it is full, whoever runs them."""

    def check(statement: str) -> None:
        if statement.startswith(writing) and is_full():
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorname = "SQLITE_FULL"
            raise error

    def before(connection: object, cursor: object, statement: str, *_: object) -> None:
        check(statement)

    run = Statement.run

    def run_unless_full(statement: Statement, connection: Connection, own: Mapping[str, Any]) -> int:
        if connection.engine is store._engine:
            check(statement._text)
        return run(statement, connection, own)

    listener.listen(store._engine, "before_cursor_execute", before)
    monkeypatch.setattr(Statement, "run", run_unless_full)


def test_deleting_gives_up_the_reserve_and_takes_it_again(
    path: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, reserve = opened(), Path(f"{path}.reserve")
    identity, other = filled(runs), filled(runs)
    assert reserve.stat().st_size > 1_000_000
    fill(runs, reserve, monkeypatch)
    with runs.borrow(identity) as run:
        with pytest.raises(Problem, match="full"):
            run.train(1)
        run.delete()
    with pytest.raises(Problem, match="No run with this id"), runs.borrow(identity):
        pass
    assert reserve.stat().st_size > 1_000_000
    with runs.borrow(other) as run:
        assert run.state()["version"] == 2
        run.delete()


def test_a_right_answer_is_told_although_it_cannot_be_recorded(
    path: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = opened()
    identity = filled(runs)
    fill(runs, Path(f"{path}.reserve"), monkeypatch)
    with runs.borrow(identity) as run:
        before = run.state()
        answer = run.check({"w1": "x.T @ l1.g", "b1": "l1.g"})
        assert answer["verdicts"]["w1"]["verdict"] == "correct"
        assert answer["verdicts"]["b1"]["verdict"] == "wrong_shape"
        assert "were not recorded" in answer["note"]
        assert run.found() == {}
        assert run.state() == before
        assert "note" not in run.check({"b1": "l1.g"})
    with opened().borrow(identity) as run:
        assert "note" not in run.check({"w1": "x.T @ l1.g"})
        assert run.found() == {"w1": "x.T @ l1.g"}


SMALL_DISK = """
import sys
from pathlib import Path
import numpy as np
from backprop_explorer.engine import Budget, Document
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Edit, Runs, open_database

folder = Path(sys.argv[1])
database = open_database(str(folder / "runs.sqlite3"))
runs = Runs(database)
document = {"program": "loss = sum(w * w)", "parameters": {"w": [0.5] * 20000}, "optimizer": {"name": "sgd", "lr": 0.1}}
made, full = [], 0
for seed in range(400):
    document["parameters"]["w"] = np.random.default_rng(seed).random(20000)
    try:
        made.append(runs.create(Document.parse(document, Budget()))["id"])
    except Problem as problem:
        assert problem.status == 507, (problem.status, problem.detail, problem.__cause__)
        full += 1
        if full > 5:
            break
assert full > 5 and len(made) > 10, (full, len(made))
with open(folder / "rest", "wb", buffering=0) as rest:  # not a byte is left
    try:
        while True:
            rest.write(bytes(4096))
    except OSError:
        pass
with runs.borrow(made[0]) as run:
    assert run.check({"w": "2 * w"})["correct"]
    assert "note" in run.check({"w": "w + w"})
for identity in made:
    with runs.borrow(identity) as run:
        run.delete()
(folder / "rest").unlink()
assert (folder / "runs.sqlite3").stat().st_size < 200_000, (folder / "runs.sqlite3").stat().st_size
with runs.borrow(runs.create(Document.parse(document, Budget()))["id"]) as run:
    run.train(2)
database.close()
print("deleted", len(made))
"""


def test_a_disk_that_is_really_full_can_be_emptied_by_deleting(tmp_path: Path) -> None:
    """On a file system of 16 MB, in a name space of its own where one may mount."""
    mount = f"mount -t tmpfs -o size=16m none {tmp_path} && exec {sys.executable} -c '{SMALL_DISK}' {tmp_path}"
    alone = [shutil.which("unshare") or "unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    try:
        may = (
            subprocess.run([*alone, f"mount -t tmpfs none {tmp_path}"], capture_output=True, timeout=60).returncode == 0
        )
    except FileNotFoundError:
        may = False
    if not may:
        pytest.skip("this machine lets nobody mount a small file system, so no disk is really full")
    done = subprocess.run([*alone, mount], capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("deleted")
