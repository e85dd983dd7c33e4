"""Programs whose numbers are explained: the examples, and one of each kind of thing that a program can do."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.examples import examples

PROGRAMS = {
    "fan-out": "h = x @ w\nk = h * h + h\nloss = sum(k * h) / 3",
    "slices": "h = x[:, 1:] @ w[1:]\nloss = sum(h[::-1] * h) + sum(h[0])",
    "joined": "h = concatenate((x @ w, x), 1)\ns = stack((h[:, 0], h[:, 1]), 1)\nloss = sum(s * s) + mean(h ** 2)",
    "batched": "h = x.reshape(2, 2, 3) @ w\nloss = mean(h ** 2)",
    "softmax": "p = softmax(x @ w)\nloss = -sum(log(p)) / 4",
    "extremes": "h = x @ w\nloss = sum(max(h, 1)) + sum(min(h, 0)) + sum(maximum(h, 0.2))",
    "convolution": "c = conv2d(x.reshape(1, 2, 2, 3), w.reshape(1, 2, 3, 1), padding=1)\nloss = sum(relu(c) ** 2)",
    "einsum": 'h = einsum("bi,io->bo", x, w)\nloss = sum(h * h)',
    "functions": "h = leaky_relu(x @ w)\nk = sigmoid(h) * tanh(h)\n"
    "loss = mean(where(k > 0.1, k, 0.5 * k)) + 0.1 * var(w)",
    "unused result": "h = relu(x @ w)\nk = exp(x)\nloss = mean(h)",
    "own function": "def layer(a, b):\n  z = a @ b\n  return relu(z) + z\nloss = mean(layer(x, w) ** 2)",
}


def plan_of(program: str) -> Plan:
    random = np.random.default_rng(3)
    return bx.compile(
        {
            "program": program,
            "inputs": {"x": random.standard_normal((4, 3))},
            "parameters": {"w": random.standard_normal((3, 2))},
        }
    )


PLANS: dict[str, Callable[[], Plan]] = {
    **{f"example {name}": lambda name=name: bx.compile(examples[name]) for name in examples},
    **{name: lambda text=text: plan_of(text) for name, text in PROGRAMS.items()},
}


def questions(plan: Plan, most: int = 24) -> list[tuple[str, str, tuple[int, ...]]]:
    """Every element of every value and gradient; of large tensors some, spread evenly."""
    found = []
    for name, info in plan.tensors.items():
        size = math.prod(info.shape)
        places = (
            np.unravel_index(np.linspace(0, size - 1, min(size, most)).astype(int), info.shape) if info.shape else ()
        )
        indices = [tuple(int(i) for i in place) for place in zip(*places, strict=True)] if info.shape else [()]
        fields = ["value", "gradient"] if info.differentiable else ["value"]
        found += [(name, field, index) for field in fields for index in indices]
    return found
