"""Pictures as PNG, drawn by Pillow from the same figure as the SVG."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from backprop_explorer.drawing.figure import Figure, Rect, Text
from backprop_explorer.drawing.palette import channels
from backprop_explorer.problem import Problem

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

SCALE = 2
"""Pixels of the picture for one of the figure, so that it is sharp on screens of today."""
_TYPES = {False: ("DejaVuSansMono.ttf", "Menlo.ttc", "consola.ttf"), True: ("DejaVuSansMono-Bold.ttf", "consolab.ttf")}
_ANCHORS = {"start": "lm", "middle": "mm", "end": "rm"}
_PLAIN = str.maketrans({"−": "-", "×": "x", "→": ">", "↓": "v", "·": "|", "∞": "inf", "…": "..."})
"""For the type that Pillow brings, which has few signs."""


def png_of(figure: Figure) -> bytes:
    """One picture. Raises a `Problem` where there is no Pillow: in a page without a server."""
    try:
        from PIL import Image, ImageDraw
    except ImportError:
        detail = "Drawing PNG needs the package pillow, which is not installed here"
        raise Problem("extra_missing", detail, hint="ask for format=svg") from None
    image = Image.new("RGB", (figure.width * SCALE, figure.height * SCALE), channels(figure.background))
    draw = ImageDraw.Draw(image)
    for mark in figure.marks:
        if isinstance(mark, Rect):
            _rectangle(draw, mark)
        else:
            _write(draw, mark)
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _rectangle(draw: ImageDraw, rect: Rect) -> None:
    left, top = round(rect.x * SCALE), round(rect.y * SCALE)
    right, bottom = round((rect.x + rect.width) * SCALE) - 1, round((rect.y + rect.height) * SCALE) - 1
    draw.rectangle((left, top, max(left, right), max(top, bottom)), fill=channels(rect.fill))


def _write(draw: ImageDraw, text: Text) -> None:
    font, plain = _type(text.bold, text.size)
    told = text.text.translate(_PLAIN) if plain else text.text
    place = (text.x * SCALE, text.y * SCALE)
    draw.text(place, told, fill=channels(text.fill), font=font, anchor=_ANCHORS[text.anchor])


@cache
def _type(bold: bool, size: float) -> tuple[Any, bool]:
    """A monospaced type of the machine; else Pillow's own, and that it has few signs."""
    from PIL import ImageFont

    for name in _TYPES[bold]:
        try:
            return ImageFont.truetype(name, size * SCALE), False
        except OSError:
            continue
    return ImageFont.load_default(size * SCALE), True
