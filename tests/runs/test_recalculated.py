"""Numbers that stay: another processor may round otherwise, which changes no head and is never kept quiet."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from backprop_explorer.engine import Budget, Document, Plan
from backprop_explorer.runs import Edit, Moment, Runs, training
from backprop_explorer.runs.machine import machine
from tests.runs.documents import small

Opened = Callable[..., Runs]


@pytest.fixture
def otherwise(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From when it is called, every step rounds one weight otherwise, as another processor might."""

    def begin() -> None:
        step = Plan.step

        def other(plan: Plan) -> float:
            loss = step(plan)
            w2 = plan["w2"].copy()
            w2[0, 0] *= 1 + 1e-12
            plan["w2"] = w2
            return loss

        monkeypatch.setattr(Plan, "step", other)

    return begin


def trained(runs: Runs, iterations: int = 30) -> str:
    identity = str(runs.create(Document.parse(small(), Budget()))["id"])
    with runs.borrow(identity) as run:
        run.train(10)
        run.edit(Edit("b1", np.array([0.5, -0.5])))
        run.train(iterations)
    return identity


def told(runs: Runs, identity: str) -> dict:
    with runs.borrow(identity) as run:
        numbers = {name: array.tobytes() for name, array in run.present.plan.snapshot().items()}
        return {"state": run.state(), "losses": run.losses().tobytes(), **numbers}


def test_the_head_stays_what_it_was(opened: Opened, otherwise: Callable[[], None]) -> None:
    identity = trained(opened())
    expected = told(opened(), identity)
    otherwise()
    found = told(opened(), identity)
    assert found == expected
    assert found["state"]["recalculated"] is None


def test_so_does_it_after_an_edit_and_in_a_fork(opened: Opened, otherwise: Callable[[], None]) -> None:
    runs = opened()
    identity = trained(runs)
    with runs.borrow(identity) as run:
        run.edit(Edit("w1", np.array([0.25]), np.array([[1, 1]])))
        run.edit(Edit("x", np.full((2, 3), 0.5)))
        copy = run.fork()
        shorter = run.fork(35)
    expected = [told(opened(), one) for one in (identity, copy)]
    otherwise()
    runs = opened()
    assert [told(runs, one) for one in (identity, copy)] == expected
    with runs.borrow(shorter) as run:
        assert run.state()["recalculated"]


def test_the_past_says_since_when_it_differs(opened: Opened, otherwise: Callable[[], None]) -> None:
    identity = trained(opened())
    otherwise()
    runs = opened()
    with runs.borrow(identity) as run:
        assert run.state()["recalculated"] is None
        [warning] = run.trace(25)["warnings"]
        assert warning["code"] == "recalculated"
        assert warning["message"].startswith("Recalculated on another machine: differs from iteration 1 by ")
        assert not run.trace(0)["warnings"]


def test_a_head_that_was_not_kept_is_not_replayed_in_silence(
    path: Path, opened: Opened, otherwise: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "BYTES_A_SECOND", 1)
    identity = trained(opened())
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM heads").fetchone() == (0,)
    before = told(opened(), identity)
    otherwise()
    runs = opened()
    state = told(runs, identity)["state"]
    assert state["loss"] != before["state"]["loss"]
    assert state["recalculated"].startswith("Recalculated on another machine: differs from iteration 1 by ")
    with runs.borrow(identity) as run:
        assert run.losses()[:-1].tobytes() == before["losses"][:-8]


def test_undone_trainings_are_replayed(opened: Opened, otherwise: Callable[[], None]) -> None:
    runs = opened()
    identity = trained(runs)
    with runs.borrow(identity) as run:
        run.undo()
    expected = told(runs, identity)
    assert told(opened(), identity) == expected
    otherwise()
    with opened().borrow(identity) as run:
        assert run.state()["recalculated"]
        run.redo()
        assert run.state()["recalculated"] is None
        assert run.at(Moment(None, 3)).iteration == 10


@pytest.mark.parametrize("statement", ["UPDATE heads SET content = zeroblob(90)", "UPDATE heads SET iteration = 39"])
def test_a_damaged_head_is_replayed_instead(path: Path, opened: Opened, statement: str) -> None:
    identity = trained(opened())
    expected = told(opened(), identity)
    opened()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(statement).rowcount == 1
        connection.commit()
    assert told(opened(), identity) == expected


def test_a_training_says_what_it_was_computed_by(opened: Opened) -> None:
    runs = opened()
    identity = trained(runs)
    with runs.borrow(identity) as run:
        run.train(2, {"w1": "x.T @ l1.g"})
        events = list(run.events())
    assert [event.get("machine") for event in events] == [None, machine(), None, machine(), machine()]
    assert machine()["numpy"] == np.__version__
    assert machine().keys() == {"engine", "numpy", "kernel", "threads"}


@pytest.mark.long
@pytest.mark.parametrize("kernel", ["Haswell", "Nehalem", "Prescott"])
def test_a_head_stays_on_other_kernels(path: Path, opened: Opened, kernel: str) -> None:
    """Its weights, to the bit; a loss that is computed from them otherwise is said to be. Where there are no other
    kernels the variable does nothing."""
    source = np.random.default_rng(0)
    document = {
        "program": "h = tanh(x @ w1)\nloss = mse(h @ w2, y)",
        "inputs": {"x": source.random((50, 30)).tolist(), "y": source.random((50, 1)).tolist()},
        "parameters": {"w1": {"shape": [30, 40], "init": "normal"}, "w2": {"shape": [40, 1], "init": "normal"}},
        "optimizer": {"name": "sgd", "lr": 0.01},
    }
    runs = opened()
    identity = str(runs.create(Document.parse(document, Budget()))["id"])
    with runs.borrow(identity) as run:
        run.train(399)
    expected = read(runs, identity)
    runs._database.close()
    script = (
        "import json; from backprop_explorer.runs import Runs, open_database; "
        "from tests.runs.test_recalculated import read; "
        f"print(json.dumps(read(Runs(open_database({str(path)!r})), {identity!r})))"
    )
    environment = {**os.environ, "OPENBLAS_CORETYPE": kernel, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True)
    found = json.loads(done.stdout)
    assert found["weights"] == expected["weights"]
    assert found["loss"] == expected["loss"] or found["said"]
    assert found["past"] == expected["past"] or found["said of the past"]
    assert (expected["said"], expected["said of the past"]) == (False, False)


def read(runs: Runs, identity: str) -> dict:
    """What is told of the present and of iteration 390, and whether it is said to be recalculated."""
    with runs.borrow(identity) as run:
        state, past = run.state(), run.trace(390)
        return {
            "weights": [run.tensor(name, "value").tobytes().hex() for name in ("w1", "w2")],
            "loss": float(state["loss"]).hex(),
            "said": state["recalculated"] is not None,
            "past": float(past["loss"]).hex(),
            "said of the past": any(warning["code"] == "recalculated" for warning in past["warnings"]),
        }
