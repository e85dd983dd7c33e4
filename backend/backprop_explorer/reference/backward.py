"""Backward rules as formulae: the gradient of an operand, out of the result's."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from typing import Any

from backprop_explorer.language.notation import notation


def backward(rules: Mapping[str, str], operands: Collection[str]) -> list[dict[str, str]]:
    """Each operand's rule, as code over `g` and as a formula over the gradient of y."""
    return [{"operand": operand, "code": rule} | typeset(operand, rule, operands) for operand, rule in rules.items()]


def typeset(operand: str, rule: str, operands: Collection[str]) -> dict[str, str]:
    """∂L/∂x = … in LaTeX and MathML. An operand that is called y keeps the rule's own letter g."""
    tree = ast.parse(rule, mode="eval")
    written = rule if "y" in operands else ast.unparse(_Incoming().visit(tree))
    latex, mathml = notation(f"{operand}.g = {written}")
    return {"latex": latex, "mathml": mathml}


class _Incoming(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> Any:
        return ast.Attribute(ast.Name("y"), "g") if node.id == "g" else node
