"""Evaluates an index form afresh: `sum(x[b, i] * g[b, j], b)` as loops over plain numbers."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from itertools import product

from backprop_explorer.engine import Plan
from tests.unit.explain.code import evaluated

FOLDS = {"sum": sum, "max": max, "min": min}


def written(code: str, plan: Plan, lengths: Mapping[str, int], at: Mapping[str, int]) -> float:
    """The number of an index form where the free letters have these values."""
    return _value(ast.parse(code, mode="eval").body, plan, lengths, at)


def _value(tree: ast.expr, plan: Plan, lengths: Mapping[str, int], at: Mapping[str, int]) -> float:
    fold = _fold(tree, lengths)
    if fold is None:
        return evaluated(ast.unparse(_filled(tree, plan, lengths, at)), plan)
    name, inner, letters = fold
    ranges = product(*(range(lengths[letter]) for letter in letters))
    return FOLDS[name](
        _value(inner, plan, lengths, {**at, **dict(zip(letters, values, strict=True))}) for values in ranges
    )


def _fold(tree: ast.expr, lengths: Mapping[str, int]) -> tuple[str, ast.expr, list[str]] | None:
    if not (isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in FOLDS):
        return None
    if len(tree.args) != 2:
        return None
    items = tree.args[1].elts if isinstance(tree.args[1], ast.Tuple) else [tree.args[1]]
    letters = [item.id for item in items if isinstance(item, ast.Name)]
    return (tree.func.id, tree.args[0], letters) if len(letters) == len(items) else None


def _filled(tree: ast.expr, plan: Plan, lengths: Mapping[str, int], at: Mapping[str, int]) -> ast.expr:
    """Letters become numbers, and sums inside of the expression their values."""

    class Fill(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.AST:
            if _fold(node, lengths) is not None:
                return ast.Constant(_value(node, plan, lengths, at))
            return self.generic_visit(node)

        def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
            name = ast.unparse(node.value)
            node.value = self.visit(node.value)
            node.slice = _Letters(at).visit(node.slice)
            return ast.Constant(0.0) if _outside(plan, name, node.slice) else node

        def visit_Compare(self, node: ast.Compare) -> ast.AST:
            node.comparators = [_Letters(at).visit(one) for one in node.comparators]
            return self.generic_visit(node)

    return Fill().visit(ast.parse(ast.unparse(tree), mode="eval").body)


def _outside(plan: Plan, name: str, index: ast.expr) -> bool:
    """Whether an index with arithmetic points to nowhere, where zeros stand."""
    if name not in plan.program.nodes or not any(isinstance(part, ast.BinOp) for part in ast.walk(index)):
        return False
    place = eval(ast.unparse(index), {})  # noqa: S307 - the engine's own code, in a test
    places = place if isinstance(place, tuple) else (place,)
    return any(not 0 <= i < length for i, length in zip(places, plan[name].shape, strict=True))


class _Letters(ast.NodeTransformer):
    def __init__(self, at: Mapping[str, int]) -> None:
        self.at = at

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Constant(self.at[node.id]) if node.id in self.at else node
