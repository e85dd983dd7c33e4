"""The oracle of programs: the same text run by Python with NumPy, and gradients by central differences."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import backprop_explorer as bx

STEP = 1e-6


def executed(text: str, tensors: dict[str, Any], loss: str = "loss") -> float:
    """What Python and NumPy make of the text."""
    names = {"np": np, "math": math}
    names |= {name: np.array(value) for name, value in tensors.items()}
    with np.errstate(all="ignore"):
        exec(text, names)  # noqa: S102 - a text of our own tests
    return float(names[loss])


def agrees(text: str, inputs: dict[str, Any] | None = None, loss: str = "loss", **parameters: Any) -> bx.Plan:
    """Asserts that the loss is NumPy's and each gradient that of central differences; `inputs` are labels."""
    floats = {name: np.array(value, float) for name, value in parameters.items()}
    labels = inputs or {}
    plan = bx.compile({"program": text, "inputs": labels, "parameters": floats, "loss": loss})
    with np.errstate(all="ignore"):
        found = float(plan.run())
    np.testing.assert_allclose(found, executed(text, {**labels, **floats}, loss), rtol=1e-12, err_msg=text)
    for name, start in floats.items():
        expected = np.zeros(start.shape)
        for index in np.ndindex(start.shape):
            values = []
            for sign in (1, -1):
                moved = start.copy()
                moved[index] += sign * STEP
                values.append(executed(text, {**labels, **floats, name: moved}, loss))
            expected[index] = (values[0] - values[1]) / (2 * STEP)
        np.testing.assert_allclose(plan[f"{name}.g"], expected, rtol=2e-6, atol=2e-7, err_msg=f"{name} of {text}")
    return plan
