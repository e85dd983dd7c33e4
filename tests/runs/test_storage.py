"""How much a run takes on disk: recipes, shared contents, room that is given back."""

import json
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from backprop_explorer.engine import Budget, Document
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Edit, Limits, Runs, open_database
from tests.runs.documents import small

Opened = Callable[..., Runs]
DRAWN = {
    "program": "loss = sum(w @ v) + sum(x)",
    "inputs": {"x": {"dataset": "digits", "field": "x", "count": 60}},
    "parameters": {"w": {"shape": [400, 300], "init": "normal"}, "v": {"shape": [300, 200], "init": "kaiming_uniform"}},
    "optimizer": {"name": "sgd", "lr": 0.001},
    "seed": 7,
}
BYTES = 8 * (400 * 300 + 300 * 200 + 60 * 64)


def new(runs: Runs, document: dict) -> str:
    return runs.create(Document.parse(document, Budget()))["id"]


def used(path: Path) -> int:
    """The bytes of the file and its log."""
    return sum(file.stat().st_size for file in path.parent.iterdir() if file.name in (path.name, f"{path.name}-wal"))


def counted(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_what_is_drawn_is_kept_as_its_recipe_until_it_changes(path: Path, opened: Opened, dtype: str) -> None:
    runs = opened()
    new(runs, small())
    before = used(path)
    identity = new(runs, {**DRAWN, "dtype": dtype})
    assert used(path) - before < 60_000 < BYTES / 10
    with runs.borrow(identity) as run:
        expected = {name: run.tensor(name, "value").copy() for name in ("w", "v", "x")}
    with opened().borrow(identity) as run:
        for name, array in expected.items():
            assert run.tensor(name, "value").tobytes() == array.tobytes()
        run.edit(Edit("v", np.array([0.5]), np.array([[1, 2]])))
        run.replace({"title": "changed"})  # takes a state, of which only v is new
    assert used(path) - before < 8 * 300 * 200 * 2 + 200_000
    with opened().borrow(identity) as run:
        assert run.tensor("v", "value")[1, 2] == 0.5
        assert run.tensor("w", "value").tobytes() == expected["w"].tobytes()


def test_small_arrays_are_kept_whatever_numpy_draws(path: Path, opened: Opened) -> None:
    new(
        opened(),
        {**DRAWN, "inputs": {"x": [1.0]}, "parameters": {name: {"shape": [20, 20], "init": "normal"} for name in "wv"}},
    )
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM contents WHERE recipe = 1").fetchone() == (0,)


def test_numbers_that_are_drawn_otherwise_today_are_refused(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    identity = new(opened(), DRAWN)
    draw = np.random.default_rng
    monkeypatch.setattr(np.random, "default_rng", lambda seed: draw([1, *seed]))
    with (
        opened().borrow(identity) as run,
        pytest.raises(Problem, match=r"was drawn by NumPy .* draws other numbers") as caught,
    ):
        run.state()
    assert (caught.value.status, caught.value.code) == (409, "drawn_otherwise")


def test_a_fork_copies_references(path: Path, opened: Opened) -> None:
    runs = opened()
    identity = new(runs, DRAWN)
    with runs.borrow(identity) as run:
        run.edit(Edit("w", np.random.default_rng(0).random((400, 300))))
        run.replace({"title": "y" * 50_000})
    before = used(path), counted(path, "contents")
    with runs.borrow(identity) as run:
        forks = [run.fork() for _ in range(5)]
        expected = json.dumps(run.document(), default=np.ndarray.tolist)
    assert counted(path, "contents") == before[1]
    assert used(path) - before[0] < 250_000
    with runs.borrow(identity) as run:
        run.delete()
    for fork in forks:
        with opened().borrow(fork) as run:
            assert json.dumps(run.document(), default=np.ndarray.tolist) == expected


def test_what_no_run_uses_any_more_is_removed_and_its_room_given_back(path: Path, opened: Opened) -> None:
    runs = opened()
    kept = new(runs, small())
    empty = counted(path, "contents")
    identity = new(runs, DRAWN)
    with runs.borrow(identity) as run:
        for seed in range(3):
            run.edit(Edit("w", np.random.default_rng(seed).random((400, 300))))
        fork = run.fork()
    full = path.stat().st_size + used(path)
    assert full > 3 * 8 * 400 * 300
    for gone in (identity, fork):
        with runs.borrow(gone) as run:
            run.delete()
    assert counted(path, "contents") == empty
    assert used(path) < 300_000
    with opened().borrow(kept) as run:
        assert run.state()["version"] == 1


def test_a_training_that_grows_leaves_nothing_behind(path: Path, opened: Opened) -> None:
    runs = opened(Limits(write_seconds=0))  # written down after every iteration
    identity = new(runs, small(optimizer={"name": "sgd", "lr": 0.01}))
    with runs.borrow(identity) as run:
        run.train(150)
        losses = run.losses()
    with closing(sqlite3.connect(path)) as connection:
        kept = connection.execute("SELECT count(*) FROM contents WHERE instr(content, '[[\"losses\",')").fetchone()
    assert kept == (1,)
    with opened().borrow(identity) as run:
        assert run.losses().tobytes() == losses.tobytes()


def test_a_database_is_locked_under_whatever_link_it_is_opened(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "link.sqlite3"
    link.parent.mkdir()
    link.symlink_to(path)
    with closing(open_database(str(path))), pytest.raises(Problem, match="is in use by another"):
        open_database(str(link))
    with closing(open_database(str(link))), pytest.raises(Problem, match="is in use by another"):
        open_database(str(path))
    circle = tmp_path / "circle"
    circle.symlink_to(circle)
    with pytest.raises(Problem, match="cannot be"):
        open_database(str(circle))


@pytest.mark.parametrize("attempt", range(5))
def test_what_waits_for_its_turn_while_the_file_is_closed_is_told_so(tmp_path: Path, attempt: int) -> None:
    database = open_database(str(tmp_path / "runs.sqlite3"))
    store = database.open()
    answers: list[object] = []

    def probe() -> None:
        try:
            answers.append(store.probe())
        except Problem as problem:
            answers.append(problem.status)

    threads = [threading.Thread(target=probe) for _ in range(16)]
    for thread in threads:
        thread.start()
    database.close()
    for thread in threads:
        thread.join()
    assert len(answers) == len(threads)
    assert set(answers) <= {None, 503}
