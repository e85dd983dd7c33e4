"""Elements picked and added along an axis, sorting and running extremes: NumPy and autograd are the judges."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

import backprop_explorer as bx
from backprop_explorer.explain.terms.explanation import explain

RANDOM = np.random.default_rng(5)


def run(program: str, **inputs: Any) -> bx.Plan:
    plan = bx.compile({"program": program, "inputs": inputs})
    plan.run()
    return plan


@pytest.mark.parametrize(
    ("x", "indices", "axis"),
    [
        ((3, 4), (3, 2), 1),
        ((3, 4), (2, 4), 0),
        ((2, 3, 4), (2, 3, 1), -1),
        ((1, 4), (3, 2), 1),
        ((2, 3, 4), (1, 5, 1), 1),
    ],
)
def test_elements_are_taken_and_given_back_as_numpy_does(x: Any, indices: Any, axis: int) -> None:
    numbers, places = RANDOM.standard_normal(x), RANDOM.integers(0, x[axis], indices)
    plan = run(f"y = take_along_axis(x, i, {axis})\nloss = sum(y * y)", x=numbers, i=places.tolist())
    expected = np.take_along_axis(numbers, places, axis)
    np.testing.assert_array_equal(plan["y"], expected)
    given = np.zeros(x)
    for index in np.ndindex(expected.shape):
        spot = list(index)
        spot[axis] = int(np.broadcast_to(places, expected.shape)[index])
        given[tuple(0 if length == 1 else at for at, length in zip(spot, x, strict=True))] += 2 * expected[index]
    np.testing.assert_allclose(plan["x.g"], given, rtol=1e-14)


def test_an_index_may_stand_for_a_whole_line() -> None:
    values = RANDOM.standard_normal((3, 2))
    plan = run(
        "y = add_along_axis(x, i, (4, 2), 0)\nloss = sum(y * w)",
        x=values,
        i=[[3, 0]],
        w=np.arange(8).reshape(4, 2) * 1.0,
    )
    np.testing.assert_allclose(
        plan["y"], [[0, values[:, 1].sum()], [0, 0], [0, 0], [values[:, 0].sum(), 0]], rtol=1e-14
    )
    np.testing.assert_array_equal(plan["x.g"], [[6, 1]] * 3)


def test_elements_that_are_sent_to_a_larger_shape_leave_the_rest_empty() -> None:
    plan = run("y = add_along_axis(x, i, (3, 4))\nloss = sum(y * y)", x=[[1.0, 2.0], [3.0, 4.0]], i=[[3, 3], [0, 1]])
    np.testing.assert_array_equal(plan["y"], [[0, 0, 0, 3], [3, 4, 0, 0], [0, 0, 0, 0]])
    np.testing.assert_array_equal(plan["x.g"], [[6, 6], [6, 8]])
    told = explain(plan, "y", "value", (0, 3))
    assert told["term_count"] == 2
    assert [[factor["code"] for factor in term["factors"]] for term in told["terms"]] == [["x[0, 0]"], ["x[0, 1]"]]


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_sorting_has_autograds_gradient(axis: int) -> None:
    x, weights = RANDOM.standard_normal((4, 3)), RANDOM.standard_normal((4, 3))
    plan = run(f"y = take_along_axis(x, argsort(x, {axis}), {axis})\nloss = sum(y * w)", x=x, w=weights)
    np.testing.assert_array_equal(plan["y"], np.sort(x, axis))
    of_line = grad(lambda line, w: anp.sum(anp.sort(line) * w))
    lines = zip(np.moveaxis(x, axis, 0).T if axis == 0 else x, weights.T if axis == 0 else weights, strict=True)
    expected = np.array([of_line(line, w) for line, w in lines])
    np.testing.assert_allclose(plan["x.g"], expected.T if axis == 0 else expected, rtol=1e-14)


def test_equal_elements_keep_their_order_and_nan_is_last() -> None:
    x = np.array([2.0, np.nan, 1.0, 2.0, 1.0])
    plan = run("o = argsort(x)\nloss = sum(take_along_axis(x, o[:4], 0) * w)", x=x, w=[1.0, 2.0, 3.0, 4.0])
    assert plan["o"].tolist() == [2, 4, 0, 3, 1]
    assert plan["x.g"].tolist() == [3, 0, 1, 4, 2]


def test_of_equal_maxima_so_far_the_last_gets_the_gradient() -> None:
    plan = run("y = take_along_axis(x, argcummax(x), -1)\nloss = sum(y)", x=[1.0, 3.0, 3.0, 2.0])
    assert plan["y"].tolist() == [1, 3, 3, 3]
    assert plan["x.g"].tolist() == [1, 1, 2, 0]  # as torch.cummax has it


def test_a_nan_is_greater_than_all_that_follows() -> None:
    plan = run("o = argcummax(x)\nloss = sum(x * 0 + (o == labels))", x=[1.0, np.nan, 5.0, np.nan], labels=[0, 1, 1, 3])
    assert plan["o"].tolist() == [0, 1, 1, 3]


@pytest.mark.parametrize("name", ["argmin", "argmax"])
def test_places_of_extremes_are_numpys(name: str) -> None:
    x = np.array([[1.0, 0.0, 0.0], [2.0, 2.0, 1.0]])
    plan = run(f"o = {name}(x, 1, keepdims=True)\nloss = sum(take_along_axis(x, o, 1))", x=x)
    np.testing.assert_array_equal(plan["o"], getattr(np, name)(x, 1, keepdims=True))


def test_a_scalar_is_a_line_of_one_number() -> None:
    plan = run(
        "o = argsort(x)\ny = take_along_axis(x, o, 0)\nloss = y * y + take_along_axis(x, argcummax(x), -1)", x=3.0
    )
    assert (plan["loss"], plan["x.g"]) == (12, 7)
    found: dict[str, Any] = {}
    exec(compile(plan.code(), "script", "exec"), found)  # noqa: S102 - our own text, as a user would run it
    assert found["loss"] == 12


def test_a_place_that_is_not_there_is_refused_with_its_label() -> None:
    with pytest.raises(bx.Problem, match=r"take_along_axis needs labels from 0 to 2; i\[1, 0\] is 3"):
        run("loss = sum(take_along_axis(x, i, 0))", x=np.ones((3, 1)), i=[[0], [3]])
    with pytest.raises(bx.Problem, match="argsort gives numbers from 0 to 3"):
        run("loss = sum(take_along_axis(x, argsort(w), 0))", x=np.ones(3), w=np.ones(4))


def test_indices_reach_numpy_as_its_own_whole_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where these have 32 bits: NumPy takes no wider ones."""
    monkeypatch.setattr(np, "intp", np.int32)
    taken, seen = np.take, []
    monkeypatch.setattr(np, "take", lambda x, indices, **rest: seen.append(indices.dtype) or taken(x, indices, **rest))
    run("loss = sum(gather(x, i))", x=np.ones((3, 2)), i=[0, 2])
    assert seen == [np.dtype(np.int32)]
