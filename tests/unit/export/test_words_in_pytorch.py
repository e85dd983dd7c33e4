"""Lines in both libraries' words, taken away as PyTorch scripts, and run where PyTorch is installed."""

from __future__ import annotations

import numpy as np
import pytest

from backprop_explorer.engine import Plan
from backprop_explorer.export.pytorch import pytorch, turned_weights
from tests.unit.export.test_words import PROGRAMS, compiled, numpy_case, own_program, plans, ran
from tests.unit.library.test_numpy_meaning import EVERY
from tests.unit.library.test_torch_meaning import cases

pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch runs the exported scripts")

SINGLE_PRECISION = ("hardsigmoid", "binary_cross_entropy(")
"""PyTorch's derivatives of them have a constant in single precision: 1 / 6, and the 1e-12 that it divides by at least
where a probability is 0 or 1."""


def assert_pytorch_agrees(plan: Plan, rtol: float = 1e-9) -> None:
    loss, variables = ran(pytorch(plan))
    np.testing.assert_allclose(loss, plan[str(plan.program.backward.loss.name)], rtol=1e-9, atol=1e-9)
    transposed = turned_weights(plan)
    for name, parameter in variables["model"].named_parameters():
        known = name.removesuffix("_")
        known = name if name in plan.document.parameters else known
        expected = np.asarray(plan[f"{known}.g"]) if f"{known}.g" in plan else np.zeros(plan[known].shape)
        found = np.zeros(parameter.shape) if parameter.grad is None else parameter.grad.numpy()
        np.testing.assert_allclose(found, expected.T if known in transposed else expected, rtol=rtol, atol=1e-9)


@pytest.mark.filterwarnings("ignore")  # PyTorch warns of much that it will change one day
@pytest.mark.parametrize("operation", cases())
def test_pytorchs_words_leave_as_a_pytorch_script(operation: str) -> None:
    for case, plan in plans(operation):
        single = any(word in case.text for word in SINGLE_PRECISION)
        assert_pytorch_agrees(plan, 1e-7 if single else 1e-9)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("line", EVERY)
def test_numpys_words_leave_as_a_pytorch_script(line: str) -> None:
    plan = compiled(numpy_case(line))
    if plan is not None:
        assert_pytorch_agrees(plan)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_in_pytorchs_words_runs_in_pytorch(name: str) -> None:
    assert_pytorch_agrees(own_program(name))
