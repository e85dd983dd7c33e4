"""Mistakes in layers of many kinds are blamed where they are, and called by their names."""

from __future__ import annotations

import numpy as np

from backprop_explorer.practice import check
from tests.together import each
from tests.unit.practice.further import ALONE, FURTHER
from tests.unit.practice.test_kinds import known, ran


def test_they_are_many() -> None:
    assert len(FURTHER) >= 40


@each("name", FURTHER)
def test_it_is_blamed_and_named_among_all_gradients(name: str) -> None:
    """The gradients of the pass that come before it are sent along."""
    kind = FURTHER[name]
    plan = ran(kind)
    values = known(plan)
    order = [line.output.removesuffix(".g") for line in plan.program.lines if line.phase == "backward"]
    before = [] if name in ALONE else order[: order.index(kind.tensor)]
    earlier = [one for one in before if one in plan.tensors and plan.tensors[one].named]
    sent = {one: values[f"d_{one}"] for one in earlier} | {kind.tensor: np.asarray(kind.wrong(values), np.float64)}
    answer = check(plan, sent)
    assert answer["blame"] == [kind.tensor]
    diagnosis = answer["verdicts"][kind.tensor]["diagnosis"]
    assert diagnosis is not None
    assert diagnosis["code"] in kind.codes, diagnosis
