"""Around a weight: the slice with its tangent, the contour with the way of training."""

from typing import Any

import numpy as np
import pytest

from backprop_explorer import compile as compile_plan
from backprop_explorer.engine import Plan
from backprop_explorer.plots import contour, loss_slice, steepest
from backprop_explorer.problem import Problem

# The loss is (2 a - 6)² + (b + 1)², whose slopes are known.
BOWL: dict[str, Any] = {
    "program": "loss = sum((x * a - y) ** 2)",
    "inputs": {"x": [2.0, 1.0], "y": [6.0, -1.0]},
    "parameters": {"a": [1.0, 0.0]},
    "optimizer": {"name": "sgd", "lr": 0.05},
}


@pytest.fixture
def bowl() -> Plan:
    plan = compile_plan(BOWL)
    plan.run()
    return plan


def test_the_tangent_has_the_slope_of_the_gradient(bowl: Plan) -> None:
    found = loss_slice(bowl, ("a", (0,)), 2.0)
    values, losses = np.array(found["values"]), np.array(found["losses"])
    assert values[0] == -1
    assert values[-1] == 3
    assert losses == pytest.approx((2 * values - 6) ** 2 + 1)
    assert found["gradient"] == -16
    assert np.diff(found["tangent"]) == pytest.approx(-16 * np.diff(values))
    assert found["text"] == (
        "At a[0] = 1 the loss is 17 and its slope −16: a larger a[0] would lower it, "
        "and within what is drawn the loss is least at its edge, near 3."
    )


def test_a_slice_leaves_the_plan_as_it_is(bowl: Plan) -> None:
    before = np.array(bowl["a"]), np.array(bowl["a.g"])
    loss_slice(bowl, ("a", (0,)), None)
    contour(bowl, (("a", (0,)), ("a", (1,))), [], 5)
    assert (bowl["a"] == before[0]).all()
    assert (bowl["a.g"] == before[1]).all()


def test_at_the_bottom_nothing_is_lower(bowl: Plan) -> None:
    bowl["a"] = np.array([3.0, -1.0])
    bowl.run()
    assert loss_slice(bowl, ("a", (0,)), None)["text"] == "At a[0] = 3 the loss is 0 and its slope 0."


def test_the_contour_is_the_loss(bowl: Plan) -> None:
    trained = compile_plan(BOWL)
    way = []
    for iteration in range(4):
        trained.run()
        copy = compile_plan({**BOWL, "parameters": {"a": np.array(trained["a"])}})
        way.append((iteration, copy))
        trained.step()
    found = contour(bowl, (("a", (0,)), ("a", (1,))), way, 9)
    x, y = np.meshgrid(found["x"], found["y"])
    assert found["losses"] == pytest.approx((2 * x - 6) ** 2 + (y + 1) ** 2)
    assert found["path"]["iterations"] == [0, 1, 2, 3]
    assert found["path"]["x"] == [float(plan["a"][0]) for _, plan in way]
    assert found["path"]["y"] == [float(plan["a"][1]) for _, plan in way]
    assert [weight["gradient"] for weight in found["weights"]] == [-16, 2]
    assert "The line is the path of 3 iterations" in found["text"]


def test_all_of_the_way_is_in_the_picture(bowl: Plan) -> None:
    far = compile_plan({**BOWL, "parameters": {"a": [40.0, 0.0]}})
    found = contour(bowl, (("a", (0,)), ("a", (1,))), [(0, far), (1, bowl)], 9)
    assert found["x"][0] < 1
    assert found["x"][-1] > 40


def test_what_is_lowest_at_the_edge_may_be_lower_beyond_it(bowl: Plan) -> None:
    weights = (("a", (0,)), ("a", (1,)))
    found = contour(bowl, weights, [], 5)
    assert (found["x"][-1], found["y"][0]) == (1.5, -0.5)
    assert "near (1.5, −0.5), at the edge of the picture, would lower the loss from 17 to 9.25" in found["text"]
    bowl["a"] = np.array([2.75, -0.75])
    bowl.run()
    assert "edge" not in contour(bowl, weights, [], 9)["text"]


def test_one_weight_is_no_contour(bowl: Plan) -> None:
    with pytest.raises(Problem, match="named twice"):
        contour(bowl, (("a", (0,)), ("a", (0,))), [], None)


@pytest.mark.parametrize(("points", "status"), [(4, 422), (102, 413), (10**9, 413)])
def test_a_grid_has_limits(bowl: Plan, points: int, status: int) -> None:
    with pytest.raises(Problem) as caught:
        contour(bowl, (("a", (0,)), ("a", (1,))), [], points)
    assert caught.value.status == status


def test_the_steepest_weights(bowl: Plan) -> None:
    assert steepest(bowl, 2) == [("a", (0,)), ("a", (1,))]
    with pytest.raises(Problem, match="2 weights"):
        steepest(bowl, 3)
