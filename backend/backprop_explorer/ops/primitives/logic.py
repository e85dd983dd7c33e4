"""Logic: masks of other masks, and of numbers that are none. Like comparisons they pass no gradient."""

from __future__ import annotations

import numpy as np

from backprop_explorer.ops.elementwise import elementwise
from backprop_explorer.ops.record import Operation, Reject, Sample


def _test(name: str, ufunc: np.ufunc, words: str) -> Operation:
    return elementwise(
        name,
        "x",
        ufunc,
        {},
        symbol=name,
        result="bool",
        summary=f"1 where x is {words}, else 0. It passes no gradient.",
        formula=f"y = {name}(x)",
        samples=(
            Sample(f"where({name}(x), 0.5, x)", {"x": (3, 2)}),
            Sample(f"{name}(where(x > 0, np.inf, x)) * x", {"x": (3,)}),
        ),
    )


def _connective(name: str, ufunc: np.ufunc, symbol: str, words: str) -> Operation:
    return elementwise(
        name,
        "a b",
        ufunc,
        {},
        symbol=symbol,
        result="bool",
        summary=f"1 where {words} hold, else 0; a number holds where it is not 0. It passes no gradient.",
        formula=f"y = {name}(a, b)",
        samples=(
            Sample(f"{name}(a > 0, b > 0) * a", {"a": (3, 2), "b": (2,)}),
            Sample(f"{name}(a > 0, a * (a < 1)) * a", {"a": (4,)}),
        ),
        rejects=(Reject(f"{name}(a > 0, b) * 1", {"a": (3,), "b": (4,)}, "differ in the last axis"),),
    )


ISNAN = _test("isnan", np.isnan, "not a number")
ISINF = _test("isinf", np.isinf, "infinite")
ISFINITE = _test("isfinite", np.isfinite, "neither infinite nor NaN")
LOGICAL_NOT = elementwise(
    "logical_not",
    "x",
    np.logical_not,
    {},
    symbol="¬",
    result="bool",
    summary="1 where x does not hold, that is where it is 0, else 0. It passes no gradient.",
    formula="y = logical_not(x)",
    samples=(Sample("logical_not(x > 0) * x", {"x": (3, 2)}), Sample("logical_not(x) + x", {"x": ()})),
)
LOGICAL_AND = _connective("logical_and", np.logical_and, "∧", "both a and b")
LOGICAL_OR = _connective("logical_or", np.logical_or, "∨", "a or b or both")
LOGICAL_XOR = _connective("logical_xor", np.logical_xor, "⊻", "either a or b, not both,")
