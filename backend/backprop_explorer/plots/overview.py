"""Which plots there are, and why one of them makes no sense for a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backprop_explorer.engine import Plan
from backprop_explorer.plots.histograms import layers_of
from backprop_explorer.plots.limits import LEAST_POINTS
from backprop_explorer.plots.prediction import classes_of, not_applicable, prediction_of
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


def _has_parameters(plan: Plan) -> None:
    if not plan.program.parameters:
        raise not_applicable("this program has no parameters, so there is no weight to look at")


def _has_two_weights(plan: Plan) -> None:
    _has_parameters(plan)
    if sum(plan.program.forward.leaves[name].size for name in plan.program.parameters) < 2:
        raise not_applicable("this program has one weight only; a contour needs two")


def _is_classifier(plan: Plan) -> None:
    classes_of(plan, prediction_of(plan.program))


def _has_a_surface(plan: Plan) -> None:
    surface(plan, None, None, LEAST_POINTS)


PLOTS: dict[str, tuple[str, Callable[[Plan], object]]] = {
    "loss": ("Loss", _always),
    "norms": ("Norms", _has_parameters),
    "histograms": ("Layers", layers_of),
    "weight": ("One weight", _has_parameters),
    "slice": ("Loss by a weight", _has_parameters),
    "contour": ("Loss by two weights", _has_two_weights),
    "surface": ("Decision surface", _has_a_surface),
    "confusion": ("Confusion", _is_classifier),
}
