"""Shapes of mathematics, and how each is written in LaTeX and in MathML. All text is escaped here and nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Literal, Protocol

Ink = Literal["", "value", "gradient"]
"""What a name stands for, as the class by which the page colours it."""

TIMES, APPLY = "\u2062", "\u2061"
"""The invisible signs between the factors of a matrix product, and between a function and its arguments."""

_LATEX_SPECIAL = {character: f"\\{character}" for character in "#$%&_{}"} | {
    "\\": "\\textbackslash{}",
    "^": "\\textasciicircum{}",
    "~": "\\textasciitilde{}",
}
_LATEX_SIGNS = {
    "−": "-", "·": "\\cdot", "⊙": "\\odot", "∑": "\\sum", "⊤": "\\top", "∂": "\\partial", "≥": "\\ge", "≤": "\\le",
    "≠": "\\ne", "∞": "\\infty", "|": "|", "‖": "\\|", TIMES: "\\,", APPLY: "",
}  # fmt: skip
_NO_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


class MathNode(Protocol):
    """A piece of mathematics."""

    def latex(self) -> str:
        """As LaTeX, for math mode."""

    def mathml(self) -> str:
        """As MathML elements."""


def _latex_text(text: str) -> str:
    return "".join(_LATEX_SPECIAL.get(character, character) for character in _NO_XML.sub("\ufffd", text))


def _mathml_text(text: str) -> str:
    return escape(_NO_XML.sub("\ufffd", text))


def _marked(element: str, *classes: str) -> str:
    names = " ".join(name for name in classes if name)
    return f'{element} class="{names}"' if names else element


@dataclass(frozen=True)
class Name:
    """A variable or function: one letter in italics, a word upright (in MathML it has the class `word`)."""

    text: str
    ink: Ink = ""

    def latex(self) -> str:
        text = _latex_text(self.text)
        return text if len(self.text) == 1 else f"\\mathrm{{{text}}}"

    def mathml(self) -> str:
        opening = _marked("mi", "word" if len(self.text) > 1 else "", self.ink)
        return f"<{opening}>{_mathml_text(self.text)}</mi>"


@dataclass(frozen=True)
class Digits:
    """A number as it is written."""

    text: str

    def latex(self) -> str:
        return _latex_text(self.text)

    def mathml(self) -> str:
        return f"<mn>{_mathml_text(self.text)}</mn>"


@dataclass(frozen=True)
class Sign:
    """An operator."""

    text: str

    def latex(self) -> str:
        return _LATEX_SIGNS.get(self.text, self.text)

    def mathml(self) -> str:
        # Browsers set no space for an invisible times: the factors `inputs weights` would read as one word.
        space = ' lspace="0.2em" rspace="0"' if self.text == TIMES else ""
        return f"<mo{space}>{_mathml_text(self.text)}</mo>"


@dataclass(frozen=True)
class Words:
    """Text inside a formula: a string, a slice, or code that has no other notation."""

    text: str

    def latex(self) -> str:
        return f"\\texttt{{{_latex_text(self.text)}}}"

    def mathml(self) -> str:
        return f"<mtext>{_mathml_text(self.text)}</mtext>"


@dataclass(frozen=True)
class Row:
    """Pieces side by side."""

    parts: tuple[MathNode, ...]

    def latex(self) -> str:
        return " ".join(text for part in self.parts if (text := part.latex()))

    def mathml(self) -> str:
        return f"<mrow>{''.join(part.mathml() for part in self.parts)}</mrow>"


@dataclass(frozen=True)
class Listed:
    """Pieces with commas between them."""

    items: tuple[MathNode, ...]

    def latex(self) -> str:
        return ", ".join(item.latex() for item in self.items)

    def mathml(self) -> str:
        return f"<mrow>{'<mo>,</mo>'.join(item.mathml() for item in self.items)}</mrow>"


@dataclass(frozen=True)
class Script:
    """A base with something below or above its line; `under` puts it below the base itself."""

    base: MathNode
    below: MathNode | None = None
    above: MathNode | None = None
    under: bool = False

    def latex(self) -> str:
        base = self.base.latex()
        if not isinstance(self.base, Name | Digits | Sign | Words | Fence):
            base = f"{{{base}}}"
        below = "" if self.below is None else f"_{{{self.below.latex()}}}"
        above = "" if self.above is None else f"^{{{self.above.latex()}}}"
        return base + below + above

    def mathml(self) -> str:
        scripts = [script.mathml() for script in (self.below, self.above) if script is not None]
        element = "msubsup" if len(scripts) == 2 else "msup" if self.below is None else "msub"
        if self.under:
            element = "munder"
        return f"<{element}>{self.base.mathml()}{''.join(scripts)}</{element}>"


@dataclass(frozen=True)
class Fraction:
    """A numerator over a denominator."""

    above: MathNode
    below: MathNode
    ink: Ink = ""

    def latex(self) -> str:
        return f"\\frac{{{self.above.latex()}}}{{{self.below.latex()}}}"

    def mathml(self) -> str:
        return f"<{_marked('mfrac', self.ink)}>{self.above.mathml()}{self.below.mathml()}</mfrac>"


@dataclass(frozen=True)
class Root:
    """A square root."""

    inner: MathNode

    def latex(self) -> str:
        return f"\\sqrt{{{self.inner.latex()}}}"

    def mathml(self) -> str:
        return f"<msqrt>{self.inner.mathml()}</msqrt>"


@dataclass(frozen=True)
class Fence:
    """Something between brackets."""

    inner: MathNode
    left: str = "("
    right: str = ")"

    def latex(self) -> str:
        left, right = Sign(self.left).latex(), Sign(self.right).latex()
        return f"\\left{left} {self.inner.latex()} \\right{right}"

    def mathml(self) -> str:
        return f"<mrow>{Sign(self.left).mathml()}{self.inner.mathml()}{Sign(self.right).mathml()}</mrow>"


@dataclass(frozen=True)
class Cases:
    """Alternatives below each other, each with its condition; the last one's is `otherwise`."""

    rows: tuple[tuple[MathNode, str], ...]
    last: MathNode

    def latex(self) -> str:
        rows = [f"{shape.latex()} \\quad \\text{{if }} {Words(condition).latex()}" for shape, condition in self.rows]
        return (
            "\\begin{cases} "
            + " \\\\ ".join([*rows, f"{self.last.latex()} \\quad \\text{{otherwise}}"])
            + " \\end{cases}"
        )

    def mathml(self) -> str:
        texts = [(shape, f"if {condition}") for shape, condition in self.rows] + [(self.last, "otherwise")]
        cells = "".join(
            f"<mtr><mtd>{shape.mathml()}</mtd><mtd><mtext>{_mathml_text(text)}</mtext></mtd></mtr>"
            for shape, text in texts
        )
        return f"<mtable>{cells}</mtable>"  # few fonts stretch a brace: the page draws the line at its left
