"""Where numbers that are not finite come from: programs in which one is born, and where."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import trace

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


@pytest.mark.parametrize("name", BORN)
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
    assert first["message"] == "h[1] is minus infinity: log(x) with x[1] = 0"
    assert first["line"] == 1


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("program", ["h = exp(x)\nloss = sum(h)", "s = where(x > 5, x, -np.inf)\nloss = sum(exp(s))"])
def test_where_all_is_meant_nothing_is_told(program: str) -> None:
    assert not_finite(program, [1.0, 6.0]) == []
