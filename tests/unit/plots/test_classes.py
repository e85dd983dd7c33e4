"""Classifiers: what they predict is found by structure, confusions are counted, planes are drawn."""

from typing import Any

import numpy as np
import pytest

from backprop_explorer import compile as compile_plan
from backprop_explorer.engine import Plan
from backprop_explorer.graph.code import code
from backprop_explorer.plots import confusion, overview, surface
from backprop_explorer.plots.prediction import prediction_of
from backprop_explorer.problem import Problem
from tests.together import each

X = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]


def ready(program: str, **given: Any) -> Plan:
    inputs = {name: given.pop(name) for name in list(given) if name in ("x", "y", "labels", "words")}
    plan = compile_plan({"program": program, "inputs": inputs, "parameters": given})
    plan.run()
    return plan


def test_a_confusion_counted_by_hand() -> None:
    """The scores are the numbers themselves: rows 0 and 1 are right, 2 and 3 are taken for class 0."""
    scores = [[3.0, 1.0, 0.0], [0.0, 2.0, 1.0], [5.0, 0.0, 4.0], [1.0, 0.0, 0.5]]
    plan = ready("s = x @ w\nloss = cross_entropy(s, labels)", x=scores, labels=[0, 1, 2, 2], w=np.eye(3))
    found = confusion(plan)
    assert found["counts"].tolist() == [[1, 0, 0], [0, 1, 0], [2, 0, 0]]
    assert (found["right"], found["count"]) == (2, 4)
    assert found["text"] == (
        "2 of 4 samples (50\u00a0%) are classified correctly; most common mistake: 2 predicted as 0 (2 times)."
    )


@each(
    ("loss", "targets", "threshold"),
    [
        ("binary_cross_entropy_with_logits(s[:, 0], y)", [0, 1, 1, 0], 0.0),
        ("mse(s[:, 0], y)", [0, 1, 1, 0], 0.5),
        ("mse(s[:, 0], y)", [-1, 1, 1, -1], 0.0),
        ("mean((y - s[:, 0]) ** 2)", [0.0, 1.0, 1.0, 0.0], 0.5),
        ("mean(relu(1 - y * s[:, 0])) + 0.01 * sum(w ** 2)", [-1, 1, 1, -1], 0.0),
        ("-mean(y * log(p) + (1 - y) * log(1 - p))", [0, 1, 1, 0], 0.5),
        ("-mean(y * log(sigmoid(s[:, 0])) + (1 - y) * log(1 - sigmoid(s[:, 0])))", [0, 1, 1, 0], 0.0),
    ],
)
def test_the_threshold_is_where_both_answers_cost_the_same(loss: str, targets: list[float], threshold: float) -> None:
    found = confusion(ready(f"s = x @ w\np = sigmoid(s[:, 0])\nloss = {loss}", x=X, y=targets, w=[[1.0], [-1.0]]))
    assert found["threshold"] == threshold
    assert found["classes"] == sorted({f"{target:g}" for target in targets}, key=float)


def test_one_hot_targets_are_classes() -> None:
    plan = ready("s = x @ w\nloss = mse(s, y)", x=X, y=[[1, 0], [1, 0], [0, 1], [0, 1]], w=[[1.0, 0.0], [0.0, 1.0]])
    assert confusion(plan)["counts"].tolist() == [[2, 0], [1, 1]]


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("out = x @ w\nloss = mse(out[:, 0], y)", ("out[:, 0]", "y")),
        ("loss = 0.5 * sum((tanh(x @ w)[:, 0] - y) ** 2)", ("tanh(loss.matmul)[:, 0]", "y")),
        ("def f(a, b):\n    return mse(a, b)\nloss = f((x @ w)[:, 0], y)", ("loss.matmul[:, 0]", "y")),
        ("loss = 0.1 * sum(w ** 2) + mse((x @ w)[:, 0], 2 * y)", ("loss.matmul[:, 0]", "2 * y")),
    ],
)
def test_the_prediction_is_what_meets_the_data(program: str, expected: tuple[str, str]) -> None:
    found = prediction_of(ready(program, x=X, y=[1.0, 2.0, 3.0, 4.0], w=[[1.0], [1.0]]).program)
    assert (code(found.output), code(found.target)) == expected


def test_the_surface_of_a_line() -> None:
    plan = ready(
        "s = x @ w + b\nloss = binary_cross_entropy_with_logits(s[:, 0], y)",
        x=X,
        y=[0, 0, 0, 1],
        w=[[2.0], [1.0]],
        b=[-2.5],
    )
    found = surface(plan, None, None, 21)
    x, y = np.meshgrid(found["x"], found["y"])
    assert found["values"] == pytest.approx(2 * x + y - 2.5)
    assert (found["x"][0], found["x"][-1]) == pytest.approx((-0.15, 1.15))
    assert found["samples"]["said"].tolist() == found["samples"]["truth"].tolist() == [0, 0, 0, 1]
    assert (found["threshold"], found["kind"], found["classes"]) == (0.0, "scores", ["0", "1"])
    assert found["text"].endswith("4 of the 4 samples are classified correctly.")


def test_the_surface_of_three_classes() -> None:
    plan = ready(
        "s = x @ w + b\nloss = cross_entropy(s, y)",
        x=X,
        y=[0, 1, 2, 1],
        w=[[0.0, 2.0, 0.0], [0.0, 0.0, 1.5]],
        b=[0.5, 0.0, 0.0],
    )
    found = surface(plan, None, None, 11)
    x, y = np.meshgrid(found["x"], found["y"])
    assert (found["values"] == np.stack([np.full(x.shape, 0.5), 2 * x, 1.5 * y]).argmax(0)).all()
    assert found["kind"] == "classes"


def test_the_surface_of_a_hidden_unit_leaves_the_plan_as_it_is() -> None:
    plan = ready("h = tanh(x @ w)\nloss = mse(h.sum(1), y)", x=X, y=[0.1, 0.2, 0.3, 0.4], w=[[1.0, -1.0], [0.5, 2.0]])
    before = np.array(plan["h"])
    found = surface(plan, "h", 1, 7)
    x, y = np.meshgrid(found["x"], found["y"])
    assert found["values"] == pytest.approx(np.tanh(-x + 2 * y))
    assert (found["unit"], found["units"]) == (1, 2)
    assert (plan["h"] == before).all()
    assert (plan["x"] == X).all()


def test_a_batch_of_a_larger_set_is_drawn_with_all_samples() -> None:
    document = {
        "program": "s = x @ w\nloss = cross_entropy(s, y)",
        "inputs": {"x": X, "y": [0, 1, 0, 1]},
        "parameters": {"w": [[0.0, 1.0], [0.5, 0.0]]},
        "batch": {"size": 2},
    }
    plan = compile_plan(document)
    plan.run()
    assert confusion(plan)["count"] == 4
    assert len(surface(plan, None, None, 5)["samples"]["x"]) == 4


TWO = [[1.0], [1.0]]
LOST = [
    ("s = x @ w\nloss = mse(s[:, 0], y)", {"x": [[1, 2, 3]], "y": [1], "w": [[1], [1], [1]]}, "data has 3 features"),
    ("e = embedding(words, w).sum(1)\nloss = mse(e[:, 0], y)", {"words": [[0, 1]], "y": [1], "w": TWO}, "looked up"),
    ("loss = mean(x @ w)", {"x": X, "w": TWO}, "there is no prediction"),
    ("s = x @ w\nn = s - s.mean(0)\nloss = mse(n[:, 0], y)", {"x": X, "y": [0, 1, 0, 1], "w": TWO}, "on its batch"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "given", "reason"), LOST)
def test_where_no_plane_can_be_drawn_it_says_why(program: str, given: dict[str, Any], reason: str) -> None:
    plan = ready(program, **given)
    with pytest.raises(Problem, match=reason) as caught:
        surface(plan, None, None, None)
    [entry] = [entry for entry in overview(plan) if entry["name"] == "surface"]
    assert entry["reason"] == caught.value.detail


def test_a_tensor_without_rows_is_not_drawn() -> None:
    plan = ready("s = x @ w\nloss = mse(s[:, 0], y)", x=X, y=[0.0, 1.0, 0.0, 1.0], w=[[1.0], [1.0]])
    for tensor, reason in (("w", "no row for each of the 4 samples"), ("nothing", "no tensor called nothing")):
        with pytest.raises(Problem, match=reason):
            surface(plan, tensor, None, None)
    with pytest.raises(Problem, match="units 0 to 0"):
        surface(plan, "s", 1, None)


def test_what_is_no_classifier() -> None:
    plan = ready("s = x @ w\nloss = mse(s[:, 0], y)", x=X, y=[0.3, 1.0, 7.0, 1.0], w=[[1.0], [1.0]])
    with pytest.raises(Problem, match="no score of classes"):
        confusion(plan)


def test_chance_is_no_value_of_a_point() -> None:
    plan = ready("s = dropout(x, 0.5) @ w\nloss = mse(s[:, 0], y)", x=X, y=[0, 1, 0, 1], w=[[3.0], [4.0]])
    with pytest.raises(Problem, match="depends on its batch"):
        surface(plan, None, None, None)
