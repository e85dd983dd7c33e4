"""What follows from a tensor: the values and gradients whose numbers change when its numbers do."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from backprop_explorer.engine.program import Program
from backprop_explorer.graph.node import Node


def dependents(program: Program, tensors: Collection[str]) -> list[str]:
    """The names of all values and gradients (`l1`, `w1.g`) that are computed from these tensors, and of the tensors
    themselves, in the order of the program. Found from the graph alone: a number among them may happen to stay."""
    found: set[str] = set().union(*(_dependents(program, name) for name in tensors))
    return [name for name in program.nodes if name in found]


@lru_cache(maxsize=256)
def _dependents(program: Program, tensor: str) -> frozenset[str]:
    reached: set[Node] = {program.nodes[tensor]}
    for node in program.graph.nodes:  # each stands behind its operands
        if node not in reached and any(operand in reached for operand in node.operands):
            reached.add(node)
    return frozenset(name for name, node in program.nodes.items() if node in reached)
