"""The pictures of a Why: what raising one number does to a composite's results, and what a loss compares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypedDict

import numpy as np

from backprop_explorer.answers import Extent
from backprop_explorer.engine.listing import Line
from backprop_explorer.engine.plan import Plan
from backprop_explorer.explain.jacobian.local import local
from backprop_explorer.explain.terms.uses import UsedCell, used
from backprop_explorer.graph.calculation import calculate
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import Box, Kind, Node
from backprop_explorer.language.evaluator import Evaluator
from backprop_explorer.language.scope import Scope
from backprop_explorer.library import Composite
from backprop_explorer.ops.record import Array, Shape

MOST = 12
"""More results, or numbers that are compared, are not drawn one by one."""
LARGEST = 250_000
"""Results with more elements are not searched for those that move."""


class Effect(TypedDict):
    """What an element of the tensor does: the results that depend on it, the strongest first where there are many. Each
    contributes derivative times gradient; with the `rest` they add up to `total`."""

    tensor: str
    index: Extent
    output: str
    cells: list[UsedCell]
    cell_count: int
    rest: float
    total: float


class Compared(TypedDict):
    """One number that a loss compares with another, and the gradient that follows."""

    index: Extent
    first: float
    second: float
    gradient: float


class LossComparison(TypedDict):
    """What a loss compares: two words, and the numbers of one sample, or of the batch."""

    tensor: str
    first: str
    second: str
    divisor: Annotated[float | None, "the difference divided by this is the gradient; null where it is not so plain"]
    rows: list[Compared]


def effect(plan: Plan, line: Line, tensor: Node, name: str, index: Shape) -> Effect | None:
    """The results of a forward step that an element moves; None where there is only one, or too many to look at."""
    if not 1 < line.node.size <= LARGEST or not tensor.differentiable:
        return None
    derivatives = local(line, tensor, str(plan.program.graph.dtype)).derivatives(plan, index)
    gradient = plan.program.backward.gradient.get(line.node)
    if gradient is None:
        return None
    cells, count, total = used(plan, line, derivatives, plan.array(gradient), MOST)
    return {
        "tensor": name, "index": list(index), "output": line.output, "cells": cells, "cell_count": count,
        "rest": total - sum(cell["contribution"] for cell in cells) if count > len(cells) else 0.0, "total": total,
    }  # fmt: skip


def comparison(plan: Plan, box: Box, tensor: Node, index: Shape) -> LossComparison | None:
    """The two sides of a loss around an element of the tensor; None for a composite that compares nothing."""
    record = box.record
    if not isinstance(record, Composite) or not record.compared or not tensor.ndim:
        return None
    if tensor.size > LARGEST or tensor not in plan.program.backward.gradient:
        return None
    gradient = plan.array(plan.program.backward.gradient[tensor])
    sides = [_evaluated(plan, box, code) for _, code in record.compared]
    if np.broadcast_shapes(*(side.shape for side in sides)) != tensor.shape:
        return None  # the tensor itself was broadcast: each of its numbers is compared several times
    sides = [np.broadcast_to(side, tensor.shape) for side in sides]
    (first, _), (second, _) = record.compared
    rows: list[Compared] = [
        {
            "index": list(place),
            "first": float(sides[0][place]),
            "second": float(sides[1][place]),
            "gradient": float(gradient[place]),
        }
        for place in _around(index, tensor.shape)
    ]
    return {
        "tensor": str(tensor.name), "first": first, "second": second,
        "divisor": _divisor(sides[0] - sides[1], gradient), "rows": rows,
    }  # fmt: skip


def computes(result: Node, inner: Node) -> bool:
    """Whether a step's result is that operation's, or a call's inside which the operation is."""
    return result is inner or any(inner in box.inside for box in result.boxes if box.closed)


def first(plan: Plan, tensor: Node) -> Shape:
    """The first element whose gradient is not 0: what a step is shown with where none is asked for."""
    gradient = plan.array(plan.program.backward.gradient[tensor])
    places = np.flatnonzero(gradient) if gradient.size else np.zeros(1, int)
    return tuple(int(i) for i in np.unravel_index(places[0] if places.size else 0, gradient.shape))


def _around(index: Sequence[int], shape: Shape) -> list[Shape]:
    """The line of the last axis that has more than one element, through the index; of a long one a part."""
    axis = next((axis for axis in reversed(range(len(shape))) if shape[axis] > 1), len(shape) - 1)
    start = min(max(index[axis] - MOST // 2, 0), max(shape[axis] - MOST, 0))
    stop = min(start + MOST, shape[axis])
    return [(*index[:axis], place, *index[axis + 1 :]) for place in range(start, stop)]


def _divisor(difference: Array, gradient: Array) -> float | None:
    """The one number that turns the difference into the gradient."""
    moved = np.abs(difference) > 1e-12
    if not moved.any() or not np.isfinite(gradient).all():
        return None
    with np.errstate(all="ignore"):
        ratio = difference[moved] / gradient[moved]
    same = np.isfinite(ratio).all() and np.ptp(ratio) <= 1e-9 * abs(float(ratio[0]))
    return float(ratio[0]) if same else None


def _evaluated(plan: Plan, box: Box, code: str) -> Array:
    """An expression over a call's arguments, calculated."""
    graph = Graph(str(plan.program.graph.dtype))
    known: dict[Node, Array] = {}
    names: dict[str, object] = {**box.defaults}
    for name, value in box.bound.items():
        if isinstance(value, Node):
            leaf = graph.leaf(name, value.shape, Kind(value.kind.name))
            known[leaf] = plan.array(value)
            names[name] = leaf
        else:
            names[name] = value
    evaluator = Evaluator(graph)
    node = evaluator.node(evaluator.rule(code, Scope(names, internal=True)), "a comparison")
    with np.errstate(all="ignore"):
        return known[node] if node in known else calculate(graph.nodes, known, graph.dtype)[node]
