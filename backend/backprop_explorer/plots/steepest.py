"""The weights to look at where none was named."""

from __future__ import annotations

import numpy as np

from backprop_explorer.answers import Extent
from backprop_explorer.engine import Plan
from backprop_explorer.plots.prediction import not_applicable
from backprop_explorer.plots.record import OfAWeight
from backprop_explorer.practice import Weight, checked_weight
from backprop_explorer.problem import Problem
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


def chosen_weight(plan: Plan, options: OfAWeight) -> Weight:
    """The weight that was asked about, by default the steepest."""
    return named_weight(plan, options.parameter, options.index) or steepest(plan, 1)[0]


def named_weight(plan: Plan, parameter: str | None, index: Extent | None) -> Weight | None:
    """The weight as it is named, None where it is not. Raises a `Problem` for one that there is not."""
    if parameter is not None:
        return checked_weight(plan, parameter, index)
    if index is not None:
        raise Problem("bad_query", "an index needs a parameter", hint="such as parameter=w1&index=0,1")
    return None


def weight_options(weight: Weight, prefix: str = "") -> dict[str, str]:
    """The options that name this weight, as a query has them."""
    return {f"{prefix}parameter": weight[0], f"{prefix}index": ",".join(map(str, weight[1]))}
