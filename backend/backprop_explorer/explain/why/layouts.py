"""A linear step with its weights stored both ways, (in, out) and (out, in): the same numbers, other code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

from backprop_explorer.answers import Extent
from backprop_explorer.engine.listing import Line
from backprop_explorer.engine.program import Program
from backprop_explorer.explain.why.chain import Link
from backprop_explorer.graph.code import atomic, part
from backprop_explorer.graph.node import Node


class Layout(TypedDict):
    """One way to store the weights: their shape there, the step, and what it passes back to its operands."""

    name: Literal["in_out", "out_in"]
    own: bool
    weight: str
    shape: Extent
    forward: str
    input_gradient: str
    weight_gradient: str


def layouts(program: Program, line: Line, chain: Sequence[Link]) -> list[Layout] | None:
    """Both ways, for a product of a tensor with a parameter that a step computes or goes back through; None for another
    step."""
    users = [link.user for link in chain] if line.phase == "backward" else [line.node]
    for user in users:
        found = _product(program, user)
        if found is not None:
            return _both(program, user, *found)
    return None


def _product(program: Program, node: Node) -> tuple[Node, Node, bool] | None:
    """The data, the parameter, and whether it is stored as (out, in)."""
    if node.operation.name != "matmul" or any(operand.ndim != 2 for operand in node.operands):
        return None
    data, weight = node.operands
    turned = weight.operation.name == "mT" and not weight.shown
    own = weight.operands[0] if turned else weight
    return (data, own, turned) if own.name in program.parameters else None


def _both(program: Program, node: Node, data: Node, weight: Node, turned: bool) -> list[Layout]:
    x, w = atomic(part(data)), str(weight.name)
    gradient = program.backward.gradient.get(node)
    g = f"{node.name}.g" if gradient is None or gradient.constant is not None else atomic(part(gradient))
    features, units = weight.shape[::-1] if turned else weight.shape
    left = f"{data.name}.g" if data.name else "input gradient"
    return [
        {
            "name": "in_out", "own": not turned, "weight": w, "shape": [features, units],
            "forward": f"{x} @ {w}", "input_gradient": f"{left} = {g} @ {w}.T",
            "weight_gradient": f"{w}.g = {_turned(x)} @ {g}",
        },
        {
            "name": "out_in", "own": turned, "weight": w, "shape": [units, features],
            "forward": f"{x} @ {w}.T", "input_gradient": f"{left} = {g} @ {w}",
            "weight_gradient": f"{w}.g = {_turned(g)} @ {x}",
        },
    ]  # fmt: skip


def _turned(code: str) -> str:
    return f"{code}.T"
