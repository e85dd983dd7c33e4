"""How the numbers of a layer and of its gradient are spread over the iterations; which of its units are dead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypedDict

import numpy as np

from backprop_explorer.answers import Counts, Extent, Vector
from backprop_explorer.engine import Plan
from backprop_explorer.explain.terms.place import named_node
from backprop_explorer.ops.record import Array
from backprop_explorer.plots.limits import BINS, KEPT
from backprop_explorer.plots.moments import Moments, has
from backprop_explorer.plots.prediction import not_applicable
from backprop_explorer.plots.record import Options, Plot, Subject, option
from backprop_explorer.plots.units import Units, activation_of, unit_axis, units_of
from backprop_explorer.wording import counted, listed, short

TAIL = 0.005
"""This part of the numbers at each end is drawn in the outermost bins."""


class Histogram(TypedDict):
    """How many numbers lie between one edge and the next, for each iteration. The outermost bins hold all beyond."""

    edges: Vector
    counts: Counts


class UnitState(TypedDict):
    """A unit, and since which iteration."""

    unit: int
    since: int


class LayerSummary(TypedDict):
    """A tensor with a histogram; null counts where no activation function made it."""

    name: str
    shape: Extent
    units: int
    dead: int | None
    saturated: int | None


class HistogramsPlot(TypedDict):
    """How a layer's values and gradients are spread over the iterations; which units are dead or saturated."""

    tensor: str
    shape: Extent
    units: int
    layers: list[LayerSummary]
    iterations: list[int]
    value: Histogram | None
    gradient: Histogram | None
    dead: Annotated[list[UnitState], "0 for every sample, passing nothing back"]
    saturated: Annotated[list[UnitState], "passing hardly anything back for any sample"]
    text: str
    options: dict[str, str]


@dataclass(frozen=True)
class OfALayer(Options):
    """Of which tensor."""

    tensor: str | None = option("its name; default: the first activation", key="layer", example="l2")


def layers_of(plan: Plan) -> list[str]:
    """The tensors whose histograms are of interest: what the program calculates on the way and gives a name to. A
    `Problem` where there is none."""
    layers = [
        name
        for name, info in plan.tensors.items()
        if info.role == "intermediate" and info.named and info.differentiable and info.shape
    ]
    if not layers:
        raise not_applicable("this program names nothing between its inputs and its loss, so it has no layers")
    return layers


def histograms(plan: Plan, moments: Moments, tensor: str | None) -> HistogramsPlot:
    """Of one tensor (default: the first activation): how its values and its gradients are spread at each moment, which
    of its units are dead or saturated at the last one, and since when. `plan` stands at the last moment."""
    layers = layers_of(plan)
    name = tensor if tensor is not None else _first(plan, layers)
    shape = named_node(plan.program, name, "value").shape
    iterations: list[int] = []
    numbers: dict[str, list[Array]] = {"value": [], "gradient": []}
    units: list[Units | None] = []
    for iteration, past in moments:
        iterations.append(iteration)
        there = has(past, name, shape)
        numbers["value"].append(_kept(past[name]) if there else np.empty(0))
        there_too = has(past, f"{name}.g", shape)
        numbers["gradient"].append(_kept(past[f"{name}.g"]) if there_too else np.empty(0))
        units.append(units_of(past, name) if there else None)
    states = {state: _since(units, iterations, state) for state in ("dead", "saturated")}
    return {
        "tensor": name,
        "shape": shape,
        "units": _count(plan, name),
        "layers": [_summary(plan, layer) for layer in layers],
        "iterations": iterations,
        "value": _histogram(numbers["value"]),
        "gradient": _histogram(numbers["gradient"]),
        "dead": states["dead"],
        "saturated": states["saturated"],
        "text": _sentence(plan, name, iterations[-1], states),
        "options": {"tensor": name},
    }


def _first(plan: Plan, layers: list[str]) -> str:
    return next((name for name in layers if activation_of(plan.program.nodes[name])), layers[0])


def _kept(array: Array) -> Array:
    """Copies of the tensor's numbers, of many as many as a histogram needs, evenly taken."""
    flat = np.asarray(array, np.float64).ravel()
    kept = np.array(flat[:: -(-flat.size // KEPT)] if flat.size > KEPT else flat)
    return kept[np.isfinite(kept)]


def _histogram(arrays: list[Array]) -> Histogram | None:
    """Counts per moment and bin; the bins are the same at all moments. None where there are no numbers."""
    every = np.concatenate(arrays)
    if not every.size:
        return None
    low, high = (float(edge) for edge in np.quantile(every, [TAIL, 1 - TAIL]))
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        room = max(abs(low), 1.0) / 2
        low, high = low - room, high + room
    edges = 2 * np.linspace(low / 2, high / 2, BINS + 1)  # the width of all of them may be more than a float holds
    counts = np.array([np.histogram(np.clip(array, low, high), edges)[0] for array in arrays])
    return {"edges": edges, "counts": counts}


def _since(units: list[Units | None], iterations: list[int], state: str) -> list[UnitState]:
    """Each unit that is in that state at the last moment, and from which of the moments on it always was."""
    if units[-1] is None:
        return []
    last: Array = getattr(units[-1], state)
    found: list[UnitState] = []
    for unit in np.flatnonzero(last):
        first = len(units) - 1
        while first > 0 and (before := units[first - 1]) is not None and getattr(before, state)[unit]:
            first -= 1
        found.append({"unit": int(unit), "since": iterations[first]})
    return found


def _count(plan: Plan, name: str) -> int:
    node = plan.program.nodes[name]
    axis = unit_axis(plan.program, node)
    return 1 if axis is None else node.shape[axis]


def _summary(plan: Plan, name: str) -> LayerSummary:
    units = units_of(plan, name)
    return {
        "name": name,
        "shape": plan.tensors[name].shape,
        "units": _count(plan, name),
        "dead": int(units.dead.sum()) if units else None,
        "saturated": int(units.saturated.sum()) if units else None,
    }


def _sentence(plan: Plan, name: str, last: int, states: dict[str, list[UnitState]]) -> str:
    when = f"At iteration {last:,}"
    if activation_of(plan.program.nodes[name]) is None:
        array = np.asarray(plan[name], np.float64)
        finite = array[np.isfinite(array)]
        if not finite.size:
            return f"{when} no number of {name} is finite."
        low, high = short(float(finite.min())), short(float(finite.max()))
        spread = f"{when} the numbers of {name} lie between {low} and {high}"
        return f"{spread}; no activation function made them, so no unit can be dead."
    count = _count(plan, name)
    told = [_state_told(state, found) for state, found in states.items() if found]
    of = counted(count, "unit")
    if not told:
        return (
            f"{when} none of the {of} of {name} is dead or saturated."
            if count > 1
            else f"{when} the unit of {name} is neither dead nor saturated."
        )
    return f"{when}, of the {of} of {name}, {' and '.join(told)}."


def _state_told(state: str, found: list[UnitState]) -> str:
    """`unit 1 is dead since iteration 40 (0 for every sample)`."""
    since = {entry["since"] for entry in found}
    names = listed([str(entry["unit"]) for entry in found])
    means = {"dead": "0 for every sample", "saturated": "passing hardly any gradient back"}[state]
    when = (
        f" since iteration {min(since):,}"
        if len(since) == 1 and min(since)
        else " from the beginning"
        if since == {0}
        else ""
    )
    return (
        f"{'unit' if len(found) == 1 else 'units'} {names} {'is' if len(found) == 1 else 'are'} {state}{when} ({means})"
    )


def _of_run(subject: Subject, options: OfALayer) -> HistogramsPlot:
    return histograms(subject.plan, subject.moments(), options.tensor)


HISTOGRAMS = Plot("histograms", "Activations", 3, HistogramsPlot, _of_run, layers_of, OfALayer, over_time=True)
