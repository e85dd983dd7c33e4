"""HIPS autograd as an outsider: programs that differ from NumPy only in what they are called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import value_and_grad

import backprop_explorer as bx
from tests.together import each

RANDOM = np.random.default_rng(8)
GIVEN = {
    "x": RANDOM.standard_normal((4, 3)),
    "w": RANDOM.standard_normal((3, 2)),
    "b": RANDOM.standard_normal(2),
    "v": RANDOM.standard_normal(3),
    "s": np.array(0.7),
}
LABELS = np.array([0, 1, 1, 0])


def softmax(z: Any, axis: int = -1) -> Any:
    e = anp.exp(z)
    return e / anp.sum(e, axis, keepdims=True)


def lse(z: Any, axis: int) -> Any:
    return anp.log(anp.sum(anp.exp(z), axis))


def layer(a: Any, w: Any) -> Any:
    return anp.tanh(a @ w) + a[:, :2]


def loop(x: Any, w: Any) -> Any:
    h = x @ w
    for i in range(3):
        h = anp.tanh(h) * (i + 1) + h
    return anp.mean(h**2)


HOT = np.eye(2)[LABELS]
Reference = Callable[..., Any]
PROGRAMS: dict[str, Reference] = {
    "loss = mean((x @ w + b) ** 2)": lambda x, w, b, v, s: anp.mean((x @ w + b) ** 2),
    "loss = sum(x @ v)": lambda x, w, b, v, s: anp.sum(x @ v),
    "loss = v @ v * s": lambda x, w, b, v, s: v @ v * s,
    "loss = sum(v @ w * b)": lambda x, w, b, v, s: anp.sum(v @ w * b),
    "loss = sum(v[:, None] * w) + sum(v[None, :] * x)": lambda x, w, b, v, s: (
        anp.sum(v[:, None] * w) + anp.sum(v[None, :] * x)
    ),
    "h = x @ w\nloss = sum(h * h) + mean(h) * s": lambda x, w, b, v, s: anp.sum((x @ w) ** 2) + anp.mean(x @ w) * s,
    "h = x[1:, ::2] @ w[:2]\nloss = sum(h[-1] * b)": lambda x, w, b, v, s: anp.sum((x[1:, ::2] @ w[:2])[-1] * b),
    "h = concatenate((x @ w, x), axis=1)\nloss = sum(h ** 3)": lambda x, w, b, v, s: anp.sum(
        anp.concatenate((x @ w, x), 1) ** 3
    ),
    "h = stack((x @ v, x[:, 0]), 1)\nloss = sum(h @ h.T)": lambda x, w, b, v, s: (lambda h: anp.sum(h @ h.T))(
        anp.stack((x @ v, x[:, 0]), 1)
    ),
    'loss = sum(einsum("ij,jk,k->i", x, w, b) ** 2)': lambda x, w, b, v, s: anp.sum(
        anp.einsum("ij,jk,k->i", x, w, b) ** 2
    ),
    "loss = var(x @ w) + sum(x.var(0, ddof=1))": lambda x, w, b, v, s: anp.var(x @ w) + anp.sum(anp.var(x, 0, ddof=1)),
    "loss = mean(logsumexp(x @ w, 1)) + logsumexp(v, 0)": lambda x, w, b, v, s: anp.mean(lse(x @ w, 1)) + lse(v, 0),
    "p = softmax(x @ w)\nloss = -sum(p * log(p))": lambda x, w, b, v, s: (
        -anp.sum(softmax(x @ w) * anp.log(softmax(x @ w)))
    ),
    "loss = sum(log_softmax(x, axis=0)[0])": lambda x, w, b, v, s: anp.sum(anp.log(softmax(x, 0))[0]),
    "loss = cross_entropy(x @ w + b, y)": lambda x, w, b, v, s: (
        -anp.mean(anp.sum(HOT * anp.log(softmax(x @ w + b)), 1))
    ),
    'loss = nll_loss(log_softmax(x @ w), y, reduction="sum")': lambda x, w, b, v, s: (
        -anp.sum(HOT * anp.log(softmax(x @ w)))
    ),
    "loss = sum(sigmoid(x) * tanh(x)) + sum(sin(v) / cos(v))": lambda x, w, b, v, s: (
        anp.sum(anp.tanh(x) / (1 + anp.exp(-x))) + anp.sum(anp.sin(v) / anp.cos(v))
    ),
    "loss = sum(abs(x)) + sum(sqrt(exp(v))) + sum(softplus(b))": lambda x, w, b, v, s: (
        anp.sum(anp.abs(x)) + anp.sum(anp.sqrt(anp.exp(v))) + anp.sum(anp.log(1 + anp.exp(b)))
    ),
    "loss = sum(where(x > 0, x * s, x ** 2)) + sum(maximum(w, b))": lambda x, w, b, v, s: (
        anp.sum(anp.where(x > 0, x * s, x**2)) + anp.sum(anp.maximum(w, b))
    ),
    "loss = sum(max(x, 1)) + min(w) + sum(minimum(v, 0.1))": lambda x, w, b, v, s: (
        anp.sum(anp.max(x, 1)) + anp.min(w) + anp.sum(anp.minimum(v, 0.1))
    ),
    "loss = sum(exp(x) ** s) + s ** 3": lambda x, w, b, v, s: anp.sum(anp.exp(x) ** s) + s**3,
    "h = x.reshape(2, 2, 3) @ w\nloss = sum(h.transpose(2, 0, 1) ** 2)": lambda x, w, b, v, s: anp.sum(
        (anp.reshape(x, (2, 2, 3)) @ w) ** 2
    ),
    "h = x @ w\nfor i in range(3):\n  h = tanh(h) * (i + 1) + h\nloss = mean(h ** 2)": lambda x, w, b, v, s: loop(x, w),
    "def layer(a, m):\n  return tanh(a @ m) + a[:, :2]\nloss = sum(layer(x, w) ** 2)": lambda x, w, b, v, s: anp.sum(
        layer(x, w) ** 2
    ),
    "p, q = x @ w, x @ w + b\np, q = q, p\nloss = sum(p * q ** 2)": lambda x, w, b, v, s: anp.sum(
        (x @ w + b) * (x @ w) ** 2
    ),
    "d = x @ w - b\nloss = d.pow(2).mean() + d.abs().sum(dim=1, keepdim=True).mean()": lambda x, w, b, v, s: (
        anp.mean((x @ w - b) ** 2) + anp.mean(anp.sum(anp.abs(x @ w - b), 1))
    ),
    "loss = leaky_relu(x @ w, 0.2).sum() + F.relu(x).t().unsqueeze(-1).view(-1).clamp_min(.3).sum()": (
        lambda x, w, b, v, s: anp.sum(anp.where(x @ w > 0, x @ w, 0.2 * (x @ w))) + anp.sum(anp.maximum(x, 0.3))
    ),
    "loss = binary_cross_entropy_with_logits(x @ w, sigmoid(x[:, :2]))": lambda x, w, b, v, s: anp.mean(
        anp.log(1 + anp.exp(x @ w)) - (x @ w) / (1 + anp.exp(-x[:, :2]))
    ),
    'loss = linear(x, w.T, b, layout="out_in").sum() * mse(x[:, :2], x[:, 1:], reduction="sum")': (
        lambda x, w, b, v, s: anp.sum(x @ w + b) * anp.sum((x[:, :2] - x[:, 1:]) ** 2)
    ),
    "loss = sum(broadcast_to(b, (3, 2)) * w) + squeeze(expand_dims(v, 0)) @ v": lambda x, w, b, v, s: (
        anp.sum(b * w) + v @ v
    ),
}


@each("program", list(PROGRAMS))
def test_the_loss_and_every_gradient_equal_autograds(program: str) -> None:
    plan = bx.compile({"program": program, "inputs": {**GIVEN, "y": LABELS}})
    loss = plan.run()
    expected, gradients = value_and_grad(lambda tensors: PROGRAMS[program](*tensors))(tuple(GIVEN.values()))
    assert loss == pytest.approx(float(expected), rel=1e-9)
    for name, gradient in zip(GIVEN, gradients, strict=True):
        np.testing.assert_allclose(plan[f"{name}.g"], gradient, rtol=1e-9, atol=1e-11, err_msg=name)
