"""Statements as formulae: LaTeX and MathML, with each operation's own notation out of its record."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TypedDict

from backprop_explorer.language import formula as formulae
from backprop_explorer.library import COMPOSITES
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.record import Shape


class Formula(TypedDict):
    """A formula as program text, as LaTeX and as MathML."""

    code: str
    latex: str
    mathml: str


class WrittenFormula(TypedDict):
    """The same of a record: its formula, as LaTeX and as MathML."""

    formula: str
    latex: str
    mathml: str


@cache
def notations() -> dict[str, str]:
    """The word for how each operation is written, by the operation's name."""
    operations = {name: record.notation for name, record in OPERATIONS.items()}
    return operations | {name: record.notation for name, record in COMPOSITES.items()}


def notation(statement: str, shapes: Mapping[str, Shape] | None = None) -> tuple[str, str]:
    """A statement as LaTeX and as MathML."""
    return formulae.written(statement, notations(), shapes)


def typeset(statement: str, shapes: Mapping[str, Shape] | None = None) -> Formula:
    """A statement in all three; a name without an index stands for a tensor unless its shape says that it is a
    number."""
    latex, mathml = notation(statement, shapes)
    return {"code": statement, "latex": latex, "mathml": mathml}
