"""Trigonometric and hyperbolic functions and their inverses; angles are in radians."""

from __future__ import annotations

import numpy as np

from backprop_explorer.ops.elementwise import elementwise, function
from backprop_explorer.ops.record import Reject, Sample

INSIDE = (-0.9, 0.9)

TAN = function("tan", np.tan, "(1 + y ** 2) * g", "The tangent of an angle in radians.", (-1.2, 1.2))
ARCSIN = function(
    "arcsin",
    np.arcsin,
    "g / sqrt(1 - x ** 2)",
    "The angle whose sine is x, from -π/2 to π/2.",
    INSIDE,
    synonyms=("asin",),
)
ARCCOS = function(
    "arccos",
    np.arccos,
    "-g / sqrt(1 - x ** 2)",
    "The angle whose cosine is x, from 0 to π.",
    INSIDE,
    synonyms=("acos",),
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
)
ARCTANH = function(
    "arctanh", np.arctanh, "g / (1 - x ** 2)", "The number whose hyperbolic tangent is x.", INSIDE, synonyms=("atanh",)
)
