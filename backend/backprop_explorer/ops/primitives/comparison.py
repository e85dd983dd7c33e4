"""Comparisons: masks of true and false, which count as 1 and 0 in arithmetic and pass no gradient."""

from __future__ import annotations

import numpy as np

from backprop_explorer.ops.elementwise import elementwise
from backprop_explorer.ops.record import COMPARISON, Operation, Reject, Sample


def _comparison(name: str, ufunc: np.ufunc, sign: str, words: str) -> Operation:
    return elementwise(
        name,
        "a b",
        ufunc,
        {},
        code=f"{{a}} {sign} {{b}}",
        precedence=COMPARISON,
        symbol=sign,
        notation="infix",
        result="bool",
        summary=f"1 where a is {words} b, else 0. A step function: its derivative is 0 wherever it has one.",
        formula=f"y = a {sign} b",
        samples=(Sample(f"(a {sign} b) * a", {"a": (3, 2), "b": (2,)}), Sample(f"(a {sign} 0) * a", {"a": (4,)})),
        rejects=(Reject(f"(a {sign} b) * 1", {"a": (3,), "b": (4,)}, "differ in the last axis"),),
    )


GREATER = _comparison("greater", np.greater, ">", "greater than")
GREATER_EQUAL = _comparison("greater_equal", np.greater_equal, ">=", "greater than or equal to")
LESS = _comparison("less", np.less, "<", "less than")
LESS_EQUAL = _comparison("less_equal", np.less_equal, "<=", "less than or equal to")
EQUAL = _comparison("equal", np.equal, "==", "equal to")
NOT_EQUAL = _comparison("not_equal", np.not_equal, "!=", "not equal to")
