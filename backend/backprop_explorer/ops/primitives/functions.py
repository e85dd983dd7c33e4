"""Functions of one number, applied to every element."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from backprop_explorer.ops.elementwise import bound, elementwise, function, written
from backprop_explorer.ops.hazards import EPS, logarithm, overflow_of_exp
from backprop_explorer.ops.record import Array, Call, Hazard, Kink, Sample

POSITIVE = (0.2, 3.0)


_erf_of_one, _erfc_of_one = np.frompyfunc(math.erf, 1, 1), np.frompyfunc(math.erfc, 1, 1)


def _erf(x: Array, out: Array | None = None) -> Array:
    return written(np.asarray(_erf_of_one(x), x.dtype if x.dtype.kind == "f" else float), out)


def _erfc(x: Array, out: Array | None = None) -> Array:
    return written(np.asarray(_erfc_of_one(x), x.dtype if x.dtype.kind == "f" else float), out)


EXP = function(
    "exp", np.exp, "y * g", "e to the power of x.", notation="exponential", hazards=(overflow_of_exp("exp", "e"),)
)
LOG = function("log", np.log, "g / x", "The natural logarithm.", POSITIVE, hazards=logarithm("log"))
EXP2 = function("exp2", np.exp2, "log(2) * y * g", "2 to the power of x.", hazards=(overflow_of_exp("exp2", "2"),))
EXPM1 = function(
    "expm1",
    np.expm1,
    "(y + 1) * g",
    "e to the power of x, less 1: exact also for small x, where the difference would lose digits.",
    formula="y = exp(x) - 1",
    hazards=(overflow_of_exp("expm1", "e"),),
)
LOG2 = function("log2", np.log2, "g / (x * log(2))", "The logarithm to base 2.", POSITIVE, hazards=logarithm("log2"))
LOG10 = function(
    "log10", np.log10, "g / (x * log(10))", "The logarithm to base 10.", POSITIVE, hazards=logarithm("log10")
)
LOG1P = function(
    "log1p",
    np.log1p,
    "g / (1 + x)",
    "The natural logarithm of 1 + x: exact also for small x, where the sum would lose digits.",
    (-0.8, 3.0),
    formula="y = log(1 + x)",
    hazards=logarithm("log1p", -1.0),
)
SQRT = function(
    "sqrt",
    np.sqrt,
    "g / (2 * y)",
    "The square root.",
    POSITIVE,
    notation="root",
    hazards=(
        Hazard(
            lambda x: x < 0,
            "the root of a negative number",
            "keep what is under the root from falling below 0",
            f"sqrt(maximum({{x}}, 0) + {EPS})",
            example={"x": -1.0},
        ),
        Hazard(
            lambda x: x == 0,
            "the slope of the root at 0, which is infinite",
            "add a small number (eps) inside the root",
            f"sqrt({{x}} + {EPS})",
            slope=True,
            example={"x": 0.0},
        ),
    ),
)
ERF = elementwise(
    "erf",
    "x",
    _erf,
    {"x": "2 / np.pi ** 0.5 * exp(-x ** 2) * g"},
    script='from math import erf as erf_of_one\n\ndef erf(x): return np.vectorize(erf_of_one, "d")(x)',
    symbol="erf",
    summary="The error function: twice the area under a normal curve from 0, between -1 and 1.",
    formula="y = 2 / sqrt(pi) * integral(exp(-t ** 2))",
    source="math.erf",
    samples=(Sample("erf(x)", {"x": (3, 2)}), Sample("erf(x)", {"x": ()})),
)
ERFC = elementwise(
    "erfc",
    "x",
    _erfc,
    {"x": "-2 / np.pi ** 0.5 * exp(-x ** 2) * g"},
    script='from math import erfc as erfc_of_one\n\ndef erfc(x): return np.vectorize(erfc_of_one, "d")(x)',
    symbol="erfc",
    summary="1 less the error function: exact also for large x, where the difference would lose digits.",
    formula="y = 1 - erf(x)",
    source="math.erfc",
    samples=(Sample("erfc(x)", {"x": (3, 2)}), Sample("erfc(x)", {"x": ()})),
)
SIN = function("sin", np.sin, "cos(x) * g", "The sine of an angle in radians.")
COS = function("cos", np.cos, "-sin(x) * g", "The cosine of an angle in radians.")
TANH = function("tanh", np.tanh, "(1 - y ** 2) * g", "The hyperbolic tangent, between -1 and 1.")
SIGN = function("sign", np.sign, "", "1, 0 or -1. A step function: its derivative is 0 wherever it has one.")
ABS = function(
    "abs",
    np.absolute,
    "sign(x) * g",
    "The distance from 0.",
    notation="bars",
    synonyms=("absolute",),
    kink=Kink("At 0 the gradient is 0.", "abs(x)", {"x": [0.0, -2.0]}, {"x": [0.0, -1.0]}),
    why={
        "x": (
            "Above 0 the result rises with `{x}`, below 0 it falls as `{x}` rises. So the gradient passes with "
            "the sign of `{x}`."
        ),
    },
)


def _sigmoid(x: Array, out: Array | None = None) -> Array:
    result: Array = np.asarray(np.exp(np.negative(x, out=out), out=out))
    result = np.asarray(np.add(result, 1, out=out))
    return np.asarray(np.divide(1, result, out=out))


def _sigmoid_kernel(arrays: Sequence[Array], out: Array, _: Sequence[float | None]) -> list[Call]:
    one = np.ones((), out.dtype)
    return [
        bound(np.negative, arrays[0], out=out),
        bound(np.exp, out, out=out),
        bound(np.add, out, one, out=out),
        bound(np.divide, one, out, out=out),
    ]


SIGMOID = elementwise(
    "sigmoid",
    "x",
    _sigmoid,
    {"x": "y * (1 - y) * g"},
    kernel=_sigmoid_kernel,
    script="def sigmoid(x): return 1 / (1 + np.exp(-x))",
    symbol="σ",
    summary="The logistic function, between 0 and 1.",
    formula="y = 1 / (1 + exp(-x))",
    source="torch.sigmoid",
    samples=(Sample("sigmoid(x)", {"x": (3, 2)}), Sample("sigmoid(x)", {"x": ()})),
)


def _softplus(x: Array, out: Array | None = None) -> Array:
    return np.asarray(np.logaddexp(x, 0, out=out))


SOFTPLUS = elementwise(
    "softplus",
    "x",
    _softplus,
    {"x": "sigmoid(x) * g"},
    script="def softplus(x): return np.logaddexp(x, 0)",
    symbol="softplus",
    summary="A smooth relu: the logarithm of 1 + e to the power of x, safe for large x.",
    formula="y = log(1 + exp(x))",
    source="torch.nn.functional.softplus",
    samples=(Sample("softplus(x)", {"x": (3, 2)}),),
)


def _relu(x: Array, out: Array | None = None) -> Array:
    return np.asarray(np.maximum(x, 0, out=out))


def _relu_kernel(arrays: Sequence[Array], out: Array, _: Sequence[float | None]) -> list[Call]:
    # A 0-d zero of the right type costs half of what a Python number does.
    return [partial(np.maximum, arrays[0], np.zeros((), out.dtype), out=out)]


RELU = elementwise(
    "relu",
    "x",
    _relu,
    {"x": "(x > 0) * g"},
    kernel=_relu_kernel,
    script="def relu(x): return np.maximum(x, 0)",
    symbol="relu",
    summary="The number where it is positive, else 0.",
    why={
        "x": (
            "Where `{x}` is positive, relu passes it on unchanged, and the gradient passes back unchanged, too. "
            "Where it is not, the result is 0 whatever `{x}` is, so nothing comes back."
        ),
    },
    formula="y = maximum(x, 0)",
    source="torch.nn.functional.relu",
    kink=Kink("At 0 the gradient is 0.", "relu(x)", {"x": [0.0, 1.0, -1.0]}, {"x": [0.0, 1.0, 0.0]}),
    samples=(Sample("relu(x)", {"x": (3, 2)}), Sample("relu(x)", {"x": ()})),
)
