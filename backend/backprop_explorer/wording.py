"""Numbers and lists within sentences."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

MINUS = "\u2212"


def short(number: float) -> str:
    """A number with three digits, as a person would say it."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "∞" if number > 0 else f"{MINUS}∞"
    return f"{number:.3g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", MINUS)


def percent(share: float) -> str:
    """A share as a percentage; `more than 99.9 %` for what is not quite all."""
    if 0.999 < share < 1:
        return "more than 99.9\u00a0%"
    return "less than 0.001\u00a0%" if 0 < share < 1e-5 else f"{short(100 * share)}\u00a0%"


def listed(names: Iterable[str], most: int = 6) -> str:
    """`a, b and c`; of many the first ones, and how many more there are. A long name is cut off."""
    parts = [name[:60] for name in names]
    if len(parts) > most:
        return f"{', '.join(parts[:most])} and {len(parts) - most} more"
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def counted(count: int, noun: str) -> str:
    """`1 iteration`, `20 iterations`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def element(name: str, index: Sequence[int] | Sequence[str]) -> str:
    """`w1[2, 1]`, `w1[i, j]`; the name alone where there are no axes."""
    return f"{name}[{', '.join(map(str, index))}]" if index else name
