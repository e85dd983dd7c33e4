"""A right formula tried on other numbers: with zeros and ones all around, a wrong one may be right by accident."""

from __future__ import annotations

import numpy as np

from backprop_explorer.engine.plan import Plan

MOST_ELEMENTS = 4_000_000
"""Larger programs are not tried again."""

SPREAD = 0.2
"""By how much numbers are moved, as a part of their tensor's own size."""


def elsewhere(plan: Plan) -> Plan | None:
    """A copy of the plan, moved to other numbers nearby, that has run; None for a large one."""
    if plan.program.graph.meter.elements > MOST_ELEMENTS:
        return None
    moved = Plan(plan.program, plan.document)
    random = np.random.default_rng(0)
    for name in plan.document.tensors:
        array = moved[name]
        if array.dtype.kind == "f":
            size = SPREAD * float(np.nan_to_num(np.abs(array)).mean() or 1.0)
            moved[name] = array + size * random.uniform(-1, 1, array.shape).astype(array.dtype)
    with np.errstate(all="ignore"):
        moved.run()
    return moved
