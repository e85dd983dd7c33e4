"""Rounding, and division into whole parts and what remains."""

from __future__ import annotations

from typing import Any

import numpy as np

from backprop_explorer.ops.elementwise import elementwise, function
from backprop_explorer.ops.record import Kink, Operation, Reject, Sample

STEPS = "A step function: its derivative is 0 wherever it has one."
APART = {"a": (3, 2), "b": (2,)}


def _rounding(name: str, ufunc: np.ufunc, summary: str, jump: float, **rest: Any) -> Operation:
    kink = Kink(
        f"At {jump:g}, where it jumps, the gradient is 0 as everywhere.",
        f"{name}(x) + x",
        {"x": [jump, 0.3]},
        {"x": [1.0, 1.0]},
    )
    return function(name, ufunc, "", f"{summary} {STEPS}", kink=kink, **rest)


FLOOR = _rounding("floor", np.floor, "The greatest whole number that is not above x.", 1.0)
CEIL = _rounding("ceil", np.ceil, "The smallest whole number that is not below x.", 1.0)
TRUNC = _rounding("trunc", np.trunc, "The whole number next to x in the direction of 0.", 1.0, synonyms=("fix",))
RINT = _rounding("rint", np.rint, "The nearest whole number; of two equally near ones the even one.", 0.5)

FLOOR_DIVIDE = elementwise(
    "floor_divide",
    "a b",
    np.floor_divide,
    {},
    symbol="⌊÷⌋",
    summary=f"The quotient, rounded down to a whole number. {STEPS}",
    formula="y = floor(a / b)",
    kink=Kink(
        "Where it jumps the gradient is 0 as everywhere.",
        "floor_divide(a, 2) + a",
        {"a": [4.0, -3.5]},
        {"a": [1.0, 1.0]},
    ),
    samples=(
        Sample("floor_divide(a, b) * a", APART, (0.5, 2.0)),
        Sample("floor_divide(a, -0.3) * a", {"a": (4,)}),
    ),
    rejects=(Reject("floor_divide(a, b)", {"a": (3,), "b": (4,)}, "differ in the last axis"),),
)
REMAINDER = elementwise(
    "remainder",
    "a b",
    np.remainder,
    {"a": "g", "b": "-floor_divide(a, b) * g"},
    symbol="mod",
    summary="What is left of a when b is taken from it so often that the rest has b's sign: Python's %.",
    formula="y = a - floor_divide(a, b) * b",
    synonyms=("mod",),
    kink=Kink(
        "Where a is a multiple of b the gradient is that of the next numbers above.",
        "remainder(a, b)",
        {"a": [4.0, 5.0], "b": [2.0, 2.0]},
        {"a": [1.0, 1.0], "b": [-2.0, -2.0]},
    ),
    samples=(Sample("remainder(a, b)", APART, (0.5, 2.0)), Sample("remainder(a, -0.3)", {"a": (4,)})),
    rejects=(Reject("remainder(a, b)", {"a": (3,), "b": (4,)}, "differ in the last axis"),),
)
FMOD = elementwise(
    "fmod",
    "a b",
    np.fmod,
    {"a": "g", "b": "-trunc(a / b) * g"},
    symbol="fmod",
    summary="What is left of a when b is taken from it so often that the rest has a's sign: C's %.",
    formula="y = a - trunc(a / b) * b",
    kink=Kink(
        "Where a is a multiple of b the gradient is that of the next numbers farther from 0.",
        "fmod(a, b)",
        {"a": [4.0, -5.0], "b": [2.0, 2.0]},
        {"a": [1.0, 1.0], "b": [-2.0, 2.0]},
    ),
    samples=(Sample("fmod(a, b)", APART, (0.5, 2.0)), Sample("fmod(a, -0.3)", {"a": (4,)})),
    rejects=(Reject("fmod(a, b)", {"a": (3,), "b": (4,)}, "differ in the last axis"),),
)
