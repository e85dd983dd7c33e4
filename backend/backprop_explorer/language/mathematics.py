"""The module math, on what is known without running."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from typing import Any

from backprop_explorer.graph.number import Number
from backprop_explorer.language.builtin import Call, calculated
from backprop_explorer.language.operators import operate

MATHS: Mapping[str, Callable[..., Any]] = {
    name: getattr(math, name)
    for name in [
        "sqrt",
        "exp",
        "log",
        "log2",
        "log10",
        "log1p",
        "expm1",
        "sin",
        "cos",
        "tan",
        "asin",
        "acos",
        "atan",
        "atan2",
        "sinh",
        "cosh",
        "tanh",
        "floor",
        "ceil",
        "trunc",
        "fabs",
        "isqrt",
        "hypot",
        "isnan",
        "isinf",
        "isfinite",
        "degrees",
        "radians",
        "erf",
        "erfc",
        "gamma",
        "lgamma",
        "copysign",
        "fmod",
        "gcd",
    ]
}
MATH_VALUES: Mapping[str, Number] = {
    "pi": Number(math.pi, "np.pi"),
    "e": Number(math.e, "np.e"),
    "inf": Number(math.inf, "np.inf"),
    "nan": Number(math.nan, "np.nan"),
    "tau": Number(math.tau, "2 * np.pi", 5),
}


def math_call(call: Call) -> Any:
    """A function of math."""
    name = call.name.rpartition(".")[2]
    if name in ("prod", "fsum", "pow"):
        return _math_of_items(call, name)
    if name not in MATHS:
        raise call.evaluator.problem("unknown_function", f"there is no function called {call.name[:40]}", call.tree)
    call.arguments = [Number.of(call.number(one)) for one in call.arguments]
    return calculated(call, MATHS[name])


def _math_of_items(call: Call, name: str) -> Any:
    if name == "pow":
        base, power = call.taken(2, 2)
        return operate(call.evaluator, ast.Pow, Number.of(float(call.number(base))), power, call.tree)
    total: Any = Number.of(1 if name == "prod" else 0)
    for item in call.items(call.taken(1, 1)[0]):
        total = operate(call.evaluator, ast.Mult if name == "prod" else ast.Add, total, item, call.tree)
    return total
