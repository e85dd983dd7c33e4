"""Mistakes of every kind, as a wrong backward step would make them: the program, the tensor whose step is wrong, what
it gives, and what that may be called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.unit.practice.passes import Numbers, drawn


@dataclass(frozen=True)
class Kind:
    """`wrong` gives the wrong gradient out of the values, and the true gradients as `d_name`."""

    program: str
    inputs: Mapping[str, Any]
    parameters: Mapping[str, Any]
    tensor: str
    wrong: Callable[[Numbers], Any]
    codes: tuple[str, ...]


def _softmax(z: Any) -> Any:
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def _placed(values: Any, rows: Any, shape: tuple[int, ...], *, add: bool) -> Any:
    found = np.zeros(shape)
    for value, row in zip(values, rows, strict=True):
        found[row] = found[row] + value if add else value
    return found


def _kernel_gradient(g: Any, x: Any, size: int, stride: int = 1) -> Any:
    """That of a convolution along one axis with one channel."""
    return np.array([[[sum(g[0, 0, t] * x[0, 0, t * stride + i] for t in range(g.shape[2])) for i in range(size)]]])


def _moved_back(g: Any, w: Any, length: int, stride: int = 1, offset: int = 0, *, add: bool = True) -> Any:
    """The gradient of what such a convolution reads."""
    found = np.zeros((1, 1, length + 2 * offset + 4))
    for t in range(g.shape[2]):
        for i in range(w.shape[2]):
            at = t * stride + i
            found[0, 0, at] = (found[0, 0, at] if add else 0) + g[0, 0, t] * w[0, 0, i]
    return found[:, :, offset : offset + length]


DENSE = {"x": drawn(21, 5, 3), "t": drawn(22, 5, 2)}
WEIGHTS = {"u": drawn(23, 3, 4), "v": drawn(24, 4, 2)}
NET = "z = x @ u\nh = {}(z)\no = h @ v\nloss = mean((o - t) ** 2)"
LOOP = "s = s0\nfor k in range(3):\n    a = x[k] @ w + s @ r\n    s = tanh(a)\nloss = mean(s ** 2)"
CELL = {"x": drawn(31, 3, 4, 2)}, {"s0": drawn(32, 4, 3), "w": drawn(33, 2, 3), "r": drawn(34, 3, 3)}
BAND = {"x": drawn(41, 1, 1, 9), "c": drawn(42, 1, 1, 4)}
SCORES = {"m": np.tril(np.ones((4, 4))).tolist(), "c": drawn(51, 4, 4)}


def net(activation: str, tensor: str, wrong: Callable[[Numbers], Any], *codes: str) -> Kind:
    """A mistake in a network of two layers."""
    return Kind(NET.format(activation), DENSE, WEIGHTS, tensor, wrong, codes)


def cell(tensor: str, wrong: Callable[[Numbers], Any], *codes: str) -> Kind:
    """A mistake in a recurrent cell."""
    return Kind(LOOP, *CELL, tensor, wrong, codes)


KINDS: dict[str, Kind] = {
    "mean forgotten": net("tanh", "o", lambda k: 2 * (k.o - k.t), "sum_for_mean"),
    "divided by the rows": net("tanh", "o", lambda k: 2 * (k.o - k.t) / 5, "sum_for_mean", "constant_factor"),
    "two forgotten": net("tanh", "o", lambda k: (k.o - k.t) / 10, "constant_factor"),
    "sign": net("tanh", "o", lambda k: 2 * (k.t - k.o) / 10, "wrong_sign"),
    "sigmoid of its own result": net(
        "sigmoid", "z", lambda k: k.d_h * _sigmoid(k.h) * (1 - _sigmoid(k.h)), "activation_for_preactivation"
    ),
    "z for h": net("tanh", "z", lambda k: k.d_h * (1 - k.z**2), "activation_for_preactivation"),
    "derivative of another function": net(
        "softplus", "z", lambda k: k.d_h * (1 - np.tanh(k.z) ** 2), "missing_local_derivative"
    ),
    "no incoming gradient": net("tanh", "z", lambda k: 1 - k.h**2, "missing_incoming_gradient"),
    "once more": net("tanh", "h", lambda k: k.d_h * (1 - k.h**2), "extra_local_derivative", "wrong_tensor"),
    "updated before": net(
        "tanh", "h", lambda k: k.d_o @ (k.v - 0.05 * k.d_v).T, "stale_value"
    ),
    "weight decay that is not there": net("tanh", "v", lambda k: k.h.T @ k.d_o + 0.02 * k.v, "extra_contribution"),
    "an approximation": net(
        "gelu", "z", lambda k: k.d_h * (_sigmoid(1.7 * k.z) + 1.7 * k.z * _sigmoid(1.7 * k.z) * _sigmoid(-1.7 * k.z)),
        "wrong_approximation",
    ),
    "rounded values": net("tanh", "z", lambda k: k.d_h * (1 - k.h.round(2) ** 2), "wrong_approximation"),
    "without the bias": Kind(
        "z = x @ u + b\nh = relu(z)\nloss = mean(h ** 2)", {"x": DENSE["x"]},
        {"u": WEIGHTS["u"], "b": [1.5, -1.0, 0.7, 2.0]}, "z", lambda k: k.d_h * (k.x @ k.u > 0), ("wrong_tensor",),
    ),
    "decay's factor": Kind(
        "o = x @ u\nloss = mean(o ** 2) + 0.2 * sum(u ** 2)", {"x": DENSE["x"]}, {"u": WEIGHTS["u"]}, "u",
        lambda k: k.x.T @ k.d_o + 0.2 * k.u, ("constant_factor",),
    ),
    "decay's sign": Kind(
        "o = x @ u\nloss = mean(o ** 2) + 0.2 * sum(u ** 2)", {"x": DENSE["x"]}, {"u": WEIGHTS["u"]}, "u",
        lambda k: k.x.T @ k.d_o - 0.4 * k.u, ("wrong_sign",),
    ),
    "decay forgotten": Kind(
        "o = x @ u\nloss = mean(o ** 2) + 0.2 * sum(u ** 2)", {"x": DENSE["x"]}, {"u": WEIGHTS["u"]}, "u",
        lambda k: k.x.T @ k.d_o, ("missing_contribution",),
    ),
    "mean of the rows constant": Kind(
        "m = mean(x, axis=1, keepdims=True)\nd = x - m\nloss = sum(d ** 3)", {}, {"x": drawn(25, 4, 3)}, "x",
        lambda k: k.d_d, ("statistics_held_constant",),
    ),
    "variance of a normalisation constant": Kind(
        "y = layer_norm(x)\nloss = sum(y ** 3 * c)", {"c": drawn(26, 4, 5)}, {"x": drawn(27, 4, 5)}, "x",
        lambda k: (k.d_y - k.d_y.mean(-1, keepdims=True)) / np.sqrt(k.x.var(-1, keepdims=True) + 1e-5),
        ("statistics_held_constant",),
    ),
    "all statistics constant": Kind(
        "y = layer_norm(x)\nloss = sum(y ** 3 * c)", {"c": drawn(26, 4, 5)}, {"x": drawn(27, 4, 5)}, "x",
        lambda k: k.d_y / np.sqrt(k.x.var(-1, keepdims=True) + 1e-5), ("statistics_held_constant",),
    ),
    "eps forgotten": Kind(
        "r = 1 / sqrt(mean(x * x, axis=1, keepdims=True) + 0.01)\nloss = sum(x * r * c)", {"c": drawn(26, 4, 5)},
        {"x": drawn(27, 4, 5)}, "x",
        lambda k: k.c * k["r"] - k.d_r * k.x / 5 / (k.x**2).mean(1, keepdims=True) ** 1.5,
        ("eps_forgotten", "wrong_approximation"),
    ),
    "softmax's diagonal": Kind(
        "p = softmax(z)\nloss = sum(p ** 2 * c)", {"c": drawn(28, 3, 5)}, {"z": drawn(29, 3, 5)}, "z",
        lambda k: k.p * (1 - k.p) * k.d_p, ("diagonal_only",),
    ),
    "softmax's diagonal, no incoming gradient": Kind(
        "p = softmax(z)\nloss = sum(p ** 2 * c)", {"c": drawn(28, 3, 5)}, {"z": drawn(29, 3, 5)}, "z",
        lambda k: k.p * (1 - k.p), ("missing_incoming_gradient",),
    ),
    "softmax along the columns": Kind(
        "p = softmax(z)\nloss = sum(p ** 2 * c)", {"c": drawn(28, 3, 5)}, {"z": drawn(29, 3, 5)}, "z",
        lambda k: k.p * (k.d_p - (k.d_p * k.p).sum(0, keepdims=True)), ("axis_wrong",),
    ),
    "log softmax's sum": Kind(
        "l = log_softmax(z)\nloss = sum(l * c)", {"c": drawn(28, 3, 5)}, {"z": drawn(29, 3, 5)}, "z",
        lambda k: k.d_l, ("missing_contribution",),
    ),
    "mask ignored": Kind(
        "q = where(m == 1, s, -1e9)\np = softmax(q)\nloss = sum(p ** 2 * c)", SCORES, {"s": drawn(52, 4, 4)}, "q",
        lambda k: _softmax(k.s) * (k.d_p - (k.d_p * _softmax(k.s)).sum(1, keepdims=True)), ("mask_ignored",),
    ),
    "the other half of the mask": Kind(
        "q = where(m == 1, s, 0)\nloss = sum(q ** 2 * c)", SCORES, {"s": drawn(52, 4, 4)}, "s",
        lambda k: np.where(k.m.T == 1, k.d_q, 0), ("mask_ignored",),
    ),
    "rows overwritten": Kind(
        "e = E[i]\nloss = sum(e ** 2 * c)", {"i": [2, 0, 2, 3], "c": drawn(53, 4, 3)}, {"E": drawn(54, 5, 3)}, "E",
        lambda k: _placed(k.d_e, k.i, k.E.shape, add=False), ("overwritten_not_added",),
    ),
    "rows averaged": Kind(
        "e = E[i]\nloss = sum(e ** 2 * c)", {"i": [2, 0, 2, 3], "c": drawn(53, 4, 3)}, {"E": drawn(54, 5, 3)}, "E",
        lambda k: _placed(k.d_e, k.i, k.E.shape, add=True) / [[1], [1], [2], [1], [1]], ("mean_for_sum",),
    ),
    "a row left out": Kind(
        "e = E[i]\nloss = sum(e ** 2 * c)", {"i": [2, 0, 2, 3], "c": drawn(53, 4, 3)}, {"E": drawn(54, 5, 3)}, "E",
        lambda k: _placed(k.d_e, k.i, k.E.shape, add=True) * [[0], [1], [1], [1], [1]], ("missing_contribution",),
    ),
    "parts in another order": Kind(
        "a = sin(z[:, 0:2])\nb = tanh(z[:, 2:4])\nloss = sum(a ** 2) + sum(b ** 3)", {}, {"z": drawn(55, 3, 4)}, "z",
        lambda k: np.concatenate((k.d_b * (1 - k.b**2), k.d_a * np.cos(k.z[:, :2])), 1), ("transposed",),
    ),
    "one part of four": Kind(
        "a = sin(z[:, 0:2])\nb = tanh(z[:, 2:4])\nloss = sum(a ** 2) + sum(b ** 3)", {}, {"z": drawn(55, 3, 4)}, "z",
        lambda k: np.concatenate((k.d_a * np.cos(k.z[:, :2]), k.d_b), 1), ("missing_local_derivative",),
    ),
    "kernel not transposed": Kind(
        "y = conv1d(x, w)\nloss = sum(y ** 2)", {}, {"x": drawn(43, 1, 1, 7), "w": drawn(44, 1, 1, 3)}, "x",
        lambda k: _moved_back(k.d_y, k.w[:, :, ::-1], 7), ("kernel_not_flipped",),
    ),
    "kernel's gradient transposed": Kind(
        "y = conv1d(x, w)\nloss = sum(y ** 2)", {}, {"x": drawn(43, 1, 1, 7), "w": drawn(44, 1, 1, 3)}, "w",
        lambda k: _kernel_gradient(k.d_y, k.x, 3)[:, :, ::-1], ("kernel_not_flipped",),
    ),
    "stride ignored": Kind(
        "y = conv1d(x, w, stride=2)\nloss = sum(y ** 2 * c)", BAND, {"w": drawn(45, 1, 1, 3)}, "x",
        lambda k: _moved_back(k.d_y, k.w, 9), ("stride_or_padding_ignored",),
    ),
    "stride ignored for the kernel": Kind(
        "y = conv1d(x, w, stride=2)\nloss = sum(y ** 2 * c)", BAND, {"w": drawn(45, 1, 1, 3)}, "w",
        lambda k: _kernel_gradient(k.d_y, k.x, 3), ("stride_or_padding_ignored",),
    ),
    "padding ignored": Kind(
        "y = conv1d(x, w, padding=1)\nloss = sum(y ** 2)", {}, {"x": drawn(46, 1, 1, 7), "w": drawn(44, 1, 1, 3)}, "x",
        lambda k: _moved_back(k.d_y, k.w, 7), ("stride_or_padding_ignored",),
    ),
    "padding not cut off": Kind(
        "y = conv1d(x, w, padding=1)\nloss = sum(y ** 2)", {}, {"x": drawn(46, 1, 1, 7), "w": drawn(44, 1, 1, 3)}, "x",
        lambda k: _moved_back(k.d_y, k.w, 9), ("stride_or_padding_ignored",),
    ),
    "windows overwritten": Kind(
        "y = conv1d(x, w)\nloss = sum(y ** 2)", {}, {"x": drawn(43, 1, 1, 7), "w": drawn(44, 1, 1, 3)}, "x",
        lambda k: _moved_back(k.d_y, k.w, 7, add=False), ("overwritten_not_added",),
    ),
    "next round forgotten": cell(
        "r", lambda k: k.s__2.T @ k.d_a__3, "missing_contribution", "only_last_step"
    ),
    "first round alone": cell("w", lambda k: k.x[0].T @ k.d_a__1, "overwritten_not_added"),
    "values of the round after": cell(
        "r", lambda k: k.s__1.T @ k.d_a__1 + k.s__2.T @ k.d_a__2 + k.s__3.T @ k.d_a__3, "wrong_tensor"
    ),
    "the gate's own round": cell(
        "a__2", lambda k: k.d_s__2 * (1 - k.s__1**2), "wrong_tensor"
    ),
    "a part for the whole": Kind(
        "h = mean(e, axis=1)\no = h @ w\nloss = sum(o ** 2)", {"e": drawn(61, 4, 3, 2)}, {"w": drawn(62, 2, 3)}, "w",
        lambda k: k.e[:, 0].T @ k.d_o, ("wrong_tensor",),
    ),
    "nested counts": Kind(
        "h = mean(e, axis=1)\nloss = sum(h ** 3)", {}, {"e": drawn(61, 4, 3, 2)}, "e",
        lambda k: np.repeat(k.d_h[:, None], 3, 1), ("sum_for_mean",),
    ),
}  # fmt: skip
"""By what was done."""
