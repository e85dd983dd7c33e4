"""A lesson's sentences with their numbers filled in."""

from __future__ import annotations

import re

import numpy as np

from backprop_explorer.lessons.limits import MOST_NUMBERS
from backprop_explorer.lessons.numbers import Numbers
from backprop_explorer.lessons.places import node_at, place_of
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.problem import Problem
from backprop_explorer.wording import short

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SHAPE = re.compile(r"shape\(([^()]*)\)")
LARGEST_WHOLE = 1e15
DECIMALS = 3
"""Numbers with no more are told as they are, so that what is added up in a sentence adds up."""
ROUNDING = 1e-9
"""What computing may have changed, as a part of the number."""


def filled(text: str, numbers: Numbers) -> str:
    """The text with each `{…}` replaced by what the expression in it gives; `{shape(w1.g)}` is a shape. Raises a
    `Problem` for an expression that has no meaning."""
    if len(PLACEHOLDER.findall(text)) > MOST_NUMBERS:
        raise Problem("too_long", f"a text has at most {MOST_NUMBERS} numbers in braces")
    return PLACEHOLDER.sub(lambda match: _told(match[1].strip(), numbers), text)


def _told(expression: str, numbers: Numbers) -> str:
    asked = _SHAPE.fullmatch(expression)
    if asked is not None:
        program = numbers.plan.program
        return told_shape(node_at(program, place_of(program, asked[1])).shape)
    return told(numbers.value(expression), expression)


def told_shape(shape: Shape) -> str:
    """`(6, 2)`, `(6,)`, and `()` for a single number."""
    return str(tuple(shape))


def told(value: Array, expression: str) -> str:
    """A number, to three digits where it has more than three decimals; a few as a list. Raises a `Problem` for more."""
    if value.size > MOST_NUMBERS:
        raise Problem(
            "too_many_numbers",
            f"{expression} has {value.size:,} numbers; a text takes at most {MOST_NUMBERS}",
            hint="name one element, such as w1.g[0, 0], or a sum",
        )
    if not value.ndim:
        return told_number(float(value))
    return f"[{', '.join(told(part, expression) for part in value)}]"


def told_number(number: float) -> str:
    """`0.333`, `−3`, `39,200`; `−10.15`, since three decimals at most are told in full."""
    if not np.isfinite(number) or abs(number) >= LARGEST_WHOLE:
        return short(number)
    if number == round(number):
        return f"{int(number):,}".replace("-", "\u2212")
    told = round(number, DECIMALS)
    return f"{told:,}".replace("-", "\u2212") if abs(number - told) <= ROUNDING * abs(number) else short(number)
