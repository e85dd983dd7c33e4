"""The explanation of an element as the service gives it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, NotRequired, TypedDict

from backprop_explorer.answers import Extent
from backprop_explorer.engine.batch_axes import batch_axes
from backprop_explorer.engine.births import ancestry
from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.program import Aim, Program
from backprop_explorer.explain.terms.element import Elements
from backprop_explorer.explain.terms.factor import Cell, Factor, pieces
from backprop_explorer.explain.terms.groups import Group, groups
from backprop_explorer.explain.terms.place import Element, checked_index, named_node
from backprop_explorer.explain.terms.samples import SampleSum, sample_of, sample_sums
from backprop_explorer.explain.terms.zeros import Blocker, Zero, Zeros
from backprop_explorer.graph.code import code
from backprop_explorer.graph.graph import Warned
from backprop_explorer.graph.node import Node, closed_box
from backprop_explorer.language.notation import notation

TERMS_LIMIT = 256


class Piece(TypedDict):
    """A piece of a factor's code; `cell` is the position of the one that it stands for."""

    text: str
    cell: NotRequired[int]


class FactorAnswer(TypedDict):
    """A cell, a constant (no cells), or a function of cells."""

    code: str
    value: float
    cells: list[Element]
    pieces: NotRequired[Annotated[list[Piece], "of the code, where it is computed from cells"]]


class TermAnswer(TypedDict):
    """A product of factors; `sample` where its cells stand for one sample of the batch."""

    value: float
    sample: NotRequired[int]
    zero: NotRequired[
        Annotated[
            Zero,
            "why a factor is 0: a step lets nothing through, such as relu (blocked), a mask does not, it was filled in "
            "at an edge (padding), it is an element of an input (input), or none of these (exact)",
        ]
    ]
    by: NotRequired[Annotated[Blocker, "the step that blocks or masks it"]]
    factors: list[FactorAnswer]


class Explanation(Element):
    """Where an element comes from: terms that add up to it. `rest` is the part of those that were cut off."""

    shape: Extent
    op: str
    family: str
    code: str
    latex: str
    mathml: str
    terms: list[TermAnswer]
    term_count: int
    groups: list[Group]
    rest: NotRequired[float]
    samples: NotRequired[
        Annotated[list[SampleSum], "of a sum over samples of which not all terms are listed: each sample's part"]
    ]
    births: NotRequired[
        Annotated[list[Warned], "where it is not finite: the operations that made it so, the first one first"]
    ]


def explain(plan: Plan, tensor: str, field: Aim, index: Sequence[int], *, limit: int = TERMS_LIMIT) -> Explanation:
    """Why an element has its value: its terms, each a product of factors, as the contract describes them.

    The plan has run. Raises a `Problem` for an unknown tensor (404), an index that is not there, or labels' gradient.
    """
    node = named_node(plan.program, tensor, field)
    at = checked_index(index, node, tensor)
    elements = Elements.of_update(plan) if field == "next" else Elements.of(plan)
    value = float(plan.number(node, at))
    terms = elements.terms(node, at)
    axes = batch_by_cell(plan)
    first = terms.first(limit)
    shown = [term_json(factors, axes) for factors in first]
    _tell_zeros(plan, node, first, shown)
    box = closed_box(node)
    text, latex, mathml = _written(plan.program, node, f"{tensor}.g" if field == "gradient" else tensor)
    answer: Explanation = {
        "tensor": tensor, "field": field, "index": list(at), "value": value, "shape": list(node.shape),
        "op": box.name if box else node.operation.name, "family": "composite" if box else node.operation.family,
        "code": text, "latex": latex, "mathml": mathml, "terms": shown, "term_count": terms.count,
        "groups": groups(plan.program, first, [term.get("sample") for term in shown], node),
    }  # fmt: skip
    if terms.count > len(shown):
        answer["rest"] = value - sum(term["value"] for term in shown)
        samples = sample_sums(terms, axes)
        if samples is not None:
            answer["samples"] = samples
    if births := ancestry(plan, node, at):
        answer["births"] = births
    return answer


@lru_cache(maxsize=256)
def _written(program: Program, node: Node, name: str) -> tuple[str, str, str]:
    """The code of all elements of a tensor, and that it is equal to the name: as LaTeX and as MathML."""
    text = str(code(node, root=True))
    shapes = {name: one.shape for name, one in program.nodes.items()}
    return text, *notation(f"{name} = {text}", shapes)


def _tell_zeros(plan: Plan, node: Node, terms: Sequence[Sequence[Factor]], told: Sequence[TermAnswer]) -> None:
    """Adds to each term with a factor of 0 why it is 0."""
    zeros = Zeros(plan)
    for factors, term in zip(terms, told, strict=True):
        reason = zeros.of_term(factors, node) if term["value"] == 0 else None
        if reason is not None:
            term["zero"] = reason.zero
            if reason.by is not None:
                term["by"] = reason.by


def batch_by_cell(plan: Plan) -> dict[tuple[str, Aim], int]:
    """The batch axis by tensor and field; a gradient has the axes of its tensor."""
    axes = batch_axes(plan.program)
    by_name = {name: axes[node] for name, node in plan.program.visible.items() if node in axes}
    fields: tuple[Aim, ...] = ("value", "gradient")
    return {(name, field): axis for name, axis in by_name.items() for field in fields}


def term_json(factors: list[Factor], axes: dict[tuple[str, Aim], int]) -> TermAnswer:
    """A term of an answer, with its sample where the cells agree on one."""
    value = 1.0
    for factor in factors:
        value *= factor.value
    term: TermAnswer = {"value": value, "factors": [_factor(factor) for factor in factors]}
    sample = sample_of(factors, axes)
    if sample is not None:
        term["sample"] = sample
    return term


def _factor(factor: Factor) -> FactorAnswer:
    """A factor as it travels; one that is computed from cells comes with the pieces of its code."""
    told: FactorAnswer = {
        "code": str(factor.code),
        "value": factor.value,
        "cells": [_cell(cell) for cell in factor.cells],
    }
    if factor.cells and getattr(factor.code, "of", None) != factor.cells[0]:
        told["pieces"] = _pieces(factor)
    return told


def _pieces(factor: Factor) -> list[Piece]:
    """The pieces of a factor's code; `cell` is the position of the one that a piece stands for."""
    found: list[Piece] = []
    for text, cell in pieces(factor.code, Cell):
        if cell is not None:
            found.append({"text": text, "cell": factor.cells.index(cell)})
        elif found and "cell" not in found[-1]:
            found[-1]["text"] += text
        else:
            found.append({"text": text})
    return found


def _cell(cell: Cell) -> Element:
    return {"tensor": cell.tensor, "field": cell.field, "index": list(cell.index), "value": cell.value}
