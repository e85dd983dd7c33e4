"""An optimizer's rule as formulae, at given options: choices that they decide are made."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from backprop_explorer.language.notation import WrittenFormula, notation
from backprop_explorer.library.optimizers import Optimizer
from backprop_explorer.syntax import tree_of


def formulae(record: Optimizer, options: Mapping[str, Any]) -> list[WrittenFormula]:
    """The statements of the rule; what is returned is the new p."""
    numbers = {name: () for name in ("step", *options) if not isinstance(options.get(name), tuple)}
    found: list[WrittenFormula] = []
    for statement in record.definition.body:
        decided: Any = _Decided(options).visit(deepcopy(statement))  # the record's own tree stays as it is
        if isinstance(decided, ast.Return):
            decided = tree_of(ast.unparse(decided).replace("return", "p =", 1)).body[0]
        if isinstance(decided.value, ast.Constant) and decided.value.value is None:
            continue  # a state that these options do without
        code = ast.unparse(decided)
        latex, mathml = notation(code, numbers)
        found.append({"formula": code, "latex": latex, "mathml": mathml})
    return found


class _Decided(ast.NodeTransformer):
    """Takes the branch that an option decides: `a if momentum else b`."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        if isinstance(node.test, ast.Name) and node.test.id in self.options:
            return self.visit(node.body if self.options[node.test.id] else node.orelse)
        return self.generic_visit(node)
