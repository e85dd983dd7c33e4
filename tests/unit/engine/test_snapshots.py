"""Snapshots: restored as a whole or not at all; plans as dictionaries of arrays, and copies of plans."""

from __future__ import annotations

import copy
import io
import pickle
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import opened
from backprop_explorer.examples import examples
from tests.together import each


def trained(name: str = "lesson13", **changes: Any) -> bx.Plan:
    plan = bx.compile({**examples[name], "optimizer": {"name": "adam", "lr": 0.1}, **changes})
    for _ in range(3):
        plan.step()
    return plan


SHAPE = "w1 has the shape (10, 2); the snapshot's is (2, 10)"


@each(
    ("change", "says"),
    [
        (lambda kept: {"nope": np.ones(3)}, "no tensor 'nope'"),
        (lambda kept: {**kept, "W1": kept["w1"]}, 'did you mean "w1"?'),
        (lambda kept: {**kept, "w1": kept["w1"].T}, SHAPE),
        (lambda kept: {**kept, "w1": kept["w1"].T.tolist()}, SHAPE),
        (lambda kept: {name: array for name, array in kept.items() if name != "w2"}, "it lacks w2; give partial=True"),
        (lambda kept: {}, "and 7 more"),
        (lambda kept: {**kept, "w1": np.full((10, 2), "1")}, "w1 holds numbers"),
        (lambda kept: {**kept, "w1": kept["w1"] + 1j}, "complex128"),
        (lambda kept: {**kept, "x": object()}, "x has the shape (6, 10)"),
    ],
)
def test_what_does_not_fit_is_named_and_changes_nothing(change: Any, says: str) -> None:
    plan = trained()
    kept = plan.snapshot()
    wrong = change({name: array + 1 for name, array in kept.items()})
    with pytest.raises(bx.Problem) as caught:
        plan.restore(wrong)
    assert caught.value.code == "bad_snapshot"
    assert says in str(caught.value)
    for name, array in plan.snapshot().items():
        np.testing.assert_array_equal(array, kept[name])


def test_a_part_is_restored_when_it_is_called_one() -> None:
    plan = trained()
    before = plan.snapshot()
    plan.restore({"w1": np.zeros((10, 2))}, partial=True)
    assert not plan["w1"].any()
    np.testing.assert_array_equal(plan["w2"], before["w2"])
    with pytest.raises(bx.Problem, match="no tensor 'w9'"):
        plan.restore({"w9": 1.0}, partial=True)


def test_a_checkpoint_in_float32_is_taken() -> None:
    plan = trained()
    file = io.BytesIO()
    np.savez(file, **{name: array.astype(np.float32) for name, array in plan.snapshot().items()})
    file.seek(0)
    again = bx.compile({**examples["lesson13"], "optimizer": {"name": "adam", "lr": 0.1}})
    again.restore(np.load(file))
    for name in ("w1", "w2", "w1.exp_avg", "b1.exp_avg_sq"):
        assert again[name].dtype == np.float64
        np.testing.assert_array_equal(again[name], plan[name].astype(np.float32))


def test_labels_come_back_whole_or_not_at_all() -> None:
    plan = trained("softmax_classifier")
    narrow = {name: array.astype(np.float32) for name, array in plan.snapshot().items()}
    plan.restore(narrow)
    assert plan["labels"].dtype == np.int64
    with pytest.raises(bx.Problem, match="labels holds whole numbers"):
        plan.restore({**narrow, "labels": narrow["labels"] + 0.5})
    with pytest.raises(bx.Problem, match="labels from 0 to 2"):
        plan.restore({**narrow, "labels": narrow["labels"] + 9, "w": narrow["w"] + 1})
    np.testing.assert_array_equal(plan["w"], narrow["w"])


def test_a_plan_is_a_dictionary_of_its_tensors() -> None:
    plan = trained()
    assert list(plan)[:4] == ["x", "y", "w1", "b1"]
    assert len(plan) == len(list(plan)) == len(plan.tensors)
    assert {name: plan[name].shape for name in plan}["l1"] == (6, 2)
    for name in ("w1", "w1.g", "l1.matmul", "l1.matmul.g", "w1.exp_avg"):
        assert name in plan
    for name in ("w9", "w1.h", 3, None):
        assert name not in plan


@each("name", ["lesson13", "softmax_classifier", "rnn", "batch_norm"])
@each("copied", [copy.deepcopy, lambda plan: pickle.loads(pickle.dumps(plan))])  # noqa: S301
def test_a_copied_plan_goes_on_by_itself(name: str, copied: Any) -> None:
    plan = trained(name)
    same = copied(plan)
    assert [same.step() for _ in range(3)] == [plan.step() for _ in range(3)]
    assert same.document.optimizer == plan.document.optimizer


def test_a_copy_shares_nothing_and_shows_its_numbers() -> None:
    plan = trained(batch={"size": 2, "shuffle": True})
    plan.run()
    same = pickle.loads(pickle.dumps(plan))  # noqa: S301
    assert same.batch == plan.batch
    for name in plan:
        np.testing.assert_array_equal(same[name], plan[name])
    same["w1"] = np.zeros((10, 2))
    assert plan["w1"].any()
    assert same.step() != plan.step()


def test_a_plan_that_no_document_makes_is_not_copied() -> None:
    with pytest.raises(bx.Problem, match="opened composites"):
        pickle.dumps(opened(trained()))
