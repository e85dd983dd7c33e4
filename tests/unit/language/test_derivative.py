"""A derivative inside a program, differentiated again: against central differences and PyTorch's own numbers."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from tests.together import each

PENALTY = "h = tanh(x @ w) @ v\nslope = grad(sum(h), x)\nloss = mean((sum(slope ** 2, 1) - 1) ** 2) + mse(h[:, 0], y)"
RESIDUAL = "u = tanh(x @ w) @ v\nfirst = grad(u, x)\nsecond = grad(first, x)\nloss = mean((second + u) ** 2)"
PROGRAMS = {
    "gradient penalty": PENALTY,
    "a differential equation": RESIDUAL,
    "Hessian-vector product": (
        "f = sum(tanh(x @ w) ** 3)\ng = grad(f, w)\nhv = grad(sum(g * w), w)\nloss = sum(hv ** 2)"
    ),
    "through softmax and a loss": (
        "z = relu(x @ w)\nl = cross_entropy(z, labels)\ng = grad(l, w)\nloss = l + sum(g ** 2)"
    ),
    "PyTorch's words": (
        "h = torch.tanh(x @ w) @ v\ng, = torch.autograd.grad(h.sum(), x, create_graph=True)\n"
        "loss = (((g ** 2).sum(dim=1).sqrt() - 1) ** 2).mean()"
    ),
    "of a step inside": "h = x @ w\nf = sum(exp(h))\nd = grad(f, h)\nloss = mean(d * h) + sum(v ** 2)",
}


def document(program: str) -> dict[str, Any]:
    random = np.random.default_rng(5)
    return {
        "program": program,
        "inputs": {"x": random.normal(size=(4, 3)), "y": random.normal(size=4), "labels": [0, 1, 1, 0]},
        "parameters": {"w": random.normal(size=(3, 2)), "v": random.normal(size=(2, 1))},
    }


@each("name", PROGRAMS)
def test_what_goes_through_a_derivative_equals_central_differences(name: str) -> None:
    plan = bx.compile(document(PROGRAMS[name]))
    plan.run()
    start, found, step = np.array(plan["w"]), np.array(plan["w.g"]), 1e-5
    expected = np.zeros_like(start)
    for index in np.ndindex(start.shape):
        losses = []
        for sign in (1, -1):
            moved = start.copy()
            moved[index] += sign * step
            plan["w"] = moved
            losses.append(plan.run())
        expected[index] = (losses[0] - losses[1]) / (2 * step)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)


@each("name", PROGRAMS)
def test_the_script_gives_the_same_gradients(name: str) -> None:
    plan = bx.compile(document(PROGRAMS[name]))
    plan.run()
    space: dict[str, Any] = {}
    exec(plan.code(), space)  # noqa: S102 - the script is what is tested
    np.testing.assert_allclose(space["w_g"], plan["w.g"], rtol=1e-12, atol=1e-15)


def test_a_derivative_that_equals_a_gradient_equals_it() -> None:
    plan = bx.compile(document("h = x @ w\nloss = mse((h @ v)[:, 0], y)\ng = grad(loss, w)\nloss = loss + 0 * sum(g)"))
    plan.run()
    np.testing.assert_allclose(plan["g"], plan["w.g"], rtol=1e-12)


def test_without_create_graph_nothing_goes_back_through_it() -> None:
    text = "h = torch.tanh(x @ w) @ v\ng, = torch.autograd.grad(h.sum(), x)\nloss = (g * x).sum()"
    plan = bx.compile(document(text))
    plan.run()
    assert not plan["w.g"].any()
    assert plan["g"].any()


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("h = x @ w\nloss = sum(grad(h, v))", "x @ w does not depend on v"),
        ("loss = sum(grad(x))", "grad(y, x)"),
        ("g, = torch.autograd.grad(x @ w, w)\nloss = sum(g)", "single number"),
    ],
)
def test_what_cannot_be_derived_is_refused(program: str, says: str) -> None:
    with pytest.raises(bx.Problem, match=re.escape(says)):
        bx.compile(document(program))
