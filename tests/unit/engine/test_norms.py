"""Norms: of any numbers, and in every trace."""

import math

import numpy as np
import pytest

from backprop_explorer.engine import compile_document, trace
from backprop_explorer.engine.numbers import norm
from backprop_explorer.examples import examples
from tests.together import each


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_numbers_of_any_size(dtype: type) -> None:
    limits = np.finfo(dtype)
    for scale in (1.0, float(limits.max) / 8, float(limits.tiny) * 8, 1e-30, 1e30):
        assert norm(np.array([[3, 0], [-4, 0]], dtype) * dtype(scale)) == pytest.approx(5 * scale, rel=1e-6)


@each(
    ("numbers", "expected"),
    [
        ([], 0.0),
        ([0.0, -0.0], 0.0),
        (-2.5, 2.5),
        ([[3, 4]], 5.0),
        ([True, True, False], math.sqrt(2)),
        ([1.0, math.inf], math.inf),
        ([-math.inf, 1.0], math.inf),
        ([math.inf, math.nan], math.nan),
    ],
)
def test_other_numbers(numbers: object, expected: float) -> None:
    assert norm(np.array(numbers)) == pytest.approx(expected, nan_ok=True)


@each("name", examples)
def test_every_tensor_of_a_trace_has_them(name: str) -> None:
    plan = compile_document(examples[name])
    for values in (True, False, ("loss",)):
        for tensor, told in trace(plan, values=values)["tensors"].items():
            assert told["norm"]["value"] == pytest.approx(np.linalg.norm(plan[tensor].astype(float)), rel=1e-12)
            gradient = told["norm"]["gradient"]
            assert (gradient is None) == (f"{tensor}.g" not in plan.program.nodes)
            assert gradient is None or gradient == pytest.approx(np.linalg.norm(plan[f"{tensor}.g"]), rel=1e-12)
