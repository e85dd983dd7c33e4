"""Backward rules as formulae: the gradient of an operand, out of the result's."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from typing import Any

from backprop_explorer.language.notation import Formula, notation
from backprop_explorer.syntax import tree_of


class Rule(Formula):
    """The gradient of an operand, as program text over the result's, and as a formula."""

    operand: str


def backward(rules: Mapping[str, str], operands: Collection[str]) -> list[Rule]:
    """Each operand's rule, as code over `g` and as a formula over the gradient of y."""
    return [_rule(operand, rule, operands) for operand, rule in rules.items()]


def _rule(operand: str, rule: str, operands: Collection[str]) -> Rule:
    """∂L/∂x = … in LaTeX and MathML. An operand that is called y keeps the rule's own letter g."""
    tree = tree_of(rule, mode="eval")
    written = rule if "y" in operands else ast.unparse(_Incoming().visit(tree))
    latex, mathml = notation(f"{operand}.g = {written}")
    return {"operand": operand, "code": rule, "latex": latex, "mathml": mathml}


class _Incoming(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> Any:
        return ast.Attribute(ast.Name("y"), "g") if node.id == "g" else node
