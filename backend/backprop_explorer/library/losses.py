"""Losses, as the mean over the batch unless `reduction` says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backprop_explorer.library.record import Composite
from backprop_explorer.ops.record import Reject, Requirement, Sample

REDUCTION = {"reduction": ("mean", "sum", "none")}

MSE = Composite(
    text="""
def mse(pred, target, reduction="mean"):
    d = pred - target
    return mean(d ** 2) if reduction == "mean" else sum(d ** 2) if reduction == "sum" else d ** 2
""",
    summary="The mean square difference.",
    formula="y = mean((pred - target) ** 2)",
    symbols="pred, target: shapes that broadcast; the mean runs over all elements",
    choices=REDUCTION,
    symbol="mse",
    source="torch.nn.functional.mse_loss",
    synonyms=("mse_loss",),
    gradients={
        "pred": '(2 / count(d) if reduction == "mean" else 2) * g * d',
        "target": '-((2 / count(d) if reduction == "mean" else 2) * g * d)',
    },
    samples=(
        Sample("mse(x, y)", {"x": (6,), "y": (6,)}),
        Sample("mse(x, y)", {"x": (3, 2), "y": (2,)}),
        Sample('mse(x, y, reduction="sum")', {"x": (3, 2), "y": (3, 2)}),
        Sample('mse(x, y, reduction="none")', {"x": (3, 2), "y": (3, 2)}),
        Sample("F.mse_loss(x, y)", {"x": (4,), "y": (4,)}),
    ),
    rejects=(
        Reject("mse(x, y)", {"x": (3,), "y": (4,)}, "differ in the last axis"),
        Reject('mse(x, y, reduction="avg")', {"x": (3,), "y": (3,)}, "reduction to be one of"),
    ),
)


def _labels_fit(scores: str) -> Any:
    def check(arguments: Mapping[str, Any]) -> None:
        logits, labels = arguments[scores], arguments["labels"]
        if not isinstance(logits, tuple) or len(logits) not in (1, 2):
            raise Requirement(f"{scores} of shape (samples, classes); got {logits}")
        if labels != logits[:-1]:
            raise Requirement(f"a label per row of {scores} {logits}, so labels of shape {logits[:-1]}; got {labels}")

    return check


def _row(term: str) -> str:
    """A gradient per sample: divided by their number, or scaled by each sample's own."""
    each = f'({term}) * (g if reduction == "sum" else g[..., None])'
    return f'({term}) / count(labels) * g if reduction == "mean" else {each}'


NLL_LOSS = Composite(
    text="""
def nll_loss(log_probs, labels, reduction="mean"):
    chosen = one_hot(labels, log_probs.shape[-1]) * log_probs
    total = -sum(chosen, -1) if reduction == "none" else -sum(chosen)
    return total / count(labels) if reduction == "mean" else total
""",
    summary="Minus the logarithm of the probability that the right class was given.",
    formula="y = -log_probs[labels]",
    symbols=(
        "log_probs (samples, classes), labels (samples,): the number of the correct class; y: the mean over the samples"
    ),
    gradients={"log_probs": _row("-one_hot(labels, log_probs.shape[-1])")},
    choices=REDUCTION,
    check=_labels_fit("log_probs"),
    symbol="nll",
    source="torch.nn.functional.nll_loss",
    samples=tuple(
        Sample(f"nll_loss(x, labels{option})", {"x": (5, 3), "labels": (5,)}, whole={"labels": 3})
        for option in ("", ', reduction="sum"', ', reduction="none"')
    ),
    rejects=(Reject("nll_loss(x, labels)", {"x": (5, 3), "labels": (4,)}, "labels of shape (5,); got (4,)"),),
)
CROSS_ENTROPY = Composite(
    text="""
def cross_entropy(logits, labels, reduction="mean"):
    return nll_loss(log_softmax(logits), labels, reduction)
""",
    summary="How surprised softmax(logits) is by the right classes: minus the logarithm of their probability.",
    formula="y = -log(softmax(logits))[labels]",
    symbols=(
        "logits (samples, classes), labels (samples,): the number of the correct class; y: the mean over the samples"
    ),
    gradients={"logits": _row("softmax(logits) - one_hot(labels, logits.shape[-1])")},
    choices=REDUCTION,
    check=_labels_fit("logits"),
    symbol="cross entropy",
    source="torch.nn.functional.cross_entropy",
    samples=tuple(
        Sample(f"cross_entropy(x, labels{option})", {"x": (5, 3), "labels": (5,)}, whole={"labels": 3})
        for option in ("", ', reduction="sum"', ', reduction="none"')
    ),
    rejects=(
        Reject("cross_entropy(x, labels)", {"x": (5, 3), "labels": (5, 3)}, "labels of shape (5,); got (5, 3)"),
        Reject("cross_entropy(x, y)", {"x": (2, 3), "y": (2,)}, "whole numbers"),
    ),
)
BINARY_CROSS_ENTROPY = Composite(
    text="""
def binary_cross_entropy_with_logits(logits, targets, reduction="mean"):
    each = softplus(logits) - logits * targets
    return mean(each) if reduction == "mean" else sum(each) if reduction == "sum" else each
""",
    summary="The cross-entropy of yes-or-no answers, from scores before the sigmoid; safe for large scores.",
    formula="y = mean(softplus(logits) - logits * targets)",
    symbols="logits, targets: shapes that broadcast; targets lie between 0 and 1; softplus(x) is log(1 + exp(x))",
    gradients={
        "logits": '(sigmoid(logits) - targets) / (count(each) if reduction == "mean" else 1) * g',
        "targets": '-logits / (count(each) if reduction == "mean" else 1) * g',
    },
    choices=REDUCTION,
    symbol="bce",
    source="torch.nn.functional.binary_cross_entropy_with_logits",
    samples=tuple(
        Sample(f"binary_cross_entropy_with_logits(x, t{option})", {"x": (3, 2), "t": (3, 2)})
        for option in ("", ', reduction="sum"', ', reduction="none"')
    ),
    rejects=(Reject("binary_cross_entropy_with_logits(x, t)", {"x": (3,), "t": (4,)}, "differ in the last axis"),),
)
