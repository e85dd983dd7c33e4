"""Whole models against PyTorch, where that is installed: fifty losses from the same weights."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from backprop_explorer.engine import Document, Plan, compile_document
from backprop_explorer.examples import examples

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch compares whole models with it")
F = torch.nn.functional
Tensors = dict[str, "torch.Tensor"]


def lesson13(t: Tensors) -> "torch.Tensor":
    return F.mse_loss((F.relu(t["x"] @ t["w1"] + t["b1"]) @ t["w2"] + t["b2"])[:, 0], t["y"])


def mazur(t: Tensors) -> "torch.Tensor":
    h = torch.sigmoid(t["x"] @ t["w1"] + t["b1"])
    return 0.5 * ((torch.sigmoid(h @ t["w2"] + t["b2"]) - t["target"]) ** 2).sum()


def scalar(t: Tensors) -> "torch.Tensor":
    return (t["a"] * t["b"] - (t["a"] + t["b"])) ** 2


def xor(t: Tensors) -> "torch.Tensor":
    scores = torch.tanh(t["x"] @ t["w1"] + t["b1"]) @ t["w2"] + t["b2"]
    return F.binary_cross_entropy_with_logits(scores, t["y"])


def softmax_classifier(t: Tensors) -> "torch.Tensor":
    return F.cross_entropy(t["x"] @ t["w"] + t["b"], t["labels"])


def logistic_regression(t: Tensors) -> "torch.Tensor":
    return F.binary_cross_entropy_with_logits((t["x"] @ t["w"] + t["b"])[:, 0], t["y"])


def layer_norm(t: Tensors) -> "torch.Tensor":
    n = F.layer_norm(t["x"] @ t["w1"] + t["b1"], (5,), t["gain"], t["shift"])
    return F.mse_loss((F.relu(n) @ t["w2"] + t["b2"])[:, 0], t["y"])


def batch_norm(t: Tensors) -> "torch.Tensor":
    n = F.batch_norm(t["x"] @ t["w1"], None, None, t["gain"], t["shift"], training=True)
    return F.cross_entropy(F.relu(n) @ t["w2"] + t["b2"], t["labels"])


def embedding_bag(t: Tensors) -> "torch.Tensor":
    return F.cross_entropy(F.embedding_bag(t["words"], t["table"], mode="mean") @ t["w"] + t["b"], t["labels"])


def rnn(t: Tensors) -> "torch.Tensor":
    h = torch.zeros(6, 3, dtype=torch.float64)
    for step in range(5):
        h = torch.tanh(t["x"][:, step] @ t["wx"] + h @ t["wh"] + t["b"])
    return F.mse_loss((h @ t["wo"] + t["bo"])[:, 0], t["y"])


def attention_head(t: Tensors) -> "torch.Tensor":
    q, k, v = (t["x"] @ t[f"w{name}"] for name in "qkv")
    return F.mse_loss(F.scaled_dot_product_attention(q, k, v, is_causal=True), t["target"])


def transformer_block(t: Tensors) -> "torch.Tensor":
    e = F.embedding(t["tokens"], t["table"]) + t["positions"]
    n1 = F.layer_norm(e, (6,), t["g1"], t["s1"])
    q, k, v = ((n1 @ t[f"w{name}"]).view(5, 2, 3).transpose(0, 1) for name in "qkv")
    a = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    r = e + a.transpose(0, 1).reshape(5, 6) @ t["wo"]
    inside = F.layer_norm(r, (6,), t["g2"], t["s2"]) @ t["w1"] + t["b1"]
    return F.cross_entropy((r + F.gelu(inside) @ t["w2"] + t["b2"]) @ t["table"].T, t["following"])


def autoencoder(t: Tensors) -> "torch.Tensor":
    return F.mse_loss(torch.sigmoid(F.relu(t["x"] @ t["w1"] + t["b1"]) @ t["w2"] + t["b2"]), t["x"])


def digits(t: Tensors) -> "torch.Tensor":
    return F.cross_entropy(F.relu(t["x"] @ t["w1"] + t["b1"]) @ t["w2"] + t["b2"], t["y"])


def convnet(t: Tensors) -> "torch.Tensor":
    m = F.max_pool2d(F.relu(F.conv2d(t["x"].reshape(-1, 1, 8, 8), t["k1"], t["c1"], padding=1)), 2)
    return F.cross_entropy(F.relu(F.conv2d(m, t["k2"], t["c2"])).flatten(1) @ t["w"] + t["b"], t["y"])


MODELS: dict[str, Callable[[Tensors], "torch.Tensor"]] = {
    function.__name__: function
    for function in (
        lesson13, mazur, scalar, xor, softmax_classifier, logistic_regression, layer_norm, batch_norm, embedding_bag,
        rnn, attention_head, transformer_block, autoencoder, digits, convnet,
    )
}  # fmt: skip
OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}


def torch_losses(name: str, plan: Plan, count: int) -> list[float]:
    tensors = {key: torch.tensor(array) for key, array in plan.document.tensors.items()}
    parameters = [tensors[key].requires_grad_() for key in plan.document.parameters]
    options = dict(examples[name]["optimizer"])
    optimizer = OPTIMIZERS[options.pop("name")](parameters, **options)
    found = []
    for _ in range(count):
        optimizer.zero_grad()
        loss = MODELS[name](tensors)
        loss.backward()
        optimizer.step()
        found.append(float(loss.detach()))
    return found


@pytest.mark.parametrize("name", list(examples))
def test_fifty_losses_are_torchs(name: str) -> None:
    plan = compile_document(Document.parse(examples[name]))
    expected = torch_losses(name, plan, 50)
    found = [plan.step() for _ in range(50)]
    largest = max(abs(a - b) / max(1, abs(b)) for a, b in zip(found, expected, strict=True))
    print(f"{name}: largest relative difference {largest:.1e}, last loss {found[-1]:.6f}")
    assert np.isfinite(found).all()
    assert math.isfinite(largest)
    assert largest < 1e-6
