"""The weights to look at where none was named."""

from __future__ import annotations

import numpy as np

from backprop_explorer.engine import Plan
from backprop_explorer.plots.prediction import not_applicable
from backprop_explorer.practice import Weight
from backprop_explorer.wording import counted


def check_parameters(plan: Plan) -> None:
    """A `Problem` where the program has nothing to learn."""
    if not plan.program.parameters:
        raise not_applicable("this program has no parameters, so there is no weight to look at")


def steepest(plan: Plan, count: int) -> list[Weight]:
    """So many weights with the greatest gradients, the greatest first. A `Problem` where there
    are fewer."""
    check_parameters(plan)
    found: list[tuple[float, Weight]] = []
    for name in plan.program.parameters:
        slopes = np.nan_to_num(np.abs(np.asarray(plan[f"{name}.g"], np.float64)))
        for flat in np.argsort(-slopes, axis=None, kind="stable")[:count]:
            index = tuple(int(i) for i in np.unravel_index(flat, slopes.shape))
            found.append((float(slopes[index]), (name, index)))
    if len(found) < count:
        raise not_applicable(f"this program has {counted(len(found), 'weight')}; this plot needs {count}")
    return [weight for _, weight in sorted(found, key=lambda entry: -entry[0])[:count]]
