"""What an update makes, taken apart: every next value of every optimizer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.explain import explain, why_tensor
from tests.together import each
from tests.unit.explain.test_terms import close

OPTIMIZERS: list[dict[str, Any]] = [
    {"name": "sgd", "lr": 0.5},
    {"name": "sgd", "lr": "0.5 * 0.9 ** iteration", "momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
    {"name": "adam", "lr": "0.05 * (1 + cos(pi * iteration / 100))"},
    {"name": "adamw", "lr": 0.1},
    {"name": "rmsprop", "centered": True, "momentum": 0.3},
    {"name": "adagrad", "lr_decay": 0.1},
]


def plan_of(optimizer: dict[str, Any] | None) -> Plan:
    inputs = {"x": np.linspace(-1, 1, 12).reshape(4, 3), "y": np.linspace(0, 2, 8).reshape(4, 2)}
    parameters = {"w": np.ones((3, 2)), "b": [0.5, -0.5]}
    given = {"inputs": inputs, "parameters": parameters, "optimizer": optimizer}
    plan = bx.compile({"program": "loss = mse(x @ w + b, y)", **given})
    for _ in range(3 if optimizer else 0):
        plan.step()
    plan.run()
    return plan


@each("optimizer", OPTIMIZERS, ids=lambda optimizer: optimizer["name"])
def test_terms_of_next_values_add_up_to_what_the_update_makes(optimizer: dict[str, Any]) -> None:
    plan = plan_of(optimizer)
    before = {name: np.array(array) for name, array in plan.snapshot().items()}
    assert plan.program.update is not None
    answers = {}
    for name, node in plan.program.update.results.items():
        for index in np.ndindex(node.shape):
            answers[name, index] = explain(plan, name, "next", index)
    after = plan_of(optimizer)
    after.step()
    for (name, index), answer in answers.items():
        assert close(sum(term["value"] for term in answer["terms"]), answer["value"]), name
        if name in before:
            assert answer["value"] == after.snapshot()[name][index], name
        for term in answer["terms"]:
            assert close(math.prod(factor["value"] for factor in term["factors"]), term["value"])
            for cell in (cell for factor in term["factors"] for cell in factor["cells"]):
                assert cell["value"] == _number(plan, after, cell), cell
    assert all(np.array_equal(before[name], array) for name, array in plan.snapshot().items()), "nothing was updated"


def _number(plan: Plan, after: Plan, cell: dict[str, Any]) -> float:
    index = tuple(cell["index"])
    if cell["field"] == "next":
        return float(after.snapshot()[cell["tensor"]][index])
    return float(plan[cell["tensor"] if cell["field"] == "value" else f"{cell['tensor']}.g"][index])


def test_a_step_of_descent_has_two_terms() -> None:
    answer = explain(plan_of(OPTIMIZERS[0]), "w", "next", (1, 0))
    codes = [[factor["code"] for factor in term["factors"]] for term in answer["terms"]]
    assert codes == [["w[1, 0]"], ["-1", "0.5", "w.g[1, 0]"]]
    assert (answer["code"], answer["op"], answer["term_count"]) == ("w - 0.5 * w.g", "subtract", 2)


def test_every_next_value_has_its_story_and_its_numbers() -> None:
    for optimizer in OPTIMIZERS:
        plan = plan_of(optimizer)
        assert plan.program.update is not None
        for name, node in plan.program.update.results.items():
            told = why_tensor(plan, name, "next", lambda plan=plan: plan, (0,) * node.ndim)  # type: ignore[misc]
            assert (told["phase"], told["output"]) == ("update", name)
            assert told["numbers"]["code"].startswith(f"{name}[0") if node.ndim else name in told["numbers"]["code"]
            assert f"`{name} = " in told["story"][0]["text"]
    rate = why_tensor(plan_of(OPTIMIZERS[1]), "optimizer.lr", "next", lambda: plan, ())
    assert rate["numbers"]["code"] == "optimizer.lr = 0.5 * 0.9 ** 3"
    assert rate["story"][0]["text"].endswith("and 0.3645 at this one.")


@pytest.mark.parametrize(
    ("tensor", "optimizer", "code", "status"),
    [
        ("x", OPTIMIZERS[0], "not_updated", 422),
        ("loss", OPTIMIZERS[0], "not_updated", 422),
        ("w", None, "not_updated", 422),
        ("q", OPTIMIZERS[0], "unknown_tensor", 404),
    ],
)
def test_what_is_not_updated(tensor: str, optimizer: dict[str, Any] | None, code: str, status: int) -> None:
    with pytest.raises(bx.Problem) as caught:
        explain(plan_of(optimizer), tensor, "next", ())
    assert (caught.value.code, caught.value.status) == (code, status)


def test_a_rate_is_a_plain_factor_in_the_formula() -> None:
    told = why_tensor(plan_of(OPTIMIZERS[2]), "w", "next", lambda: plan_of(OPTIMIZERS[2]))
    assert "optimizer.lr" in told["formula"]["code"]
    assert "\\odot" not in told["formula"]["latex"]
