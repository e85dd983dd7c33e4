"""A run over time, as the plots see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from backprop_explorer.answers import Series
from backprop_explorer.engine import Plan
from backprop_explorer.ops.record import Array, Shape

Moments = Iterable[tuple[int, Plan]]
"""Iterations in order, with the plan as it stood there after one run forward and backward. The same plan may come
again with other numbers: what is kept of it must be copied. Another one comes where the program was changed."""


def norm(array: Array) -> float:
    """The root of the sum of squares."""
    return float(np.linalg.norm(np.asarray(array, np.float64).ravel()))


def has(plan: Plan, name: str, shape: Shape) -> bool:
    """Whether the plan has such a tensor (a gradient as `w1.g`) of that shape: programs change."""
    node = plan.program.nodes.get(name)
    return node is not None and node.shape == shape


def numbers(series: Series) -> list[float]:
    """Those that there are."""
    return [number for number in series if number is not None]


def updates(plan: Plan) -> Mapping[str, Array]:
    """By how much the optimizer would now change each parameter; empty without an optimizer."""
    if plan.program.update is None:
        return {}
    plan.propose()
    changed: dict[str, Any] = {}
    for name in plan.program.parameters:
        changed[name] = np.subtract(plan.update_value(name), plan[name], dtype=np.float64)
    return changed
