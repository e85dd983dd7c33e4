"""The gradient of a step's result, sent as it is for the gradient of what the step reads."""

import pytest

import backprop_explorer as bx
from backprop_explorer.practice.check import judged


@pytest.mark.parametrize("mask", [[1.0, 0.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]])
@pytest.mark.parametrize("numbers", [False, True])
def test_a_gradient_handed_on_without_mask_and_scale_is_called_that(mask: list[float], *, numbers: bool) -> None:
    """It is 0.8 times the right one as well, since where the mask is 0 the result's gradient is 0 here."""
    program = "d = h * mask / 0.8\nloss = sum(d ** 2)"
    plan = bx.compile({"program": program, "inputs": {"mask": mask}, "parameters": {"h": [0.5, 1.0, -2.0, 3.0]}})
    plan.run()
    diagnosis = judged(plan, "h", plan["d.g"].tolist() if numbers else "d.g").diagnosis
    assert diagnosis is not None
    assert diagnosis.code == "missing_local_derivative"
    assert diagnosis.message.startswith("Yours is the incoming gradient, `d.g`, unchanged: ")


def test_a_gradient_handed_on_without_a_number_is_off_by_a_factor() -> None:
    plan = bx.compile({"program": "d = 3 * h\nloss = sum(d ** 2)", "parameters": {"h": [0.5, 1.0, -2.0, 0.7]}})
    plan.run()
    diagnosis = judged(plan, "h", "d.g").diagnosis
    assert diagnosis is not None
    assert (diagnosis.code, diagnosis.message[:19]) == ("constant_factor", "Yours is 1/3 times ")
