"""A number of the program text, which remembers how it was written."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass

from backprop_explorer.ops.record import ATOM, POWER, PRODUCT, SIGN, SUM
from backprop_explorer.problem import Problem

_LARGEST_WHOLE = 2**53


@dataclass(frozen=True)
class Number:
    """A value known while compiling, with its text (`2 / 6`) and how tightly that binds."""

    value: int | float
    text: str
    precedence: int = ATOM

    @classmethod
    def of(cls, value: float) -> Number:
        """A number in its shortest text."""
        if type(value) is int and value in _SHORT:
            return _SHORT[value]
        text = repr(value)
        return cls(value, text, SIGN if text.startswith("-") else ATOM)

    @property
    def plain_whole(self) -> bool:
        """Whether it is a whole number written as one."""
        return isinstance(self.value, int) and self.text == str(self.value)

    def __repr__(self) -> str:
        return self.text


_SHORT = {value: Number(value, str(value)) for value in range(100)}
"""The whole numbers that lengths and axes mostly are."""
_OPERATORS: dict[str, tuple[Callable[[float, float], float], str, int]] = {
    "add": (operator.add, "+", SUM),
    "subtract": (operator.sub, "-", SUM),
    "multiply": (operator.mul, "*", PRODUCT),
    "divide": (operator.truediv, "/", PRODUCT),
    "power": (operator.pow, "**", POWER),
}


def arithmetic(name: str, left: Number, right: Number) -> Number:
    """Folds two numbers, keeping the text; whole numbers stay whole and are written out.

    Raises a `Problem` for a result that is no finite real number, before Python would spend long on it.
    """
    function, sign, precedence = _OPERATORS[name]
    value = _apply(function, left, right, sign)
    if name != "divide" and left.plain_whole and right.plain_whole and isinstance(value, int):
        return Number.of(value)
    if value == 1 and name == "multiply":
        return Number(value, "1")
    if name == "multiply" and 1 in (left.value, right.value):
        return right if left.value == 1 else left
    strict = name != "power"
    first = left.text if left.precedence >= precedence + (not strict) else f"({left.text})"
    second = (
        right.text if right.precedence > precedence or not strict and right.precedence >= SIGN else f"({right.text})"
    )
    return Number(value, f"{first} {sign} {second}", precedence)


def _apply(function: Callable[[float, float], float], left: Number, right: Number, sign: str) -> float:
    whole = isinstance(left.value, int) and isinstance(right.value, int) and (sign != "**" or right.value >= 0)
    try:
        estimate = function(float(left.value), float(right.value))
        if isinstance(estimate, complex) or not math.isfinite(estimate):
            raise OverflowError
    except (OverflowError, ZeroDivisionError):
        raise Problem("not_finite", f"{left.text} {sign} {right.text} is not a finite real number") from None
    exact = whole and sign != "/" and abs(estimate) < _LARGEST_WHOLE
    return function(left.value, right.value) if exact else estimate


def negated(number: Number) -> Number:
    """The number with the other sign: `-2 / 6` for `2 / 6`."""
    if number.text.startswith("-") and number.precedence >= SIGN:
        return Number(-number.value, number.text[1:], ATOM)
    if number.precedence >= PRODUCT and not number.text.startswith("-"):
        return Number(-number.value, f"-{number.text}", min(number.precedence, SIGN))
    return Number(-number.value, f"-({number.text})", SIGN)
