"""A learner's formula mended in one place: where that makes it right, the place says what was wrong."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy

import numpy as np

from backprop_explorer.engine.plan import Plan
from backprop_explorer.graph.node import Node
from backprop_explorer.language.source import parsed_formula
from backprop_explorer.ops.record import Array
from backprop_explorer.practice.diagnosis import Diagnosis
from backprop_explorer.practice.formula import read_formula
from backprop_explorer.problem import Problem

MOST_PLACES = 6
PRODUCTS = (ast.Mult, ast.MatMult)


def mended(plan: Plan, tensor: Node, text: str, wanted: Array, tolerance: float) -> Diagnosis | None:
    """The mistake with a product that a formula makes, if the right product in its place gives the right gradient."""
    tree = parsed_formula(text)
    for place in _products(tree)[:MOST_PLACES]:
        written = ast.unparse(place)
        joins = type(place.op)
        for changed in _variants(place):
            if _is_right(plan, tensor, ast.unparse(_with(tree, place, changed)), wanted, tolerance):
                return _diagnosis(written, elementwise=joins is ast.Mult, same=isinstance(changed.op, joins))
    return None


def _diagnosis(written: str, *, elementwise: bool, same: bool) -> Diagnosis:
    if same:
        return Diagnosis(
            "transposed",
            f"The right tensors, but the axes in `{written}` do not meet as they should: write the shape below each "
            "factor, and look at which axis has to be summed away and which must be left.",
        )
    if elementwise:
        return Diagnosis(
            "elementwise_for_matmul",
            f"`{written}` multiplies elements at the same place and only multiplies element by element: look at the "
            "axis that both factors have and the result has not.",
        )
    return Diagnosis(
        "elementwise_for_matmul",
        f"`{written}` sums over an axis: look at whether the forward step adds anything up, or pairs elements at the "
        "same place.",
    )


def _products(tree: ast.expr) -> list[ast.BinOp]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, PRODUCTS)]


def _variants(place: ast.BinOp) -> Iterator[ast.BinOp]:
    """The same two factors joined in other ways."""
    for join in (type(place.op), *(other for other in PRODUCTS if not isinstance(place.op, other))):
        for a, b in ((place.left, place.right), (place.right, place.left)):
            for left in (a, _transposed(a)):
                for right in (b, _transposed(b)):
                    yield ast.BinOp(left, join(), right)


def _transposed(tree: ast.expr) -> ast.expr:
    return ast.Attribute(tree, "mT", ast.Load())


def _with(tree: ast.expr, place: ast.expr, changed: ast.expr) -> ast.expr:
    """A copy of the tree with something else at one place."""
    if tree is place:
        return changed
    return deepcopy(tree, {id(place): changed})


def _is_right(plan: Plan, tensor: Node, text: str, wanted: Array, tolerance: float) -> bool:
    try:
        formula = read_formula(plan.program, text, tensor)
        if formula.shape != wanted.shape:
            return False
        return bool(np.allclose(formula.value(plan), wanted, rtol=tolerance, atol=tolerance, equal_nan=True))
    except Problem:
        return False
