"""Where the elements of a movement come from, as the page lights them up."""

from typing import Any

import numpy as np

import backprop_explorer as bx
from backprop_explorer.engine.picture import picture_of
from backprop_explorer.engine.trace import trace
from tests.together import each


def origins(program: str, **given: Any) -> list[list[int] | None]:
    plan = bx.compile({"program": f"h = {program}\nloss = sum(h * h)", "parameters": given})
    plan.run()
    trace(plan)
    return [operand.origin for operand in picture_of(plan.program.nodes["h"]).operands]


@each("filled", ["0", "1", "2", "0.5", "1.5", "-1", "np.inf", "-np.inf", "1e30"])
def test_what_fills_a_padding_comes_from_nowhere(filled: str) -> None:
    around = "" if filled == "0" else f", constant_values={filled}"
    assert origins(f"pad(x, (1, 2){around})", x=[7.0, 8.0]) == [[-1, 0, 1, -1, -1]]


def test_elements_of_several_operands() -> None:
    assert origins("concatenate((a, b, a))", a=[1.0, 2.0], b=[3.0]) == [
        [0, 1, -1, -1, -1], [-1, -1, 0, -1, -1], [-1, -1, -1, 0, 1],
    ]  # fmt: skip
    assert origins("stack((a, b), 1)", a=[1.0, 2.0], b=[3.0, 4.0]) == [[0, -1, 1, -1], [-1, 0, -1, 1]]
    assert origins("stack((a, b))", a=1.0, b=2.0) == [[0, -1], [-1, 0]]


def test_a_padding_with_minus_infinity_before_a_pooling() -> None:
    program = "h = pad(x, ((0,1),(0,1)), constant_values=-np.inf)\nloss = sum(max_pool2d(h[None, None], 2))"
    plan = bx.compile({"program": program, "parameters": {"x": np.arange(9.0).reshape(3, 3)}})
    assert plan.run() == 4 + 5 + 7 + 8
    assert trace(plan)["steps"]


def test_a_scalar_padded_and_taken_as_it_is() -> None:
    plan = bx.compile({"program": "h = pad(x, 1)\nk = (h * h)[()]\nloss = k + pad(3, 0)", "parameters": {"x": 2.0}})
    assert plan.run() == 7
    assert plan["x.g"] == 4
    assert "k = k.multiply[()]" in [f"{step['output']} = {step['code']}" for step in trace(plan)["steps"]]
    assert "k = k_multiply[()]" in plan.code()
