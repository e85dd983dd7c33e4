"""Statements as formulae: LaTeX and MathML, with each operation's own notation out of its record."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from backprop_explorer.language.formula import latex, mathml
from backprop_explorer.library import COMPOSITES
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.record import Shape


@cache
def notations() -> dict[str, str]:
    """The word for how each operation is written, by the operation's name."""
    operations = {name: record.notation for name, record in OPERATIONS.items()}
    return operations | {name: record.notation for name, record in COMPOSITES.items()}


def notation(statement: str, shapes: Mapping[str, Shape] | None = None) -> tuple[str, str]:
    """A statement as LaTeX and as MathML."""
    return latex(statement, notations(), shapes), mathml(statement, notations(), shapes)
