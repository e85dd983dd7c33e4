"""What there is to find in any program, its solutions, hints, training by own gradients, and the numeric check."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan, opened
from backprop_explorer.examples import examples
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.practice.check import judged
from backprop_explorer.practice.gradcheck import gradcheck
from backprop_explorer.practice.hint import hint
from backprop_explorer.practice.overrides import plan_with_overrides
from backprop_explorer.practice.practice import practice, solution, still_found, to_find
from backprop_explorer.problem import Problem
from tests.amount import some
from tests.examples.telling import TELLING


def ran(name: str) -> Plan:
    plan = bx.compile(examples[name])
    plan.run()
    return plan


@pytest.fixture(params=[False, True], ids=["closed", "open"])
def either(plan: Plan, request: pytest.FixtureRequest) -> Plan:
    """Every program of the tests, and the same with composites written out."""
    if not request.param:
        return plan
    written_out = opened(plan)
    written_out.run()
    return written_out


def test_every_gradient_has_a_solution_in_the_language(either: Plan) -> None:
    for tensor in to_find(either.program):
        assert judged(either, str(tensor.name), solution(either, tensor)).correct, tensor.name


def test_the_order_is_that_of_the_backward_program(either: Plan) -> None:
    told = practice(either, {})
    order = [entry["name"] for entry in told["gradients"]]
    steps = [line.output for line in either.program.lines if line.phase == "backward" and line.output in order]
    assert [name for name in order if name in steps] == steps
    earlier = [entry["earlier"] for entry in told["exercises"]]
    assert earlier == sorted(earlier)
    for entry in told["exercises"]:
        assert order[entry["earlier"]] == entry["gradient"]
        assert entry["steps"]


def test_every_gradient_has_hints(either: Plan) -> None:
    for tensor in to_find(either.program):
        name = str(tensor.name)
        shape, element, rule, answer = (hint(either, name, level) for level in (1, 2, 3, 4))  # type: ignore[arg-type]
        assert str(tensor.shape) in shape["text"]
        value = float(either[f"{name}.g"][tuple(element["index"])])
        if element["term_count"] <= len(element["terms"]):
            assert sum(term["value"] for term in element["terms"]) == pytest.approx(value, rel=1e-9, abs=1e-12)
        assert rule["rules"]
        assert judged(either, name, answer["code"]).correct


def test_training_by_right_answers_is_the_true_training(plan: Plan) -> None:
    answers = {str(tensor.name): solution(plan, tensor) for tensor in to_find(plan.program)}
    answers = {name: text for name, text in answers.items() if "__" not in text}  # contributions are no gradients
    by_answers = plan_with_overrides(plan, answers)
    assert by_answers.run() == plan.run()
    for tensor in to_find(plan.program):
        name = f"{tensor.name}.g"
        np.testing.assert_allclose(by_answers[name], plan[name], rtol=1e-11, atol=1e-13, err_msg=name)


def test_a_wrong_answer_changes_all_that_follows_from_it() -> None:
    plan = ran("lesson13")
    by_answers = plan_with_overrides(plan, {"l1": "l2.g"})
    by_answers.run()
    np.testing.assert_array_equal(by_answers["l1.g"], plan["l2.g"])
    np.testing.assert_array_equal(by_answers["w1.g"], plan["x"].T @ plan["l2.g"])
    np.testing.assert_array_equal(by_answers["w2.g"], plan["w2.g"])
    assert plan_with_overrides(plan, {"loss": "3"}).run() == plan.run()
    tripled = plan_with_overrides(plan, {"loss": "3"})
    tripled.run()
    np.testing.assert_allclose(tripled["w1.g"], 3 * plan["w1.g"])


def test_a_mask_as_an_answer_counts_as_numbers() -> None:
    plan = ran("lesson13")
    by_answers = plan_with_overrides(plan, {"l1": "l1 > 0"})
    by_answers.step()
    assert by_answers["l1.g"].dtype == np.float64


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"w1": "l1.g"}, "w1 is (10, 2), the formula gives (6, 2)"),
        ({"w1": "x.T @ w1.g"}, "is what the formula is for"),
        ({"w9": "1"}, "no tensor called w9"),
    ],
)
def test_an_answer_that_cannot_be_trained_with(answers: dict[str, str], says: str) -> None:
    with pytest.raises(Problem) as caught:
        plan_with_overrides(ran("lesson13"), answers)
    assert says in caught.value.detail
    assert caught.value.tensor == next(iter(answers))


def test_what_was_found_is_checked_anew() -> None:
    plan = ran("lesson13")
    found = {"w1": "x.T @ l1.g", "l1": "l2.g", "b1": None, "gone": "1", "w2": "out.g @"}
    assert still_found(plan, found) == {"w1": "x.T @ l1.g", "b1": None}


# -- the numeric check


@pytest.mark.parametrize("name", some(examples, *TELLING))
def test_the_examples_pass_the_numeric_check(name: str) -> None:
    plan = ran(name)
    before = plan.snapshot()
    found = gradcheck(plan)
    assert found["passed"]
    assert found["parameters"].keys() == set(plan.program.parameters)
    assert all(np.array_equal(before[name], array) for name, array in plan.snapshot().items())


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_spoiled_rule_does_not_pass(monkeypatch: pytest.MonkeyPatch, dtype: str) -> None:
    document: dict[str, Any] = {
        "program": "h = tanh(x @ w)\nloss = mean(h * h)",
        "inputs": {"x": [[0.5, -1.0], [1.5, 0.3]]},
        "parameters": {"w": [[0.2], [0.9]]},
        "dtype": dtype,
    }
    plan = bx.compile(document)
    plan.run()
    assert gradcheck(plan)["passed"]
    spoiled = replace(OPERATIONS["tanh"], rules={"x": "(1 - 0.99 * y ** 2) * g"})
    monkeypatch.setitem(OPERATIONS, "tanh", spoiled)
    plan = bx.compile(document)
    plan.run()
    found = gradcheck(plan)
    assert not found["passed"]
    assert found["parameters"]["w"]["max_relative_difference"] > 1e-3


def test_a_kink_is_told_apart_from_a_wrong_gradient() -> None:
    plan = bx.compile({"program": "loss = sum(relu(w))", "parameters": {"w": [0.0, 1.0, -1.0]}})
    plan.run()
    entry = gradcheck(plan)["parameters"]["w"]
    assert [kink["index"] for kink in entry["kinks"]] == [[0]]
    assert (entry["kinks"][0]["left"], entry["kinks"][0]["right"]) == (pytest.approx(0), pytest.approx(1))
    assert entry["passed"]
    assert gradcheck(plan, "w", [0])["curve"]["kink"]


def test_of_large_parameters_some_elements_are_checked() -> None:
    plan = ran("digits")
    entry = gradcheck(plan)["parameters"]["w1"]
    assert 8 <= entry["checked"] < entry["elements"]
    assert entry["passed"]


def test_the_loss_around_an_input() -> None:
    plan = ran("lesson13")
    curve = gradcheck(plan, "x", [0, 1])["curve"]
    assert curve["values"].shape == curve["losses"].shape == curve["tangent"].shape
    assert curve["gradient"] == plan["x.g"][0, 1]
