"""A formula while it is being written: what it means, its shapes step by step, and no word on whether it is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypedDict

from backprop_explorer.answers import Extent
from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.program import Aim
from backprop_explorer.explain.terms.element import Elements
from backprop_explorer.explain.terms.explanation import TERMS_LIMIT, TermAnswer, batch_by_cell, term_json
from backprop_explorer.explain.terms.place import checked_index
from backprop_explorer.graph.code import code
from backprop_explorer.graph.node import Node, closed_box
from backprop_explorer.language.notation import notation
from backprop_explorer.ops.record import Shape
from backprop_explorer.practice.formula import Formula, read_formula
from backprop_explorer.practice.namespace import namespace
from backprop_explorer.problem import Problem, ProblemDetail


class DraftStep(TypedDict):
    """A part of a formula."""

    code: str
    shape: Extent
    op: str
    family: str


class NamedShape(TypedDict):
    """A name that may stand in a formula."""

    name: str
    shape: Extent


class FormulaElement(TypedDict):
    """One element of a formula's result."""

    index: Extent
    value: float
    terms: list[TermAnswer]
    term_count: int


class Draft(TypedDict):
    """A formula as it is understood, from the inside to the outside; null where it cannot be read."""

    tensor: str
    expected_shape: Extent
    code: str | None
    latex: str | None
    mathml: str | None
    shape: Extent | None
    fits: Annotated[bool, "whether the shapes are equal"]
    warnings: list[str]
    steps: list[DraftStep]
    names: list[NamedShape]
    element: Annotated[FormulaElement | None, "where an index was given: that element's terms"]
    problem: Annotated[ProblemDetail | None, "where it cannot be read: what is missing, and where"]


def draft(plan: Plan, tensor: str, text: str, index: Sequence[int] | None = None) -> Draft:
    """The formula as it is understood so far, with the shape of each of its steps and of the tensor; with an index
    the terms of that element of the result, as an explanation has them. What is half written is no formula yet: then
    `problem` says what is missing and where, and the formula is None.

    Raises a `Problem` for a tensor that does not exist (404) or has no gradient, and (422) for an element that the
    result does not have.
    """
    target = namespace(plan.program).target(tensor)
    answer: Draft = {
        "tensor": tensor, "expected_shape": list(target.shape), "code": None, "latex": None, "mathml": None,
        "shape": None, "fits": False, "warnings": [], "steps": [], "names": [], "element": None, "problem": None,
    }  # fmt: skip
    try:
        formula = read_formula(plan.program, text, target)
    except Problem as problem:
        return {**answer, "problem": problem.to_json()}
    latex, mathml = notation(f"{tensor}.g = {formula.code}", _shapes(formula))
    return {
        **answer,
        "code": formula.code,
        "latex": latex,
        "mathml": mathml,
        "shape": list(formula.shape),
        "fits": formula.shape == target.shape,
        "warnings": formula.warnings,
        "steps": [_step(node) for node in formula.graph.nodes if not node.hidden and node not in formula.leaves],
        "names": [{"name": str(leaf.name), "shape": list(leaf.shape)} for leaf in _used(formula)],
        "element": None if index is None else _element(plan, formula, checked_index(index, formula.node, "the result")),
    }


def _element(plan: Plan, formula: Formula, index: Shape) -> FormulaElement:
    """One element of the formula's result: what a person's own formula makes of the numbers."""
    names: dict[Node, tuple[str, Aim]] = {
        leaf: plan.program.names.get(node, (str(leaf.name), "value")) for leaf, node in formula.leaves.items()
    }
    values = formula.values(plan)
    terms = Elements(names, lambda node, at: float(values[node][at])).terms(formula.node, index)
    axes = batch_by_cell(plan)
    return {
        "index": list(index),
        "value": float(values[formula.node][index]),
        "terms": [term_json(factors, axes) for factors in terms.first(TERMS_LIMIT)],
        "term_count": terms.count,
    }


def _used(formula: Formula) -> list[Node]:
    """The tensors that the formula reads: of `l1.g` the gradient, and not l1 itself."""
    operands = {operand for node in formula.graph.nodes for operand in node.operands}
    return [leaf for leaf in formula.leaves if leaf in operands or leaf is formula.node]


def _shapes(formula: Formula) -> dict[str, tuple[int, ...]]:
    return {str(leaf.name): leaf.shape for leaf in formula.leaves}


def _step(node: Node) -> DraftStep:
    box = closed_box(node)
    return {
        "code": code(node),
        "shape": list(node.shape),
        "op": box.name if box else node.operation.name,
        "family": "composite" if box else node.operation.family,
    }
