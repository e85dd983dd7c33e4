"""Code in messages is short, also where a node would be written out exponentially often."""

import pytest

import backprop_explorer as bx
from backprop_explorer.problem import Problem

DOUBLED = "\n".join(["def f(h):", *["    h = h * h + h"] * 60, "    return h"])
"""Each line doubles what its result would be as one expression."""


def refusal(program: str) -> str:
    with pytest.raises(Problem) as caught:
        bx.compile({"program": program, "inputs": {"x": [1.0, 2.0]}, "parameters": {"w": [1.0, 2.0]}})
    return caught.value.detail


def test_what_is_short_is_quoted() -> None:
    assert refusal("g = grad(x * 2, w + 1)\nloss = (g * w).sum()") == "x * 2 does not depend on w + 1"


def test_what_is_long_is_called_by_its_operation() -> None:
    told = refusal(f"{DOUBLED}\ng = grad(f(x * 1), f(w * 1))\nloss = (g * w).sum()")
    assert told.count("a result of add, of shape (2,)") == 2


def test_so_is_what_may_share_its_numbers() -> None:
    told = refusal(
        f"{DOUBLED}\nb = f(x * 1).reshape(-1)\nc = f(b)\nc[0] = 1\nd = f(b).reshape(-1)\nd[0] = 1\nloss = d.sum()"
    )
    assert len(told) < 300
