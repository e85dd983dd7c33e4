"""How large the parameters, their gradients and their updates are, over the iterations."""

from __future__ import annotations

from typing import Annotated, TypedDict

import numpy as np

from backprop_explorer.answers import Extent, Series
from backprop_explorer.engine import Plan
from backprop_explorer.ops.record import Shape
from backprop_explorer.plots.moments import Moments, has, norm, numbers, updates
from backprop_explorer.plots.record import Options, Plot, Subject
from backprop_explorer.plots.steepest import check_parameters
from backprop_explorer.wording import counted, listed, percent, short


class ParameterNorms(TypedDict):
    """How large a parameter, its gradient and its update are at each iteration; null where there was none."""

    name: str
    shape: Extent
    value: Series
    gradient: Series
    update: Series
    ratio: Annotated[Series, "of the update's norm to the parameter's"]


class NormsPlot(TypedDict):
    """The norm of every parameter, gradient and update over the iterations, and the ratio of update to parameter."""

    iterations: list[int]
    parameters: list[ParameterNorms]
    text: str


def norms(moments: Moments) -> NormsPlot:
    """Per parameter of the last moment: the norms of its numbers, its gradient and its update, and the ratio of update
    to numbers, at each moment."""
    iterations: list[int] = []
    found: list[dict[str, dict[str, float]]] = []
    shapes: dict[str, Shape] = {}
    for iteration, plan in moments:
        check_parameters(plan)
        shapes = {name: plan.tensors[name].shape for name in plan.program.parameters}
        iterations.append(iteration)
        found.append({name: _norms(plan, name, change) for name, change in _changes(plan).items()})
    rows: list[ParameterNorms] = [
        {
            "name": name,
            "shape": shape,
            "value": _series(found, name, "value"),
            "gradient": _series(found, name, "gradient"),
            "update": _series(found, name, "update"),
            "ratio": _series(found, name, "ratio"),
        }
        for name, shape in shapes.items()
    ]
    return {"iterations": iterations, "parameters": rows, "text": _sentence(iterations[-1], rows)}


def _changes(plan: Plan) -> dict[str, float | None]:
    """The norm of each parameter's update, None where there is none."""
    changed = updates(plan)
    return {name: norm(changed[name]) if name in changed else None for name in plan.program.parameters}


def _norms(plan: Plan, name: str, update: float | None) -> dict[str, float]:
    shape = plan.tensors[name].shape
    value = norm(plan[name])
    entry = {"value": value}
    if has(plan, f"{name}.g", shape):
        entry["gradient"] = norm(plan[f"{name}.g"])
    if update is not None:
        entry["update"] = update
        if value:
            entry["ratio"] = update / value
    return entry


def _series(found: list[dict[str, dict[str, float]]], name: str, field: str) -> Series:
    return [moment.get(name, {}).get(field) for moment in found]


def _sentence(last: int, rows: list[ParameterNorms]) -> str:
    """The one with the largest gradient, and by how much the parameters are changed."""
    broken = next((row["name"] for row in rows if not np.isfinite(_last_gradient(row))), None)
    if broken is not None:
        return f"At iteration {last:,} the gradient of {broken} is no finite number: the training has diverged."
    steepest = max(rows, key=_last_gradient)
    told = (
        f"At iteration {last:,} the largest gradient is that of {steepest['name']} ({short(_last_gradient(steepest))})"
    )
    moved = {row["name"]: ratio for row in rows if (ratio := row["ratio"][-1]) is not None}
    if not moved:
        return f"{told}, of {counted(len(rows), 'parameter')}."
    most, least = max(moved, key=lambda name: moved[name]), min(moved, key=lambda name: moved[name])
    change = f"{told}; one update changes {most}"
    zeros = [row["name"] for row in rows if row["value"][-1] == 0 and row["update"][-1] is not None]
    verb = "has" if len(zeros) == 1 else "have"
    left_out = f" {listed(zeros)} {verb} the norm 0, so no share of it." if zeros else ""
    if most == least:
        return f"{change} by {percent(moved[most])} of its norm.{left_out}"
    shares = f"by {percent(moved[most])} of its norm, and {least} least, by {percent(moved[least])}"
    return f"{change} most, {shares}.{left_out}"


def _last_gradient(row: ParameterNorms) -> float:
    return max(numbers(row["gradient"][-1:]), default=0.0)


def _of_run(subject: Subject, options: Options) -> NormsPlot:
    return norms(subject.moments())


NORMS = Plot("norms", "Norms", 2, NormsPlot, _of_run, check_parameters, over_time=True)
