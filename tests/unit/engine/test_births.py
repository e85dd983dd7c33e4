"""Where numbers that are not finite come from: programs in which one is born, and where."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import trace
from backprop_explorer.engine.births import ancestry
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.record import Hazard, Operation
from tests.together import each

BORN = {
    "log of 0": ("h = log(x)\nloss = sum(h)", [1.0, 0.0], ("h", "value", [1])),
    "0 / 0": ("h = (x - 1) / (x - 1)\nloss = sum(h)", [2.0, 1.0], ("h", "value", [1])),
    "the root of a negative number": ("h = sqrt(x)\nloss = sum(h)", [4.0, -1.0], ("h", "value", [1])),
    "the slope of the root at 0": ("h = sqrt(x)\nloss = sum(h)", [4.0, 0.0], ("x", "gradient", [1])),
    "an overflow of exp": ("h = exp(x)\nloss = sum(h) * 0.5", [1.0, 1000.0], ("h", "value", [1])),
    "infinity less infinity": (
        "a = x * 1e308\nh = a * 10 - a * 10\nloss = sum(h)",
        [0.0, 1.0],
        ("h.multiply", "value", [1]),
    ),
    "a mean over nothing": ("n = sum(x > 5)\nloss = sum(x) / n - sum(x) / n", [1.0, 2.0], ("loss.divide", "value", [])),
    "0 times infinity from where": (
        "h = where(x > 0, log(x), 0)\nloss = sum(h)",
        [1.0, 0.0],
        ("h.log", "value", [1]),
    ),
    "a norm of 0": ("n = sqrt(sum(x ** 2))\nloss = sum(x / n)", [0.0, 0.0], ("loss.divide", "value", [0])),
}


def not_finite(program: str, x: list[float]) -> list[dict[str, Any]]:
    found = trace(bx.compile({"program": program, "parameters": {"x": x}}))
    return [warning for warning in found["warnings"] if warning["code"] == "not_finite"]


@each("name", BORN)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_first_step_that_made_it_is_named(name: str) -> None:
    program, x, (tensor, field, index) = BORN[name]
    first = not_finite(program, x)[0]
    assert (first["tensor"], first["field"], first["index"]) == (tensor, field, index)
    found = trace(bx.compile({"program": program, "parameters": {"x": x}}))
    step = found["steps"][first["step"]]
    assert step["output"] == (f"{tensor}.g" if field == "gradient" else tensor)
    value = np.asarray(found["tensors"][tensor][field])[tuple(index)]
    assert not np.isfinite(value)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_numbers_at_its_place_are_told() -> None:
    [first, *_] = not_finite("h = log(x)\nloss = sum(h)", [1.0, 0.0])
    assert first["operands"] == [{"code": "x[1]", "value": 0.0}]
    assert first["message"] == "h[1] is minus infinity: log(0)"
    assert first["line"] == 1


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("program", ["h = exp(x)\nloss = sum(h)", "s = where(x > 5, x, -np.inf)\nloss = sum(exp(s))"])
def test_where_all_is_meant_nothing_is_told(program: str) -> None:
    assert not_finite(program, [1.0, 6.0]) == []


def test_a_number_that_is_given_is_told_as_given() -> None:
    plan = bx.compile({"program": "h = w * 2\nloss = sum(h)", "parameters": {"w": [1.0, "NaN"]}})
    plan.run()
    [born] = ancestry(plan, plan.program.nodes["loss"], ())
    assert (born["phase"], born["tensor"], born["index"]) == ("given", "w", [1])
    assert born["message"] == "w[1] is NaN as it is given"
    assert ancestry(plan, plan.program.nodes["w.g"], (1,)) == []


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_its_sample_is_told() -> None:
    document = {"program": "h = log(x * w)\nloss = sum(h)", "inputs": {"x": [[1.0], [0.0]]}, "parameters": {"w": [2.0]}}
    [first, *_] = trace(bx.compile(document))["warnings"]
    assert (first["sample"], first["index"]) == (1, [1, 0])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("import torch\nloss = torch.nn.functional.normalize(x, dim=0, eps=0).sum()", "inside of `F.normalize"),
        ("loss = sum(softmax(where(x > 9, x, -np.inf)))", "inside of `softmax"),
    ],
)
def test_what_is_inside_of_a_composite_is_told_without_its_code(program: str, says: str) -> None:
    [first, *_] = not_finite(program, [0.0, 0.0])
    assert says in first["message"] or first["op"] == "divide"
    assert "`" not in first["cure"]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_cure_is_written_in_the_program_s_own_names() -> None:
    [first, *_] = not_finite("n = sqrt(sum(x ** 2))\nloss = n * 2", [0.0, 0.0])
    assert first["cure"].endswith("`sqrt((x ** 2).sum() + 1e-12)`")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_births_in_one_step_of_many_are_all_told() -> None:
    """One element came in as NaN, another is made so."""
    told = not_finite("h = log(x)\nk = sqrt(h - 1)\nloss = sum(k)", [-1.0, 1.0])
    assert [one["expression"] for one in told[:2]] == ["log(-1)", "sqrt(-1)"]


# -- the records

HAZARDS = [
    pytest.param(operation, hazard, id=f"{operation.name}-{hazard.says}")
    for operation in OPERATIONS.values()
    for hazard in operation.hazards
    if operation.family == "elementwise" and operation.name != "add"  # infinity with minus infinity, there
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@each(("operation", "hazard"), HAZARDS)
def test_a_hazard_is_one_and_its_cure_cures(operation: Operation, hazard: Hazard) -> None:
    """At its example the operation, or its slope, is not finite; with what is to be written instead both are."""
    example = {name: np.asarray(value, float) for name, value in (hazard.example or {}).items()}
    assert np.any(hazard.at(*example.values()))
    call = str(operation.code).format(**{name: name for name in operation.operands})

    def numbers(code: str) -> list[Any]:
        plan = bx.compile({"program": f"y = {code}\nloss = sum(y)", "parameters": example})
        plan.run()
        return [plan["y"], *(plan[f"{name}.g"] for name in example)]

    value, *slopes = numbers(call)
    assert not all(np.isfinite(one).all() for one in ([value] if not hazard.slope else slopes))
    if hazard.slope:
        assert np.isfinite(value).all() or operation.name.startswith("log")
    if hazard.code:
        cured = numbers(hazard.code.format(**{name: name for name in operation.operands}))
        assert all(np.isfinite(one).all() for one in cured)
        assert hazard.says
        assert hazard.cure
