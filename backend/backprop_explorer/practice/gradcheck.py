"""Gradients against central differences of the loss: two more runs per number, and no rule of differentiation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, TypedDict

import numpy as np

from backprop_explorer.answers import Extent, Finite, Vector
from backprop_explorer.engine.plan import Plan
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.practice.trial import Trial, Weight, checked_weight
from backprop_explorer.problem import Problem

STEP = float(np.cbrt(np.finfo(np.float64).eps))
"""Where the error of the difference's formula and that of rounding are about equal."""

TOLERANCE = 1e-5
WORK = 400_000_000
"""How many floating-point operations a check may take; larger parameters are checked at fewer places."""

LEAST, MOST = 8, 400
KINK, BEND = 1e-3, 1e-4
"""Where the slopes to both sides differ by more than this part of them, and of the tensor's greatest gradient, there is
no derivative."""

CLOSER = 1 / 16
"""How much nearer one looks to tell a kink from a curve."""

POINTS, REACH = 41, 1.0
"""How many points of the loss are drawn around a weight, and how far."""


@dataclass(frozen=True)
class Difference:
    """One element: what the backward pass says, and the slopes of the loss to both sides; at a `kink` they say
    nothing about the gradient."""

    index: Shape
    gradient: float
    left: float
    right: float
    kink: bool = False

    @property
    def numeric(self) -> float:
        """The central difference."""
        return (self.left + self.right) / 2

    def looks_bent(self, scale: float) -> bool:
        """Whether the slopes to both sides differ much, for whatever reason."""
        return self.apart > max(KINK * max(abs(self.left), abs(self.right)), BEND * scale, 1e-12)

    def curves_to_one_side(self, scale: float) -> bool:
        """Whether the loss begins to curve here, as where a unit is about to wake: the central difference then lies
        between two slopes, one of which is the gradient."""
        nearer = min(abs(self.gradient - self.left), abs(self.gradient - self.right))
        return self.apart > 1e-7 * scale and nearer < 0.01 * self.apart

    @property
    def apart(self) -> float:
        """By how much the slopes to both sides differ."""
        return abs(self.left - self.right)

    def relative(self, scale: float) -> float:
        """How far apart both are, as a part of the greater one (or of the tensor's greatest, where it is tiny)."""
        return abs(self.gradient - self.numeric) / max(abs(self.gradient), abs(self.numeric), 1e-3 * scale, 1e-8)


class LossCurve(TypedDict):
    """The loss as a function of one weight, with the line that the gradient claims to touch it."""

    parameter: str
    index: Extent
    value: float
    loss: float
    gradient: float
    numeric: float
    left: float
    right: float
    kink: bool
    relative_difference: float
    passed: bool
    values: Vector
    losses: Vector
    tangent: Vector


class Kink(TypedDict):
    """An element at which the loss has no slope, with those to both sides."""

    index: Extent
    left: float
    right: float
    gradient: float


class CheckedParameter(TypedDict):
    """A parameter's largest relative difference to central differences, among elements where the loss has a slope."""

    max_relative_difference: float | None
    index: Extent | None
    gradient: float | None
    numeric: float | None
    checked: int
    elements: int
    kinks: list[Kink]
    kink_count: int
    passed: Annotated[bool, "never where a gradient, or the difference beside it, is no finite number"]


class Gradcheck(TypedDict):
    """Gradients beside central differences: of all parameters, or the curve of one weight."""

    step: Finite
    tolerance: Finite
    passed: bool
    parameters: dict[str, CheckedParameter]
    curve: LossCurve | None


def gradcheck(plan: Plan, parameter: str | None = None, index: Sequence[int] | None = None) -> Gradcheck:
    """Every parameter's gradient beside central differences, and, for one weight, the loss as a function of it. The
    plan has run; its numbers stay as they are.

    Raises a `Problem` for what is no parameter, or no index of it.
    """
    if parameter is None and index is not None:
        raise Problem("bad_query", "an index needs a parameter", hint="such as parameter=w1&index=0,1")
    weight = None if parameter is None else checked_weight(plan, parameter, index)
    checker = _Checker(Trial(plan))
    checked = {} if weight else {name: checker.of(name) for name in plan.program.parameters}
    curve = checker.curve(weight, REACH) if weight else None
    passed = bool(curve["passed"]) if curve else all(entry["passed"] for entry in checked.values())
    return {"step": STEP, "tolerance": TOLERANCE, "passed": passed, "parameters": checked, "curve": curve}


def loss_curve(plan: Plan, weight: Weight, reach: float = REACH) -> LossCurve:
    """The loss as a function of one weight, so far to both sides of where it is, and the tangent that its gradient
    claims. The plan has run; its numbers stay as they are."""
    return _Checker(Trial(plan)).curve(weight, reach)


class _Checker:
    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.loss = trial.loss
        program = trial.plan.program
        cost = max(1, program.graph.meter.flop)
        allowed = WORK // (2 * cost * max(1, len(program.parameters)))
        self.count = int(min(MOST, max(LEAST, allowed)))

    def of(self, name: str) -> CheckedParameter:
        """The largest relative difference of a parameter, and where."""
        gradient = np.array(self.trial.plan[f"{name}.g"])
        scale = self._scale(gradient)
        found = [self._difference(name, place, float(gradient[place]), scale) for place in self._places(gradient)]
        smooth = [one for one in found if not one.kink]
        kinks = [one for one in found if one.kink]
        worst = max(smooth, key=lambda one: _or_infinite(one.relative(scale)), default=None)
        largest = worst.relative(scale) if worst else None
        return {
            "max_relative_difference": largest,
            "index": list(worst.index) if worst else None,
            "gradient": worst.gradient if worst else None,
            "numeric": worst.numeric if worst else None,
            "checked": len(found),
            "elements": size(gradient.shape),
            "kinks": [
                {"index": list(one.index), "left": one.left, "right": one.right, "gradient": one.gradient}
                for one in kinks[:5]
            ],
            "kink_count": len(kinks),
            "passed": largest is None or _or_infinite(largest) <= TOLERANCE,
        }

    def _scale(self, gradient: Array) -> float:
        """What a slope is small against: the tensor's greatest, or what differences of the loss can resolve."""
        return max(float(np.nan_to_num(np.abs(gradient)).max(initial=0.0)), 0.01 * abs(float(np.nan_to_num(self.loss))))

    def _places(self, gradient: Array) -> list[Shape]:
        """All elements, or of many those with the greatest gradients and others spread evenly."""
        if gradient.size <= self.count:
            return list(np.ndindex(gradient.shape))
        spread = np.linspace(0, gradient.size - 1, self.count - self.count // 4).astype(int)
        greatest = np.argsort(-np.nan_to_num(np.abs(gradient), nan=np.inf), axis=None)[: self.count // 4]
        flats = sorted({int(flat) for flat in (*spread, *greatest)})
        return [tuple(int(i) for i in np.unravel_index(flat, gradient.shape)) for flat in flats]

    def _difference(self, name: str, place: Shape, gradient: float, scale: float) -> Difference:
        wide = self._slopes(name, place, gradient, 1.0)
        if not np.isfinite(gradient):
            return wide  # a kink excuses a difference, but not that there is no gradient at all
        if wide.looks_bent(scale):  # what is only curved gets straighter the nearer one looks
            return replace(wide, kink=self._slopes(name, place, gradient, CLOSER).apart > wide.apart / 2)
        return replace(wide, kink=wide.curves_to_one_side(scale))

    def _slopes(self, name: str, place: Shape, gradient: float, part: float) -> Difference:
        weight = name, place
        value = self.trial.value(weight)
        step = part * STEP * max(1.0, abs(value))
        below, above = (self.trial.loss_at({weight: value + sign * step}) for sign in (-1, 1))
        self.trial.loss_at({weight: value})
        return Difference(place, gradient, (self.loss - below) / step, (above - self.loss) / step)

    def curve(self, weight: Weight, reach: float) -> LossCurve:
        """The loss around one weight, and the line that its gradient claims to touch it."""
        name, place = weight
        gradient, value = self.trial.gradient(weight), self.trial.value(weight)
        scale = self._scale(np.array(gradient))
        difference = self._difference(name, place, gradient, scale)
        values = np.linspace(value - reach, value + reach, POINTS)
        losses = [self.trial.loss_at({weight: float(moved)}) for moved in values]
        self.trial.loss_at({weight: value})
        return {
            "parameter": name,
            "index": list(place),
            "value": value,
            "loss": self.loss,
            "gradient": gradient,
            "numeric": difference.numeric,
            "left": difference.left,
            "right": difference.right,
            "kink": difference.kink,
            "relative_difference": difference.relative(scale),
            "passed": difference.kink or _or_infinite(difference.relative(scale)) <= TOLERANCE,
            "values": values,
            "losses": np.array(losses),
            "tangent": self.loss + gradient * (values - value),
        }


def _or_infinite(number: float) -> float:
    """What is no number counts as infinitely far off."""
    return float("inf") if np.isnan(number) else number
