"""The way of one weight over the iterations."""

from __future__ import annotations

from itertools import pairwise
from typing import TypedDict

import numpy as np

from backprop_explorer.answers import Extent, Series
from backprop_explorer.ops.record import Shape
from backprop_explorer.plots.moments import Moments, has, numbers
from backprop_explorer.plots.record import OfAWeight, Plot, Subject
from backprop_explorer.plots.steepest import check_parameters, chosen_weight, weight_options
from backprop_explorer.practice import Weight
from backprop_explorer.wording import counted, element, short

ROUNDING = 1e-9
"""The sign of a gradient that is smaller than this part of the greatest says nothing."""


class WeightPlot(TypedDict):
    """One weight and its gradient over the iterations."""

    parameter: str
    index: Extent
    iterations: list[int]
    values: Series
    gradients: Series
    text: str
    options: dict[str, str]


def weight_path(moments: Moments, weight: Weight, shape: Shape) -> WeightPlot:
    """The weight's number and its gradient at each moment at which its tensor had that shape."""
    name, index = weight
    iterations: list[int] = []
    values: Series = []
    gradients: Series = []
    for iteration, plan in moments:
        there = has(plan, name, shape)
        iterations.append(iteration)
        values.append(float(plan[name][index]) if there else None)
        gradients.append(float(plan[f"{name}.g"][index]) if there and has(plan, f"{name}.g", shape) else None)
    known = [iteration for iteration, value in zip(iterations, values, strict=True) if value is not None]
    text = _sentence(element(name, index), known, numbers(values), numbers(gradients))
    return {
        "parameter": name,
        "index": index,
        "iterations": iterations,
        "values": values,
        "gradients": gradients,
        "text": text,
        "options": weight_options(weight),
    }


def _sentence(code: str, iterations: list[int], values: list[float], gradients: list[float]) -> str:
    last = iterations[-1]
    if last == 0:
        return f"{code} is {short(values[-1])}; nothing is trained yet."
    broken = [iteration for iteration, value in zip(iterations, values, strict=True) if not np.isfinite(value)]
    if broken:
        return f"From iteration {broken[0]:,} on {code} is no finite number: the training has diverged."
    noise = ROUNDING * max(map(abs, gradients), default=0.0)
    told_apart = [gradient for gradient in gradients if abs(gradient) > noise]
    turns = sum(a * b < 0 for a, b in pairwise(told_apart))
    way = "grows" if values[-1] > values[0] else "falls" if values[-1] < values[0] else "stays"
    told = f"Over {counted(last, 'iteration')} {code} {way} from {short(values[0])} to {short(values[-1])}"
    if not turns:
        return f"{told}; its gradient never changes its sign."
    return f"{told}; its gradient changes its sign {'once' if turns == 1 else f'{turns} times'}."


def _of_run(subject: Subject, options: OfAWeight) -> WeightPlot:
    weight = chosen_weight(subject.plan, options)
    return weight_path(subject.moments(), weight, subject.plan.tensors[weight[0]].shape)


WEIGHT = Plot(
    "weight",
    "Weight over time",
    4,
    WeightPlot,
    _of_run,
    check_parameters,
    OfAWeight,
    over_time=True,
    shows_gradients=True,
)
