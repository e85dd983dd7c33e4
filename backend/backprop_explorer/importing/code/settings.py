"""Numbers that a text only trains with, such as `lr = 0.1`: what its optimizer is made of."""

from __future__ import annotations

import ast
from typing import Any

from backprop_explorer.graph.number import Number
from backprop_explorer.importing.code.reading import Reading
from backprop_explorer.importing.code.script import Piece
from backprop_explorer.language.scope import MISSING, Scope
from backprop_explorer.language.values import nodes_in, raw
from backprop_explorer.problem import Problem

LONGEST = 100
"""Parts of an expression that is read for what it stands for."""
_PLAIN = (
    ast.Constant, ast.Name, ast.BinOp, ast.UnaryOp, ast.Tuple, ast.List, ast.Dict, ast.Subscript, ast.operator,
    ast.unaryop, ast.expr_context,
)  # fmt: skip


def settings_of(reading: Reading, pieces: list[Piece]) -> None:
    """Gives variables that the loss does not need the plain values that the text gives them first."""
    for piece in pieces:
        statement = piece.statement
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            continue
        target, value = statement.targets[0], statement.value
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            pairs = list(zip(target.elts, value.elts, strict=True))
        for one, tree in pairs:
            if isinstance(one, ast.Name) and reading.scope.get(one.id) is MISSING and _is_plain(tree):
                found = _evaluated(reading, tree)
                if found is not None and next(nodes_in(found), None) is None:
                    reading.scope.names[one.id] = found


def _is_plain(tree: ast.expr) -> bool:
    parts = list(ast.walk(tree))
    return len(parts) <= LONGEST and all(isinstance(part, _PLAIN) for part in parts)


def value_of(reading: Reading, tree: ast.expr, scope: Scope | None = None) -> Any:
    """A number, a truth value or several numbers that an expression of the text stands for; None for others."""
    value = _evaluated(reading, tree, scope)
    if isinstance(value, (Number, bool)):
        return raw(value)
    if isinstance(value, (tuple, list)) and all(isinstance(one, Number) for one in value):
        return raw(tuple(value))
    return None


def _evaluated(reading: Reading, tree: ast.expr, scope: Scope | None = None) -> Any:
    before = len(reading.graph.nodes)
    try:
        return reading.evaluator.evaluate(tree, scope or reading.scope)
    except Problem:
        return None
    finally:
        reading.evaluator.forget(before)
