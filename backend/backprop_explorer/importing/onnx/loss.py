"""A loss for a network that comes without one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backprop_explorer.importing.names import Names
from backprop_explorer.importing.onnx.values import Call, Tensor

SCORES = ("Gemm", "MatMul", "Add")
"""Operators whose results, one row a sample, are taken for scores of classes."""


@dataclass(frozen=True)
class Loss:
    """Its name, the program's last lines, what it compares with, and warnings."""

    name: str
    lines: list[str]
    targets: Mapping[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def fitting_loss(output: Tensor, makers: Mapping[str, Call], names: Names) -> Loss:
    """Of scores the cross-entropy, of anything else the mean square difference; a single number is a loss already."""
    if not output.shape:
        return Loss(output.name, [])
    maker = makers.get(output.name)
    kind = maker.operation.kind if maker else ""
    if maker and kind == "Softmax" and _is_scores(output) and maker.axis(-1) == 1:
        return _of_classes("cross_entropy", maker.tensor(0), names)
    if kind == "LogSoftmax" and _is_scores(output):
        return _of_classes("nll_loss", output, names)
    if kind in SCORES and _is_scores(output):
        return _of_classes("cross_entropy", output, names)
    target = names.give("target")
    return _made_up(f"mse({output.name}, {target})", target, np.zeros(output.shape), "zeros", names)


def _is_scores(output: Tensor) -> bool:
    return len(output.shape) == 2 and output.shape[1] > 1


def _of_classes(function: str, scores: Tensor, names: Names) -> Loss:
    labels = names.give("labels")
    samples, classes = scores.shape
    return _made_up(
        f"{function}({scores.name}, {labels})", labels, np.arange(samples) % classes, "0, 1, 2 … in turn", names
    )


def _made_up(text: str, target: str, numbers: Any, what: str, names: Names) -> Loss:
    name = names.give("loss")
    warning = f"the file has no loss: {name} = {text} is made up, and so is {target} ({what}); change both as you need"
    return Loss(name, [f"{name} = {text}"], {target: numbers}, [warning])
