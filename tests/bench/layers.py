"""The workloads of convolution and attention. All in float32."""

from __future__ import annotations

from typing import Any

from contest import RANDOM, Contestants, compiled, jax, normal, ours, torch

CONVOLUTION = """
z1 = conv2d(x, k1, c1, padding=1)
a1 = relu(z1)
z2 = conv2d(a1, k2, c2, stride=2, padding=1)
a2 = relu(z2)
z3 = a2.reshape(32, -1) @ w + b
loss = cross_entropy(z3, y)
"""
ATTENTION = """
xn = layer_norm(x, gain, shift)
qkv = xn @ wq + bq
q = qkv[..., :64].reshape(8, 64, 4, 16).transpose(0, 2, 1, 3)
k = qkv[..., 64:128].reshape(8, 64, 4, 16).transpose(0, 2, 1, 3)
v = qkv[..., 128:].reshape(8, 64, 4, 16).transpose(0, 2, 1, 3)
p = softmax(q @ k.mT * 0.25)
context = (p @ v).transpose(0, 2, 1, 3).reshape(8, 64, 64)
out = x + (context @ wo + bo)
loss = mse(out, target)
"""


def conv() -> Contestants:
    """32 images 1 x 28 x 28: 3x3 to 8 channels, relu, 3x3 to 16 with stride 2, relu, linear 10, cross-entropy."""
    x, labels = normal(32, 1, 28, 28), RANDOM.integers(0, 10, 32)
    weights = {
        "k1": normal(8, 1, 3, 3, scale=0.3), "c1": normal(8, scale=0.01), "k2": normal(16, 8, 3, 3, scale=0.15),
        "c2": normal(16, scale=0.01), "w": normal(3136, 10, scale=0.02), "b": normal(10, scale=0.01),
    }  # fmt: skip
    found: Contestants = {"ours, run": ours(CONVOLUTION, {"x": x, "y": labels}, weights)}
    if torch is not None:
        function = torch.nn.functional
        tensors = {name: torch.tensor(value, requires_grad=True) for name, value in {"x": x, **weights}.items()}
        ty = torch.tensor(labels)

        def eager() -> None:
            for tensor in tensors.values():
                tensor.grad = None
            tx, k1, c1, k2, c2, w, b = tensors.values()
            kept = [function.conv2d(tx, k1, c1, padding=1)]
            kept.append(kept[-1].relu())
            kept.append(function.conv2d(kept[-1], k2, c2, stride=2, padding=1))
            kept.append(kept[-1].relu())
            kept.append(torch.addmm(b, kept[-1].reshape(32, -1), w))
            for tensor in kept:
                tensor.retain_grad()
            function.cross_entropy(kept[-1], ty).backward()

        found["torch"] = eager
    return found


def attention() -> Contestants:
    """8 x 64 positions x 64 features, 4 heads: layer norm, self-attention, residual, mean square error."""
    x, target = normal(8, 64, 64), normal(8, 64, 64)
    weights = {
        "gain": 1 + normal(64, scale=0.1), "shift": normal(64, scale=0.1), "wq": normal(64, 192, scale=0.125),
        "bq": normal(192, scale=0.02), "wo": normal(64, 64, scale=0.125), "bo": normal(64, scale=0.01),
    }  # fmt: skip
    found: Contestants = {"ours, run": ours(ATTENTION, {"x": x, "target": target}, weights)}
    if torch is not None:
        function = torch.nn.functional
        tensors = {name: torch.tensor(value, requires_grad=True) for name, value in {"x": x, **weights}.items()}
        goal = torch.tensor(target)

        def eager() -> None:
            for tensor in tensors.values():
                tensor.grad = None
            tx, gain, shift, wq, bq, wo, bo = tensors.values()
            xn = function.layer_norm(tx, (64,), gain, shift)
            qkv = function.linear(xn, wq.T, bq)
            heads = [part.view(8, 64, 4, 16).transpose(1, 2) for part in qkv.split(64, -1)]
            scores = heads[0] @ heads[1].transpose(-1, -2) * 0.25
            p = scores.softmax(-1)
            context = (p @ heads[2]).transpose(1, 2).reshape(8, 64, 64)
            out = tx + function.linear(context, wo.T, bo)
            for tensor in (xn, qkv, *heads, scores, p, context, out):
                tensor.retain_grad()
            function.mse_loss(out, goal).backward()

        found["torch"] = eager
    if jax is not None:

        def loss_of(x: Any, gain: Any, shift: Any, wq: Any, bq: Any, wo: Any, bo: Any) -> Any:
            mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
            xn = (x - mean) / jax.numpy.sqrt(var + 1e-5) * gain + shift
            qkv = xn @ wq + bq
            heads = [part.reshape(8, 64, 4, 16).transpose(0, 2, 1, 3) for part in jax.numpy.split(qkv, 3, -1)]
            scores = heads[0] @ heads[1].mT * 0.25
            p = jax.nn.softmax(scores)
            context = (p @ heads[2]).transpose(0, 2, 1, 3).reshape(8, 64, 64)
            out = x + (context @ wo + bo)
            return ((out - target) ** 2).mean(), (xn, qkv, *heads, scores, p, context, out)

        found["jax.jit"] = compiled(loss_of, x, *weights.values())
    return found
