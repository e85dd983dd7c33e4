"""Gradients through what is detached, and parts of unequal size."""

from __future__ import annotations

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.practice import check


@pytest.mark.parametrize("word", ["detach(h)", "h.detach()"])
def test_a_gradient_through_what_is_detached_is_told(word: str) -> None:
    """Of t * h with t a copy of h, half of the gradient of h ** 2 comes back."""
    document = {"program": f"h = x * w\nt = {word}\nloss = sum(t * h)", "inputs": {"x": [1.0, 2.0]}}
    plan = bx.compile({**document, "parameters": {"w": [0.5, 3.0]}})
    plan.run()
    h = plan["h"]
    found = check(plan, {"h": (2 * h).tolist()})
    diagnosis = found["verdicts"]["h"]["diagnosis"]
    assert found["blame"] == ["h"]
    assert diagnosis is not None
    assert diagnosis["code"] == "gradient_through_detached"
    assert "`h`" in diagnosis["message"]
    other = check(plan, {"h": (-h).tolist()})["verdicts"]["h"]["diagnosis"]
    assert other is not None
    assert other["code"] == "wrong_sign"
    assert check(plan, {"h": h.tolist()})["correct"]


def test_a_mean_of_means_over_unequal_parts() -> None:
    program = "r1 = x1 @ w - y1\nr2 = x2 @ w - y2\nloss = (sum(r1 ** 2) + sum(r2 ** 2)) / 3"
    inputs = {"x1": [[1, 2]], "x2": [[0.5, -1], [3, 1]], "y1": [[1]], "y2": [[0], [2]]}
    plan = bx.compile({"program": program, "inputs": inputs, "parameters": {"w": [[0.5], [-0.3]]}})
    plan.run()
    x1, x2, r1, r2 = (np.asarray(plan[name]) for name in ("x1", "x2", "r1", "r2"))
    means = (2 * x1.T @ r1 + 2 * x2.T @ r2 / 2) / 2
    diagnosis = check(plan, {"w": means.tolist()})["verdicts"]["w"]["diagnosis"]
    assert diagnosis is not None
    assert diagnosis["code"] == "mean_for_sum"
    assert "1 and 2 rows" in diagnosis["message"]
