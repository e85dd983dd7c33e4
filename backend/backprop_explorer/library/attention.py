"""Attention: every position asks all others, and takes a mean of what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backprop_explorer.library.record import Composite
from backprop_explorer.ops.record import OperandError, Reject, Sample


def _keys_fit(arguments: Mapping[str, Any]) -> None:
    q, k = arguments["q"], arguments["k"]
    if not all(isinstance(shape, tuple) and len(shape) >= 2 for shape in (q, k)):
        raise OperandError(f"q and k of shape (…, positions, features); got {q} and {k}")
    if q[-1] != k[-1]:
        raise OperandError(f"q's features ({q[-1]}) to equal k's ({k[-1]}); got q {q} and k {k}")


def _fits(arguments: Mapping[str, Any]) -> None:
    _keys_fit(arguments)
    k, v = arguments["k"], arguments["v"]
    if not isinstance(v, tuple) or len(v) < 2:
        raise OperandError(f"v of shape (…, positions, features); got {v}")
    if k[-2] != v[-2]:
        raise OperandError(f"as many keys ({k[-2]}) as values ({v[-2]}); got k {k} and v {v}")


WEIGHTS = Composite(
    text="""
def attention_weights(q, k, is_causal=False):
    scores = q @ k.mT / q.shape[-1] ** 0.5
    seen = arange(q.shape[-2])[:, None] >= arange(k.shape[-2]) if is_causal else None
    return softmax(where(seen, scores, -np.inf) if is_causal else scores)
""",
    summary=(
        "How much every query looks at every key: softmax of their products, by rows. With is_causal no position sees "
        "a later one."
    ),
    why={
        "q": (
            "Raising one score of a row raises its own weight and lowers all the others, because they sum to 1. "
            "So the row's weighted mean is subtracted first; then each query collects the keys, multiplied by the"
            " gradients of its scores."
        ),
        "k": (
            "Raising one score of a row raises its own weight and lowers all the others, because they sum to 1. "
            "So the row's weighted mean is subtracted first; then each key collects the queries that looked at "
            "it, multiplied by the gradients of their scores."
        ),
    },
    formula="y = softmax(q @ k.mT / sqrt(d))",
    symbols="q (…, queries, d), k (…, keys, d), y (…, queries, keys); d: the number of features",
    gradients={
        "q": "y * (g - sum(g * y, -1, True)) / q.shape[-1] ** 0.5 @ k",
        "k": "(y * (g - sum(g * y, -1, True)) / q.shape[-1] ** 0.5).mT @ q",
    },
    choices={"is_causal": (False, True)},
    check=_keys_fit,
    symbol="weights",
    source="torch.nn.functional.scaled_dot_product_attention",
    paper='A. Vaswani et al., "Attention Is All You Need", 2017',
    samples=(
        Sample("attention_weights(q, k)", {"q": (3, 2), "k": (4, 2)}),
        Sample("attention_weights(q, k, is_causal=True)", {"q": (2, 3, 2), "k": (2, 3, 2)}),
    ),
    rejects=(Reject("attention_weights(q, k)", {"q": (3, 2), "k": (4, 3)}, "q's features (2) to equal k's (3)"),),
)
ATTENTION = Composite(
    text="""
def scaled_dot_product_attention(q, k, v, is_causal=False):
    return attention_weights(q, k, is_causal) @ v
""",
    summary=(
        "softmax(q @ k.mT / sqrt(features)) @ v: per position a mean of the values, weighed by how well the keys fit "
        "the query. With is_causal no position sees a later one."
    ),
    why={
        "q": (
            "Raising one score of a row raises its own weight and lowers all the others, because they sum to 1. So the "
            "row's weighted mean is subtracted first; then each query collects the keys, multiplied by the gradients "
            "of its scores."
        ),
        "k": (
            "Raising one score of a row raises its own weight and lowers all the others, because they sum to 1. So the "
            "row's weighted mean is subtracted first; then each key collects the queries that looked at it, multiplied "
            "by the gradients of their scores."
        ),
        "v": (
            "Each row of the result is a mean of the values, weighted by the attention. So a value collects the "
            "gradients of all queries that looked at it, with the same weights."
        ),
    },
    formula="y = softmax(q @ k.mT / sqrt(d)) @ v",
    symbols="q (…, queries, d), k (…, keys, d), v (…, keys, features), y (…, queries, features)",
    choices={"is_causal": (False, True)},
    check=_fits,
    symbol="attention",
    source="torch.nn.functional.scaled_dot_product_attention",
    paper='A. Vaswani et al., "Attention Is All You Need", 2017',
    samples=(
        Sample("scaled_dot_product_attention(q, k, v)", {"q": (3, 2), "k": (4, 2), "v": (4, 3)}),
        Sample(
            "scaled_dot_product_attention(q, k, v, is_causal=True)",
            {"q": (2, 3, 2), "k": (2, 3, 2), "v": (2, 3, 2)},
        ),
    ),
    rejects=(
        Reject(
            "scaled_dot_product_attention(q, k, v)",
            {"q": (3, 2), "k": (4, 3), "v": (4, 3)},
            "q's features (2) to equal k's (3)",
        ),
        Reject(
            "scaled_dot_product_attention(q, k, v)",
            {"q": (3, 2), "k": (4, 2), "v": (5, 3)},
            "as many keys (4) as values (5)",
        ),
    ),
)
REPEATED_HEADS = Composite(
    text="""
def repeated_heads(x, shape=()):
    if x.shape[-3] == shape[-3]:
        return x
    return reshape(broadcast_to(x[..., None, :, :], heads(x.shape, shape)), all_heads(x.shape, shape))
""",
    summary="Each head of keys or values as often as queries share it.",
    formula="y = broadcast_to(x)",
    internal=True,
)
