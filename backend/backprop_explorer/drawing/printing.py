"""Numbers as the page prints them: those of a tensor in one style, so that their decimal points stand in one line."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backprop_explorer.wording import MINUS

DIGITS = 3
"""After the decimal point, as on the page where nobody has chosen."""
_LARGE = 1e6


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


def printed(number: float, style: Style) -> str:
    """The number, with U+2212 for minus."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "∞" if number > 0 else f"{MINUS}∞"
    if number == 0:
        return "0" if style.scientific else f"{0:.{style.decimals}f}"
    if style.scientific:
        return _power(number, max(1, style.decimals - 1))
    fixed = f"{number:.{style.decimals}f}"
    return _power(number, 0) if float(fixed) == 0 else fixed.replace("-", MINUS)


def shape_text(shape: Sequence[int]) -> str:
    """`(6, 2)`, `(2,)`, `scalar`."""
    return str(tuple(shape)) if shape else "scalar"


def _power(number: float, decimals: int) -> str:
    digits, _, exponent = f"{number:.{decimals}e}".partition("e")
    return f"{digits}e{int(exponent)}".replace("-", MINUS)
