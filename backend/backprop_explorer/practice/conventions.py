"""Right answers that a gradient's own numbers do not show: another choice where there is no derivative, and the
derivative where the backward pass gives NaN."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backprop_explorer.graph.node import Node
from backprop_explorer.ops.record import Array
from backprop_explorer.practice.compare import differences, largest
from backprop_explorer.practice.ownpass import OwnPass

NUDGE = 1e-7
"""By how much numbers are moved to break ties, as a part of the largest."""

STEP = 1e-6
"""Of differences, relative to a number's size."""

SIMILAR = 1e-4
"""What a nudge changes besides, as a part of the largest gradient."""

KINK = 1e-3
"""By how much the differences on both sides may be off, relative to a derivative, before there is a kink."""

MOST_DIFFERENCES = 64
"""In so many elements a derivative is looked for by differences."""


def chosen_otherwise(own: OwnPass, tensor: Node, given: Array, step: Array, room: Array) -> bool:
    """Whether numbers differ from a step's only where its function has a kink or maxima tie, and are a derivative from
    one side there, or give all to the first or the last of those that tie."""
    if not np.isfinite(step).all() or not np.isfinite(given).all() or given.shape != step.shape:
        return False
    near = room + SIMILAR * largest(step)
    if not (differences(given, step) > near).any() or not _has_kink(own, tensor):
        return False
    sides = [own.step_at(tensor, value) for value in _sides(own, tensor)]
    low, high = np.minimum.reduce([step, *sides]), np.maximum.reduce([step, *sides])
    if bool(((low - near <= given) & (given <= high + near)).all()):
        return True
    return any(bool((differences(given, own.step_at(tensor, value)) <= near).all()) for value in _orders(own, tensor))


def _has_kink(own: OwnPass, tensor: Node) -> bool:
    """Whether the tensor goes into a function with a kink, or into a comparison, on its way to results with names."""
    waiting, seen = [tensor], {tensor}
    users = own.program.backward.contributions
    while waiting:
        for one in users.get(waiting.pop(), []):
            inside = one.box.inside if one.box is not None else (one.user, *one.user.operands)
            if any(node.operation.kink is not None or node.operation.result == "bool" for node in inside):
                return True
            if not one.user.shown and one.user not in seen:
                seen.add(one.user)
                waiting.append(one.user)
    return False


def _sides(own: OwnPass, tensor: Node) -> Iterator[Array]:
    value = own.array(tensor)
    nudge = NUDGE * max(1.0, largest(value))
    yield value + nudge
    yield value - nudge


def _orders(own: OwnPass, tensor: Node) -> Iterator[Array]:
    """The tensor's numbers with ties broken so that the first, or the last, is the greatest, or the least."""
    value = own.array(tensor)
    rank = np.linspace(0, 1, value.size).reshape(value.shape)
    nudge = NUDGE * max(1.0, largest(value))
    yield value - nudge * rank
    yield value + nudge * rank


def derivative_exists(own: OwnPass, tensor: Node, given: Array, step: Array) -> bool:
    """Whether, where the step gives NaN, the loss has the derivative that is given: by differences on both sides."""
    places = np.argwhere(np.isnan(step) & np.isfinite(given))
    if not 0 < len(places) <= MOST_DIFFERENCES:
        return False
    value = np.array(own.array(tensor), np.float64)
    for place in map(tuple, places):
        width = STEP * max(1.0, abs(float(value[place])))
        here = own.loss_at(tensor, value)
        slopes = []
        for sign in (1, -1):
            moved = value.copy()
            moved[place] += sign * width
            slopes.append(sign * (own.loss_at(tensor, moved) - here) / width)
        near = KINK * max(1.0, abs(float(given[place])))
        if not max(abs(slope - given[place]) for slope in slopes) <= near:
            return False
    return True
