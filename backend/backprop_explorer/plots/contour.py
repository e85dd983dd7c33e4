"""The loss as a function of two weights, and the way of training projected on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from backprop_explorer.answers import Extent, Matrix, Vector
from backprop_explorer.engine import Plan
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.plots.limits import CONTOUR, grid_points
from backprop_explorer.plots.moments import Moments, has
from backprop_explorer.plots.record import OfAWeight, Plot, Subject, option
from backprop_explorer.plots.steepest import named_weight, steepest, weight_options
from backprop_explorer.practice import Trial, Weight
from backprop_explorer.problem import Problem
from backprop_explorer.wording import counted, element, short

ROOM, LEAST_ROOM = 0.4, 0.5
"""What is drawn around the way: a part of its extent, and at least so much."""


class ContourWeight(TypedDict):
    """One of the two weights, as it is."""

    parameter: str
    index: Extent
    value: float
    gradient: float


class ContourPath(TypedDict):
    """Where both weights were at these iterations."""

    iterations: list[int]
    x: Vector
    y: Vector


class ContourPlot(TypedDict):
    """The loss as a function of two weights, and the way of training up to that moment projected on it:
    `losses[row][column]` at `y[row]` and `x[column]`."""

    weights: list[ContourWeight]
    x: Vector
    y: Vector
    losses: Matrix
    loss: float
    path: ContourPath
    text: str
    options: dict[str, str]


@dataclass(frozen=True)
class AroundTwoWeights(OfAWeight):
    """Around which two weights; those that are not named are the steepest others."""

    other_parameter: str | None = option("default: of the steepest other weight", example="w1")
    other_index: Shape | None = option("which other weight; whole numbers with commas", example="0,1")
    points: int | None = option("how many points the grid has to each side", example=41)


def contour(plan: Plan, weights: tuple[Weight, Weight], moments: Moments, points: int | None) -> ContourPlot:
    """The loss on a grid of the two weights' numbers, all others staying as they are in the plan; and these two
    numbers at each moment. Raises a `Problem` where both are the same, or the grid is too large."""
    one, other = weights
    if one == other:
        raise Problem("same_weight", f"{element(*one)} is named twice; a contour needs two weights", tensor=one[0])
    count = grid_points(plan, points, CONTOUR)
    trial = Trial(plan)
    here = [trial.value(weight) for weight in weights]
    slopes = [trial.gradient(weight) for weight in weights]
    way = _way(moments, plan, weights)
    axes = [_axis([here[side], *way[side]], count) for side in (0, 1)]
    grid = np.array([[trial.loss_at({one: float(x), other: float(y)}) for x in axes[0]] for y in axes[1]])
    return {
        "weights": [
            {"parameter": name, "index": list(index), "value": value, "gradient": slope}
            for (name, index), value, slope in zip(weights, here, slopes, strict=True)
        ],
        "x": axes[0],
        "y": axes[1],
        "losses": grid,
        "loss": trial.loss,
        "path": {"iterations": way[2], "x": way[0], "y": way[1]},
        "text": _sentence(weights, trial.loss, axes, grid, way[2]),
        "options": weight_options(one) | weight_options(other, "other_"),
    }


def _way(moments: Moments, plan: Plan, weights: tuple[Weight, Weight]) -> tuple[list[float], list[float], list[int]]:
    """Both numbers and the iteration, wherever both tensors had the shapes that they have now."""
    x, y, iterations = [], [], []
    for iteration, past in moments:
        if all(has(past, name, plan.tensors[name].shape) for name, _ in weights):
            (one, place), (other, elsewhere) = weights
            x.append(float(past[one][place]))
            y.append(float(past[other][elsewhere]))
            iterations.append(iteration)
    return x, y, iterations


def _axis(numbers: list[float], count: int) -> Array:
    """Points around all of the numbers that are finite."""
    finite = [number for number in numbers if np.isfinite(number)] or [0.0]
    low, high = min(finite), max(finite)
    room = max(ROOM * (high - low), LEAST_ROOM)
    return np.linspace(low - room, high + room, count)


def _sentence(weights: tuple[Weight, Weight], loss: float, axes: list[Array], grid: Array, way: list[int]) -> str:
    codes = " and ".join(element(*weight) for weight in weights)
    drawn = ""
    if len(way) > 1:
        drawn = f" The line is the path of {counted(way[-1], 'iteration')}; the other weights moved, too."
    rest = "With all other weights fixed"
    if not np.isfinite(grid).any():
        return f"The loss is no finite number around {codes}."
    row, column = np.unravel_index(int(np.nanargmin(np.where(np.isfinite(grid), grid, np.nan))), grid.shape)
    place = f"({short(float(axes[0][column]))}, {short(float(axes[1][row]))})"
    least = float(grid[row, column])
    if least >= loss:
        return f"{rest}, the current {codes} (loss {short(loss)}) are the lowest in view.{drawn}"
    on_edge = row in (0, len(grid) - 1) or column in (0, grid.shape[1] - 1)
    there = f"{codes} near {place}{', at the edge of the picture,' if on_edge else ''}"
    beyond = " Beyond it the loss may be lower still." if on_edge else ""
    return f"{rest}, {there} would lower the loss from {short(loss)} to {short(least)}.{beyond}{drawn}"


def _of_run(subject: Subject, options: AroundTwoWeights) -> ContourPlot:
    return contour(subject.plan, _weights(subject.plan, options), subject.moments(), options.points)


def _weights(plan: Plan, options: AroundTwoWeights) -> tuple[Weight, Weight]:
    one = named_weight(plan, options.parameter, options.index)
    other = named_weight(plan, options.other_parameter, options.other_index)
    if one and other:
        return one, other
    free = [weight for weight in steepest(plan, 2) if weight not in (one, other)]
    return one or free.pop(0), other or free.pop(0)


CONTOUR_PLOT = Plot(
    "contour",
    "Loss surface",
    6,
    ContourPlot,
    _of_run,
    lambda plan: steepest(plan, 2),
    AroundTwoWeights,
    shows_gradients=True,
    grid=True,
)
