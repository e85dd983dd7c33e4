"""Trigonometric and hyperbolic functions and their inverses; angles are in radians."""

from __future__ import annotations

import numpy as np

from backprop_explorer.ops.elementwise import elementwise, function
from backprop_explorer.ops.hazards import EPS, outside, steep_at
from backprop_explorer.ops.record import Array, Hazard, Reject, Sample

INSIDE = (-0.9, 0.9)
BEYOND, CLIPPED = "a number outside of -1 to 1", "clip({x}, -0.999999, 0.999999)"


def _beyond(x: Array) -> Array:
    return np.asarray(np.abs(x) > 1)


def _at_an_end(x: Array) -> Array:
    return np.asarray(np.abs(x) == 1)


TAN = function("tan", np.tan, "(1 + y ** 2) * g", "The tangent of an angle in radians.", (-1.2, 1.2))
ARCSIN = function(
    "arcsin",
    np.arcsin,
    "g / sqrt(1 - x ** 2)",
    "The angle whose sine is x, from -π/2 to π/2.",
    INSIDE,
    synonyms=("asin",),
    hazards=(
        outside("arcsin", _beyond, BEYOND, CLIPPED, 1.5),
        steep_at("arcsin", _at_an_end, CLIPPED, 1.0),
    ),
)
ARCCOS = function(
    "arccos",
    np.arccos,
    "-g / sqrt(1 - x ** 2)",
    "The angle whose cosine is x, from 0 to π.",
    INSIDE,
    synonyms=("acos",),
    hazards=(
        outside("arccos", _beyond, BEYOND, CLIPPED, 1.5),
        steep_at("arccos", _at_an_end, CLIPPED, 1.0),
    ),
)
ARCTAN = function(
    "arctan", np.arctan, "g / (1 + x ** 2)", "The angle whose tangent is x, between -π/2 and π/2.", synonyms=("atan",)
)
ARCTAN2 = elementwise(
    "arctan2",
    "a b",
    np.arctan2,
    {"a": "g * b / (a ** 2 + b ** 2)", "b": "-g * a / (a ** 2 + b ** 2)"},
    symbol="arctan2",
    summary="The angle of the point with the height a and the width b, between -π and π.",
    formula="y = arctan2(a, b)",
    synonyms=("atan2",),
    hazards=(
        Hazard(
            lambda a, b: (a == 0) & (b == 0),
            "the slope of arctan2 at the origin, where there is none",
            "keep one of the two away from 0",
            f"arctan2({{a}}, {{b}} + {EPS})",
            slope=True,
            example={"a": 0.0, "b": 0.0},
        ),
    ),
    samples=(Sample("arctan2(a, b)", {"a": (3, 2), "b": (2,)}), Sample("arctan2(a, -0.5)", {"a": (4,)})),
    rejects=(Reject("arctan2(a, b)", {"a": (3,), "b": (4,)}, "differ in the last axis"),),
)
SINH = function("sinh", np.sinh, "cosh(x) * g", "The hyperbolic sine.")
COSH = function("cosh", np.cosh, "sinh(x) * g", "The hyperbolic cosine.")
ARCSINH = function(
    "arcsinh", np.arcsinh, "g / sqrt(x ** 2 + 1)", "The number whose hyperbolic sine is x.", synonyms=("asinh",)
)
ARCCOSH = function(
    "arccosh",
    np.arccosh,
    "g / sqrt(x ** 2 - 1)",
    "The number of at least 0 whose hyperbolic cosine is x.",
    (1.2, 3.0),
    synonyms=("acosh",),
    hazards=(
        outside("arccosh", lambda x: x < 1, "a number below 1", "maximum({x}, 1.000001)", 0.5),
        steep_at("arccosh", lambda x: x == 1, "maximum({x}, 1.000001)", 1.0),
    ),
)
ARCTANH = function(
    "arctanh",
    np.arctanh,
    "g / (1 - x ** 2)",
    "The number whose hyperbolic tangent is x.",
    INSIDE,
    synonyms=("atanh",),
    hazards=(outside("arctanh", lambda x: np.abs(x) >= 1, "a number that is not between -1 and 1", CLIPPED, 1.0),),
)
