"""Losses that stand in the file."""

from __future__ import annotations

from collections.abc import Mapping

from backprop_explorer.importing.onnx.values import Call, Operator, Result

REDUCTIONS = ("mean", "sum", "none")


def _options(call: Call) -> str:
    """The weights of classes, the label that counts as none, and how the losses of all samples are joined."""
    parts = [f", weight={call.tensor(2, fixed=True).name}"] if call.has(2) else []
    ignored = call.option("ignore_index", None, lambda given: given is None or isinstance(given, int))
    parts += [f", ignore_index={ignored}"] if ignored is not None else []
    reduction = call.option("reduction", REDUCTIONS[0], REDUCTIONS.__contains__)
    parts += [f', reduction="{reduction}"'] if reduction != REDUCTIONS[0] else []
    return "".join(parts)


def _nll(call: Call) -> str:
    return f"F.nll_loss({call[0]}, {call.tensor(1, fixed=True).name}{_options(call)})"


def _cross_entropy(call: Call) -> Result:
    loss = f"F.cross_entropy({call[0]}, {call.tensor(1, fixed=True).name}{_options(call)})"
    return [loss, f"log_softmax({call[0]}, 1)"] if call.wants(1) else [loss]


OPERATORS: Mapping[str, Operator] = {
    "NegativeLogLikelihoodLoss": _nll,
    "SoftmaxCrossEntropyLoss": _cross_entropy,
}
