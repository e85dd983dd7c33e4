"""The plots, found in the sibling modules, and why one of them makes no sense for a program."""

from __future__ import annotations

from dataclasses import fields
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Annotated, TypedDict

from backprop_explorer.engine import Plan
from backprop_explorer.plots.record import Plot
from backprop_explorer.problem import Problem


class PlotOption(TypedDict):
    """Something that may be chosen about a plot."""

    name: Annotated[str, "the query parameter"]
    key: Annotated[str, "plots whose options have the same key share the choice"]


class PlotEntry(TypedDict):
    """A plot in the list of plots."""

    name: Annotated[str, "its numbers are at GET …/plots/{name}"]
    title: str
    reason: Annotated[str | None, "why it makes no sense for this program; null where it does"]
    over_time: Annotated[bool, "it shows the whole run, not one moment of it"]
    shows_gradients: Annotated[bool, "it tells single gradients"]
    options: list[PlotOption]


def _discovered() -> dict[str, Plot]:
    """Every `Plot` that a module of this package defines, in the order of their places."""
    package = __name__.rpartition(".")[0]
    found: dict[str, Plot] = {}
    for module in iter_modules([str(Path(__file__).parent)]):
        if f"{package}.{module.name}" != __name__:
            values = vars(import_module(f"{package}.{module.name}")).values()
            found |= {value.name: value for value in values if isinstance(value, Plot)}
    return dict(sorted(found.items(), key=lambda item: item[1].place))


PLOTS = _discovered()


def overview(plan: Plan) -> list[PlotEntry]:
    """Every plot, and where it does not apply to the plan, the reason."""
    return [
        {
            "name": plot.name,
            "title": plot.title,
            "reason": _reason(plan, plot),
            "over_time": plot.over_time,
            "shows_gradients": plot.shows_gradients,
            "options": [
                {"name": option.name, "key": option.metadata["key"] or option.name} for option in fields(plot.options)
            ],
        }
        for plot in PLOTS.values()
    ]


def _reason(plan: Plan, plot: Plot) -> str | None:
    try:
        plot.check(plan)
    except Problem as problem:
        return problem.detail
    return None
