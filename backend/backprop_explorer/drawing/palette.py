"""The colours of the page's style sheet, for light and for dark paper, and the tint of a number."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from backprop_explorer.problem import Problem, shortened

Theme = Literal["light", "dark"]


@dataclass(frozen=True)
class Palette:
    """Colours as `#rrggbb`, by the names of the page's tokens."""

    panel: str
    ink: str
    soft: str
    line: str
    value: str
    grad: str
    pos: str
    neg: str
    mid: str
    trouble: str
    trouble_paper: str


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        panel="#ffffff", ink="#1c1d20", soft="#5f6268", line="#dedcd5", value="#1d5fa6", grad="#a94a0c", pos="#1b7837",
        neg="#762a83", mid="#ffffff", trouble="#9c1c2b", trouble_paper="#fdeeee",
    ),
    "dark": Palette(
        panel="#1b1e22", ink="#e9e7e1", soft="#a4a6ab", line="#373b42", value="#7db4ee", grad="#f0a065", pos="#43aa62",
        neg="#b068be", mid="#1b1e22", trouble="#ff9aa2", trouble_paper="#3a2023",
    ),
}  # fmt: skip


def checked_theme(theme: str) -> Theme:
    """The theme of that name. Raises a `Problem` for any other."""
    for known in PALETTES:
        if known == theme:
            return known
    raise Problem("bad_theme", f"A picture is {' or '.join(PALETTES)}; got {shortened(theme)!r}")


PRINTED = {True: 0.6, False: 0.58}
"""So strong is the tint behind a printed number at most, of positive and of negative ones: it stays legible."""


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mixed(one: str, other: str, share: float) -> str:
    """So much of the second colour in the first."""
    pairs = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{round(start + (end - start) * share):02x}" for start, end in pairs)


def tint(number: float, largest: float, palette: Palette, *, printed: bool) -> str:
    """The colour of a cell: white for zero, the stronger the larger, by the square root as on the page."""
    if math.isnan(number):
        return palette.trouble_paper
    if math.isinf(number):
        return palette.line
    if number == 0 or largest == 0:
        return palette.mid
    share = min(1.0, math.sqrt(abs(number) / largest)) * (PRINTED[number > 0] if printed else 1)
    return mixed(palette.mid, palette.pos if number > 0 else palette.neg, share)
