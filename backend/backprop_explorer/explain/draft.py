"""A formula while it is being written: what it means, its shapes step by step, and no word on whether it is right."""

from __future__ import annotations

from typing import Any

from backprop_explorer.engine.plan import Plan
from backprop_explorer.explain.formula import Formula, read_formula
from backprop_explorer.explain.namespace import namespace
from backprop_explorer.graph.box import closed_box
from backprop_explorer.graph.code import code
from backprop_explorer.graph.node import Node
from backprop_explorer.language.notation import notation


def draft(plan: Plan, tensor: str, text: str) -> dict[str, Any]:
    """The formula as it is understood so far, with the shape of each of its steps and of the tensor.

    Raises a `Problem` for a tensor that does not exist (404) or has no gradient, and (422) with line and column for a
    formula that cannot be read.
    """
    target = namespace(plan.program).target(tensor)
    formula = read_formula(plan.program, text, target)
    latex, mathml = notation(f"{tensor}.g = {formula.code}", _shapes(formula))
    return {
        "tensor": tensor,
        "code": formula.code,
        "latex": latex,
        "mathml": mathml,
        "shape": list(formula.shape),
        "expected_shape": list(target.shape),
        "fits": formula.shape == target.shape,
        "warnings": formula.warnings,
        "steps": [_step(node) for node in formula.graph.nodes if not node.hidden and node not in formula.leaves],
        "names": [{"name": str(leaf.name), "shape": list(leaf.shape)} for leaf in _used(formula)],
    }


def _used(formula: Formula) -> list[Node]:
    """The tensors that the formula reads: of `l1.g` the gradient, and not l1 itself."""
    operands = {operand for node in formula.graph.nodes for operand in node.operands}
    return [leaf for leaf in formula.leaves if leaf in operands or leaf is formula.node]


def _shapes(formula: Formula) -> dict[str, tuple[int, ...]]:
    return {str(leaf.name): leaf.shape for leaf in formula.leaves}


def _step(node: Node) -> dict[str, Any]:
    box = closed_box(node)
    return {
        "code": code(node),
        "shape": list(node.shape),
        "op": box.name if box else node.operation.name,
        "family": "composite" if box else node.operation.family,
    }
