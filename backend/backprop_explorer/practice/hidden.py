"""Mistakes in steps that were not sent, told by what they make of the gradients that were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from backprop_explorer.graph.node import Node
from backprop_explorer.ops.record import Array
from backprop_explorer.practice.compare import differences
from backprop_explorer.practice.diagnosis import Diagnosis
from backprop_explorer.practice.editable_gradient import EditableGradient
from backprop_explorer.practice.mistakes import mutations
from backprop_explorer.practice.ownpass import OwnPass

MOST_STEPS = 6
"""So many steps before a wrong gradient are tried."""

MOST_WORK = 20_000
"""So many operations all trials together may be made of."""


@dataclass(frozen=True)
class Unexplained:
    """A tensor whose gradient was sent and is wrong by itself, and how far each number may be off."""

    tensor: Node
    given: Array
    room: Array

    def is_like(self, step: Array) -> bool:
        """Whether the step gives what was sent."""
        return bool((differences(self.given, step) <= self.room).all())


def explained(own: OwnPass, open_ones: Mapping[str, Unexplained]) -> dict[str, Diagnosis]:
    """What one mistake in a step that was not sent makes of those gradients, by name."""
    if not open_ones:
        return {}
    first = next(iter(open_ones.values()))
    work = 0
    for step in own.unsent_before(first.tensor)[:MOST_STEPS]:
        editable = EditableGradient(own, step, through=True, deep=True)
        length = own.distance(step, first.tensor)
        right = own.step(step)
        for mutation in mutations(editable):
            if mutation.node.shape != step.shape:
                continue
            work += length
            if work > MOST_WORK:
                return {}
            value = editable.value(mutation.node)
            if value is None or not np.isfinite(value).all() or np.allclose(value, right, rtol=1e-9, atol=1e-12):
                continue
            if first.is_like(own.behind(step, value, first.tensor)):
                others = [*_those_alike(own, open_ones, step, value)]
                sure = any(open_ones[name].given.size > 1 for name in others)
                message = _told(step, mutation.message, sure=sure)
                return {name: Diagnosis(mutation.code, message) for name in others}
    return {}


def _told(step: Node, message: str, *, sure: bool) -> str:
    """The mistake with the step where it is; only as a guess where single numbers are all that speaks for it."""
    if sure:
        return f"It follows from a step that you did not send, `{step.name}.g`. {message}"
    return (
        f"It may follow from a step that you did not send, `{step.name}.g`, but a single number can match by accident: "
        f"send that one, too, to be sure. If it does, {message[:1].lower()}{message[1:]}"
    )


def _those_alike(own: OwnPass, open_ones: Mapping[str, Unexplained], step: Node, value: Array) -> Iterator[str]:
    for name, one in open_ones.items():
        if one.is_like(own.behind(step, value, one.tensor)):
            yield name
