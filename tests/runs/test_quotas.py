"""How much of the disk runs may take: one, all together, and what goes on when that is used up."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop_explorer.engine import Budget, Document
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Edit, Limits, Runs, checkpoint, open_database
from backprop_explorer.runs.store import quotas
from backprop_explorer.runs.usage import Usage, used
from tests.postgres import Postgres
from tests.runs.documents import small

pytestmark = pytest.mark.xdist_group("postgres")
DRAWN = {"shape": [300, 300], "init": "normal"}
LARGE = {
    "program": "loss = sum(w * w)",
    "inputs": {},
    "parameters": {"w": DRAWN},
    "optimizer": {"name": "sgd", "lr": 0.1},
}
W_BYTES = 8 * 300 * 300
FINDINGS = {
    "program": "\n".join(f"s{i} = sum(w{i}[0])" for i in range(7))
    + "\nloss = "
    + " + ".join(f"s{i}" for i in range(7)),
    "inputs": {},
    "parameters": {f"w{i}": {"shape": [2000, 2000], "init": "normal"} for i in range(7)},
}
Opened = Callable[..., Runs]


@pytest.fixture(params=["sqlite", "postgresql"])
def limited(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """Runs under these limits, in a database of one's own."""
    with ExitStack() as stack:
        postgres: Postgres | None = None
        if request.param == "postgresql":
            postgres = request.getfixturevalue("postgres")
        address = postgres.database() if postgres else str(tmp_path / "runs.sqlite3")

        def open_runs(**limits: Any) -> Runs:
            stack.pop_all().close()
            return Runs(stack.enter_context(closing(open_database(address))), Limits(**limits))

        yield open_runs


def create(runs: Runs, document: dict[str, Any]) -> str:
    identity = runs.create(Document.parse(document, Budget()))["id"]
    assert identity is not None
    return identity


def drawn(seed: int) -> Edit:
    """Other numbers for the whole tensor."""
    return Edit("w", np.random.default_rng(seed).normal(size=(300, 300)), None)


def refusal_of(change: Callable[[], Any], most: int) -> Problem:
    """Makes the change, at most so often, until it is refused."""
    for _ in range(most):
        try:
            change()
        except Problem as problem:
            return problem
    raise AssertionError(f"{most} times, and it was not refused")


def bytes_of(runs: Runs, identity: str) -> int:
    with runs._database.open()._snapshot() as connection:
        return quotas.bytes_of_run(connection, identity)


def test_a_run_may_not_grow_beyond_its_limit(limited: Opened) -> None:
    runs = limited(run_bytes=2 * W_BYTES)
    identity, other = create(runs, LARGE), create(runs, small())
    with runs.borrow(identity) as run:
        run.train(3)
        told = [run.state()]
        refusal = refusal_of(lambda: told.append(run.edit(drawn(1))), 20)
        assert (refusal.status, refusal.code) == (507, "run_too_large")
        assert f"{2 * W_BYTES:,}" in refusal.detail
        assert run.state() == told[-1]
        run.undo()
    assert bytes_of(runs, identity) <= 2 * W_BYTES + 1_000
    with runs.borrow(other) as run:
        run.train(3)
    with runs.borrow(identity) as run:
        run.delete()


def test_small_changes_are_counted_now_and_then(limited: Opened) -> None:
    runs = limited(run_bytes=8_000)
    identity = create(runs, small())
    with runs.borrow(identity) as run:
        refusal = refusal_of(lambda: run.replace({"title": str(run.log.version)}), 400)
    assert "more than the limit run_bytes of 8,000" in refusal.detail
    assert bytes_of(runs, identity) < 8_000 + 16 * 700


def test_all_runs_together_and_deleting_makes_room(limited: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(quotas, "_PATIENCE", 0.0)
    runs = limited(database_bytes=1_500_000)
    made: list[str] = []

    def another() -> None:
        made.append(create(runs, {**LARGE, "seed": len(made)}))
        with runs.borrow(made[-1]) as run:
            run.edit(drawn(len(made)))

    refusal = refusal_of(another, 100)
    assert (refusal.status, refusal.code) == (507, "no_room")
    assert "BACKPROP_DATABASE_BYTES" in str(refusal.hint)
    last = made[-1]
    with runs.borrow(made[0]) as run:
        state = run.state()
        with pytest.raises(Problem, match="1,500,000 bytes"):
            run.train(1)
        assert run.state() == state
        with pytest.raises(Problem, match="1,500,000 bytes"):
            run.fork()
    for identity in made:
        with runs.borrow(identity) as run:
            run.delete()
    assert create(runs, small()) != last


def test_a_thousand_runs_of_few_bytes_stay_few_bytes(limited: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(quotas, "_PATIENCE", 0.0)
    document = {**FINDINGS, "parameters": {name: {**DRAWN, "shape": [64, 64]} for name in FINDINGS["parameters"]}}
    runs = limited(database_bytes=200_000)
    seeds = iter(range(1_000))
    for _ in range(2):
        assert refusal_of(lambda: create(runs, {**document, "seed": next(seeds)}), 400).code == "no_room"
    assert 20 < next(seeds) < 400
    with runs._database.open()._transaction() as connection:
        assert runs._database.open().used(connection) < 200_000 + 60_000


def test_what_is_measured_is_measured_once_in_a_while() -> None:
    asked = []
    measured = quotas.Measured(lambda connection: asked.append(1) or len(asked))
    assert [measured.of(None) for _ in range(5)] == [1] * 5  # type: ignore[arg-type]
    measured._due = 0.0
    assert measured.of(None) == 2  # type: ignore[arg-type]


def test_what_is_written_for_somebody_is_counted(limited: Opened) -> None:
    runs, usage = limited(), Usage()
    token = used.set(usage)
    try:
        identity = create(runs, {**LARGE, "parameters": {"w": [[0.5, 1.5]]}})
        first = usage.written
        assert 0 < first < 4_000
        with runs.borrow(identity) as run:
            fork = run.fork()
            run.replace({"description": "d" * 50_000})
        assert 50_000 < usage.written - first < 60_000
        assert usage.created == 2
        usage.no_run = usage.no_change = Problem("enough", "it is enough", status=429)
        for refused in (lambda: create(runs, small()), lambda: change(runs, fork)):
            with pytest.raises(Problem, match="it is enough"):
                refused()
        with runs.borrow(fork) as run:
            assert run.log.version == 1
            run.delete()
    finally:
        used.reset(token)


def change(runs: Runs, identity: str) -> None:
    with runs.borrow(identity) as run:
        run.replace({"title": "t"})


def test_a_fork_does_not_take_the_room_of_the_trained_state_again(limited: Opened) -> None:
    runs = limited()
    identity = create(runs, LARGE)
    with runs.borrow(identity) as run:
        run.train(5)
        expected = run.tensor("w", "value").tobytes()
        before = all_bytes(runs)
        forks = [run.fork() for _ in range(5)]
    assert all_bytes(runs) - before < 5 * 3_000 < W_BYTES
    for fork in forks:
        with runs.borrow(fork) as run:
            assert run.tensor("w", "value").tobytes() == expected
            run.train(1)  # its own state takes the place of the one it shared
    with runs.borrow(identity) as run:
        run.delete()
    with runs.borrow(forks[0]) as run:
        assert run.state()["iteration"] == 6
    for fork in forks:
        with runs.borrow(fork) as run:
            run.delete()
    assert all_bytes(runs) == 0


def all_bytes(runs: Runs) -> int:
    with runs._database.open()._snapshot() as connection:
        return quotas.bytes_of_all(connection)


def test_a_training_ends_where_the_run_is_full(limited: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "BYTES_A_SECOND", 10**12)
    runs = limited(run_bytes=5 * W_BYTES, checkpoint_iterations=1)
    identity = create(runs, LARGE)
    with runs.borrow(identity) as run:
        answer = run.train(50)
        assert 1 < answer["iteration"] < 6
        assert answer["stopped"]["code"] == "run_too_large"
        assert "which are kept" in answer["stopped"]["detail"]
        state = run.state()
        with pytest.raises(Problem, match="so it was not trained"):
            run.train(50)
        assert run.state() == state
    assert bytes_of(runs, identity) <= 5 * W_BYTES
    runs = limited(run_bytes=5 * W_BYTES)
    with runs.borrow(identity) as run:
        assert run.state()["iteration"] == state["iteration"]
        run.delete()
