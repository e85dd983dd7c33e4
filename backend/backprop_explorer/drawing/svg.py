"""Pictures as SVG: without scripts and without anything from elsewhere. All text is escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from backprop_explorer.drawing.figure import Figure, Mark, Rect, Text

_TYPE = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, not even escaped."""
SECONDS = 1
"""A step of an animation takes so long."""


def svg_of(figure: Figure) -> str:
    """One picture."""
    return _document(figure.width, figure.height, figure.background, figure.title, figure.description, _marks(figure))


def animated(figures: Sequence[Figure], title: str, description: str) -> str:
    """Pictures of one size, one after the other, each for a second, again and again.

    Whoever wants no motion sees the first alone; so does whatever knows no styles.
    """
    first, count = figures[0], len(figures)
    rules = [
        f"@keyframes shown{{0%{{visibility:visible}}{100 / count:.4f}%,100%{{visibility:hidden}}}}",
        f".step{{animation:shown {count * SECONDS}s step-end infinite}}",
        "@media (prefers-reduced-motion:reduce){.step{animation:none}}",
    ]
    steps = [
        f'<g class="step" visibility="{"visible" if at == 0 else "hidden"}" '
        f'style="animation-delay:{at * SECONDS}s">{_marks(figure)}</g>'
        for at, figure in enumerate(figures)
    ]
    body = f"<style>{''.join(rules)}</style>{''.join(steps)}"
    return _document(first.width, first.height, first.background, title, description, body)


def _document(width: int, height: int, paper: str, title: str, description: str, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-labelledby="title description" font-family="{_TYPE}">'
        f'<title id="title">{_text(title)}</title><desc id="description">{_text(description)}</desc>'
        f'<rect width="{width}" height="{height}" fill="{paper}"/>{body}</svg>\n'
    )


def _marks(figure: Figure) -> str:
    return "".join(map(_mark, figure.marks))


def _mark(mark: Mark) -> str:
    if isinstance(mark, Rect):
        return (
            f'<rect x="{_at(mark.x)}" y="{_at(mark.y)}" width="{_at(mark.width)}" height="{_at(mark.height)}" '
            f'fill="{mark.fill}"/>'
        )
    return _line(mark)


def _line(text: Text) -> str:
    bold = ' font-weight="700"' if text.bold else ""
    anchor = "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
    return (
        f'<text x="{_at(text.x)}" y="{_at(text.y + 0.35 * text.size)}" font-size="{text.size:g}" '
        f'fill="{text.fill}"{bold}{anchor} xml:space="preserve">{_text(text.text)}</text>'
    )


def _text(text: str) -> str:
    return escape(_NO_XML.sub("\ufffd", text))


def _at(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
