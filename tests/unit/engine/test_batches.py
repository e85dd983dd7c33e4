"""Mini-batches: which rows they have, and that an iteration on them is one on these rows alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import backprop_explorer as bx
from backprop_explorer.engine import Document, Plan, opened, trace
from backprop_explorer.engine.batches import Batches
from backprop_explorer.export.numpy import numpy_trace
from backprop_explorer.export.pytorch import pytorch
from tests.script import run
from tests.together import each
from tests.unit.export.test_numpy import entries

RANDOM = np.random.default_rng(3)
X, LABELS = RANDOM.normal(size=(10, 3)), RANDOM.integers(0, 2, 10)
SHAPES = {"w1": (3, 4), "w2": (4, 2)}
PARAMETERS = {name: RANDOM.normal(size=shape) for name, shape in SHAPES.items()}
DOCUMENT: dict[str, Any] = {
    "program": "h = relu(x @ w1) * scale\nloss = cross_entropy(h @ w2, y)",
    "inputs": {"x": X, "y": LABELS, "scale": [1.0, 0.5, 1.0, 2.0]},
    "parameters": PARAMETERS,
    "optimizer": {"name": "adam", "lr": 0.1},
    "batch": {"size": 3},
    "seed": 5,
}


def plan_of(**changes: Any) -> Plan:
    return bx.compile({**DOCUMENT, **changes})


@given(st.integers(1, 60), st.data(), st.integers(0, 2**63 - 1), st.integers(0, 1000))
def test_every_epoch_takes_a_row_at_most_once(count: int, data: st.DataObject, seed: int, epoch: int) -> None:
    size = data.draw(st.integers(1, count))
    batches = Batches(count, size, True, seed)
    first = epoch * batches.per_epoch
    taken = np.concatenate([batches.rows(first + position) for position in range(batches.per_epoch)])
    assert len(taken) == batches.per_epoch * size > count - size
    assert len(set(taken.tolist())) == len(taken)
    assert taken.min() >= 0
    assert taken.max() < count
    if count % size == 0:
        assert sorted(taken.tolist()) == list(range(count))
    again = Batches(count, size, True, seed)
    np.testing.assert_array_equal(again.rows(first), batches.rows(first))


def test_epochs_and_seeds_differ_and_orders_stay_for_ever() -> None:
    orders = [Batches(20, 20, True, seed).rows(epoch).tolist() for seed in (0, 1) for epoch in (0, 1)]
    assert len({tuple(order) for order in orders}) == 4
    assert Batches(7, 7, True, 0).rows(0).tolist() == FIRST_ORDER


FIRST_ORDER = [6, 4, 5, 3, 1, 0, 2]
"""Made of PCG64's own bits: the same with every version of NumPy."""


def test_without_shuffling_rows_come_from_top_to_bottom() -> None:
    batches = Batches(7, 3, False, 9)
    assert [batches.rows(iteration).tolist() for iteration in range(3)] == [[0, 1, 2], [3, 4, 5], [0, 1, 2]]
    assert batches.to_json(2) == {"rows": [0, 1, 2], "count": 7, "epoch": 2, "batch": 1, "batches": 2}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("shuffle", [True, False])
def test_an_iteration_is_one_on_these_rows_alone(shuffle: bool, dtype: str) -> None:
    plan = plan_of(batch={"size": 3, "shuffle": shuffle}, dtype=dtype)
    for iteration in range(8):
        shown = trace(plan)
        rows = shown["batch"]["rows"]
        assert rows == Batches(10, 3, shuffle, 5).rows(iteration).tolist()
        assert rows == plan["batch.rows"].tolist()
        alone = plan_of(batch=None, inputs={**DOCUMENT["inputs"], "x": X[rows], "y": LABELS[rows]}, dtype=dtype)
        alone.take_over({name: array for name, array in plan.snapshot().items() if name not in ("x", "y")})
        assert alone.step() == shown["loss"] == plan.step()
        for name in PARAMETERS:
            assert plan[name].tobytes() == alone[name].tobytes()
    assert plan.document.inputs["x"].shape == X.shape


def test_a_batch_of_all_rows_is_all_of_them_in_another_order() -> None:
    whole, shuffled = plan_of(batch=None), plan_of(batch={"size": 10})
    for _ in range(3):
        assert shuffled.step() == pytest.approx(whole.step(), rel=1e-12)


def test_snapshots_bring_the_batch_back() -> None:
    plan, other = plan_of(), plan_of()
    for _ in range(5):
        plan.step()
    other.restore(plan.snapshot())
    assert other.batch == plan.batch
    assert [other.step() for _ in range(4)] == [plan.step() for _ in range(4)]
    third = plan_of()
    third.restore(plan.snapshot())
    third.begin_at(0)
    assert third["batch.rows"].tolist() == Batches(10, 3, True, 5).rows(0).tolist()


def test_opened_composites_see_the_same_rows() -> None:
    plan = plan_of()
    plan.step()
    assert opened(plan).run() == plan.run()


def test_numbers_of_a_batch_are_numbers_of_its_rows() -> None:
    plan = plan_of()
    plan.step()
    rows = plan["batch.rows"].tolist()
    changed = np.array(plan["x"])
    changed[1, 2] = 9.0
    plan["x"] = changed
    expected = X.copy()
    expected[rows[1], 2] = 9.0
    np.testing.assert_array_equal(plan.document.inputs["x"], expected)
    plan["x"] = 2 * expected
    np.testing.assert_array_equal(plan["x"], 2 * expected[rows])
    for wrong in (X[:4], X[0]):
        with pytest.raises(bx.Problem, match=r"\(3, 3\) in a batch, \(10, 3\) as a whole"):
            plan["x"] = wrong
    np.testing.assert_array_equal(plan.document.inputs["x"], 2 * expected)


@pytest.mark.parametrize("size", [3, 10])
def test_a_wrong_label_changes_nothing(size: int) -> None:
    plan = plan_of(batch={"size": size})
    rows = plan["batch.rows"].tolist()
    with pytest.raises(bx.Problem) as caught:
        plan["y"] = np.where(np.arange(size) == 1, 7, 0)
    assert caught.value.code == "bad_label"
    assert caught.value.index == (rows[1],)
    np.testing.assert_array_equal(plan.document.inputs["y"], LABELS)
    np.testing.assert_array_equal(plan["y"], LABELS[rows])


def test_labels_outside_of_the_first_batch_are_checked_at_once() -> None:
    labels = LABELS.copy()
    labels[plan_of()["batch.rows"][0] - 1] = 5
    with pytest.raises(bx.Problem, match="is 5"):
        plan_of(inputs={**DOCUMENT["inputs"], "y": labels})


def test_the_document_keeps_all_rows_and_reads_back() -> None:
    plan = plan_of()
    plan.step()
    words = plan.document.to_json_dict()
    assert words["batch"] == {"size": 3, "shuffle": True}
    again = Document.parse(words)
    np.testing.assert_array_equal(again.inputs["x"], X)
    assert again.batches == Batches(10, 3, True, 5)
    assert "batch" not in plan_of(batch=None).document.to_json_dict()
    assert "batch" not in trace(plan_of(batch=None))


def test_the_scripts_have_the_rows_of_the_batch() -> None:
    plan = plan_of()
    plan.step()
    printed, _ = run(numpy_trace(plan))
    shown = dict(entries(printed))
    np.testing.assert_allclose(shown["x, input (3, 3)"], plan["x"].ravel(), atol=1e-7)
    assert repr(plan["x"].tolist()) in pytorch(plan)


@each(
    ("batch", "says"),
    [
        (3, "must be an object"),
        ([], "must be an object"),
        ({}, "whole number from 1; got None"),
        ({"size": 0}, "whole number from 1; got 0"),
        ({"size": -1}, "whole number from 1"),
        ({"size": 2.0}, "whole number from 1"),
        ({"size": True}, "whole number from 1"),
        ({"size": "3"}, "whole number from 1"),
        ({"size": 11}, "(x, y) has 10"),
        ({"size": 3, "shufle": True}, "no key 'shufle'"),
        ({"size": 3, "shuffle": 1}, "true or false"),
    ],
)
def test_what_is_no_batch(batch: Any, says: str) -> None:
    with pytest.raises(bx.Problem) as caught:
        plan_of(batch=batch)
    assert caught.value.code == "bad_batch"
    assert says in caught.value.detail


def test_without_rows_there_is_nothing_to_cut() -> None:
    with pytest.raises(bx.Problem, match="no input has rows"):
        bx.compile({"program": "loss = w * x", "inputs": {"x": 2.0}, "parameters": {"w": 1.0}, "batch": {"size": 1}})


def test_an_input_of_another_length_is_used_whole() -> None:
    assert plan_of().tensors["scale"].shape == (4,)
    with pytest.raises(bx.Problem, match="add needs"):
        plan_of(program="loss = cross_entropy(x @ w1 @ w2 + ones((10, 2)), y)")
