"""The losses that a network can be built with: what they want of its last layer, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from backprop_explorer.data import Dataset
from backprop_explorer.ops.record import Shape


@dataclass(frozen=True)
class Loss:
    """A loss. `code` is its call, over `{out}`, `{y}` and the number of `{classes}`; it takes so many outputs a sample.

    `outputs` is None for as many as there are classes (or numbers to predict), `classes` None for any number of them.
    """

    name: str
    title: str
    code: str
    outputs: int | None = None
    classes: int | None = None


LOSSES = {
    loss.name: loss
    for loss in (
        Loss("cross_entropy", "cross-entropy of softmax", "cross_entropy({out}, {y})"),
        Loss("nll_loss", "negative log likelihood, after log softmax", "nll_loss({out}, {y})"),
        Loss("mse", "mean square error against one-hot classes", "mse({out}, one_hot({y}, {classes}))"),
        Loss(
            "binary_cross_entropy_with_logits",
            "cross-entropy of sigmoid, for two classes",
            "binary_cross_entropy_with_logits({out}[:, 0], {y})",
            outputs=1,
            classes=2,
        ),
    )
}
NUMBERS = Loss("mse", "mean square error", "mse({out}, {y})")
"""For data that has numbers and no classes."""


def losses_of(data: Dataset) -> dict[str, Loss]:
    """The losses that suit a data set by name, the default first."""
    if not data.classes:
        return {"mse": NUMBERS}
    return {name: loss for name, loss in LOSSES.items() if loss.classes in (None, len(data.classes))}


def outputs_of(loss: Loss, data: Dataset) -> Shape:
    """The shape that the last layer has to give each sample."""
    if not data.classes:
        return data.fields["y"].shape
    return (loss.outputs or len(data.classes),)


def written(loss: Loss, out: str, data: Dataset, labels: str = "y") -> str:
    """The program's line."""
    return f"loss = {loss.code.format(out=out, y=labels, classes=len(data.classes))}"


def units_of(loss: Loss, data: Dataset) -> int:
    """How many units the last layer needs."""
    return prod(outputs_of(loss, data))
