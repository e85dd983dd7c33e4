"""Labels: whole numbers that say which class or row is meant, checked against what the program makes of them."""

from __future__ import annotations

from collections.abc import Mapping

from backprop_explorer.engine.numbers import place
from backprop_explorer.engine.program import Program
from backprop_explorer.graph.node import Node
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem


def check_labels(program: Program, leaves: Mapping[str, Array]) -> None:
    """Raises a `Problem` that names the first label which is out of bounds."""
    for node in program.graph.nodes:
        bounds = node.operation.bounds
        if bounds is None:
            continue
        name = _given(node.operands[0])
        low, high = bounds(node.parameters)
        wrong = (leaves[name] < low) | (leaves[name] > high)
        if wrong.any():
            index = (
                tuple(int(position) for position in zip(*wrong.nonzero(), strict=True).__next__()) if wrong.ndim else ()
            )
            got = f"{place(name, index)} is {leaves[name][index]}"
            raise Problem(
                "bad_label",
                f"{node.operation.name} needs labels from {low} to {high}; {got}",
                tensor=name,
                index=index,
            )


def _given(node: Node) -> str:
    """The input that labels come from: they are only ever moved on the way."""
    while node.operands:
        node = node.operands[0]
    return str(node.name)
