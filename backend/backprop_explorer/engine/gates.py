"""Where a gradient is let through: the elements behind a derivative that is 0 or 1, such as relu's, or behind a mask.

Found from the graph alone: a gate is a comparison in the expression of a gradient, or what is computed from comparisons
and constants, by which the incoming gradient is multiplied, or which chooses it (`where`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial

import numpy as np

from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.program import Program
from backprop_explorer.graph.calculation import as_numbers
from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.graph.walk import in_order
from backprop_explorer.ops.record import Array


def blocked(plan: Plan, gradient: Node) -> Array | None:
    """The flat indices of a gradient's elements that nothing is let through to; None where there is no gate, or it is
    open everywhere. The plan has run."""
    order = _gated(plan.program).get(gradient)
    if order is None:
        return None
    is_open = _openings(plan, order).get(gradient)
    if is_open is None:
        return None
    closed = np.flatnonzero(~is_open)
    return closed if closed.size else None


@lru_cache(maxsize=64)
def _gated(program: Program) -> Mapping[Node, tuple[Node, ...]]:
    """The gradients with a gate in their expression, and what that expression consists of, in order."""
    found: dict[Node, tuple[Node, ...]] = {}
    for gradient in dict.fromkeys(program.backward.gradient.values()):
        order = tuple(in_order(gradient, operands=partial(_inside, program, gradient)))
        if any(is_gate(node) for node in order):
            found[gradient] = order
    return found


def _inside(program: Program, root: Node, node: Node) -> tuple[Node, ...]:
    """Where the walk through an expression goes on to: not into tensors that have a name, nor into a comparison."""
    return () if is_gate(node) or (node is not root and node in program.names) else node.operands


def is_gate(node: Node) -> bool:
    """Whether a node is truth values: a comparison, or a mask that is given."""
    return node.kind.name == "bool"


def _openings(plan: Plan, order: tuple[Node, ...]) -> dict[Node, Array]:
    """For each node in whose expression there is a gate, where it lets something through."""
    found: dict[Node, Array] = {}
    pure: dict[Node, Array] = {}  # the numbers of gates, and of what is computed from gates and constants alone
    for node in order:
        gated = [operand for operand in node.operands if operand in found]
        if is_gate(node) or gated and all(one in pure or one.operation is CONSTANT for one in node.operands):
            pure[node] = plan.array(node) if is_gate(node) else _computed(plan, node, pure)
            found[node] = pure[node] != 0
        elif gated and (opening := _opening(plan, node, found)) is not None:
            found[node] = opening
    return found


def _computed(plan: Plan, node: Node, known: Mapping[Node, Array]) -> Array:
    operands = [known[operand] if operand in known else plan.array(operand) for operand in node.operands]
    arrays = as_numbers(node.operation, operands, plan.program.graph.dtype)
    return np.asarray(node.operation.forward(*arrays, **node.parameters))


def _opening(plan: Plan, node: Node, found: Mapping[Node, Array]) -> Array | None:
    """Where a node that is computed from gated ones lets something through; None where that cannot be said."""
    name, operands = node.operation.name, node.operands
    opened = [found.get(operand) for operand in operands]
    if name in ("multiply", "divide", "negative"):
        factors = [one for one in (opened if name == "multiply" else opened[:1]) if one is not None]
        if not factors:
            return None
        return np.asarray(np.broadcast_to(factors[0] & factors[-1], node.shape))
    if name == "add":
        terms = [one for one in opened if one is not None]
        return np.asarray(np.logical_or(*terms)) if len(terms) == len(operands) else None
    if name == "where":
        chosen = [_branch(operand, found) for operand in operands[1:]]
        return np.asarray(np.broadcast_to(np.where(plan.array(operands[0]), *chosen), node.shape))
    if node.operation.family in ("movement", "scatter") and opened[0] is not None:
        arrays = [opened[0].astype(plan.program.graph.dtype), *(plan.array(operand) for operand in operands[1:])]
        return np.asarray(node.operation.forward(*arrays, **node.parameters) != 0)
    return None


def _branch(node: Node, found: Mapping[Node, Array]) -> Array | bool:
    """Where a branch of a choice lets something through: a constant 0 nowhere."""
    return found.get(node, node.constant != 0)
