"""What a program says of every point of a plane: for data with two features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypedDict

import numpy as np

from backprop_explorer.answers import Finite, Indices, Matrix, Vector
from backprop_explorer.engine import Plan
from backprop_explorer.explain.terms.batch import batch_axes
from backprop_explorer.explain.terms.place import named_node
from backprop_explorer.graph.node import Node
from backprop_explorer.graph.walk import ancestors
from backprop_explorer.ops.record import Array
from backprop_explorer.plots.limits import LEAST_POINTS, SURFACE, grid_points
from backprop_explorer.plots.prediction import (
    Classes,
    Prediction,
    classes_of,
    not_applicable,
    on_all_rows,
    prediction_of,
)
from backprop_explorer.plots.record import Options, Plot, Subject, option
from backprop_explorer.problem import Problem
from backprop_explorer.wording import counted, percent, short

ROOM = 0.15
"""What is drawn around the data, as a part of its extent."""


class SurfaceSamples(TypedDict):
    """The samples: where they are, what they should be, and what is said of them (both by class where there are)."""

    x: Vector
    y: Vector
    truth: Vector | None
    said: Indices | None


class SurfacePlot(TypedDict):
    """For data with two features: what the program says of every point of their plane, `values[row][column]` at
    `y[row]` and `x[column]`, and the samples on it."""

    tensor: str
    unit: int | None
    units: int
    kind: Literal["classes", "scores"]
    classes: list[str] | None
    threshold: Annotated[Finite | None, "the score where one class becomes the other"]
    features: list[str]
    x: Vector
    y: Vector
    values: Matrix
    samples: SurfaceSamples
    text: str


@dataclass(frozen=True)
class OfAUnit(Options):
    """Of what, and how finely."""

    tensor: str | None = option("any tensor with a row for each sample; default: the prediction", key="surface")
    unit: int | None = option("one of its columns", example=0)
    points: int | None = option("how many points the grid has to each side", example=41)


def surface(plan: Plan, tensor: str | None, unit: int | None, points: int | None) -> SurfacePlot:
    """The prediction, or one unit of any tensor, on a grid of the two features, and the samples with what is said of
    them. The plan has run; its numbers stay as they are. A `Problem` where the data has not two features."""
    plan = on_all_rows(plan)
    feature = features_of(plan)
    drawn = _drawn(plan, tensor, unit, feature)
    samples = np.array(plan[feature], np.float64)
    count = grid_points(plan, points, SURFACE, len(samples))
    x, y = _axis(samples[:, 0], count), _axis(samples[:, 1], count)
    grid = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
    scores = _pushed(plan, feature, drawn.node, grid).reshape(count * count, -1)
    values = scores.argmax(1) if drawn.unit is None else scores[:, drawn.unit]
    named = [str(axis) for axis in (f"{feature}[:, 0]", f"{feature}[:, 1]")]
    return {
        "tensor": drawn.name,
        "unit": None if drawn.unit is None or scores.shape[1] == 1 else drawn.unit,
        "units": scores.shape[1],
        "kind": "classes" if drawn.unit is None else "scores",
        "classes": drawn.classes.names if drawn.classes else None,
        "threshold": drawn.classes.threshold if drawn.classes else None,
        "features": named,
        "x": x,
        "y": y,
        "values": values.reshape(count, count),
        "samples": _samples(samples, drawn),
        "text": _sentence(drawn, values, named),
    }


@dataclass(frozen=True)
class Drawn:
    """The tensor that is drawn, one of its units (None: the one with the highest score), and the classes where it is a
    classifier's prediction."""

    name: str
    node: Node
    unit: int | None
    classes: Classes | None
    target: Array | None


def features_of(plan: Plan) -> str:
    """The input with two features that the prediction depends on. A `Problem` that says what there is instead."""
    program = plan.program
    prediction = prediction_of(program)
    read = set(ancestors(prediction.output))
    names = [name for name in program.inputs if program.forward.leaves[name] in read]
    floats = [name for name in names if plan.tensors[name].differentiable]
    if not floats:
        raise not_applicable(
            f"{' and '.join(names)} holds whole numbers that are looked up; a decision surface needs two features"
        )
    if len(floats) > 1:
        raise not_applicable(
            f"the prediction depends on {len(floats)} inputs ({', '.join(floats)}); a decision surface needs one"
        )
    name, shape = floats[0], plan.tensors[floats[0]].shape
    if len(shape) != 2:
        raise not_applicable(f"{name} has the shape {shape}; a decision surface needs samples of two features")
    if shape[1] != 2:
        raise not_applicable(f"this data has {counted(shape[1], 'feature')}; a decision surface needs two")
    return name


def _drawn(plan: Plan, tensor: str | None, unit: int | None, feature: str) -> Drawn:
    prediction = prediction_of(plan.program)
    if tensor is None:
        node, name = prediction.output, prediction.name
    else:
        node, name = named_node(plan.program, tensor, "value"), tensor
    rows = plan.tensors[feature].shape[0]
    per_sample = batch_axes(plan.program).get(node) == 0 or node is prediction.output
    if not node.shape or node.shape[0] != rows or node.ndim > 2 or not per_sample or not node.differentiable:
        raise not_applicable(
            f"{name} {node.shape} has no row for each of the {rows} samples, so it cannot be drawn over them"
        )
    units = node.size // rows
    if unit is not None and unit >= units:
        raise Problem("bad_index", f"{name} has the units 0 to {units - 1}; got {unit}", tensor=tensor)
    classes = _classes(plan, prediction) if node is prediction.output else None
    target = None if classes else plan.array(prediction.target)
    by_score = unit is None and units > 1 and classes is not None
    return Drawn(name, node, None if by_score else unit or 0, classes, target)


def _classes(plan: Plan, prediction: Prediction) -> Classes | None:
    try:
        return classes_of(plan, prediction)
    except Problem:
        return None


def _axis(numbers: Array, count: int) -> Array:
    finite = numbers[np.isfinite(numbers)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    room = ROOM * (high - low) or 1.0
    return np.linspace(low - room, high + room, count)


def _pushed(plan: Plan, feature: str, node: Node, grid: Array) -> Array:
    """The tensor's rows for all points: as many at a time as the program has samples, so that its text is as it is."""
    trial = Plan(plan.program, plan.document)
    trial.restore(plan.snapshot())
    rows = trial[feature].shape[0]
    found = [_rows(trial, feature, node, grid[start : start + rows]) for start in range(0, len(grid), rows)]
    together = np.concatenate(found)
    if rows > 1 and not _alone(trial, feature, node, grid[:rows], together[:rows]):
        raise not_applicable(
            "what is said of a sample depends on its batch (the others in it, or chance), so no point has its own value"
        )
    return together


def _rows(trial: Plan, feature: str, node: Node, points: Array) -> Array:
    rows = trial[feature].shape[0]
    trial[feature] = np.concatenate([points, np.repeat(points[-1:], rows - len(points), 0)])
    trial.run()
    return np.array(trial.array(node)[: len(points)], np.float64)


def _alone(trial: Plan, feature: str, node: Node, points: Array, found: Array) -> bool:
    """Whether the same points in other places and in other company are said the same of."""
    again = _rows(trial, feature, node, points[1:])
    return bool(np.allclose(again, found[1:], rtol=1e-6, atol=1e-9, equal_nan=True))


def _samples(samples: Array, drawn: Drawn) -> SurfaceSamples:
    """Where they are, what they should be, and what is said of them."""
    x, y = samples[:, 0], samples[:, 1]
    classes = drawn.classes
    if classes is not None:
        return {"x": x, "y": y, "truth": classes.truth, "said": classes.said}
    target = drawn.target
    alike = target is not None and target.size == len(samples)
    return {"x": x, "y": y, "truth": np.asarray(target).reshape(-1) if alike else None, "said": None}


def _sentence(drawn: Drawn, values: Array, features: list[str]) -> str:
    plane = " and ".join(features)
    classes = drawn.classes
    if classes is None:
        finite = values[np.isfinite(values)]
        spread = (
            f"from {short(float(finite.min()))} to {short(float(finite.max()))}" if finite.size else "no finite number"
        )
        unit = f", unit {drawn.unit}," if drawn.node.ndim > 1 and drawn.node.shape[1] > 1 else ""
        return f"Over the plane of {plane}, {drawn.name}{unit} goes {spread}."
    said = values if classes.threshold is None else (values > classes.threshold).astype(int)
    share, name = max((float((said == one).mean()), name) for one, name in enumerate(classes.names))
    right = f"{int(classes.right.sum())} of the {len(classes.truth)} samples are classified correctly"
    return (
        f"Over the plane of {plane}, the model predicts class {name} on {percent(share)} of the plotted area; {right}."
    )


def _of_run(subject: Subject, options: OfAUnit) -> SurfacePlot:
    return surface(subject.plan, options.tensor, options.unit, options.points)


SURFACE_PLOT = Plot(
    "surface",
    "Decision surface",
    7,
    SurfacePlot,
    _of_run,
    lambda plan: surface(plan, None, None, LEAST_POINTS),
    OfAUnit,
    grid=True,
)
