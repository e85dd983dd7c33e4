"""Numbers as the page prints them: those of a tensor in one style, with their decimal points in one line."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backprop_explorer.wording import MINUS

DIGITS = 3
"""After the decimal point, as on the page where nobody has chosen."""
_LARGE = 1e6
_FIXED = re.compile(r"−?[0-9]+(?:\.([0-9]+))?")


@dataclass(frozen=True)
class Style:
    """How the numbers of a tensor are printed."""

    decimals: int
    scientific: bool


def style_for(numbers: Iterable[float]) -> Style:
    """Whole numbers without decimals, very large and very small ones with a power of ten."""
    finite = [number for number in numbers if math.isfinite(number)]
    largest = max(map(abs, finite), default=0.0)
    if largest < _LARGE and all(number == int(number) for number in finite):
        return Style(0, scientific=False)
    return Style(DIGITS, scientific=largest >= _LARGE or 0 < largest < 10**-DIGITS)


@dataclass(frozen=True)
class Column:
    """What numbers that stand below each other have in common: their style, the most decimals that one of them has, and
    the letters that the widest takes with its point below those of the others."""

    style: Style
    places: int
    letters: int

    def short(self, text: str) -> int:
        """So many letters it is short of the decimals of the others."""
        decimals = _decimals(text)
        if decimals is None or self.places == 0:
            return 0
        return self.places - decimals + (decimals == 0)


def column_of(numbers: Sequence[float]) -> Column:
    """What these numbers have in common."""
    style = style_for(numbers)
    texts = {printed(number, style) for number in numbers}
    column = Column(style, max((_decimals(text) or 0 for text in texts), default=0), 1)
    letters = max((len(text) + column.short(text) for text in texts), default=1)
    return Column(style, column.places, letters)


def printed(number: float, style: Style) -> str:
    """The number, with U+2212 for minus; zeros at its end are left out where it is exactly what remains."""
    if number == 0:
        return "0"
    text = _in_full(number, style)
    if style.decimals == 0 or style.scientific or "." not in text:
        return text
    short = text.rstrip("0").removesuffix(".")
    return short if float(short.replace(MINUS, "-")) == number else text


def _in_full(number: float, style: Style) -> str:
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "∞" if number > 0 else f"{MINUS}∞"
    if style.scientific:
        return _power(number, max(1, style.decimals - 1))
    fixed = f"{number:.{style.decimals}f}"
    return _power(number, 0) if float(fixed) == 0 else fixed.replace("-", MINUS)


def shape_text(shape: Sequence[int]) -> str:
    """`(6, 2)`, `(2,)`, `scalar`."""
    return str(tuple(shape)) if shape else "scalar"


def _decimals(text: str) -> int | None:
    """The letters behind the point; None for a number that is not written with one."""
    found = _FIXED.fullmatch(text)
    return len(found[1] or "") if found else None


def _power(number: float, decimals: int) -> str:
    digits, _, exponent = f"{number:.{decimals}e}".partition("e")
    return f"{digits}e{int(exponent)}".replace("-", MINUS)
