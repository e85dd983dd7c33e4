"""Arithmetic: + - * / ** and the unary minus."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backprop_explorer.ops.elementwise import bound, elementwise
from backprop_explorer.ops.hazards import EPS, INFINITY_LESS_INFINITY, ZERO_TIMES_INFINITY
from backprop_explorer.ops.record import POWER, PRODUCT, SIGN, SUM, Array, Call, Hazard, Kink, Reject, Sample

MISFIT = Reject("a + b", {"a": (3, 2), "b": (3,)}, "got a (3, 2) and b (3,), which differ in the last axis")

ADD = elementwise(
    "add",
    "a b",
    np.add,
    {"a": "g", "b": "g"},
    code="{a} + {b}",
    precedence=SUM,
    symbol="+",
    notation="infix",
    summary="The sum of aligned elements.",
    formula="y = a + b",
    hazards=(INFINITY_LESS_INFINITY,),
    samples=(
        Sample("a + b", {"a": (3, 2), "b": (3, 2)}),
        Sample("a + b", {"a": (3, 2), "b": (2,)}),
        Sample("a + b", {"a": (3, 1), "b": (4,)}),
        Sample("a + b", {"a": (), "b": (2, 3)}),
        Sample("a + 1.5", {"a": (4,)}),
    ),
    rejects=(MISFIT,),
)
SUBTRACT = elementwise(
    "subtract",
    "a b",
    np.subtract,
    {"a": "g", "b": "-g"},
    code="{a} - {b}",
    precedence=SUM,
    symbol="−",
    notation="infix",
    summary="The difference of aligned elements.",
    formula="y = a - b",
    hazards=(INFINITY_LESS_INFINITY,),
    synonyms=("sub",),
    samples=(Sample("a - b", {"a": (3, 2), "b": (3, 1)}), Sample("2 - a", {"a": (3,)})),
    rejects=(Reject("a - b", {"a": (2, 3), "b": (2, 4)}, "differ in the last axis"),),
)
MULTIPLY = elementwise(
    "multiply",
    "a b",
    np.multiply,
    {"a": "g * b", "b": "a * g"},
    code="{a} * {b}",
    precedence=PRODUCT,
    symbol="×",
    notation="infix",
    summary="The product of aligned elements, not a matrix product.",
    formula="y = a * b",
    hazards=(ZERO_TIMES_INFINITY,),
    synonyms=("mul",),
    samples=(
        Sample("a * b", {"a": (3, 2), "b": (3, 2)}),
        Sample("a * b", {"a": (4, 1), "b": (3,)}),
        Sample("a * 3", {"a": (2,)}),
    ),
    rejects=(Reject("x * w", {"x": (6, 10), "w": (10, 2)}, "got x (6, 10) and w (10, 2)"),),
)
DIVIDE = elementwise(
    "divide",
    "a b",
    np.divide,
    {"a": "g / b", "b": "-g * a / b ** 2"},
    code="{a} / {b}",
    precedence=PRODUCT,
    symbol="÷",
    notation="fraction",
    summary="The quotient of aligned elements.",
    formula="y = a / b",
    hazards=(
        Hazard(
            lambda a, b: (a == 0) & (b == 0),
            "0 divided by 0",
            "add a small number (eps) to the divisor",
            f"{{a}} / ({{b}} + {EPS})",
            example={"a": 0.0, "b": 0.0},
        ),
        Hazard(
            lambda a, b: b == 0,
            "a division by 0",
            "add a small number (eps) to the divisor",
            f"{{a}} / ({{b}} + {EPS})",
            example={"a": 1.0, "b": 0.0},
        ),
        Hazard(
            lambda a, b: np.isinf(a) & np.isinf(b),
            "infinity divided by infinity",
            "keep both from becoming infinite",
            example={"a": np.inf, "b": np.inf},
        ),
    ),
    synonyms=("div", "true_divide"),
    samples=(Sample("a / b", {"a": (3, 2), "b": (2,)}, (0.5, 2.0)), Sample("1 / a", {"a": (3,)}, (0.5, 2.0))),
    rejects=(Reject("a / b", {"a": (3,), "b": (4,)}, "differ in the last axis"),),
)


def _power_kernel(arrays: Sequence[Array], out: Array, constants: Sequence[float | None]) -> list[Call]:
    """A square is a product of the number with itself: far cheaper than the general power."""
    if constants[1] == 2:
        return [bound(np.multiply, arrays[0], arrays[0], out=out)]
    return [bound(np.power, *arrays, out=out)]


POWER_OF = elementwise(
    "power",
    "a b",
    np.power,
    {
        "a": "(0 * g if b == 0 else b * a ** (b - 1) * g) if constant(b) else where(b == 0, 0, b * a ** (b - 1)) * g",
        "b": "where(a == 0, 0, y * log(a)) * g",
    },
    kernel=_power_kernel,
    code="{a} ** {b}",
    precedence=POWER,
    symbol="**",
    notation="power",
    summary="a to the power of b, element by element.",
    formula="y = a ** b",
    hazards=(
        Hazard(
            lambda a, b: (a == 0) & (b < 0),
            "0 to a negative power, a division by 0",
            "add a small number (eps) to the base",
            f"({{a}} + {EPS}) ** {{b}}",
            example={"a": 0.0, "b": -1.0},
        ),
        Hazard(
            lambda a, b: (a < 0) & (b != np.floor(b)),
            "a negative number to a power that is no whole number",
            "keep the base from falling below 0",
            f"maximum({{a}}, {EPS}) ** {{b}}",
            example={"a": -1.0, "b": 0.5},
        ),
        Hazard(
            lambda a, b: (a == 0) & (b < 1),
            "the slope of a power below 1 at 0, which is infinite",
            "add a small number (eps) to the base",
            f"({{a}} + {EPS}) ** {{b}}",
            slope=True,
            example={"a": 0.0, "b": 0.5},
        ),
    ),
    synonyms=("pow",),
    kink=Kink(
        "0 ** 0 is 1, and its gradients are 0.",
        "a ** b",
        {"a": [0.0, 2.0], "b": [0.0, 1.0]},
        {"a": [0.0, 1.0], "b": [0.0, 2 * np.log(2)]},
    ),
    samples=(
        Sample("a ** 2", {"a": (3, 2)}),
        Sample("a ** 3", {"a": (4,)}),
        Sample("a ** -1", {"a": (2,)}, (0.5, 2.0)),
        Sample("a ** b", {"a": (3, 2), "b": (2,)}, (0.5, 2.0)),
        Sample("2 ** a", {"a": (3,)}),
        Sample("a ** 0", {"a": (2,)}),
    ),
    rejects=(Reject("a ** b", {"a": (3,), "b": (4,)}, "differ in the last axis"),),
)
NEGATIVE = elementwise(
    "negative",
    "a",
    np.negative,
    {"a": "-g"},
    code="-{a}",
    precedence=SIGN,
    symbol="−",
    notation="prefix",
    summary="The number with the other sign.",
    formula="y = -a",
    synonyms=("neg",),
    samples=(Sample("-a", {"a": (3, 2)}),),
)
