"""A copy of a plan that may be disturbed: the loss with other numbers in a few places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from backprop_explorer.engine.compiling import compile_document
from backprop_explorer.engine.plan import Plan
from backprop_explorer.explain.terms.place import checked_index, named_node
from backprop_explorer.ops.record import Shape
from backprop_explorer.problem import Problem

Weight = tuple[str, Shape]
"""An input's or a parameter's name, and an index of it."""


class Trial:
    """The plan's numbers in float64, whatever its own type is: in float32 differences of losses are mostly rounding.
    `loss` is that of the numbers as they are."""

    def __init__(self, plan: Plan) -> None:
        document = plan.document
        wide = document if document.dtype == "float64" else document.replace(dtype="float64")
        self.plan = compile_document(wide, plan.program.graph.meter.budget)
        self.plan.restore(plan.snapshot())
        self.loss = self.plan.run()

    def loss_at(self, weights: Mapping[Weight, float]) -> float:
        """The loss with these numbers in these places, where they stay."""
        for (name, place), number in weights.items():
            array = np.array(self.plan[name])
            array[place] = number
            self.plan[name] = array
        return self.plan.run()

    def value(self, weight: Weight) -> float:
        """The number that stands there now."""
        name, place = weight
        return float(self.plan[name][place])

    def gradient(self, weight: Weight) -> float:
        """The gradient of the last run there."""
        name, place = weight
        return float(self.plan[f"{name}.g"][place])


def checked_weight(plan: Plan, parameter: str, index: Sequence[int] | None) -> Weight:
    """A number that is given and can be moved; by default the tensor's first. Raises a `Problem` for any other, and
    for an index that the tensor does not have."""
    node = named_node(plan.program, parameter, "value")
    if parameter not in (*plan.program.parameters, *plan.program.inputs) or not node.differentiable:
        raise Problem(
            "not_a_parameter",
            f"{parameter} is calculated, or holds labels: only given numbers can be moved",
            tensor=parameter,
            hint=f"one of {', '.join(plan.program.parameters)}",
        )
    return parameter, checked_index(index if index is not None else (0,) * node.ndim, node, parameter)
