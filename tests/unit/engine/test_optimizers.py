"""Optimizers against independent NumPy implementations of PyTorch's published definitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from tests.together import each

State = dict[str, np.ndarray]
START = np.array([[0.5, -1.0], [2.0, 0.3], [-0.7, 1.1]])
DATA = {"x": np.linspace(-1, 1, 12).reshape(4, 3), "y": np.linspace(0, 2, 8).reshape(4, 2)}


def gradient(w: np.ndarray) -> np.ndarray:
    return 2 / 8 * DATA["x"].T @ (DATA["x"] @ w - DATA["y"])


def sgd(
    w: np.ndarray,
    g: np.ndarray,
    s: State,
    t: int,
    lr: float,
    momentum: float = 0,
    nesterov: bool = False,
    weight_decay: float = 0,
) -> np.ndarray:
    g = g + weight_decay * w
    if momentum:
        s["b"] = g.copy() if t == 1 else momentum * s["b"] + g
        g = g + momentum * s["b"] if nesterov else s["b"]
    return w - lr * g


def adam(
    w: np.ndarray,
    g: np.ndarray,
    s: State,
    t: int,
    lr: float = 0.001,
    betas: Any = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0,
    decoupled: bool = False,
) -> np.ndarray:
    if decoupled:
        w = w * (1 - lr * weight_decay)
    else:
        g = g + weight_decay * w
    s["m"] = betas[0] * s.get("m", 0 * w) + (1 - betas[0]) * g
    s["v"] = betas[1] * s.get("v", 0 * w) + (1 - betas[1]) * g * g
    step = lr / (1 - betas[0] ** t)
    return w - step * s["m"] / (np.sqrt(s["v"]) / np.sqrt(1 - betas[1] ** t) + eps)


def adamw(w: np.ndarray, g: np.ndarray, s: State, t: int, weight_decay: float = 0.01, **options: Any) -> np.ndarray:
    return adam(w, g, s, t, weight_decay=weight_decay, decoupled=True, **options)


def rmsprop(
    w: np.ndarray,
    g: np.ndarray,
    s: State,
    t: int,
    lr: float = 0.01,
    alpha: float = 0.99,
    eps: float = 1e-8,
    weight_decay: float = 0,
    momentum: float = 0,
    centered: bool = False,
) -> np.ndarray:
    g = g + weight_decay * w
    s["v"] = alpha * s.get("v", 0 * w) + (1 - alpha) * g * g
    average = s["v"]
    if centered:
        s["a"] = alpha * s.get("a", 0 * w) + (1 - alpha) * g
        average = average - s["a"] ** 2
    change = g / (np.sqrt(average) + eps)
    if momentum:
        s["b"] = momentum * s.get("b", 0 * w) + change
        change = s["b"]
    return w - lr * change


def adagrad(
    w: np.ndarray,
    g: np.ndarray,
    s: State,
    t: int,
    lr: float = 0.01,
    lr_decay: float = 0,
    weight_decay: float = 0,
    eps: float = 1e-10,
) -> np.ndarray:
    g = g + weight_decay * w
    s["sum"] = s.get("sum", 0 * w) + g * g
    return w - lr / (1 + (t - 1) * lr_decay) * g / (np.sqrt(s["sum"]) + eps)


CASES: list[tuple[Callable[..., np.ndarray], dict[str, Any]]] = [
    (sgd, {"lr": 0.3}),
    (sgd, {"lr": 0.1, "momentum": 0.9}),
    (sgd, {"lr": 0.1, "momentum": 0.8, "nesterov": True, "weight_decay": 0.1}),
    (adam, {}),
    (adam, {"lr": 0.1, "betas": [0.8, 0.95], "weight_decay": 0.2}),
    (adamw, {}),
    (adamw, {"lr": 0.05, "weight_decay": 0.3}),
    (rmsprop, {}),
    (rmsprop, {"lr": 0.02, "momentum": 0.7, "centered": True, "alpha": 0.9, "weight_decay": 0.1}),
    (adagrad, {"lr": 0.2}),
    (adagrad, {"lr": 0.2, "lr_decay": 0.1, "weight_decay": 0.05}),
]


@each(("reference", "options"), CASES)
def test_ten_steps_equal_the_definition(reference: Callable[..., np.ndarray], options: dict[str, Any]) -> None:
    optimizer = {"name": reference.__name__, **options}
    plan = bx.compile(
        {"program": "loss = mse(x @ w, y)", "inputs": DATA, "parameters": {"w": START}, "optimizer": optimizer}
    )
    expected, state = START.copy(), {}
    for step in range(1, 11):
        expected = reference(expected, gradient(expected), state, step, **options)
        plan.step()
        np.testing.assert_allclose(plan["w"], expected, rtol=1e-11, atol=1e-13)


@each(
    ("optimizer", "says"),
    [
        ({"lr": 0.1}, "needs a name"),
        ({"name": "sdg"}, "no optimizer called 'sdg'"),
        ({"name": "sgd", "lr": 0}, "greater than 0"),
        ({"name": "sgd", "lr": -1}, "greater than 0"),
        ({"name": "sgd", "lr": "NaN"}, "finite number"),
        ({"name": "sgd", "lr": True}, "finite number"),
        ({"name": "sgd", "rate": 1}, "no option 'rate'"),
        ({"name": "sgd", "lr": 0.1, "nesterov": True}, "momentum greater than 0"),
        ({"name": "adam", "betas": [0.9]}, "two numbers"),
        ({"name": "adam", "betas": [0.9, 1.0]}, "two numbers"),
        ({"name": 3}, "needs a name"),
        ("sgd", "is an object"),
    ],
)
def test_what_an_optimizer_refuses(optimizer: Any, says: str) -> None:
    document = {"program": "loss = mse(x @ w, y)", "inputs": DATA, "parameters": {"w": START}, "optimizer": optimizer}
    with pytest.raises(bx.Problem) as caught:
        bx.compile(document)
    assert says in caught.value.detail
