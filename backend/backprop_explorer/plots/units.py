"""The units of an activation: which of them are dead, which saturated. Told by the numbers that the function makes
around what it got, so that any function counts that is applied element by element."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop_explorer.engine import Plan
from backprop_explorer.engine.batch_axes import batch_axes
from backprop_explorer.engine.program import Program
from backprop_explorer.graph.calculation import calculate
from backprop_explorer.graph.node import CONSTANT, Node, closed_box
from backprop_explorer.graph.walk import ancestors
from backprop_explorer.ops.record import Array

STEP = 1e-4
SATURATED = 0.05
"""A unit is saturated where it passes back less than this part of what its function can, for every sample."""
PROBED = 8.0
"""The function's greatest slope is looked for between minus this and this."""


@dataclass(frozen=True)
class Activation:
    """A tensor that a function made of another one, element by element, and the nodes in between."""

    output: Node
    argument: Node
    nodes: tuple[Node, ...]

    def __call__(self, numbers: Array) -> Array:
        """The function of other numbers."""
        known = {self.argument: np.asarray(numbers, np.float64)}
        with np.errstate(all="ignore"):
            return calculate(self.nodes, known, np.dtype(np.float64))[self.output]

    def slopes(self, numbers: Array) -> Array:
        """The magnitude of the function's slope there; at a kink the smaller of both sides."""
        centre = np.asarray(numbers, np.float64)
        step = STEP * np.maximum(1.0, np.abs(centre))
        middle = self(centre)
        sides = (np.abs((self(centre + sign * step) - middle) / step) for sign in (-1, 1))
        with np.errstate(all="ignore"):
            return np.minimum(*sides)

    @property
    def steepest(self) -> float:
        """The greatest slope of the function."""
        return float(np.nanmax(self.slopes(np.linspace(-PROBED, PROBED, 401))))


@lru_cache(maxsize=256)
def activation_of(node: Node) -> Activation | None:
    """The function that made a tensor, None where it was not made by one, element by element, out of one tensor."""
    box = closed_box(node)
    operands = box.operands if box else node.operands
    given = [operand for operand in dict.fromkeys(operands) if operand.given]
    if len(given) != 1 or given[0].shape != node.shape or not node.differentiable:
        return None
    nodes = _between(node, given[0])
    return Activation(node, given[0], nodes) if nodes and not _is_straight(node, given[0], nodes) else None


def _between(node: Node, argument: Node) -> tuple[Node, ...] | None:
    """What is calculated on the way, in order; None where it is not all element by element, or needs other tensors."""
    found: list[Node] = []
    for one in ancestors(node, among=lambda one: one is not argument and one.operation is not CONSTANT):
        if one.operation.family != "elementwise":
            return None
        found.append(one)
    return tuple(sorted(found, key=lambda one: one.id))


def _is_straight(node: Node, argument: Node, nodes: tuple[Node, ...]) -> bool:
    """A sign or a factor is no activation: its slope is the same everywhere."""
    slopes = Activation(node, argument, nodes).slopes(np.linspace(-PROBED, PROBED, 401))
    return bool(np.allclose(slopes, slopes[0], rtol=1e-6, equal_nan=True))


@lru_cache(maxsize=256)
def unit_axis(program: Program, node: Node) -> int | None:
    """Along which axis a tensor's units stand: the channels of images, else the last one; None where there is one
    unit only. The samples' axis is never it."""
    batch = batch_axes(program).get(node)
    axes = [1] if node.ndim > 3 else list(range(node.ndim))[::-1]
    return next((axis for axis in axes if axis != batch), None)


@dataclass(frozen=True)
class Units:
    """What became of the units of an activation: for each, whether it is 0 and passes nothing back for all samples,
    and whether it is not dead but hardly passes anything back."""

    dead: Array
    saturated: Array


def units_of(plan: Plan, name: str) -> Units | None:
    """The units of that tensor as the plan stands; None where it is no activation."""
    node = plan.program.nodes[name]
    activation = activation_of(node)
    if activation is None:
        return None
    slopes = activation.slopes(plan.array(activation.argument))
    dead = _for_all((plan[name] == 0) & (slopes == 0), plan.program, node)
    flat = _for_all(slopes < SATURATED * activation.steepest, plan.program, node)
    return Units(dead, flat & ~dead)


def _for_all(mask: Array, program: Program, node: Node) -> Array:
    axis = unit_axis(program, node)
    others = tuple(other for other in range(node.ndim) if other != axis)
    return np.atleast_1d(mask.all(axis=others))
