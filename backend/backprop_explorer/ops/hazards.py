"""Numbers for which operations give none, or an infinite one: what that is called, and what to write instead.

The hazards that several records share stand here; a record's own stand in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from backprop_explorer.ops.record import Array, Hazard

EPS = "1e-12"
"""What is added to keep a number away from 0: small beside numbers, large beside the smallest one."""


def _both_infinite(a: Array, b: Array) -> Array:
    both: Array = np.isinf(a) & np.isinf(b)
    return both


def _zero_and_infinity(a: Array, b: Array) -> Array:
    return np.asarray(((a == 0) & np.isinf(b)) | (np.isinf(a) & (b == 0)))


def _zero_meets_infinity(a: Array, b: Array) -> Array:
    """Of a product in which every row may meet every column."""
    return np.asarray((np.any(a == 0) and np.any(np.isinf(b))) or (np.any(np.isinf(a)) and np.any(b == 0)))


def _infinite_products(a: Array, b: Array) -> Array:
    return np.asarray(np.any(np.isinf(a)) or np.any(np.isinf(b)))


ZERO_TIMES_INFINITY = Hazard(
    _zero_and_infinity,
    "0 times infinity",
    "a factor of 0 does not take an infinite one away: keep the infinite factor finite where the other is 0, by where",
    example={"a": 0.0, "b": np.inf},
)
INFINITY_LESS_INFINITY = Hazard(
    _both_infinite,
    "infinity less infinity",
    "keep both from becoming infinite; where a mask made them so, leave at least one element of each row unmasked",
    example={"a": np.inf, "b": np.inf},
)

SUMS_OF_PRODUCTS = (
    replace(ZERO_TIMES_INFINITY, at=_zero_meets_infinity),
    replace(INFINITY_LESS_INFINITY, at=_infinite_products),
)
"""Those of a contraction, whose operands have shapes of their own."""


def overflow_of_exp(name: str, base: str) -> Hazard:
    """That of a power of a fixed base."""
    return Hazard(
        lambda x: (x > 0) & np.isfinite(x),
        f"an overflow of {name}: {base} to the power of more than floats hold",
        "subtract the row's maximum inside, which a softmax does not notice, or use softmax, log_softmax, logsumexp, "
        "sigmoid or softplus, which do so",
        f"{name}({{x}} - max({{x}}, axis=-1, keepdims=True))",
        example={"x": [1.0, 2000.0]},
    )


def logarithm(name: str, least: float = 0.0) -> tuple[Hazard, ...]:
    """Those of a logarithm that begins at `least`."""
    says = f"{least:g}"
    inside = f"{name}({{x}} + {EPS})"
    clipped = f"{name}(maximum({{x}}, {least:g} + {EPS}))" if least else f"{name}(maximum({{x}}, {EPS}))"
    return (
        Hazard(
            lambda x: x == least,
            f"{name} of {says}",
            "add a small number inside, or take the logarithm of a softmax as log_softmax, which cannot be infinite",
            inside,
            example={"x": least},
        ),
        Hazard(
            lambda x: x < least,
            f"{name} of less than {says}" if least else f"{name} of a negative number",
            "keep what is inside from falling so low",
            clipped,
            example={"x": least - 1},
        ),
        Hazard(
            lambda x: x == least,
            f"the slope of {name} at {says}, which is infinite",
            "add a small number inside",
            inside,
            slope=True,
            example={"x": least},
        ),
    )


def outside(name: str, at: Callable[[Array], Array], where: str, code: str, example: float) -> Hazard:
    """Numbers for which a function is not defined; the `code` is of what keeps them inside."""
    cure = "keep what is inside where the function is defined"
    return Hazard(at, f"{name} of {where}", cure, f"{name}({code})", example={"x": example})


def steep_at(name: str, at: Callable[[Array], Array], code: str, example: float) -> Hazard:
    """Ends at which a function's slope is infinite."""
    says = f"the slope of {name} at its end, which is infinite"
    return Hazard(at, says, "keep what is inside away from the end", f"{name}({code})", True, {"x": example})
