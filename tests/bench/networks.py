"""The workloads of dense networks. All in float32."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from contest import RANDOM, ZERO, Contestants, compiled, jax, normal, ours, torch


def tiny() -> Contestants:
    """x (6, 10), 2 relu units, 1 output, mean square error; no biases."""
    x, w1, w2, y = normal(6, 10), normal(10, 2), normal(2, 1), normal(6, 1)
    l1, l2, gl2, gl1 = (np.empty((6, 2), np.float32) for _ in range(4))
    out, d, gout, gy = (np.empty((6, 1), np.float32) for _ in range(4))
    loss, gw1, gw2, gx = np.empty((), np.float32), np.empty_like(w1), np.empty_like(w2), np.empty_like(x)
    flat, mask = d.reshape(-1), np.empty((6, 2), bool)
    two, minus, count = np.array(2 / 6, np.float32), np.array(-2 / 6, np.float32), np.array(6, np.float32)
    lr, new1, new2 = np.array(1e-6, np.float32), np.empty_like(w1), np.empty_like(w2)

    def hand(
        x_dot=x.dot, l2_dot=l2.dot, flat_dot=flat.dot, l2t_dot=l2.T.dot,
        gout_dot=gout.dot, xt_dot=x.T.dot, gl1_dot=gl1.dot,
        maximum=np.maximum, subtract=np.subtract, divide=np.divide, multiply=np.multiply, greater=np.greater,
        w1t=w1.T, w2t=w2.T,
    ) -> None:  # fmt: skip
        x_dot(w1, l1), maximum(l1, ZERO, out=l2), l2_dot(w2, out), subtract(out, y, d)
        flat_dot(flat, loss), divide(loss, count, loss)
        multiply(two, d, gout), multiply(minus, d, gy), gout_dot(w2t, gl2), l2t_dot(gout, gw2)
        greater(l1, ZERO, mask), multiply(mask, gl2, gl1), gl1_dot(w1t, gx), xt_dot(gl1, gw1)

    def hand_step(multiply=np.multiply, subtract=np.subtract) -> None:
        hand()
        multiply(lr, gw1, new1), subtract(w1, new1, new1), multiply(lr, gw2, new2), subtract(w2, new2, new2)
        w1[...] = new1
        w2[...] = new2

    program = "l1 = x @ w1\nl2 = relu(l1)\nout = l2 @ w2\nloss = mse(out, y)"
    data, weights = {"x": x.copy(), "y": y.copy()}, {"w1": w1.copy(), "w2": w2.copy()}
    found: Contestants = {"hand-written": hand, "ours, run": ours(program, data, weights)}
    found |= {"hand-written step": hand_step, "ours, step": ours(program, data, weights, step=True)}
    if torch is not None:
        tx, t1, t2, ty = (torch.tensor(v, requires_grad=True) for v in (x, w1, w2, y))

        def eager() -> None:
            for tensor in (tx, t1, t2, ty):
                tensor.grad = None
            a = tx @ t1
            b = a.relu()
            c = b @ t2
            for tensor in (a, b, c):
                tensor.retain_grad()
            torch.nn.functional.mse_loss(c, ty).backward()

        found["torch"] = eager
    if jax is not None:

        def loss_of(x: Any, w1: Any, w2: Any, y: Any) -> Any:
            a = x @ w1
            b = jax.nn.relu(a)
            c = b @ w2
            return ((c - y) ** 2).mean(), (a, b, c)

        found["jax.jit"] = compiled(loss_of, x, w1, w2, y)
    return found


def mlp() -> Contestants:
    """Batch 64, 784-256-128-10, relu, softmax cross-entropy."""
    sizes = (784, 256, 128, 10)
    x, labels = normal(64, 784), RANDOM.integers(0, 10, 64)
    w = [normal(a, b, scale=(2 / a) ** 0.5) for a, b in pairwise(sizes)]
    b = [normal(n, scale=0.01) for n in sizes[1:]]
    z, a = [normal(64, n) for n in sizes[1:]], [normal(64, n) for n in sizes[1:3]]
    gz, ga = [normal(*v.shape) for v in z], [np.empty_like(v) for v in a]
    gw, gb, gx = [np.empty_like(v) for v in w], [np.empty_like(v) for v in b], np.empty_like(x)
    masks, ones = [np.empty(v.shape, bool) for v in a], np.ones(64, np.float32)
    p, shifted = np.empty((64, 10), np.float32), np.empty((64, 10), np.float32)
    row, loss = np.empty((64, 1), np.float32), np.empty((), np.float32)
    hot = np.eye(10, dtype=np.float32)[labels]
    inverse, minus = np.array(1 / 64, np.float32), np.array(-1 / 64, np.float32)

    def hand() -> None:
        h = x
        for i in range(3):
            h.dot(w[i], z[i]), np.add(z[i], b[i], z[i])
            if i < 2:
                h = np.maximum(z[i], ZERO, out=a[i])
        np.maximum.reduce(z[2], 1, None, row, True), np.subtract(z[2], row, shifted), np.exp(shifted, p)
        np.add.reduce(p, 1, None, row, True), np.divide(p, row, p), np.log(row, row), np.subtract(shifted, row, shifted)
        np.multiply(shifted.reshape(-1).dot(hot.reshape(-1)), minus, loss)
        np.subtract(p, hot, gz[2]), np.multiply(gz[2], inverse, gz[2])
        for i in (2, 1, 0):
            below = a[i - 1] if i else x
            below.T.dot(gz[i], gw[i]), ones.dot(gz[i], gb[i]), gz[i].dot(w[i].T, ga[i - 1] if i else gx)
            if i:
                np.greater(z[i - 1], ZERO, masks[i - 1]), np.multiply(ga[i - 1], masks[i - 1], gz[i - 1])

    def floor() -> None:
        h = x
        for i in range(3):
            h.dot(w[i], z[i])
            h = a[i] if i < 2 else h
        for i in (2, 1, 0):
            (a[i - 1] if i else x).T.dot(gz[i], gw[i]), gz[i].dot(w[i].T, ga[i - 1] if i else gx)

    layers = "z1 = x @ w1 + b1\na1 = relu(z1)\nz2 = a1 @ w2 + b2\na2 = relu(z2)\nz3 = a2 @ w3 + b3\n"
    program = layers + "loss = cross_entropy(z3, y)"
    weights = {f"{name}{i + 1}": v[i].copy() for i in range(3) for name, v in (("w", w), ("b", b))}
    found: Contestants = {"floor": floor, "hand-written": hand}
    found["ours, run"] = ours(program, {"x": x.copy(), "y": labels}, weights)
    if torch is not None:
        tx, ty = torch.tensor(x, requires_grad=True), torch.tensor(labels)
        tw, tb = ([torch.tensor(v, requires_grad=True) for v in group] for group in (w, b))

        def eager() -> None:
            for tensor in (tx, *tw, *tb):
                tensor.grad = None
            h = tx
            for i in range(3):
                h = torch.addmm(tb[i], h, tw[i])
                h.retain_grad()
                if i < 2:
                    h = h.relu()
                    h.retain_grad()
            torch.nn.functional.cross_entropy(h, ty).backward()

        found["torch"] = eager
    if jax is not None:
        chosen = jax.numpy.asarray(labels)

        def loss_of(x: Any, *weights: Any) -> Any:
            h, kept = x, []
            for i in range(3):
                kept.append(h @ weights[i] + weights[i + 3])
                h = kept[-1]
                if i < 2:
                    h = jax.nn.relu(h)
                    kept.append(h)
            return -jax.nn.log_softmax(h)[jax.numpy.arange(64), chosen].mean(), kept

        found["jax.jit"] = compiled(loss_of, x, *w, *b)
    return found


def lesson() -> Contestants:
    """x (50000, 784), 50 relu units, 1 output, mean square error."""
    n, i, o = 50_000, 784, 50
    x, w1, b1 = (
        RANDOM.standard_normal((n, i), dtype=np.float32),
        normal(i, o, scale=(2 / i) ** 0.5),
        normal(o, scale=0.01),
    )
    w2, b2, y = normal(o, 1, scale=o**-0.5), normal(1), RANDOM.integers(0, 10, (n, 1)).astype(np.float32)
    l1, gl1, gw1, gx = np.empty((n, o), np.float32), normal(n, o), np.empty_like(w1), np.empty_like(x)

    def floor() -> None:
        x.dot(w1, l1), x.T.dot(gl1, gw1), gl1.dot(w1.T, gx)

    program = "l1 = x @ w1 + b1\nl2 = relu(l1)\nout = l2 @ w2 + b2\nloss = mse(out, y)"
    weights = {"w1": w1, "b1": b1, "w2": w2, "b2": b2}
    found: Contestants = {"floor": floor, "ours, run": ours(program, {"x": x, "y": y}, weights)}
    if torch is not None:
        tensors = [torch.tensor(v, requires_grad=True) for v in (x, w1, b1, w2, b2)]
        ty = torch.tensor(y)

        def eager() -> None:
            for tensor in tensors:
                tensor.grad = None
            tx, t1, c1, t2, c2 = tensors
            kept = [torch.addmm(c1, tx, t1)]
            kept.append(kept[0].relu())
            kept.append(torch.addmm(c2, kept[1], t2))
            for tensor in kept:
                tensor.retain_grad()
            torch.nn.functional.mse_loss(kept[2], ty).backward()

        found["torch"] = eager
    if jax is not None:

        def loss_of(x: Any, w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
            l1 = x @ w1 + b1
            l2 = jax.nn.relu(l1)
            out = l2 @ w2 + b2
            return ((out - y) ** 2).mean(), (l1, l2, out)

        found["jax.jit"] = compiled(loss_of, x, w1, b1, w2, b2)
    return found
