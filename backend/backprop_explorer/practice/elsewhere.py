"""A right formula tried on other numbers: with zeros and ones all around, a wrong one may be right by accident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from backprop_explorer.engine.plan import Plan
from backprop_explorer.practice.answer import Answer, read_answer
from backprop_explorer.practice.blame import Judge
from backprop_explorer.practice.tolerance import Bounds, Tolerance
from backprop_explorer.practice.verdict import Verdict

MOST_ELEMENTS = 4_000_000
"""Larger programs are not tried again."""

SPREAD = 0.2
"""By how much numbers are moved, as a part of their tensor's own size."""


def elsewhere(plan: Plan) -> Plan | None:
    """A copy of the plan, moved to other numbers nearby, that has run; None for a large one."""
    if plan.program.graph.meter.elements > MOST_ELEMENTS:
        return None
    moved = Plan(plan.program, plan.document)
    random = np.random.default_rng(0)
    for name in plan.document.tensors:
        array = moved[name]
        if array.dtype.kind == "f":
            size = SPREAD * float(np.nan_to_num(np.abs(array)).mean() or 1.0)
            moved[name] = array + size * random.uniform(-1, 1, array.shape).astype(array.dtype)
    with np.errstate(all="ignore"):
        moved.run()
    return moved


def generally(
    plan: Plan, answers: Mapping[str, Answer], verdicts: dict[str, Verdict], tolerance: Bounds = (None, None)
) -> dict[str, Verdict]:
    """The verdicts, those on right formulae with whether they hold for other numbers, too."""
    right = [name for name, verdict in verdicts.items() if verdict.correct and answers[name].formula is not None]
    moved = elsewhere(plan) if right else None
    if moved is None:
        return verdicts
    again = {name: read_answer(moved, name, answers[name].content) for name in right}
    there = Judge(moved, again, Tolerance.of(moved, tolerance)).verdicts()
    return verdicts | {name: _general(verdicts[name], there[name]) for name in right}


def _general(here: Verdict, there: Verdict) -> Verdict:
    """The verdict on a right formula, which may be wrong for other numbers."""
    if there.correct or there.expected is None or not np.isfinite(there.expected).all():
        return here
    why = f" {there.diagnosis.message}" if there.diagnosis else ""
    hint = f"It is right for the present numbers, but for others it is wrong.{why}"
    return replace(here, notes=(*here.notes, "coincidental_numbers"), hint=hint)
