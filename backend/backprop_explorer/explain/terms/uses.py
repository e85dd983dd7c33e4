"""Where an element goes: the elements that use it, what each passes on to the loss, and the strongest way there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from typing import Annotated, NotRequired, TypedDict

import numpy as np

from backprop_explorer.answers import Extent
from backprop_explorer.engine.listing import Line, Phase
from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.program import Field, Program
from backprop_explorer.explain.jacobian.local import local
from backprop_explorer.explain.terms.place import Element, checked_index, named_node
from backprop_explorer.graph.node import Node, closed_box
from backprop_explorer.ops.record import Array, Shape

CELLS_LIMIT = 64


class UsedCell(Element):
    """An element that uses the one asked about; its contribution is derivative times gradient."""

    derivative: float
    gradient: float
    contribution: float


class Reader(TypedDict):
    """A step that reads the tensor."""

    step: int
    phase: Phase
    output: str
    code: str


class Branch(Reader):
    """A step of the forward pass that reads the element."""

    cell_count: int
    cells: list[UsedCell]
    contribution: float
    rest: NotRequired[float]


class ChainLink(Element):
    """An element on the path to the loss, with its derivative by the one before and the step that computes it (null for
    the first)."""

    derivative: float | None
    step: int | None
    product: Annotated[float | None, "of the derivatives from the loss back to here: what this one path passes on"]
    gradient: Annotated[float | None, "of the loss with respect to it, over all paths"]


class Uses(TypedDict):
    """Where an element goes: branches whose contributions add up to its gradient, and the strongest way to the loss.
    `read_by` are the steps of the backward pass and the update that read the tensor."""

    tensor: str
    field: Field
    index: Extent
    value: float
    gradient: float | None
    branches: list[Branch]
    chain: list[ChainLink]
    chain_product: float | None
    read_by: list[Reader]


def uses(plan: Plan, tensor: str, field: Field, index: Sequence[int], *, limit: int = CELLS_LIMIT) -> Uses:
    """What an element does: per step that reads it the elements it goes into, with their derivatives by it.

    Contributions are derivative times the gradient of what it goes into; over all branches they add up to the
    element's own gradient. The plan has run. Raises the same `Problem`s as an explanation.
    """
    node = named_node(plan.program, tensor, field)
    at = checked_index(index, node, tensor)
    branches = _branches(plan, node, at)
    chain, passed_on = _chain(plan, node, at)
    return {
        "tensor": tensor,
        "field": field,
        "index": list(at),
        "value": float(plan.number(node, at)),
        "gradient": _gradient(plan, node, at),
        "branches": [branch.to_json(plan, limit) for branch in branches],
        "chain": chain,
        "chain_product": passed_on,
        "read_by": [_told_line(plan, line) for line in readers(plan.program).get(node, []) if line.phase != "forward"],
    }


@lru_cache(maxsize=64)
def readers(program: Program) -> dict[Node, list[Line]]:
    """The steps that read each tensor."""
    found: dict[Node, list[Line]] = {}
    for line in program.lines:
        for node in line.tensors:
            found.setdefault(node, []).append(line)
    return found


@dataclass(frozen=True)
class Use:
    """A step that uses the element: the derivatives of its result by the element, and the result's gradient."""

    line: Line
    derivatives: Array
    gradient: Array
    cells: list[Shape] | None
    count: int

    @property
    def contributions(self) -> Array:
        """What each element of the result passes back."""
        with np.errstate(all="ignore"):
            return np.asarray(np.where(self.derivatives == 0, 0.0, self.derivatives * self.gradient))

    def places(self) -> Iterator[Shape]:
        """The elements of the result that the element goes into."""
        if self.cells is not None:
            return iter(self.cells)
        return (tuple(int(i) for i in place) for place in np.argwhere(self.derivatives != 0))

    def to_json(self, plan: Plan, limit: int) -> Branch:
        """The answer about it, with at most so many cells."""
        contributions = self.contributions
        shown = list(islice(self.places(), limit))
        total = float(contributions.sum())
        cells = [_cell(plan, self, place) for place in shown]
        told: Branch = {
            "step": plan.program.lines.index(self.line), "phase": self.line.phase, "output": self.line.output,
            "code": self.line.code, "cell_count": self.count, "contribution": total, "cells": cells,
        }  # fmt: skip
        if self.count > len(shown):
            told["rest"] = total - sum(cell["contribution"] for cell in cells)
        return told


def used(plan: Plan, line: Line, derivatives: Array, gradient: Array, most: int) -> tuple[list[UsedCell], int, float]:
    """The elements of a step's result that an element moves, in their order: at most so many, the strongest. How many
    there are, and what all of them pass back."""
    use = Use(line, derivatives, gradient, None, int(np.count_nonzero(derivatives)))
    contributions = use.contributions
    places = np.argwhere(derivatives != 0)
    if len(places) > most:
        strength = np.nan_to_num(np.abs(contributions[tuple(places.T)]))
        places = places[np.sort(np.argsort(-strength, kind="stable")[:most])]
    cells = [_cell(plan, use, tuple(int(i) for i in place)) for place in places]
    return cells, use.count, float(contributions.sum())


def _branches(plan: Plan, node: Node, index: Shape) -> list[Use]:
    lines = [line for line in readers(plan.program).get(node, []) if line.phase == "forward"]
    return [_branch(plan, line, node, index) for line in lines if node.differentiable and line.node.differentiable]


def _branch(plan: Plan, line: Line, node: Node, index: Shape) -> Use:
    derivatives = local(line, node, str(plan.program.graph.dtype)).derivatives(plan, index)
    gradient = plan.program.backward.gradient.get(line.node)
    incoming = plan.array(gradient) if gradient is not None else np.zeros(line.node.shape)
    places = _structural(line.node, node, index)
    if places is None:
        return Use(line, derivatives, incoming, None, int(np.count_nonzero(derivatives)))
    return Use(line, derivatives, incoming, places[0], places[1])


def _structural(user: Node, node: Node, index: Shape) -> tuple[list[Shape], int] | None:
    """The elements of a result that an operand's element goes into, by the axes' letters: also those whose derivative
    happens to be zero. None where the record has no letters."""
    if closed_box(user) is not None or user.operation.labels is None or node not in user.operands:
        return None
    output, inputs = user.axis_labels
    lengths = dict(zip(output, user.shape, strict=True))
    every: dict[Shape, None] = {}
    count = 0
    for operand, letters in zip(user.operands, inputs, strict=True):
        if operand is not node:
            continue
        fixed = {letter: i for letter, i in zip(letters, index, strict=True) if letter}
        ranges = [(fixed[letter],) if letter in fixed else range(lengths[letter]) for letter in output]
        count += int(np.prod([len(one) for one in ranges], dtype=object)) if ranges else 1
        every |= dict.fromkeys(islice(product(*ranges), CELLS_LIMIT))
    return list(every), len(every) if len(every) < CELLS_LIMIT else count


def _gradient(plan: Plan, node: Node, index: Shape) -> float | None:
    gradient = plan.program.backward.gradient.get(node)
    return None if gradient is None else float(plan.number(gradient, index))


def _cell(plan: Plan, branch: Use, place: Shape) -> UsedCell:
    name, field = plan.program.names[branch.line.node]
    return {
        "tensor": name,
        "field": field,
        "index": list(place),
        "value": float(plan.number(branch.line.node, place)),
        "derivative": float(branch.derivatives[place]),
        "gradient": float(branch.gradient[place]),
        "contribution": float(branch.contributions[place]),
    }


def _told_line(plan: Plan, line: Line) -> Reader:
    return {"step": plan.program.lines.index(line), "phase": line.phase, "output": line.output, "code": line.code}


def _chain(plan: Plan, node: Node, index: Shape) -> tuple[list[ChainLink], float | None]:
    """The path to the loss on which most of the gradient comes back: an element a step, with its derivative by the one
    before. And the product of the derivatives: what this one path passes on."""
    links = [_link(plan, node, index)]
    while node is not plan.program.backward.loss:
        onward = _strongest(_branches(plan, node, index))
        if onward is None:
            return links[:1], None
        branch, place = onward
        node, index = branch.line.node, place
        links.append(_link(plan, node, place, branch))
    product_of = 1.0
    for link in reversed(links):
        link["product"] = product_of
        product_of *= 1.0 if link["derivative"] is None else link["derivative"]
    return links, product_of


def _link(plan: Plan, node: Node, index: Shape, branch: Use | None = None) -> ChainLink:
    # One of several contributions to a gradient has a name of its own and no other.
    name, field = plan.program.names_after.get(node, (str(node.name), "value"))
    return {
        "tensor": name,
        "field": field,
        "index": list(index),
        "value": float(plan.number(node, index)),
        "derivative": None if branch is None else float(branch.derivatives[index]),
        "step": None if branch is None else plan.program.lines.index(branch.line),
        "product": None,
        "gradient": _gradient(plan, node, index),
    }


def _strongest(branches: list[Use]) -> tuple[Use, Shape] | None:
    """The element that passes the most back; of equals, the one with the greatest derivative, then the first. It is
    always one that the element goes into, also where all derivatives are zero."""
    best: tuple[tuple[float, float], Use, Shape] | None = None
    for branch in branches:
        if not branch.count:
            continue
        weights = np.nan_to_num(np.abs(branch.contributions)), np.nan_to_num(np.abs(branch.derivatives))
        flat = np.where(weights[0] == weights[0].max(), weights[1], -1.0).argmax()
        place = tuple(int(i) for i in np.unravel_index(flat, branch.derivatives.shape))
        if branch.derivatives[place] == 0:
            place = next(branch.places())
        strength = float(weights[0][place]), float(weights[1][place])
        if best is None or strength > best[0]:
            best = strength, branch, place
    return None if best is None else (best[1], best[2])
