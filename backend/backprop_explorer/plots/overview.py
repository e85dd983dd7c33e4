"""Which plots there are, and why one of them makes no sense for a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backprop_explorer.engine import Plan
from backprop_explorer.plots.histograms import layers_of
from backprop_explorer.plots.limits import LEAST_POINTS
from backprop_explorer.plots.prediction import classes_of, prediction_of
from backprop_explorer.plots.steepest import check_parameters, steepest
from backprop_explorer.plots.surface import surface
from backprop_explorer.problem import Problem


def overview(plan: Plan) -> list[dict[str, Any]]:
    """Every plot by name, with a title and, where it does not apply to the plan, the reason."""
    return [{"name": name, "title": title, "reason": _reason(plan, check)} for name, (title, check) in PLOTS.items()]


def _reason(plan: Plan, check: Callable[[Plan], object]) -> str | None:
    try:
        check(plan)
    except Problem as problem:
        return problem.detail
    return None


def _always(plan: Plan) -> None:
    """Nothing can be missing."""


def _has_two_weights(plan: Plan) -> None:
    steepest(plan, 2)


def _is_classifier(plan: Plan) -> None:
    classes_of(plan, prediction_of(plan.program))


def _has_a_surface(plan: Plan) -> None:
    surface(plan, None, None, LEAST_POINTS)


PLOTS: dict[str, tuple[str, Callable[[Plan], object]]] = {
    "loss": ("Loss", _always),
    "norms": ("Norms", check_parameters),
    "histograms": ("Layers", layers_of),
    "weight": ("One weight", check_parameters),
    "slice": ("Loss by a weight", check_parameters),
    "contour": ("Loss by two weights", _has_two_weights),
    "surface": ("Decision surface", _has_a_surface),
    "confusion": ("Confusion", _is_classifier),
}
