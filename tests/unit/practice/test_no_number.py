"""Where the true gradient is no number: the verdict says so, and a gradient check does not pass."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.practice import check, gradcheck
from tests.together import each

LENGTH = {"program": "loss = sqrt(sum(x ** 2))", "parameters": {"x": [0, 0]}}
LOGARITHM = {"program": "loss = sum(log(x) * 0)", "parameters": {"x": [0, 0]}}
SATURATED = {
    "program": "p = sigmoid(x)\nloss = -mean(y * log(p) + (1 - y) * log(1 - p))",
    "inputs": {"y": [0, 1]},
    "parameters": {"x": [800, -800]},
}
PART = {"program": "y = where(x > 0, sqrt(x), x)\nloss = sum(y)", "parameters": {"x": [-1, 0, 4]}}
SCALAR = {"program": "loss = log(x) * 0", "parameters": {"x": 0}}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with np.errstate(all="ignore"):  # as the server calculates
        yield


def ran(document: dict[str, Any]) -> Plan:
    plan = bx.compile(document)
    plan.run()
    return plan


def verdict(document: dict[str, Any], answer: Any) -> dict[str, Any]:
    return check(ran(document), {"x": answer}, most=100)["verdicts"]["x"]


@each("document", [LENGTH, LOGARITHM, SATURATED])
@each("answer", [[1, 2], [0, 0], [-1, "NaN"], ["Infinity", "-Infinity"], "x * 2"])
def test_numbers_where_the_gradient_is_nan_everywhere(document: dict[str, Any], answer: Any) -> None:
    assert np.isnan(ran(document)["x.g"]).all()
    told = verdict(document, answer)
    assert told["verdict"] == "wrong_value"
    assert told["warnings"] == ["The expected gradient x.g is NaN in every element: only NaN is right there."]
    assert told["diagnosis"]["message"].startswith(
        "Yours differ only where the backward pass gives NaN, as in `x.g[0]`"
    )


def test_a_scalars_gradient_that_is_nan() -> None:
    told = verdict(SCALAR, 3)
    assert told["verdict"] == "wrong_value"
    assert told["warnings"] == ["The expected gradient x.g is NaN: only NaN is right there."]


@pytest.mark.parametrize("answer", [["NaN", "NaN", 0.25], "where(x > 0, 0.25, log(-abs(x)) * 0)"])
def test_nan_where_the_gradient_is_nan_is_correct(answer: Any) -> None:
    np.testing.assert_array_equal(np.isnan(ran(PART)["x.g"]), [True, True, False])
    told = verdict(PART, answer)
    assert told["verdict"] == "correct"
    assert told["warnings"] == [
        "The expected gradient x.g is NaN in 2 of 3 elements, first in x.g[0]: only NaN is right there."
    ]


def test_the_right_derivative_where_the_backward_pass_gives_nan() -> None:
    told = verdict(PART, [1, 1, 0.25])
    assert told["verdict"] == "wrong_value"
    assert "only where the backward pass gives NaN" in told["diagnosis"]["message"]
    assert [one["index"] for one in told["worst"]] == [[0], [1]]


@pytest.mark.parametrize("answer", [[1, 1, 0.5], ["NaN", 1, "Infinity"], [1, 1, "NaN"], [[1, 1, 0.25]], [2, 2, 0.5]])
def test_what_is_wrong_elsewhere_too(answer: Any) -> None:
    told = verdict(PART, answer)
    assert told["verdict"] in ("wrong_value", "wrong_shape")
    assert "only where" not in told["diagnosis"]["message"]
    assert "NaN in 2 of 3" in told["warnings"][0]


@pytest.mark.parametrize("document", [LENGTH, LOGARITHM, SATURATED, PART, SCALAR])
def test_a_gradient_check_does_not_pass(document: dict[str, Any]) -> None:
    plan = ran(document)
    found = gradcheck(plan)
    assert not found["passed"]
    assert np.isnan(found["parameters"]["x"]["gradient"])
    assert not gradcheck(plan, "x")["curve"]["passed"]


def test_one_nan_among_many_weights_is_found() -> None:
    numbers = np.linspace(1, 2, 200_000)
    numbers[777] = 0
    plan = ran({"program": "loss = sum(where(x > 0.5, sqrt(x - 0.5), x))", "parameters": {"x": numbers}})
    assert np.flatnonzero(np.isnan(plan["x.g"])).tolist() == [777]
    entry = gradcheck(plan)["parameters"]["x"]
    assert (entry["passed"], entry["index"]) == (False, [777])
    assert entry["checked"] < entry["elements"]


def test_factors_of_numbers_whose_squares_are_too_large() -> None:
    plan = ran({"program": "loss = sum(x * 1e300)", "parameters": {"x": [0.5, 2.0]}})
    told = check(plan, {"x": [2e300, 2e300]})["verdicts"]["x"]
    assert told["diagnosis"]["code"] == "constant_factor"
