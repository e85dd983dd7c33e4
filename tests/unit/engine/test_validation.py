"""The validation split: rows that no iteration trains on, and the loss on them."""

from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Document, Validation
from backprop_explorer.problem import Problem
from tests.together import each

X = np.arange(24.0).reshape(12, 2) / 10
Y = X @ [1.0, -2.0] + np.sin(np.arange(12))
LINEAR = {
    "program": "loss = mse(x @ w, y)",
    "inputs": {"x": X.tolist(), "y": Y.tolist()},
    "parameters": {"w": [0.5, 0.25]},
    "optimizer": {"name": "sgd", "lr": 0.05},
}


def split_of(**validation: Any) -> tuple[np.ndarray, np.ndarray]:
    split = Document.parse({**LINEAR, "validation": validation}).split
    assert split is not None
    return split.training, split.validation


@pytest.mark.parametrize(("given", "held"), [({"fraction": 0.25}, 3), ({"count": 5}, 5), ({"fraction": 0.01}, 1)])
def test_each_row_is_trained_on_or_held_out(given: dict[str, float], held: int) -> None:
    training, validation = split_of(**given)
    assert len(validation) == held
    assert sorted([*training, *validation]) == list(range(12))
    assert list(training) == sorted(training)
    assert split_of(**given)[1].tolist() == validation.tolist()


def test_the_last_rows_or_those_that_the_seed_chooses() -> None:
    assert split_of(count=4, shuffle=False)[1].tolist() == [8, 9, 10, 11]
    chosen = {
        tuple(Document.parse({**LINEAR, "seed": seed, "validation": {"count": 4}}).split.validation)  # type: ignore[union-attr]
        for seed in range(8)
    }
    assert len(chosen) > 4


@pytest.mark.parametrize("batch", [None, {"size": 4, "shuffle": True}])
def test_iterations_train_on_the_others_alone(batch: dict[str, Any] | None) -> None:
    document = {**LINEAR, "validation": {"count": 4}, "batch": batch}
    plan = bx.compile(document)
    training, held = split_of(count=4)
    measured = Validation(plan)
    w = np.array([0.5, 0.25])
    seen: set[int] = set()
    for _ in range(6):
        assert plan.batch is not None
        rows = np.array(plan.batch["rows"])
        seen |= set(rows.tolist())
        assert measured.loss(plan) == pytest.approx(np.mean((X[held] @ w - Y[held]) ** 2), rel=1e-12)
        error = X[rows] @ w - Y[rows]
        assert plan.step() == pytest.approx(np.mean(error**2), rel=1e-12)
        w = w - 0.05 * 2 * X[rows].T @ error / len(rows)
    assert np.allclose(plan["w"], w, rtol=1e-12)
    assert seen == set(training.tolist())


@pytest.mark.parametrize(
    "line", ["dropout(x, 0.5)", "F.dropout(x, 0.5)", "F.dropout(x, p=0.9, training=True)", "nn.Dropout(0.5)(x)"]
)
def test_what_acts_in_training_alone_is_off(line: str) -> None:
    program = f"h = {line}\nloss = ((h @ w - y) ** 2).mean()"
    dialect = "torch" if "." in line.split("(")[0] else "numpy"
    document = {**LINEAR, "program": program, "dialect": dialect, "validation": {"count": 4}}
    plan = bx.compile(document)
    _, held = split_of(count=4)
    w = np.array([0.5, 0.25])
    assert Validation(plan).loss(plan) == pytest.approx(np.mean((X[held] @ w - Y[held]) ** 2), rel=1e-12)
    training, _ = split_of(count=4)
    assert plan.run() != pytest.approx(np.mean((X[training] @ w - Y[training]) ** 2), rel=1e-3)


REFUSED = {
    "no object": (3, "must be an object"),
    "no amount": ({"shuffle": True}, "either a fraction or a count"),
    "both": ({"fraction": 0.5, "count": 2}, "either a fraction or a count"),
    "a fraction of all": ({"fraction": 1.0}, "between 0 and 1"),
    "no whole number": ({"count": 2.5}, "a whole number from 1"),
    "none": ({"count": 0}, "a whole number from 1"),
    "truth": ({"count": True}, "a whole number from 1"),
    "not a number": ({"fraction": float("nan")}, "between 0 and 1"),
    "all rows": ({"count": 12}, "12 rows cannot be held out: the data (x, y) has 12"),
    "a key": ({"fractoin": 0.5}, "no key 'fractoin'"),
    "an order": ({"count": 1, "shuffle": 1}, "must be true or false"),
}


@each(("validation", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_split_is_refused(validation: Any, words: str) -> None:
    with pytest.raises(Problem) as raised:
        bx.compile({**LINEAR, "validation": validation})
    assert raised.value.code == "bad_validation"
    assert words in raised.value.detail


def test_a_program_that_says_how_many_rows_there_are_is_refused_with_its_line() -> None:
    program = "h = x @ w + zeros((12,))\nloss = mse(h, y)"
    with pytest.raises(Problem) as raised:
        bx.compile({**LINEAR, "program": program, "validation": {"count": 4}})
    assert (raised.value.code, raised.value.line) == ("bad_validation", 1)
    assert "does not run with the 8 rows that are left to be trained on" in raised.value.detail
    assert "x.shape[0]" in (raised.value.hint or "")
    assert bx.compile({**LINEAR, "program": program.replace("12,", "x.shape[0],"), "validation": {"count": 4}}).run()


def test_a_batch_is_cut_from_what_is_left() -> None:
    with pytest.raises(Problem, match="has 8 without the 4 that are held out"):
        bx.compile({**LINEAR, "validation": {"count": 4}, "batch": {"size": 9}})


def test_without_a_split_nothing_is_measured() -> None:
    plan = bx.compile(LINEAR)
    assert plan.batch is None
    assert plan.validation is None
    assert plan.document.split is None
