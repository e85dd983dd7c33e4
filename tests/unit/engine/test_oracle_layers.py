"""HIPS autograd as an outsider for layers: each written out by hand, place by place where that is plainest."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import value_and_grad

import backprop_explorer as bx
from tests.examples.kept import erf
from tests.together import each

RANDOM = np.random.default_rng(9)
GIVEN = {
    "x": RANDOM.standard_normal((2, 4, 6, 5)),
    "k": RANDOM.standard_normal((6, 2, 3, 2)),
    "b": RANDOM.standard_normal(6),
    "c": RANDOM.standard_normal(4),
    "t": RANDOM.standard_normal((3, 5)),
}
PLACES = np.array([[2, 0], [1, 2]])


def convolved(x: Any, k: Any, stride: tuple[int, int], padding: int, dilation: int, groups: int) -> Any:
    """Every element of the result by itself."""
    x = anp.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), "constant")
    reach = [dilation * (length - 1) + 1 for length in k.shape[2:]]
    counts = [(x.shape[2 + i] - reach[i]) // stride[i] + 1 for i in range(2)]
    inside, out = k.shape[1], k.shape[0] // groups
    rows = []
    for o, y, z in product(range(k.shape[0]), range(counts[0]), range(counts[1])):
        channels = slice(o // out * inside, o // out * inside + inside)
        top, left = y * stride[0], z * stride[1]
        seen = x[:, channels, top : top + reach[0] : dilation, left : left + reach[1] : dilation]
        rows.append(anp.sum(seen * k[o], axis=(1, 2, 3)))
    return anp.reshape(anp.stack(rows, 1), (len(x), k.shape[0], *counts))


def pooled(x: Any, size: int, fold: Callable[..., Any]) -> Any:
    parts = [x[:, :, i : x.shape[2] - x.shape[2] % size : size, j : x.shape[3] - x.shape[3] % size : size]
             for i in range(size) for j in range(size)]  # fmt: skip
    return fold(anp.stack(parts), axis=0)


def standardized(x: Any, axis: Any, eps: float = 1e-5) -> Any:
    distance = x - anp.mean(x, axis, keepdims=True)
    return distance / anp.sqrt(anp.mean(distance**2, axis, keepdims=True) + eps)


def attention(q: Any, k: Any, v: Any, causal: bool) -> Any:
    scores = anp.einsum("...id,...jd->...ij", q, k) / math.sqrt(q.shape[-1])
    if causal:
        scores = anp.where(np.tri(q.shape[-2], k.shape[-2], dtype=bool), scores, -np.inf)
    power = anp.exp(scores - anp.max(scores, -1, keepdims=True))
    return anp.einsum("...ij,...jd->...id", power / anp.sum(power, -1, keepdims=True), v)


def looked_up(t: Any) -> Any:
    return anp.sum(t[PLACES] * np.arange(20.0).reshape(2, 2, 5))


Reference = Callable[[Any, Any, Any, Any, Any], Any]
PROGRAMS: dict[str, Reference] = {
    "loss = sum(conv2d(x[:, :2], k, b, padding=1) ** 2)": lambda x, k, b, c, t: anp.sum(
        (convolved(x[:, :2], k, (1, 1), 1, 1, 1) + b[:, None, None]) ** 2
    ),
    "loss = sum(conv2d(x, k, stride=(2, 1), groups=2) ** 2)": lambda x, k, b, c, t: anp.sum(
        convolved(x, k, (2, 1), 0, 1, 2) ** 2
    ),
    "loss = sum(conv2d(x, k, padding=2, dilation=2, groups=2) ** 2)": lambda x, k, b, c, t: anp.sum(
        convolved(x, k, (1, 1), 2, 2, 2) ** 2
    ),
    "loss = sum(conv1d(x[:, :2, :, 0], k[:, :, :, 0], b) ** 2)": lambda x, k, b, c, t: anp.sum(
        (convolved(x[:, :2, :, :1], k[:, :, :, :1], (1, 1), 0, 1, 1)[..., 0] + b[:, None]) ** 2
    ),
    "loss = sum(max_pool2d(x, 2) ** 2)": lambda x, k, b, c, t: anp.sum(pooled(x, 2, anp.max) ** 2),
    "loss = sum(avg_pool2d(x, 2) ** 2)": lambda x, k, b, c, t: anp.sum(pooled(x, 2, anp.mean) ** 2),
    "loss = sum(batch_norm(x, c, c, eps=0.1) ** 3)": lambda x, k, b, c, t: anp.sum(
        (standardized(x, (0, 2, 3), 0.1) * c[:, None, None] + c[:, None, None]) ** 3
    ),
    "loss = sum(layer_norm(x, t[0], t[1]) ** 3)": lambda x, k, b, c, t: anp.sum(
        (standardized(x, -1) * t[0] + t[1]) ** 3
    ),
    "loss = sum(rms_norm(x, t[0]) ** 3)": lambda x, k, b, c, t: anp.sum(
        (x / anp.sqrt(anp.mean(x**2, -1, keepdims=True) + 1e-5) * t[0]) ** 3
    ),
    "loss = sum(scaled_dot_product_attention(x, x[:, :, 1:], x[:, :, 1:, :2]) ** 2)": lambda x, k, b, c, t: anp.sum(
        attention(x, x[:, :, 1:], x[:, :, 1:, :2], False) ** 2
    ),
    "loss = sum(scaled_dot_product_attention(t, t, t, is_causal=True) ** 2)": lambda x, k, b, c, t: anp.sum(
        attention(t, t, t, True) ** 2
    ),
    "e = embedding(i, t)\nloss = sum(e * arange(20).reshape(2, 2, 5))": lambda x, k, b, c, t: looked_up(t),
    "loss = sum(t[i] * arange(20).reshape(2, 2, 5))": lambda x, k, b, c, t: looked_up(t),
    "loss = sum(gelu(t)) + sum(silu(c)) + sum(elu(b, alpha=0.5))": lambda x, k, b, c, t: (
        anp.sum(0.5 * t * (1 + erf(t / math.sqrt(2))))
        + anp.sum(c / (1 + anp.exp(-c)))
        + anp.sum(anp.where(b > 0, b, 0.5 * (anp.exp(b) - 1)))
    ),
    'loss = sum(gelu(t, approximate="tanh"))': lambda x, k, b, c, t: anp.sum(
        0.5 * t * (1 + anp.tanh(math.sqrt(2 / math.pi) * (t + 0.044715 * t**3)))
    ),
    "loss = sum(pad(t, ((1, 0), (2, 1)), constant_values=0.5) ** 2 * arange(8))": lambda x, k, b, c, t: anp.sum(
        anp.pad(t, ((1, 0), (2, 1)), "constant", constant_values=0.5) ** 2 * np.arange(8)
    ),
    "loss = sum(windows(t, (2, 3)).sum((0, 1)) ** 2)": lambda x, k, b, c, t: anp.sum(
        anp.array([[anp.sum(t[i : i + 2, j : j + 3]) for j in range(3)] for i in range(2)]) ** 2
    ),
    "loss = sum(cumsum(t, 0) ** 2) + sum(t.cumsum(-1) ** 3)": lambda x, k, b, c, t: (
        anp.sum(anp.cumsum(t, 0) ** 2) + anp.sum(anp.cumsum(t, 1) ** 3)
    ),
    "loss = sum(tril(t, 1) ** 2) + sum(triu(t) ** 3) + sum(eye(3) @ t)": lambda x, k, b, c, t: (
        anp.sum(anp.tril(t, 1) ** 2) + anp.sum(anp.triu(t) ** 3) + anp.sum(t)
    ),
    "loss = sum(clip(t, -0.5, 0.7) ** 2) + sum(prod(t, 0)) + std(c) + sum(t.std(1, ddof=1))": lambda x, k, b, c, t: (
        anp.sum(anp.clip(t, -0.5, 0.7) ** 2) + anp.sum(anp.prod(t, 0)) + anp.std(c) + anp.sum(anp.std(t, 1, ddof=1))
    ),
    "loss = sum((flatten(x, 1)[:, :6] * b + zeros((2, 6)) + full((6,), 2)) ** 2)": lambda x, k, b, c, t: anp.sum(
        (anp.reshape(x, (2, -1))[:, :6] * b + 2) ** 2
    ),
}


@each("program", list(PROGRAMS))
def test_the_loss_and_every_gradient_equal_autograds(program: str) -> None:
    plan = bx.compile({"program": program, "inputs": {**GIVEN, "i": PLACES}})
    loss = plan.run()
    expected, gradients = value_and_grad(lambda tensors: PROGRAMS[program](*tensors))(tuple(GIVEN.values()))
    assert loss == pytest.approx(float(expected), rel=1e-9)
    for name, gradient in zip(GIVEN, gradients, strict=True):
        np.testing.assert_allclose(plan[f"{name}.g"], gradient, rtol=1e-9, atol=1e-9, err_msg=name)


def test_dropouts_gradient_equals_autograds_under_the_same_mask() -> None:
    program = "h = dropout(t, 0.4)\nloss = sum(h ** 2) + sum(dropout(h * t, p=0.25) ** 3)"
    plan = bx.compile({"program": program, "parameters": {"t": GIVEN["t"]}, "optimizer": {"name": "sgd", "lr": 0.01}})
    draws = [name for name, tensor in plan.tensors.items() if tensor.role == "state"]
    assert len(draws) == 2
    for _ in range(3):
        before = plan["t"].copy()
        plan.run()
        first, second = ((plan[name] >= p) / (1 - p) for name, p in zip(draws, (0.4, 0.25), strict=True))
        assert 0 < np.count_nonzero(first) < first.size

        def loss(t: Any, first: Any = first, second: Any = second) -> Any:
            return anp.sum((t * first) ** 2) + anp.sum((t * first * t * second) ** 3)

        expected, gradient = value_and_grad(loss)(before)
        assert plan.run() == pytest.approx(float(expected), rel=1e-9)
        np.testing.assert_allclose(plan["t.g"], gradient, rtol=1e-9, atol=1e-12)
        plan.step()
