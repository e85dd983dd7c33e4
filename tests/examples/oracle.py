"""Every example once more in HIPS autograd, written by hand: each value and, by an offset of zero added to it, each
gradient."""

import autograd.numpy as anp
import numpy as np
from autograd import grad

from tests.examples import layers
from tests.examples.kept import Keep, Numbers, cross_entropy


def lesson13(t: Numbers, keep: Keep) -> np.ndarray:
    l1 = keep("l1", keep("l1.matmul", t["x"] @ t["w1"]) + t["b1"])
    l2 = keep("l2", anp.maximum(l1, 0) * (l1 > 0))  # autograd halves the gradient at a tie; ours is 0 at 0
    out = keep("out", keep("out.matmul", l2 @ t["w2"]) + t["b2"])
    return anp.mean((keep("loss.index", out[:, 0]) - t["y"]) ** 2)


def scalar(t: Numbers, keep: Keep) -> np.ndarray:
    p, s = keep("p", t["a"] * t["b"]), keep("s", t["a"] + t["b"])
    return keep("loss.subtract", p - s) ** 2


def mazur(t: Numbers, keep: Keep) -> np.ndarray:
    def layer(name: str, x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
        z = keep(f"{name}.add", keep(f"{name}.matmul", x @ w) + b)
        return keep(name, 1 / (1 + anp.exp(-z)))

    out = layer("out", layer("h", t["x"], t["w1"], t["b1"]), t["w2"], t["b2"])
    square = keep("loss.power", keep("loss.subtract", out - t["target"]) ** 2)
    return 0.5 * keep("loss.sum", anp.sum(square))


def xor(t: Numbers, keep: Keep) -> np.ndarray:
    h = keep("h", anp.tanh(keep("h.add", keep("h.matmul", t["x"] @ t["w1"]) + t["b1"])))
    score = keep("score", keep("score.matmul", h @ t["w2"]) + t["b2"])
    return anp.mean(anp.logaddexp(score, 0) - score * t["y"])


def softmax_classifier(t: Numbers, keep: Keep) -> np.ndarray:
    return cross_entropy(keep("scores", keep("scores.matmul", t["x"] @ t["w"]) + t["b"]), t["labels"])


def digits(t: Numbers, keep: Keep) -> np.ndarray:
    z = keep("h.add", keep("h.matmul", t["x"] @ t["w1"]) + t["b1"])
    h = keep("h", anp.maximum(z, 0))
    return cross_entropy(keep("scores", keep("scores.matmul", h @ t["w2"]) + t["b2"]), t["y"])


MODELS = {
    "lesson13": lesson13, "scalar": scalar, "mazur": mazur, "xor": xor,
    "softmax_classifier": softmax_classifier, "digits": digits, **layers.MODELS,
}  # fmt: skip


def computed(name: str, tensors: Numbers) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The values and the gradients of all tensors of an example but the labels, which have none."""
    values: dict[str, np.ndarray] = {}

    def run(offsets: Numbers) -> np.ndarray:
        def keep(key: str, value: np.ndarray) -> np.ndarray:
            values.setdefault(key, value)
            return value + offsets.get(key, 0.0)

        leaves = {key: keep(key, value) if value.dtype.kind == "f" else value for key, value in tensors.items()}
        return keep("loss", MODELS[name](leaves, keep))

    run({})
    offsets = {key: np.zeros(np.shape(value)) for key, value in values.items()}
    return dict(values), grad(run)(offsets)
