"""Mistakes in layers of many kinds: gates, other normalisations, other losses, samplings, factorisations. Each step is
wrong in one way that people get wrong, and what that may be called stands beside it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.unit.practice.kinds import Kind
from tests.unit.practice.passes import drawn


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def _softmax(z: Any) -> Any:
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def _positive(seed: int, *shape: int) -> list[Any]:
    return (np.abs(drawn(seed, *shape)) + 0.3).tolist()


def _signs(seed: int, *shape: int) -> list[Any]:
    return np.where(np.asarray(drawn(seed, *shape)) > 0, 1.0, -1.0).tolist()


X, C = drawn(101, 5, 4), drawn(102, 5, 3)
GRU = (
    "r = sigmoid(x @ wr + h0 @ ur)\nu = sigmoid(x @ wu + h0 @ uu)\nrh = r * h0\nn = tanh(x @ wn + rh @ un)\n"
    "h = (1 - u) * n + u * h0\nloss = sum(h * c)"
)
CELL = (
    {"x": X, "c": C},
    {"h0": drawn(103, 5, 3), **{f"w{k}": drawn(104 + i, 4, 3) for i, k in enumerate("run")},
     **{f"u{k}": drawn(107 + i, 3, 3) for i, k in enumerate("run")}},
)  # fmt: skip
HIGHWAY = "t = sigmoid(x @ wt)\nq = relu(x @ wq)\ny = t * q + (1 - t) * x\nloss = sum(y * k)"
WAY = {"x": X, "k": drawn(111, 5, 4)}, {"wt": drawn(112, 4, 4), "wq": drawn(113, 4, 4)}
GROUP = (
    "g = x.reshape(3, 2, 4)\nm = mean(g, 2, True)\nd = g - m\nv = mean(d ** 2, 2, True)\nn = d / sqrt(v + 0.1)\n"
    "loss = sum(n * k)"
)
GROUPS = {"k": drawn(114, 3, 2, 4)}, {"x": drawn(115, 3, 8)}
GATED = "a = x @ wa\nb = x @ wb\ny = a * sigmoid(b)\nloss = sum(y * c)"
GATES = {"x": X, "c": C}, {"wa": drawn(116, 4, 3), "wb": drawn(117, 4, 3)}
LOGITS = "z = x @ w\nloss = mean(softplus(z) - y * z)"
BINARY = {"x": X, "y": (np.asarray(drawn(118, 5, 3)) > 0).astype(float).tolist()}, {"w": drawn(119, 4, 3)}
HUBER = "r = x @ w - y\na = abs(r)\nl = where(a < 1, 0.5 * r ** 2, a - 0.5)\nloss = mean(l)"
ROBUST = {"x": X, "y": drawn(120, 5, 3)}, {"w": drawn(121, 4, 3)}
VAE = "s = exp(0.5 * v)\nz = m + s * e\nk = 0.5 * sum(exp(v) + m ** 2 - 1 - v)\nloss = sum((z @ w - x) ** 2) + k"
LATENT = {"e": drawn(122, 5, 3), "x": X}, {"m": drawn(123, 5, 3), "v": drawn(124, 5, 3), "w": drawn(125, 3, 4)}
HINGE = "s = x @ w\nm = 1 - y * s\nh = maximum(m, 0)\nloss = mean(h ** 2) + 0.5 * sum(w ** 2)"
MARGIN = {"x": X, "y": _signs(126, 5, 3)}, {"w": drawn(127, 4, 3)}
COSINE = "na = sqrt(sum(a ** 2, 1))\nnb = sqrt(sum(b ** 2, 1))\nd = sum(a * b, 1)\ns = d / (na * nb)\nloss = sum(s * c)"
PAIRS = {"c": drawn(128, 5)}, {"a": drawn(129, 5, 4), "b": drawn(130, 5, 4)}
BILINEAR = "p = x @ a\nq = sum(p * z, 1)\nloss = mean((q - t) ** 2)"
FORMS = {"x": X, "z": drawn(131, 5, 3), "t": drawn(132, 5)}, {"a": drawn(133, 4, 3)}
FACTORS = "l = x @ w\ns = x @ v\nq = (x ** 2) @ (v ** 2)\np = 0.5 * sum(s ** 2 - q, 1)\nloss = mean((l + p - t) ** 2)"
MACHINE = {"x": X, "t": drawn(134, 5)}, {"w": drawn(135, 4), "v": drawn(136, 4, 3)}
MIXTURE = (
    "z = x @ wg\ng = softmax(z)\ne1 = tanh(x @ w1)\ne2 = tanh(x @ w2)\ny = g[:, 0:1] * e1 + g[:, 1:2] * e2\n"
    "loss = sum(y * c)"
)
EXPERTS = {"x": X, "c": C}, {"wg": drawn(137, 4, 2), "w1": drawn(138, 4, 3), "w2": drawn(139, 4, 3)}
SMOOTH = "z = x @ w\np = softmax(z)\nt = 0.9 * y + 0.1 / 3\nloss = -mean(sum(t * log(p), 1))"
HOT = {"x": X, "y": np.eye(3)[[0, 2, 1, 1, 0]].tolist()}, {"w": drawn(140, 4, 3)}
WARM = "z = x @ w\np = softmax(z / 2.5)\nloss = -sum(t * log(p))"
SHARES = {"x": X, "t": _softmax(np.asarray(drawn(141, 5, 3))).tolist()}, {"w": drawn(142, 4, 3)}
CONTRAST = "s = a @ b.T / 0.7\np = softmax(s)\nloss = -mean(sum(log(p) * i, 1))"
VIEWS = {"i": np.eye(4).tolist()}, {"a": drawn(143, 4, 3), "b": drawn(144, 4, 3)}
WEIGHTED = "n = sqrt(sum(v ** 2, 0))\nw = v / n * s\ny = x @ w\nloss = sum(y * c)"
NORMED = {"x": X, "c": C}, {"v": drawn(145, 4, 3), "s": drawn(146, 3)}
SCALED = "m = max(abs(x), 1, True)\nu = x / m\nloss = sum(u * k)"
LARGEST = {"k": drawn(147, 5, 4)}, {"x": drawn(148, 5, 4)}
DOUBLED = "u = x[:, i]\nloss = sum(u * c)"
COPIED = {"i": [0, 0, 1, 1, 2, 2], "c": drawn(149, 2, 6)}, {"x": drawn(150, 2, 3)}
RUNNING = "s = x @ w\nr = cumsum(s, 0)\nloss = sum(r * c)"
SUMS = {"x": X, "c": C}, {"w": drawn(151, 4, 3)}
POOLED = "z = conv2d(x, k)\ny = avg_pool2d(z, 2)\nloss = sum(y * c)"
IMAGE = {"x": drawn(152, 1, 1, 5, 5), "c": drawn(153, 1, 1, 2, 2)}, {"k": drawn(154, 1, 1, 2, 2)}
SLOPED = "z = x @ w\ny = where(z > 0, z, a * z)\nloss = sum(y * c)"
PARAMETRIC = {"x": X, "c": C}, {"w": drawn(155, 4, 3), "a": [0.1, 0.2, 0.3]}
PLACED = "e = E[t] + p\nh = tanh(e @ w)\nloss = sum(h * c)"
TOKENS = {"t": [[0, 1, 2], [2, 2, 0]], "c": drawn(156, 2, 3, 3)}, {
    "E": drawn(157, 4, 2), "p": drawn(158, 3, 2), "w": drawn(159, 2, 3)}  # fmt: skip
INSTANCE = (
    "m = mean(x, (2, 3), True)\nd = x - m\nv = mean(d ** 2, (2, 3), True)\nn = d / sqrt(v + 0.1)\nloss = sum(n * k)"
)
IMAGES = {"k": drawn(160, 2, 2, 3, 2)}, {"x": drawn(161, 2, 2, 3, 2)}
LOGSUM = "s = x @ w\nl = logsumexp(s, 1)\nloss = sum(l * q)"
ROWS = {"x": X, "q": drawn(162, 5)}, {"w": drawn(163, 4, 3)}
TRIPLET = "p = sum((a - b) ** 2, 1)\nq = sum((a - n) ** 2, 1)\nh = maximum(p - q + 1, 0)\nloss = mean(h)"
ANCHORS = {}, {"a": drawn(164, 5, 3), "b": drawn(165, 5, 3), "n": drawn(166, 5, 3)}
POISSON = "z = x @ w\nr = exp(z)\nloss = mean(r - y * z)"
COUNTS = {"x": X, "y": _positive(167, 5, 3)}, {"w": drawn(168, 4, 3)}

ALONE = ("smoothing: hard labels",)
"""Steps that people take at once, without a gradient in between."""

FURTHER: dict[str, Kind] = {
    "GRU: reset gate without its state": Kind(GRU, *CELL, "r", lambda k: k.d_rh, ("missing_local_derivative",)),
    "GRU: update gate's two ways": Kind(
        GRU, *CELL, "u", lambda k: k.d_h * (k.n - k.h0), ("wrong_sign", "missing_contribution")
    ),
    "GRU: only one way of the update gate": Kind(GRU, *CELL, "u", lambda k: k.d_h * k.h0, ("missing_contribution",)),
    "GRU: candidate by the wrong gate": Kind(
        GRU, *CELL, "n", lambda k: k.d_h * k.u, ("wrong_tensor", "missing_local_derivative", "extra_contribution")
    ),
    "GRU: weights of the candidate by the state": Kind(
        GRU, *CELL, "un", lambda k: k.h0.T @ (k.d_n * (1 - k.n**2)), ("wrong_tensor", "missing_local_derivative")
    ),
    "highway: the carry is forgotten": Kind(
        HIGHWAY, *WAY, "t", lambda k: k.d_y * k.q, ("missing_contribution", "overwritten_not_added")
    ),
    "highway: gate's way the other way round": Kind(
        HIGHWAY, *WAY, "q", lambda k: k.d_y * (1 - k.t), ("wrong_tensor", "missing_local_derivative", "unknown")
    ),
    "group norm: mean held constant": Kind(
        GROUP, *GROUPS, "g", lambda k: k.d_d, ("statistics_held_constant", "missing_contribution")
    ),
    "group norm: normalised over all": Kind(
        GROUP, *GROUPS, "m", lambda k: -k.d_d.sum((1, 2), keepdims=True) * np.ones((3, 2, 1)), ("axis_wrong",)
    ),
    "group norm: variance's mean forgotten": Kind(
        GROUP, *GROUPS, "d", lambda k: k.d_n / np.sqrt(k.v + 0.1) + 2 * k.d * k.d_v, ("sum_for_mean", "constant_factor")
    ),
    "GLU: derivative of the gate forgotten": Kind(
        GATED, *GATES, "b", lambda k: k.d_y * k.a, ("missing_local_derivative",)
    ),
    "GLU: gate on the gate": Kind(
        GATED,
        *GATES,
        "a",
        lambda k: k.d_y * k.b,
        ("activation_for_preactivation", "missing_local_derivative", "wrong_tensor"),
    ),
    "logits: sum for the mean": Kind(LOGITS, *BINARY, "z", lambda k: _sigmoid(k.z) - k.y, ("sum_for_mean",)),
    "logits: targets forgotten": Kind(
        LOGITS, *BINARY, "z", lambda k: _sigmoid(k.z) / 15, ("missing_contribution", "missing_local_derivative")
    ),
    "logits: z for its sigmoid": Kind(
        LOGITS,
        *BINARY,
        "z",
        lambda k: (k.z - k.y) / 15,
        ("activation_for_preactivation", "wrong_tensor", "missing_local_derivative"),
    ),
    "Huber: as a square everywhere": Kind(
        HUBER, *ROBUST, "r", lambda k: k.r / 15, ("mask_ignored", "missing_local_derivative", "missing_contribution")
    ),
    "VAE: half of the log-variance": Kind(
        VAE, *LATENT, "v", lambda k: k.d_z * k.e * k.s + 0.5 * (np.exp(k.v) - 1), ("constant_factor",)
    ),
    "VAE: prior's sign": Kind(VAE, *LATENT, "m", lambda k: k.d_z - k.m, ("wrong_sign",)),
    "VAE: noise forgotten": Kind(VAE, *LATENT, "s", lambda k: k.d_z, ("missing_local_derivative",)),
    "hinge: the square's 2": Kind(HINGE, *MARGIN, "h", lambda k: k.h / 15, ("constant_factor",)),
    "hinge: labels forgotten": Kind(HINGE, *MARGIN, "s", lambda k: -k.d_m, ("missing_local_derivative",)),
    "hinge: decay forgotten": Kind(
        HINGE, *MARGIN, "w", lambda k: np.asarray(X).T @ k.d_s, ("missing_contribution", "overwritten_not_added")
    ),
    "cosine: norms held constant": Kind(
        COSINE, *PAIRS, "a", lambda k: k.d_d[:, None] * k.b, ("missing_contribution", "statistics_held_constant")
    ),
    "cosine: the other norm": Kind(
        COSINE, *PAIRS, "a", lambda k: k.d_d[:, None] * k.b + (k.d_na / k.nb)[:, None] * k.a, ("wrong_tensor",)
    ),
    "bilinear: sides exchanged": Kind(
        BILINEAR,
        *FORMS,
        "a",
        lambda k: np.asarray(X).T @ (k.d_q[:, None] * k.z)[::-1],
        ("wrong_tensor", "transposed", "unknown"),
    ),
    "bilinear: other factor forgotten": Kind(
        BILINEAR, *FORMS, "p", lambda k: k.d_q[:, None] * np.ones((5, 3)), ("missing_local_derivative",)
    ),
    "factors: half forgotten": Kind(FACTORS, *MACHINE, "s", lambda k: 2 * k.d_p[:, None] * k.s, ("constant_factor",)),
    "factors: squares forgotten": Kind(
        FACTORS, *MACHINE, "v", lambda k: np.asarray(X).T @ k.d_s, ("missing_contribution", "overwritten_not_added")
    ),
    "mixture: gate of the other expert": Kind(
        MIXTURE,
        *EXPERTS,
        "e1",
        lambda k: k.d_y * k.g[:, 1:2],
        ("wrong_tensor", "missing_local_derivative", "only_last_step", "unknown"),
    ),
    "mixture: softmax by its diagonal": Kind(
        MIXTURE, *EXPERTS, "z", lambda k: k.d_g * k.g * (1 - k.g), ("diagonal_only",)
    ),
    "smoothing: mean over the classes": Kind(
        SMOOTH, *HOT, "z", lambda k: (k.p - k.t) / 15, ("constant_factor", "mean_for_sum")
    ),
    "smoothing: hard labels": Kind(SMOOTH, *HOT, "z", lambda k: (k.p - k.y) / 5, ("wrong_tensor",)),
    "temperature forgotten": Kind(WARM, *SHARES, "z", lambda k: k.p - k.t, ("constant_factor",)),
    "contrast: temperature the other way": Kind(
        CONTRAST, *VIEWS, "a", lambda k: k.d_s @ k.b * 0.7, ("constant_factor",)
    ),
    "contrast: transposed": Kind(CONTRAST, *VIEWS, "b", lambda k: k.d_s @ k.a, ("transposed",)),
    "weight norm: norm held constant": Kind(
        WEIGHTED, *NORMED, "v", lambda k: k.d_w / k.n * k.s, ("missing_contribution", "statistics_held_constant")
    ),
    "weight norm: scale summed over the wrong axis": Kind(
        WEIGHTED, *NORMED, "s", lambda k: (k.d_w * k.v / k.n).sum(1)[:3], ("axis_wrong",)
    ),
    "scaling: maximum held constant": Kind(
        SCALED, *LARGEST, "x", lambda k: k.d_u / k.m, ("missing_contribution", "statistics_held_constant")
    ),
    "copies: overwritten": Kind(
        DOUBLED, *COPIED, "x", lambda k: np.asarray(COPIED[0]["c"])[:, 1::2], ("overwritten_not_added",)
    ),
    "running sum: forward again": Kind(
        RUNNING, *SUMS, "s", lambda k: np.cumsum(k.d_r, 0), ("transposed", "axis_wrong", "unknown")
    ),
    "pooling: mean forgotten": Kind(
        POOLED, *IMAGE, "z", lambda k: np.repeat(np.repeat(k.d_y, 2, 2), 2, 3), ("constant_factor", "sum_for_mean")
    ),
    "slope: its mask ignored": Kind(
        SLOPED, *PARAMETRIC, "a", lambda k: (k.d_y * k.z).sum(0), ("mask_ignored", "missing_local_derivative")
    ),
    "slope: not summed over the samples": Kind(
        SLOPED, *PARAMETRIC, "a", lambda k: (k.d_y * k.z * (k.z <= 0)).mean(0), ("mean_for_sum",)
    ),
    "places: only the last row": Kind(
        PLACED, *TOKENS, "p", lambda k: k.d_e[-1], ("missing_batch_sum", "only_last_step", "unknown")
    ),
    "places: repeated tokens overwritten": Kind(
        PLACED,
        *TOKENS,
        "E",
        lambda k: np.stack([k.d_e[1, 2], k.d_e[0, 1], k.d_e[1, 1], np.zeros(2)]),
        ("overwritten_not_added",),
    ),
    "instance norm: over the batch": Kind(
        INSTANCE, *IMAGES, "m", lambda k: -k.d_d.mean((2, 3), keepdims=True), ("mean_for_sum",)
    ),
    "logsumexp: without the softmax": Kind(
        LOGSUM, *ROWS, "s", lambda k: k.d_l[:, None] * np.ones((5, 3)), ("missing_local_derivative",)
    ),
    "triplet: positive's sign": Kind(
        TRIPLET, *ANCHORS, "b", lambda k: 2 * k.d_p[:, None] * (k.a - k.b), ("wrong_sign",)
    ),
    "triplet: negative forgotten": Kind(
        TRIPLET,
        *ANCHORS,
        "a",
        lambda k: 2 * k.d_p[:, None] * (k.a - k.b),
        ("missing_contribution", "overwritten_not_added"),
    ),
    "Poisson: rate forgotten": Kind(
        POISSON,
        *COUNTS,
        "z",
        lambda k: (k.z - k.y) / 15,
        ("activation_for_preactivation", "wrong_tensor", "missing_local_derivative"),
    ),
}
"""By what is wrong."""
