"""A right formula tried on other numbers: with zeros and ones all around, or where all signs are alike, a wrong one may
be right by accident. An input that visibly is one-hot, or a mask, may stay so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np

from backprop_explorer.engine.plan import Plan
from backprop_explorer.ops.record import Array
from backprop_explorer.practice.answer import Answer
from backprop_explorer.practice.blame import Judge
from backprop_explorer.practice.tolerance import Bounds, Tolerance
from backprop_explorer.practice.verdict import Note, Verdict
from backprop_explorer.problem import Problem

MOST_ELEMENTS = 4_000_000
"""Larger programs are not tried again."""

SPREAD = 0.2
"""By how much numbers are moved, as a part of their tensor's own size."""

SUM = 1e-6
"""Rows that add up to 1 as near as this were meant to."""

Property = Literal["one_hot", "shares", "mask"]
HOLDS: Mapping[Property, tuple[Note, str]] = {
    "one_hot": ("holds_for_one_hot", "is one-hot, each of its rows with one 1 and zeros besides"),
    "shares": ("holds_for_one_hot", "has rows that add up to 1"),
    "mask": ("holds_for_mask", "is a mask, with no other numbers than 0 and 1"),
}
"""The note on what holds for an input as it is, and what it is, in words."""


def generally(
    plan: Plan, answers: Mapping[str, Answer], verdicts: dict[str, Verdict], tolerance: Bounds = (None, None)
) -> dict[str, Verdict]:
    """The verdicts, those on right formulae with whether they hold for other numbers, too."""
    right = [name for name, verdict in verdicts.items() if verdict.correct and answers[name].formula is not None]
    if not right or plan.program.graph.meter.elements > MOST_ELEMENTS:
        return verdicts
    return {**verdicts, **_PerturbedCheck(plan, {name: answers[name] for name in right}, tolerance).judged(verdicts)}


class _PerturbedCheck:
    def __init__(self, plan: Plan, answers: Mapping[str, Answer], tolerance: Bounds) -> None:
        self.plan, self.answers, self.tolerance = plan, answers, tolerance
        self.trials = trials_of(plan)

    def judged(self, verdicts: Mapping[str, Verdict]) -> dict[str, Verdict]:
        """The verdicts with notes on what they hold for."""
        found = {name: verdicts[name] for name in self.answers}
        near = self._there("near", [*found])
        kept = self._there("kept", [name for name, there in near.items() if _refuted(there)])
        for name, one in near.items():
            if _refuted(one):
                found[name] = self._only(found[name], kept.get(name, one))
        signs = [name for name, verdict in found.items() if "coincidental_numbers" not in verdict.notes]
        for trial in ("signs", "parameters"):
            there = self._there(trial, signs)
            found |= {name: _accident(found[name], one, signs=True) for name, one in there.items() if _refuted(one)}
            signs = [name for name, one in there.items() if not _is_finite(one)]
        return found

    def _there(self, trial: str, names: list[str]) -> dict[str, Verdict]:
        moved = self.trials.get(trial)
        if moved is None or not names:
            return {}
        again = {name: self.answers[name].on(moved) for name in names}
        return Judge(moved, again, Tolerance.of(moved, self.tolerance)).verdicts()

    def _only(self, here: Verdict, held: Verdict) -> Verdict:
        """The verdict on what does not hold for all numbers: whether it does for what the inputs are."""
        if _refuted(held):
            return _accident(here, held)
        visible = visible_properties(self.plan)
        notes = dict.fromkeys(HOLDS[one][0] for one in visible.values())
        told = " and ".join(f"`{name}` {HOLDS[one][1]}" for name, one in visible.items())
        hint = f"It is right because {told}; for other numbers there it would not be."
        return replace(here, notes=(*here.notes, *notes), hint=here.hint or hint)


def _is_finite(there: Verdict) -> bool:
    return there.expected is not None and bool(np.isfinite(there.expected).all())


def _refuted(there: Verdict) -> bool:
    """Whether a formula is wrong there, where numbers can show it."""
    return not there.correct and _is_finite(there)


def _accident(here: Verdict, there: Verdict, *, signs: bool = False) -> Verdict:
    """The verdict on a right formula that is wrong for other numbers."""
    why = f" {there.diagnosis.message}" if there.diagnosis else ""
    where = "where signs are others" if signs else "for others"
    hint = f"It is right for the current numbers, but {where} it is wrong.{why}"
    return replace(here, notes=(*here.notes, "coincidental_numbers"), hint=hint)


# -- other numbers

_known: WeakKeyDictionary[Plan, tuple[bytes, dict[str, Plan]]] = WeakKeyDictionary()


def trials_of(plan: Plan) -> Mapping[str, Plan]:
    """The plan on other numbers, which has run there: all of them `near` the present ones; the same with inputs `kept`
    what they visibly are; those with other `signs`, too; and with those of the `parameters` alone.

    They are made once for the same numbers."""
    now = b"".join(array.tobytes() for array in plan.given.values())
    before = _known.get(plan)
    if before is None or before[0] != now:
        visible = visible_properties(plan)
        made = {"near": _moved(plan, {}, signs=())}
        if visible:
            made["kept"] = _moved(plan, visible, signs=())
        made["signs"] = _moved(plan, visible, signs=(*plan.program.inputs, *plan.program.parameters))
        made["parameters"] = _moved(plan, visible, signs=plan.program.parameters)
        before = _known[plan] = now, {name: one for name, one in made.items() if one is not None}
    return before[1]


def _moved(plan: Plan, visible: Mapping[str, Property], signs: tuple[str, ...]) -> Plan | None:
    moved = Plan(plan.program, plan.document)
    random = np.random.default_rng(0)
    try:
        for name in plan.document.tensors:
            array = moved[name]
            if name in visible:
                moved[name] = _kept(array, visible[name], random)
            elif array.dtype.kind == "f":
                size = SPREAD * float(np.nan_to_num(np.abs(array)).mean() or 1.0)
                other = array + size * random.uniform(-1, 1, array.shape).astype(array.dtype)
                moved[name] = other * _signs(array, random) if name in signs else other
        with np.errstate(all="ignore"):
            moved.run()
    except Problem:  # what the program does not allow, such as a label outside of its bounds
        return None
    return moved


def _signs(array: Array, random: np.random.Generator) -> Array:
    """As many minus signs as plus signs, or one more, in any order."""
    signs = np.where(np.arange(array.size) % 2, 1.0, -1.0)
    return np.asarray(random.permutation(signs).reshape(array.shape).astype(array.dtype))


def _kept(array: Array, visible: Property, random: np.random.Generator) -> Array:
    """Other numbers of the same property; a mask stays, since what it leaves over may be needed."""
    if visible == "one_hot":
        return np.asarray(random.permuted(array, axis=-1))
    if visible == "shares":
        other = array * random.uniform(1 - SPREAD, 1 + SPREAD, array.shape)
        return np.asarray((other / other.sum(-1, keepdims=True)).astype(array.dtype))
    return array


def visible_properties(plan: Plan) -> dict[str, Property]:
    """What inputs visibly are, by name."""
    inputs = {name: plan.given[name] for name in plan.program.inputs}
    return {name: kind for name, array in inputs.items() if (kind := visible_property(array)) is not None}


def visible_property(array: Array) -> Property | None:
    """What an array visibly is; None where it is but numbers."""
    if array.dtype.kind != "f" or not array.size or not np.isfinite(array).all():
        return None
    if np.isin(array, (0, 1)).all() and array.any() and not array.all():
        return "one_hot" if array.ndim > 1 and (array.sum(-1) == 1).all() else "mask"
    if array.ndim > 1 and (array >= 0).all() and (np.abs(array.sum(-1) - 1) <= SUM).all():
        return "shares"
    return None
