"""The examples beyond dense networks in HIPS autograd; see `oracle`."""

import math

import autograd.numpy as anp
import numpy as np

from tests.examples.kept import Keep, Numbers, cross_entropy, erf, softmax


def logistic_regression(t: Numbers, keep: Keep) -> np.ndarray:
    score = keep("score", keep("score.matmul", t["x"] @ t["w"]) + t["b"])
    chosen = keep("loss.index", score[:, 0])
    return anp.mean(anp.logaddexp(chosen, 0) - chosen * t["y"])


def layer_norm(t: Numbers, keep: Keep) -> np.ndarray:
    h = keep("h", keep("h.matmul", t["x"] @ t["w1"]) + t["b1"])
    n = keep("n", _standardized(h, -1) * t["gain"] + t["shift"])
    a = keep("a", anp.maximum(n, 0) * (n > 0))
    out = keep("out", keep("out.matmul", a @ t["w2"]) + t["b2"])
    return anp.mean((keep("loss.index", out[:, 0]) - t["y"]) ** 2)


def batch_norm(t: Numbers, keep: Keep) -> np.ndarray:
    h = keep("h", t["x"] @ t["w1"])
    n = keep("n", _standardized(h, 0) * t["gain"] + t["shift"])
    a = keep("a", anp.maximum(n, 0) * (n > 0))
    return cross_entropy(keep("scores", keep("scores.matmul", a @ t["w2"]) + t["b2"]), t["labels"])


def embedding_bag(t: Numbers, keep: Keep) -> np.ndarray:
    bag = keep("bag", anp.mean(keep("e", t["table"][t["words"]]), axis=1))
    return cross_entropy(keep("scores", keep("scores.matmul", bag @ t["w"]) + t["b"]), t["labels"])


def rnn(t: Numbers, keep: Keep) -> np.ndarray:
    h = keep("h__1", np.zeros((6, 3)))
    for step in range(5):
        name = f"h__{step + 2}"
        seen = keep(f"{name}.matmul", keep(f"{name}.index", t["x"][:, step]) @ t["wx"])
        inside = keep(f"{name}.add", seen + keep(f"{name}.matmul_2", h @ t["wh"]))
        h = keep(name, anp.tanh(keep(f"{name}.add_2", inside + t["b"])))
    out = keep("out", keep("out.matmul", h @ t["wo"]) + t["bo"])
    return anp.mean((keep("loss.index", out[:, 0]) - t["y"]) ** 2)


def attention_head(t: Numbers, keep: Keep) -> np.ndarray:
    q, k, v = (keep(name, t["x"] @ t[f"w{name}"]) for name in "qkv")
    fit = keep("scores.matmul", q @ keep("scores.mT", k.T))
    scores = keep("scores", fit / math.sqrt(3))
    seen = keep("seen", anp.tril(keep("seen.ones", np.ones((5, 5)))))
    open_places = keep("p.where", anp.where(seen > 0, scores, -np.inf))
    out = keep("out", keep("p", softmax(open_places)) @ v)
    return anp.mean((out - t["target"]) ** 2)


def transformer_block(t: Numbers, keep: Keep) -> np.ndarray:
    def head(name: str) -> np.ndarray:
        rows = keep(f"{name}.reshape", keep(f"{name}.matmul", n1 @ t[f"w{name}"]).reshape(5, 2, 3))
        return keep(name, anp.transpose(rows, (1, 0, 2)))

    e = keep("e", keep("e.embedding", t["table"][t["tokens"]]) + t["positions"])
    n1 = keep("n1", _standardized(e, -1) * t["g1"] + t["s1"])
    q, k, v = (head(name) for name in "qkv")
    scores = anp.where(np.tri(5, dtype=bool), q @ anp.transpose(k, (0, 2, 1)) / math.sqrt(3), -np.inf)
    a = keep("a", softmax(scores) @ v)
    m = keep("m", keep("m.transpose", anp.transpose(a, (1, 0, 2))).reshape(5, 6))
    r = keep("r", e + keep("r.matmul", m @ t["wo"]))
    n2 = keep("n2", _standardized(r, -1) * t["g2"] + t["s2"])
    inside = keep("f.add", keep("f.matmul", n2 @ t["w1"]) + t["b1"])
    f = keep("f", 0.5 * inside * (1 + erf(inside / math.sqrt(2))))
    out = keep("out", r + keep("out.add", keep("out.matmul", f @ t["w2"]) + t["b2"]))
    scores = keep("scores", out @ keep("scores.mT", t["table"].T))
    return cross_entropy(scores, t["following"])


def autoencoder(t: Numbers, keep: Keep) -> np.ndarray:
    inside = keep("code.add", keep("code.matmul", t["x"] @ t["w1"]) + t["b1"])
    code = keep("code", anp.maximum(inside, 0) * (inside > 0))
    shown = keep("image.add", keep("image.matmul", code @ t["w2"]) + t["b2"])
    return anp.mean((keep("image", 1 / (1 + anp.exp(-shown))) - t["x"]) ** 2)


def convnet(t: Numbers, keep: Keep) -> np.ndarray:
    image = keep("image", t["x"].reshape(-1, 1, 8, 8))
    framed = anp.pad(image, ((0, 0), (0, 0), (1, 1), (1, 1)), "constant")
    z1 = keep("a1.conv2d", _convolved(framed, t["k1"]) + t["c1"][:, None, None])
    a1 = keep("a1", anp.maximum(z1, 0) * (z1 > 0))
    corners = anp.stack([a1[:, :, i::2, j::2] for i in range(2) for j in range(2)])
    m = keep("m", anp.max(corners, axis=0))
    z2 = keep("a2.conv2d", _convolved(m, t["k2"]) + t["c2"][:, None, None])
    a2 = keep("a2", anp.maximum(z2, 0) * (z2 > 0))
    flat = keep("scores.flatten", a2.reshape(len(t["x"]), -1))
    return cross_entropy(keep("scores", keep("scores.matmul", flat @ t["w"]) + t["b"]), t["y"])


def _standardized(x: np.ndarray, axis: int) -> np.ndarray:
    distance = x - anp.mean(x, axis=axis, keepdims=True)
    return distance / anp.sqrt(anp.mean(distance**2, axis=axis, keepdims=True) + 1e-5)


def _convolved(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """One shifted product per element of the kernel."""
    height, width = x.shape[2] - kernel.shape[2] + 1, x.shape[3] - kernel.shape[3] + 1
    return sum(
        anp.einsum("nchw,oc->nohw", x[:, :, i : i + height, j : j + width], kernel[:, :, i, j])
        for i in range(kernel.shape[2])
        for j in range(kernel.shape[3])
    )


MODELS = {
    function.__name__: function
    for function in (
        logistic_regression, layer_norm, batch_norm, embedding_bag, rnn, attention_head, transformer_block,
        autoencoder, convnet,
    )
}  # fmt: skip
