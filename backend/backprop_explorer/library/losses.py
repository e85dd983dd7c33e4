"""Losses, as the mean over the batch unless `reduction` says otherwise."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from backprop_explorer.library.record import Composite
from backprop_explorer.ops.record import Kink, OperandError, Reject, Sample, Shape

REDUCTION = {"reduction": ("mean", "sum", "none")}
_OF_CLASSES = "(samples, classes), labels (samples,): the number of the correct class; y: the mean over the samples"

CURRENT = Composite(
    text="""
def current(reduction="mean", size_average=None, reduce=None):
    if size_average is None and reduce is None:
        return reduction
    return refuse("size_average and reduce, which PyTorch has given up, are not part of the language",
                  'say reduction="mean", "sum" or "none"')
""",
    summary="The reduction, which is given by its name alone.",
    formula="y = reduction",
    internal=True,
)
REDUCED = Composite(
    text="""
def reduced(x, reduction="mean"):
    if reduction == "mean":
        return mean(x)
    if reduction == "sum":
        return sum(x)
    return x if reduction == "none" else refuse('A reduction is one of "mean", "sum" and "none"')
""",
    summary="The mean or the sum of all elements, or these as they are.",
    formula="y = mean(x)",
    internal=True,
)
WEIGHTED = Composite(
    text="""
def weighted(x, weight=None, reduction="mean"):
    if weight is None:
        return reduced(x, reduction)
    return sum(x * weight) / sum(weight) if reduction == "mean" else reduced(x * weight, reduction)
""",
    summary="The elements times their weights; their mean is over the sum of the weights.",
    formula="y = sum(x * weight) / sum(weight)",
    internal=True,
)
CLASS_LAST = Composite(
    text="""
def class_last(x):
    return x if x.ndim < 3 else transpose(x, backmost(x.ndim, 1))
""",
    summary="The classes, which PyTorch has as axis 1, as the last axis.",
    formula="y = transpose(x)",
    internal=True,
)
LABELLED = Composite(
    text="""
def labelled(log_probs, labels, weight=None, ignore_index=None, reduction="mean", label_smoothing=0):
    n = log_probs.shape[-1]
    if labels.shape != log_probs.shape[:-1]:
        return refuse("Labels, of which there is one for each sample and place, and scores do not fit")
    if weight is None and ignore_index is None and label_smoothing == 0 and log_probs.ndim < 3:
        return nll_loss(log_probs, labels, reduction)
    right = one_hot(labels, n, ignore_index)
    known = right if ignore_index is None or ignore_index < 0 else right * (labels != ignore_index)[..., None]
    share = known if weight is None else known * weight
    plain = -sum(share * where(known, log_probs, 0), -1)
    spread = -sum(log_probs if weight is None else log_probs * weight, -1) if label_smoothing else 0
    kept = where(sum(known, -1), spread, 0) if label_smoothing else 0
    each = (1 - label_smoothing) * plain + label_smoothing / n * kept if label_smoothing else plain
    if reduction == "mean":
        return sum(each) / (count(labels) if ignore_index is None and weight is None else sum(share))
    return reduced(each, reduction)
""",
    summary=(
        "Minus the log-probabilities of the right classes, with a weight per class, labels that count as none, and a "
        "share for all classes alike. The mean is over the weights of those that count."
    ),
    formula="y = -sum(weight[labels] * log_probs[labels]) / sum(weight[labels])",
    internal=True,
)
ROWS_OF = Composite(
    text="""
def rows_of(x):
    return x if x.ndim == 2 else reshape(x, (1, -1))
""",
    summary="One sample as a batch of one.",
    formula="y = reshape(x)",
    internal=True,
)
ROWS_OF_LABELS = Composite(
    text="""
def rows_of_labels(labels, ndim=2):
    return labels if ndim == 2 else reshape(labels, (1,))
""",
    summary="The label of one sample as that of a batch of one.",
    formula="y = reshape(labels)",
    internal=True,
)
ONE_SHAPE = Composite(
    text="""
def one_shape(var, x):
    if not is_tensor(var):
        return var * ones(x.shape)
    return var[..., None] if var.ndim + 1 == x.ndim and var.shape == x.shape[:-1] else var
""",
    summary="A variance per sample, or a single one, as it meets all elements.",
    formula="y = var",
    internal=True,
)
MSE = Composite(
    text="""
def mse(pred, target, reduction="mean"):
    d = pred - target
    return mean(d ** 2) if reduction == "mean" else sum(d ** 2) if reduction == "sum" else d ** 2
""",
    summary="The mean squared error.",
    compared=(("prediction", "pred"), ("target", "target")),
    why={
        "pred": (
            "The loss grows with the square of each difference `{pred} - {target}`, and the derivative of a square "
            "d² is 2d.{mean} So each prediction gets its own error times 2{over}, and depends on no other."
        ),
        "target": (
            "The target enters each difference with a minus, so its gradient is that of the prediction with the "
            "opposite sign: the error times −2{over}."
        ),
    },
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
            raise OperandError(f"{scores} of shape (samples, classes); got {logits}")
        if labels != logits[:-1]:
            raise OperandError(f"a label per row of {scores} {logits}, so labels of shape {logits[:-1]}; got {labels}")

    return check


def _reductions(call: str, shapes: Mapping[str, Shape], **options: Any) -> tuple[Sample, ...]:
    """A sample of each reduction, `mean` being the default; `{}` in the call stands for it."""
    return tuple(
        Sample(call.format(reduction), shapes, **options)
        for reduction in ("", ', reduction="sum"', ', reduction="none"')
    )


def _row(term: str) -> str:
    """A gradient per sample: divided by their number, or scaled by each sample's own."""
    each = f'({term}) * (g if reduction == "sum" else g[..., None])'
    return f'({term}) / count(labels) * g if reduction == "mean" else {each}'


NLL_LOSS = Composite(
    text="""
def nll_loss(log_probs, labels, reduction="mean"):
    chosen = where(one_hot(labels, log_probs.shape[-1]), log_probs, 0)
    total = -sum(chosen, -1) if reduction == "none" else -sum(chosen)
    return total / count(labels) if reduction == "mean" else total
""",
    summary="Minus the logarithm of the probability that was given to the correct class.",
    why={
        "log_probs": (
            "A sample's loss is minus one log-probability, that of its correct class. So that one gets −1, and "
            "all others, which the loss does not read, get 0.{mean}"
        ),
    },
    formula="y = -log_probs[labels]",
    symbols=f"log_probs {_OF_CLASSES}",
    gradients={"log_probs": _row("-one_hot(labels, log_probs.shape[-1])")},
    choices=REDUCTION,
    check=_labels_fit("log_probs"),
    symbol="nll",
    source="torch.nn.functional.nll_loss",
    samples=_reductions("nll_loss(x, labels{})", {"x": (5, 3), "labels": (5,)}, whole={"labels": 3}),
    rejects=(Reject("nll_loss(x, labels)", {"x": (5, 3), "labels": (4,)}, "labels of shape (5,); got (4,)"),),
)
CROSS_ENTROPY = Composite(
    text="""
def cross_entropy(logits, labels, reduction="mean"):
    return nll_loss(log_softmax(logits), labels, reduction)
""",
    summary="How surprised the model is by the correct class: minus the logarithm of the probability it gave it.",
    compared=(("probability", "softmax(logits)"), ("expected", "one_hot(labels, logits.shape[-1])")),
    why={
        "logits": (
            "A sample's loss is `logsumexp({logits})`, the logarithm of the sum of e to the power of each score, "
            "minus the score of the correct class. Raising a score raises the first part by that class's probability"
            " p, and the second by 1 if the class is the correct one. So the gradient is p − y: the probability minus"
            " what it should be (`one_hot`), 1 for the correct class and 0 for the others.{mean}"
        ),
    },
    formula="y = -log(softmax(logits))[labels]",
    symbols=f"logits {_OF_CLASSES}",
    gradients={"logits": _row("softmax(logits) - one_hot(labels, logits.shape[-1])")},
    choices=REDUCTION,
    check=_labels_fit("logits"),
    symbol="cross entropy",
    source="torch.nn.functional.cross_entropy",
    samples=_reductions("cross_entropy(x, labels{})", {"x": (5, 3), "labels": (5,)}, whole={"labels": 3}),
    rejects=(
        Reject("cross_entropy(x, labels)", {"x": (5, 3), "labels": (5, 3)}, "labels of shape (5,); got (5, 3)"),
        Reject("cross_entropy(x, y)", {"x": (2, 3), "y": (2,)}, "whole numbers"),
    ),
)
XLOGX = Composite(
    text="""
def xlogx(x):
    return x * log(where(x == 0, 1, x))
""",
    summary="The number times its logarithm, and 0 at 0: what a probability adds to an entropy, negated.",
    why={
        "x": (
            "The number is a factor and is in the logarithm, too. So its derivative has two terms: the logarithm,"
            " and the number times one over itself, which is 1."
        ),
    },
    formula="y = x * log(x)",
    gradients={"x": "(log(x) + x / x) * g"},
    kink=Kink("At 0 the gradient is no number, as PyTorch's.", "xlogx(x)", {"x": [0.0, 1.0]}, {"x": [math.nan, 1.0]}),
    symbol="x log x",
    source="torch.xlogy",
    samples=(Sample("xlogx(x)", {"x": (3, 2)}, domain=(0.1, 2.0)),),
)
PROBABILITY_CROSS_ENTROPY = Composite(
    text="""
def binary_cross_entropy(probs, targets, reduction="mean"):
    each = -(targets * clip(log(probs), min=-100) + (1 - targets) * clip(log(1 - probs), min=-100))
    return mean(each) if reduction == "mean" else sum(each) if reduction == "sum" else each
""",
    summary=(
        "The cross-entropy of yes-or-no answers, from probabilities; a logarithm is at least -100, the divisor of the "
        "gradient at least 1e-12."
    ),
    why={
        "probs": (
            "Each answer costs −t·log p − (1 − t)·log(1 − p), whose derivative with respect to p is (p − t) / "
            "(p·(1 − p)): the surer a wrong answer is, the more it costs.{mean}"
        ),
        "targets": (
            "The loss is linear in each target: its slope is the difference of the two logarithms, log(1 − p) − "
            "log p.{mean}"
        ),
    },
    formula="y = -mean(targets * log(probs) + (1 - targets) * log(1 - probs))",
    symbols="probs: probabilities; probs, targets: shapes that broadcast",
    gradients={
        "probs": (
            '(probs - targets) / clip(probs * (1 - probs), min=1e-12) / (count(each) if reduction == "mean" else 1) * g'
        ),
        "targets": '(log(1 - probs) - log(probs)) / (count(each) if reduction == "mean" else 1) * g',
    },
    choices=REDUCTION,
    symbol="bce",
    source="torch.nn.functional.binary_cross_entropy",
    samples=_reductions("binary_cross_entropy(x, t{})", {"x": (3, 2), "t": (3, 2)}, domain=(0.1, 0.9)),
    rejects=(Reject("binary_cross_entropy(x, t)", {"x": (3,), "t": (4,)}, "differ in the last axis"),),
)
BINARY_CROSS_ENTROPY = Composite(
    text="""
def binary_cross_entropy_with_logits(logits, targets, reduction="mean"):
    each = softplus(logits) - logits * targets
    return mean(each) if reduction == "mean" else sum(each) if reduction == "sum" else each
""",
    summary="The cross-entropy of yes-or-no answers, from scores before the sigmoid; safe for large scores.",
    compared=(("probability", "sigmoid(logits)"), ("expected", "targets")),
    why={
        "logits": (
            "Each answer costs `softplus({logits}) - {logits} * {targets}`. Raising the score raises the first "
            "part by its sigmoid, the probability p, and the second by the target t. So the gradient is p − t: "
            "the probability minus what it should be.{mean}"
        ),
        "targets": "The loss is linear in each target, with minus the score as its slope.{mean}",
    },
    formula="y = mean(softplus(logits) - logits * targets)",
    symbols="logits, targets: shapes that broadcast; targets lie between 0 and 1; softplus(x) is log(1 + exp(x))",
    gradients={
        "logits": '(sigmoid(logits) - targets) / (count(each) if reduction == "mean" else 1) * g',
        "targets": '-logits / (count(each) if reduction == "mean" else 1) * g',
    },
    choices=REDUCTION,
    symbol="bce",
    source="torch.nn.functional.binary_cross_entropy_with_logits",
    samples=_reductions("binary_cross_entropy_with_logits(x, t{})", {"x": (3, 2), "t": (3, 2)}),
    rejects=(Reject("binary_cross_entropy_with_logits(x, t)", {"x": (3,), "t": (4,)}, "differ in the last axis"),),
)
