"""Dead units: those of an activation that are 0 and pass nothing back, for every sample of the batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backprop_explorer.engine import Plan
from backprop_explorer.engine.batch_axes import batch_axes
from backprop_explorer.graph.graph import Warned
from backprop_explorer.graph.node import Node, closed_box
from backprop_explorer.ops.record import Array
from backprop_explorer.plots.units import activation_of, unit_axis

CODE = "dead_unit"
EACH = 3
"""So many units of a layer are told of one by one."""


@dataclass(frozen=True)
class DeadUnit:
    """A unit of the tensor that a step makes; `bias` is the parameter that is added to it, `value` what that is."""

    tensor: str
    unit: int
    units: int
    samples: int
    step: int
    line: int | None
    bias: str | None = None
    value: float = 0.0

    @property
    def key(self) -> tuple[str, int]:
        """What it is called."""
        return self.tensor, self.unit


@dataclass(frozen=True)
class Since:
    """The iteration since which a unit is dead, and what its bias was before."""

    iteration: int
    before: float | None = None


def dead_units(plan: Plan) -> list[DeadUnit]:
    """The dead units of all activations, in the order of the steps. The plan has run."""
    found: list[DeadUnit] = []
    for step, line in enumerate(plan.program.lines):
        node = line.node
        if line.phase != "forward" or node.ndim < 2 or activation_of(node) is None:
            continue
        batch, axis = batch_axes(plan.program).get(node), unit_axis(plan.program, node)
        if batch is None or axis is None or node.shape[batch] < 2:
            continue
        for unit in np.flatnonzero(_dead(plan, node, axis)):
            bias = _bias(plan, node, node.shape[axis])
            value = 0.0 if bias is None else float(plan[bias][unit])
            found.append(
                DeadUnit(line.output, int(unit), node.shape[axis], node.shape[batch], step, line.line, bias, value)
            )
    return found


def _dead(plan: Plan, node: Node, axis: int) -> Array:
    """Of each unit whether it is 0 everywhere and would stay so, were what it gets a little larger or smaller."""
    others = tuple(other for other in range(node.ndim) if other != axis)
    off: Array = np.asarray((plan.array(node) == 0).all(axis=others))
    activation = activation_of(node)
    if activation is None or not off.any():
        return np.zeros_like(off)
    return np.asarray(off & (activation.slopes(plan.array(activation.argument)) == 0).all(axis=others))


def _bias(plan: Plan, node: Node, units: int) -> str | None:
    """The parameter with a number for each unit that is added to what the activation gets."""
    activation = activation_of(node)
    if activation is None:
        return None
    argument = activation.argument
    box = closed_box(argument)
    if box is None and argument.operation.name != "add":
        return None
    operands = box.operands if box is not None else argument.operands
    names = [str(operand.name) for operand in operands if operand.shape == (units,) and not operand.operands]
    return next((name for name in reversed(names) if name in plan.program.parameters), None)


def told(units: Sequence[DeadUnit], since: Mapping[tuple[str, int], Since] | None = None) -> list[Warned]:
    """A warning for each dead unit, or one for all of a layer where there are many."""
    layers: dict[str, list[DeadUnit]] = {}
    for unit in units:
        layers.setdefault(unit.tensor, []).append(unit)
    found: list[Warned] = []
    for layer in layers.values():
        if len(layer) > EACH:
            found.append(_warned(layer[0], _many(layer)))
            continue
        found += [{**_warned(unit, _one(unit, (since or {}).get(unit.key))), "index": [unit.unit]} for unit in layer]
    return found


def _warned(unit: DeadUnit, message: str) -> Warned:
    return {
        "line": unit.line,
        "code": CODE,
        "message": message,
        "tensor": unit.tensor,
        "field": "value",
        "step": unit.step,
        "units": unit.units,
    }


def _many(layer: Sequence[DeadUnit]) -> str:
    first = layer[0]
    count = f"{len(layer)} of {first.units}" if len(layer) < first.units else f"all {first.units}"
    return f"{count} units of {first.tensor} are off for all {first.samples} samples"


def _one(unit: DeadUnit, since: Since | None) -> str:
    text = f"unit {unit.unit} of {unit.tensor} is off for all {unit.samples} samples"
    if since is not None:
        text += f" since iteration {since.iteration}" if since.iteration else " from the start"
    if unit.bias is None:
        return text
    way = "is"
    if since is not None and since.before is not None and since.before != unit.value:
        way = "fell to" if unit.value < since.before else "rose to"
    return f"{text}: its bias {unit.bias}[{unit.unit}] {way} {_short(unit.value)}"


def _short(value: float) -> str:
    return f"{value:.3g}"
