"""A picture before it is printed: rectangles and texts at their places, in pixels from the upper left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

LETTER = 0.602
"""A letter of a monospaced type is so much of its size wide."""
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Rect:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    fill: str

    def moved(self, x: float, y: float) -> Rect:
        """The same elsewhere."""
        return Rect(self.x + x, self.y + y, self.width, self.height, self.fill)


@dataclass(frozen=True)
class Text:
    """A line of text; `y` is that of its middle."""

    x: float
    y: float
    text: str
    size: float
    fill: str
    bold: bool = False
    anchor: Anchor = "start"

    def moved(self, x: float, y: float) -> Text:
        """The same elsewhere."""
        return Text(self.x + x, self.y + y, self.text, self.size, self.fill, self.bold, self.anchor)


Mark = Rect | Text


def text_width(text: str, size: float) -> float:
    """What a text takes in a monospaced type."""
    return len(text) * size * LETTER


@dataclass
class Block:
    """A part of a picture: what it takes, and its marks from its own corner."""

    width: float
    height: float
    marks: list[Mark] = field(default_factory=list)

    def place(self, other: Block, x: float, y: float) -> None:
        """Puts another block into this one."""
        self.marks += [mark.moved(x, y) for mark in other.marks]


@dataclass(frozen=True)
class Figure:
    """A whole picture, with what a reader hears of it."""

    width: int
    height: int
    background: str
    title: str
    description: str
    marks: list[Mark]
