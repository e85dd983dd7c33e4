"""Shapes of mathematics, and how each is written in LaTeX and in MathML. All text is escaped here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Literal, Protocol

Ink = Literal["", "value", "gradient"]
"""What a name stands for, as the class by which the page colours it."""

_LATEX_SPECIAL = {c: f"\\{c}" for c in "#$%&_{}"} | {"\\": "\\backslash{}", "^": "\\hat{}", "~": "\\sim{}"}
_LATEX_SIGNS = {
    "−": "-", "·": "\\cdot ", "⊙": "\\odot ", "∑": "\\sum", "⊤": "\\top", "∂": "\\partial ", "≥": "\\ge ", "≤": "\\le ",
    "≠": "\\ne ", "\u2062": "\\,", "⟦": "[", "⟧": "]",
}  # fmt: skip


class Shape(Protocol):
    """A piece of mathematics."""

    def latex(self) -> str:
        """As LaTeX, for math mode."""

    def mathml(self) -> str:
        """As MathML elements."""


def _latex_text(text: str) -> str:
    return "".join(_LATEX_SPECIAL.get(character, character) for character in text)


@dataclass(frozen=True)
class Name:
    """A variable or function: one letter in italics, a word upright."""

    text: str
    ink: Ink = ""

    def latex(self) -> str:
        text = _latex_text(self.text)
        return text if len(self.text) == 1 else f"\\mathrm{{{text}}}"

    def mathml(self) -> str:
        mark = f' class="{self.ink}"' if self.ink else ""
        return f"<mi{mark}>{escape(self.text)}</mi>"


@dataclass(frozen=True)
class Digits:
    """A number as it is written."""

    text: str

    def latex(self) -> str:
        return _latex_text(self.text)

    def mathml(self) -> str:
        return f"<mn>{escape(self.text)}</mn>"


@dataclass(frozen=True)
class Sign:
    """An operator."""

    text: str

    def latex(self) -> str:
        return _LATEX_SIGNS.get(self.text, _latex_text(self.text))

    def mathml(self) -> str:
        return f"<mo>{escape(self.text)}</mo>"


@dataclass(frozen=True)
class Words:
    """Text inside a formula: a string, an index, or code that has no other notation."""

    text: str

    def latex(self) -> str:
        return f"\\texttt{{{_latex_text(self.text)}}}"

    def mathml(self) -> str:
        return f"<mtext>{escape(self.text)}</mtext>"


@dataclass(frozen=True)
class Row:
    """Pieces side by side."""

    parts: tuple[Shape, ...]

    def latex(self) -> str:
        return " ".join(part.latex() for part in self.parts)

    def mathml(self) -> str:
        return f"<mrow>{''.join(part.mathml() for part in self.parts)}</mrow>"


@dataclass(frozen=True)
class Script:
    """A base with something below or above its line; `under` puts it below the base itself."""

    base: Shape
    below: Shape | None = None
    above: Shape | None = None
    under: bool = False

    def latex(self) -> str:
        below = "" if self.below is None else f"_{{{self.below.latex()}}}"
        above = "" if self.above is None else f"^{{{self.above.latex()}}}"
        return f"{{{self.base.latex()}}}{below}{above}" if not self.under else f"{self.base.latex()}{below}"

    def mathml(self) -> str:
        parts = [self.base.mathml(), *(part.mathml() for part in (self.below, self.above) if part is not None)]
        element = (
            "munder" if self.under else "msubsup" if len(parts) == 3 else "msub" if self.below is not None else "msup"
        )
        return f"<{element}>{''.join(parts)}</{element}>"


@dataclass(frozen=True)
class Fraction:
    """A numerator over a denominator."""

    above: Shape
    below: Shape
    ink: Ink = ""

    def latex(self) -> str:
        return f"\\frac{{{self.above.latex()}}}{{{self.below.latex()}}}"

    def mathml(self) -> str:
        mark = f' class="{self.ink}"' if self.ink else ""
        return f"<mfrac{mark}>{self.above.mathml()}{self.below.mathml()}</mfrac>"


@dataclass(frozen=True)
class Root:
    """A square root."""

    inner: Shape

    def latex(self) -> str:
        return f"\\sqrt{{{self.inner.latex()}}}"

    def mathml(self) -> str:
        return f"<msqrt>{self.inner.mathml()}</msqrt>"


@dataclass(frozen=True)
class Fence:
    """Something between brackets."""

    inner: Shape
    left: str = "("
    right: str = field(default=")")

    def latex(self) -> str:
        return f"\\left{self.left}{self.inner.latex()}\\right{self.right}"

    def mathml(self) -> str:
        return f"<mrow><mo>{escape(self.left)}</mo>{self.inner.mathml()}<mo>{escape(self.right)}</mo></mrow>"
