"""How much a plot may ask for: each number stands here and nowhere else."""

from __future__ import annotations

from math import isqrt

import numpy as np

from backprop_explorer.engine import Plan
from backprop_explorer.problem import Problem

SAMPLES = 200
"""The most iterations that are looked at for a plot over time."""
LOSSES = 2_000
"""The most losses of one curve."""
BINS = 40
"""Of a histogram."""
KEPT = 5_000
"""The most numbers of a tensor that go into one histogram."""
LEAST_POINTS, MOST_POINTS = 5, 101
"""Of a grid, to each side."""
CONTOUR, SURFACE = 41, 61
"""The points to each side of a contour and of a decision surface, where the work allows them."""
WORK = 1_500_000_000
"""How many floating-point operations a grid may take."""
MOST_CLASSES = 100
"""Of a confusion matrix."""


def evenly(last: int, most: int = SAMPLES) -> list[int]:
    """The iterations from 0 to the last, at most so many of them, at even distances."""
    if last < most:
        return list(range(last + 1))
    return [int(iteration) for iteration in np.unique(np.linspace(0, last, most).round())]


def grid_points(plan: Plan, asked: int | None, usual: int, per_run: int = 1) -> int:
    """How many points a grid has to each side, where a run of the plan gives `per_run` of them. A `Problem` (422, 413)
    for what was asked and is too few or too many; by default the `usual` number, or what the work allows."""
    cost = max(1, plan.program.graph.meter.flop)
    affordable = max(LEAST_POINTS, min(MOST_POINTS, isqrt(WORK // cost * per_run)))
    if asked is None:
        return min(usual, affordable)
    if asked < LEAST_POINTS:
        raise Problem("grid_too_small", f"a grid has at least {LEAST_POINTS} points to each side; got {asked}")
    if asked > affordable:
        raise Problem(
            "grid_too_large",
            f"a grid has at most {affordable} points to each side for this program; got {asked}",
            status=413,
            hint="ask for fewer, or leave points out",
        )
    return asked
