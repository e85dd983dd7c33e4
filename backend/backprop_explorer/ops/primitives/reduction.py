"""Reductions: folds along axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from backprop_explorer.ops.axes import normal_axes, size
from backprop_explorer.ops.elementwise import AXIS_LETTERS, written
from backprop_explorer.ops.hazards import INFINITY_LESS_INFINITY, ZERO_TIMES_INFINITY
from backprop_explorer.ops.record import Array, Kink, OperandError, Operation, Reject, Sample, Shape

AXES = {"axis": None, "keepdims": False}


def reduced(shape: Shape, axis: tuple[int, ...], keepdims: bool) -> Shape:
    """The shape that is left: without the axes, or with length 1 in their place."""
    return tuple(1 if i in axis else length for i, length in enumerate(shape) if keepdims or i not in axis)


def explicit_axes(shapes: Sequence[Shape], parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters with the axes from 0 and sorted, as the engine stores them. A scalar has none, and 0 or -1 names
    it as in NumPy and PyTorch."""
    rank = len(shapes[0])
    axes = normal_axes(parameters["axis"], rank or 1)
    return {"axis": axes if rank else (), "keepdims": bool(parameters["keepdims"])}


def reduction_arguments(rank: int, axis: tuple[int, ...], keepdims: bool) -> str:
    """The arguments as a person writes them: nothing for all axes, a number for one."""
    named = [] if len(axis) == rank else [str(axis[0] if len(axis) == 1 else axis)]
    return ", ".join(named + (["keepdims=True"] if keepdims else []))


def _labels(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> tuple[str, list[list[str]]]:
    letters = AXIS_LETTERS[: len(shapes[0])]
    kept = [letter for i, letter in enumerate(letters) if i not in parameters["axis"]]
    spare = iter(AXIS_LETTERS[len(letters) :])
    result = (
        [letter if i not in parameters["axis"] else next(spare) for i, letter in enumerate(letters)]
        if parameters["keepdims"]
        else kept
    )
    return "".join(result), [list(letters)]


def _reduction(name: str, ufunc: np.ufunc, rule: str, summary: str, symbol: str, **rest: Any) -> Operation:
    def forward(x: Array, axis: tuple[int, ...], keepdims: bool, out: Array | None = None) -> Array:
        return np.asarray(ufunc.reduce(x, axis=axis, out=out, keepdims=keepdims))

    def code(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> str:
        return f"{{x}}.{name}({reduction_arguments(len(shapes[0]), **parameters)})"

    shape: Callable[..., Shape] = reduced
    return Operation(
        name,
        "reduction",
        ("x",),
        shape=shape,
        forward=forward,
        code=code,
        parameters=AXES,
        canonical=explicit_axes,
        labels=_labels,
        flop=lambda shape, **_: size(shape),
        rules={"x": rule},
        summary=summary,
        symbol=symbol,
        notation=name,
        script=f"def {name}(x, axis=None, keepdims=False): return np.{name}(x, axis=axis, keepdims=keepdims)",
        samples=(
            Sample(f"{name}(x)", {"x": (3, 2)}),
            Sample(f"x.{name}(0)", {"x": (3, 2)}),
            Sample(f"x.{name}(axis=-1, keepdims=True)", {"x": (3, 2)}),
            Sample(f"{name}(x, (0, 2))", {"x": (2, 3, 2)}),
            Sample(f"{name}(x)", {"x": ()}),
            Sample(f"x.{name}(-1)", {"x": ()}),
        ),
        rejects=(
            Reject(f"{name}(x, 2)", {"x": (3, 2)}, "axis to be one that exists (from -2 to 1); got 2"),
            Reject(f"{name}(x, (0, 0))", {"x": (3, 2)}, "each axis once"),
        ),
        **rest,
    )


SHARE = "(x == keep(y, axis, keepdims)) * keep(g / sum(x == keep(y, axis, keepdims), axis, keepdims), axis, keepdims)"
SUM = _reduction(
    "sum",
    np.add,
    "broadcast_to(keep(g, axis, keepdims), x.shape)",
    "The sum along the axes, or of everything.",
    "Σ",
    why={
        "x": (
            "Each element contributes to one sum, with the factor 1: raise it by a little, and the sum rises by "
            "the same amount. So all of them get the sum's gradient: summing forward means copying backward."
        ),
    },
    formula="y = sum(x)",
    hazards=(INFINITY_LESS_INFINITY,),
)
PROD = _reduction(
    "prod",
    np.multiply,
    "where(x == 0, keep(prod(where(x == 0, 1, x), axis, keepdims) * (sum(x == 0, axis, keepdims) == 1), axis, "
    "keepdims), keep(y, axis, keepdims) / x) * keep(g, axis, keepdims)",
    "The product along the axes, or of everything.",
    "Π",
    why={
        "x": (
            "Raising one factor changes the product by the product of all the others. So each factor gets that "
            "product times the incoming gradient."
        ),
    },
    formula="y = prod(x)",
    hazards=(ZERO_TIMES_INFINITY,),
    kink=Kink(
        "A single 0 gets the product of the others; of several nobody gets anything.",
        "prod(x, 1)",
        {"x": [[2.0, 0.0, 3.0], [0.0, 0.0, 4.0]]},
        {"x": [[0.0, 6.0, 0.0], [0.0, 0.0, 0.0]]},
    ),
)
MAX = _reduction(
    "max",
    np.maximum,
    SHARE,
    "The greatest element along the axes.",
    "max",
    why={
        "x": (
            "Only the greatest element decides the result: raising any other by a little changes nothing. So the "
            "greatest gets the whole gradient and the others 0; elements that tie share it."
        ),
    },
    formula="y = max(x)",
    synonyms=("amax",),
    kink=Kink("Elements that tie share the gradient evenly.", "max(x)", {"x": [2.0, 1.0, 2.0]}, {"x": [0.5, 0.0, 0.5]}),
)
MIN = _reduction(
    "min",
    np.minimum,
    SHARE,
    "The smallest element along the axes.",
    "min",
    why={
        "x": (
            "Only the smallest element decides the result: raising any other by a little changes nothing. So the "
            "smallest gets the whole gradient and the others 0; elements that tie share it."
        ),
    },
    formula="y = min(x)",
    synonyms=("amin",),
    kink=Kink("Elements that tie share the gradient evenly.", "min(x)", {"x": [1.0, 2.0, 1.0]}, {"x": [0.5, 0.0, 0.5]}),
)


def _one_or_all(shapes: Sequence[Shape], parameters: dict[str, Any]) -> dict[str, Any]:
    found = explicit_axes(shapes, parameters)
    if len(found["axis"]) not in (1, len(shapes[0])):
        raise OperandError(f"one axis, or none for all; got {parameters['axis']}")
    return found


def _place(name: str, function: Callable[..., Any], word: str) -> Operation:
    """The record of the place of an extreme; NumPy's function would take no buffer of 64 bits where its own whole
    numbers have 32."""

    def forward(x: Array, axis: tuple[int, ...], keepdims: bool, out: Array | None = None) -> Array:
        one = axis[0] if len(axis) == 1 else None
        return written(np.asarray(function(x, axis=one, keepdims=keepdims)), out)

    labels = {"labels": (3,), "w": (3,)}
    return Operation(
        name,
        "reduction",
        ("x",),
        shape=reduced,
        forward=forward,
        code=lambda shapes, parameters: f"{{x}}.{name}({reduction_arguments(len(shapes[0]), **parameters)})",
        parameters=AXES,
        canonical=_one_or_all,
        labels=_labels,
        result="whole",
        extent=lambda shapes, parameters: (0, size(tuple(shapes[0][axis] for axis in parameters["axis"])) - 1),
        summary=f"Where the {word} element stands, the first of equal ones. A whole number: it passes no gradient.",
        formula=f"y = {name}(x)",
        symbol=name,
        script=(f"def {name}(x, axis=None, keepdims=False):\n    return np.{name}(x, axis=axis, keepdims=keepdims)"),
        samples=(
            Sample(f"({name}(x, 1) == labels).float() * w", {"x": (3, 2), **labels}, whole={"labels": 2}),
            Sample(f"(x.{name}() == labels).float() * w", {"x": (3, 2), **labels}, whole={"labels": 6}),
        ),
        rejects=(
            Reject(f"({name}(x, 2) == labels).float()", {"x": (3, 2), "labels": (3,)}, "one that exists"),
            Reject(
                f"({name}(x, (0, 1)) == labels).float()", {"x": (3, 2, 2), "labels": (2,)}, "one axis, or none for all"
            ),
        ),
    )


ARGMAX = _place("argmax", np.argmax, "greatest")
ARGMIN = _place("argmin", np.argmin, "smallest")
