"""Answers whose numbers are right, but that have too few of them."""

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.practice.check import judged


@pytest.mark.parametrize(("axes", "answer"), [((1, 2), "m.g / 12"), ((0, 2), "m.g / 8"), ((0, 1), "m.g / 6")])
def test_one_number_for_all_that_a_mean_was_taken_of_is_called_that(axes: tuple[int, int], answer: str) -> None:
    x = np.random.default_rng(3).normal(size=(2, 3, 4)).tolist()
    plan = bx.compile({"program": f"m = x.mean({axes})\nloss = (m ** 2).sum()", "parameters": {"x": x}})
    plan.run()
    found = judged(plan, "x", answer)
    assert found.verdict == "wrong_shape"
    assert found.diagnosis is not None
    assert "there must be one for each element of `x` (2, 3, 4)" in found.diagnosis.message
