"""Every tensor of an iteration by name: values, gradients as `w1.g`, the optimizer's own as `w1.exp_avg`."""

from __future__ import annotations

import numpy as np

from backprop_explorer.engine import Plan
from backprop_explorer.ops.record import Array


def tensors_of(plan: Plan) -> dict[str, Array]:
    """The tensors of a plan that has run: views, to be used at once."""
    found: dict[str, Array] = {}
    for name, info in plan.tensors.items():
        found[name] = np.asarray(plan[name])
        if info.differentiable:
            found[f"{name}.g"] = np.asarray(plan[f"{name}.g"])
    return found
