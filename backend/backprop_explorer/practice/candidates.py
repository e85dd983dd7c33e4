"""Wrong gradients, made by changing the right one: what a learner would get who made one of the usual mistakes.

All are derived from the nodes of the gradient's own expression, which the records' rules gave; no operation's mistakes
are listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from backprop_explorer.graph.node import Node
from backprop_explorer.practice.editable_gradient import EditableGradient

MOST_TERMS = 4
"""Of so many terms within a rule every selection is tried."""

Code = Literal[
    "transposed", "elementwise_for_matmul", "missing_batch_sum", "mean_for_sum", "sum_for_mean",
    "missing_local_derivative", "wrong_sign", "constant_factor", "wrong_tensor", "missing_contribution",
    "overwritten_not_added", "statistics_held_constant", "activation_for_preactivation", "stale_value",
    "kernel_not_flipped", "stride_or_padding_ignored", "mask_ignored", "missing_incoming_gradient", "axis_wrong",
    "only_last_step", "gradient_through_detached", "diagonal_only", "extra_local_derivative", "extra_contribution",
    "eps_forgotten", "wrong_approximation", "unknown",
]  # fmt: skip


@dataclass(frozen=True)
class CandidateMistake:
    """A wrong gradient, the mistake that gives it, and one sentence on what to look at."""

    code: Code
    node: Node
    message: str


class Mistakes:
    """One family of mistakes with a gradient, made from its editable."""

    def __init__(self, editable: EditableGradient) -> None:
        self.editable = editable
        self.name = str(editable.tensor.name)

    def fitted(self, node: Node | None) -> Iterator[Node | None]:
        """A node, and what is left of it when the axes that the tensor has not, or has once, are summed away."""
        yield node
        shape = self.editable.tensor.shape
        lead = node.ndim - len(shape) if node is not None else -1
        if node is not None and lead >= 0 and node.shape != shape:
            once = (i + lead for i, length in enumerate(shape) if length == 1 < node.shape[i + lead])
            axes = (*range(lead), *once)
            yield self.editable.make("sum", node, axis=axes, keepdims=lead == 0)

    def each(self, kind: Code, nodes: Iterator[Node | None], message: str) -> Iterator[CandidateMistake]:
        for node in nodes:
            if node is not None and node is not self.editable.root:
                yield CandidateMistake(kind, node, message)
