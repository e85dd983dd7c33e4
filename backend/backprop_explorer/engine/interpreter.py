"""The naive interpreter: each record's `forward`, node by node, nothing shared or bound. The judge of every plan."""

from __future__ import annotations

from collections.abc import Mapping

from backprop_explorer.engine.program import Program
from backprop_explorer.graph.calculation import calculate
from backprop_explorer.graph.node import Node
from backprop_explorer.ops.record import Array


def interpret(program: Program, leaves: Mapping[str, Array]) -> dict[Node, Array]:
    """The value of every node of a program, given the numbers of its leaves by name."""
    given = {node: leaves[str(node.name)] for node in program.graph.nodes if node.phase == "leaf"}
    return calculate(program.graph.nodes, given, program.graph.dtype)
