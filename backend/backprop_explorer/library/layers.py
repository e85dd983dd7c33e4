"""Layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backprop_explorer.library.record import Composite
from backprop_explorer.ops.record import OperandError, Reject, Sample

LINEAR = Composite(
    text="""
def linear(x, w, b=None, layout="in_out"):
    h = x @ w if layout == "in_out" else x @ w.T
    return h if b is None else h + b
""",
    summary=(
        'x @ w + b, the weights stored as (in, out); with layout="out_in" it is x @ w.T + b, as PyTorch stores them.'
    ),
    why={
        "x": (
            "A feature goes into every unit, each time multiplied by another weight. So its gradient is the sum "
            "over the units of weight times incoming gradient."
        ),
        "w": (
            "A weight multiplies one feature in every sample. So its gradient is the sum over the samples of that"
            " feature times the incoming gradient of its unit."
        ),
        "b": (
            "The bias of a unit is added for every sample. So its gradient is the sum of the incoming gradient "
            "over the samples."
        ),
    },
    formula="y = x @ w + b",
    symbols="x (…, in), w (in, out), b (out,), y (…, out)",
    choices={"layout": ("in_out", "out_in")},
    symbol="linear",
    source="torch.nn.functional.linear",
    samples=(
        Sample("linear(x, w, b)", {"x": (3, 4), "w": (4, 2), "b": (2,)}),
        Sample('linear(x, w, b, layout="out_in")', {"x": (3, 4), "w": (2, 4), "b": (2,)}),
        Sample("linear(x, w)", {"x": (3, 4), "w": (4, 2)}),
    ),
    rejects=(
        Reject(
            "linear(x, w, b)",
            {"x": (3, 4), "w": (2, 4), "b": (2,)},
            "matmul needs x's columns (4) to equal w's rows (2)",
        ),
        Reject('linear(x, w, layout="oi")', {"x": (3, 4), "w": (2, 4)}, "layout to be one of"),
    ),
)


def _probability(arguments: Mapping[str, Any]) -> None:
    p = arguments["p"]
    if not isinstance(p, (int, float)) or isinstance(p, bool) or not 0 <= p < 1:
        raise OperandError(f"p, the share that is dropped, to be a number from 0 to below 1; got {p}")


DROPOUT = Composite(
    text="""
def dropout(x, p=0.5):
    mask = random(x.shape) >= p
    return x * mask / (1 - p)
""",
    training=True,
    summary=(
        "Each element is 0 with probability p, and divided by 1 - p where it is kept, so that the mean stays. The "
        "random numbers follow from the document's seed: new ones after every update, the same ones when an iteration "
        "is looked at again."
    ),
    why={
        "x": (
            "What was dropped took no part in this iteration, so its gradient is 0. What was kept was divided by "
            "1 − p, and so is its gradient."
        ),
    },
    formula="y = x * mask / (1 - p)",
    symbols="mask: 1 with probability 1 - p and 0 with probability p, drawn for each element of x",
    gradients={"x": "mask / (1 - p) * g"},
    check=_probability,
    symbol="dropout",
    source="torch.nn.functional.dropout",
    paper=(
        'N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever and R. Salakhutdinov, "Dropout: A Simple Way '
        'to Prevent Neural Networks from Overfitting", 2014'
    ),
    samples=(Sample("dropout(x)", {"x": (3, 4)}), Sample("dropout(x, p=0.2)", {"x": (5,)})),
    rejects=(Reject("dropout(x, 1.5)", {"x": (3,)}, "a number from 0 to below 1; got 1.5"),),
)
DROPPED = Composite(
    text="""
def dropped(x, p=0.5, training=True, shape=()):
    if not training or p == 0:
        return x
    if p == 1:
        return x * 0
    return dropout(x, p) if shape == x.shape else x * (random(shape) >= p) / (1 - p)
""",
    training=True,
    summary="Dropout in training, with one draw for each element of a shape that x's shape is broadcast from.",
    formula="y = x * mask / (1 - p)",
    internal=True,
)
EMBEDDING = Composite(
    text="""
def embedding(indices, weight):
    return weight[indices]
""",
    summary="A row of the weights per index: what a one-hot row times the weights would give, without the product.",
    why={
        "weight": (
            "Each row of `{weight}` was copied to every place where its index occurs. So its gradient is the sum "
            "over these places, and 0 for a row that does not occur."
        ),
    },
    formula="y[n, d] = weight[indices[n], d]",
    symbols="indices: whole numbers n, weight (words, d), y (n, d)",
    symbol="embedding",
    source="torch.nn.functional.embedding",
    paper='Y. Bengio, R. Ducharme, P. Vincent and C. Jauvin, "A Neural Probabilistic Language Model", 2003',
    samples=(
        Sample("embedding(i, w)", {"i": (4,), "w": (3, 2)}, whole={"i": 3}),
        Sample("embedding(i, w)", {"i": (2, 3), "w": (4, 2)}, whole={"i": 4}),
    ),
    rejects=(Reject("embedding(x, w)", {"x": (4,), "w": (3, 2)}, "whole numbers"),),
)
