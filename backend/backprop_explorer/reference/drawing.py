"""What the page of operations draws of an entry: the curve of a function of one number with its slope, or the shapes of
its sample, operands and result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

import numpy as np

from backprop_explorer.answers import Finite
from backprop_explorer.engine import compile_document
from backprop_explorer.engine.sketch import Drawn
from backprop_explorer.ops.record import Array, Sample
from backprop_explorer.problem import Problem
from backprop_explorer.reference.sample import numbers

POINTS = 61
WIDE = (-3.0, 3.0)
"""Where a function is drawn whose sample takes numbers from the usual interval."""
USUAL = (-2.0, 2.0)
DIGITS = 4


class Curve(TypedDict):
    """A function of one number, and its derivative; null where one is not finite."""

    x: list[Finite]
    y: list[Finite | None]
    slope: list[Finite | None]


class Drawing(TypedDict):
    """The curve, or else the sample's operands and its result."""

    curve: Curve | None
    operands: list[Drawn]
    result: Annotated[Drawn | None, "null beside a curve"]


def drawing(sample: Sample, *, pointwise: bool) -> Drawing:
    """Of a record's sample; `pointwise` where its result may be drawn as a curve, if it is one."""
    curve = _curve(sample) if pointwise and len(sample.shapes) == 1 else None
    if curve is not None:
        return {"curve": curve, "operands": [], "result": None}
    given = numbers(sample.shapes, sample.whole, sample.domain)
    name = next(name for name in ("y", "out", "result") if name not in given)
    plan = compile_document({"program": f"{name} = {sample.code}\nloss = sum({name} * {name})", "inputs": given})
    return {
        "curve": None,
        "operands": [{"name": key, "shape": list(shape), "count": 1} for key, shape in sample.shapes.items()],
        "result": {"name": name, "shape": list(plan[name].shape), "count": 1},
    }


def _curve(sample: Sample) -> Curve | None:
    (name,) = sample.shapes
    if name in sample.whole:
        return None
    low, high = WIDE if sample.domain == USUAL else sample.domain
    x = np.linspace(low, high, POINTS)
    try:
        y, slope = _values(sample.code, name, x)
        part, _ = _values(sample.code, name, x[1:8])
    except Problem:
        return None
    alone = y.shape == x.shape and part.shape == (7,) and np.allclose(y[1:8], part, equal_nan=True)
    return {"x": _listed(x), "y": _told(y), "slope": _told(slope)} if alone else None


def _values(code: str, name: str, x: Array) -> tuple[Array, Array]:
    """What the sample gives, and the slopes."""
    document: Mapping[str, Any] = {"program": f"result = {code}\nloss = sum(result)", "parameters": {name: x.tolist()}}
    plan = compile_document(dict(document))
    with np.errstate(all="ignore"):
        plan.run()
    return np.asarray(plan["result"]), np.asarray(plan[f"{name}.g"])


def _listed(values: Array) -> list[float]:
    return [round(float(value), DIGITS) for value in values]


def _told(values: Array) -> list[float | None]:
    return [round(float(value), DIGITS) if np.isfinite(value) else None for value in values]
