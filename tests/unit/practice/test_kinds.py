"""Mistakes of every kind are called by their name, alone and behind another mistake, in all digits and printed."""

from collections.abc import Callable
from typing import Any

import numpy as np

import backprop_explorer as bx
from backprop_explorer.practice import check
from tests.together import each
from tests.unit.practice.kinds import KINDS, Kind
from tests.unit.practice.passes import Numbers

TOLD: dict[str, Callable[[Any], Any]] = {
    "all digits": np.asarray,
    "float32": lambda array: np.asarray(array, np.float32).astype(np.float64),
    "6 decimals": lambda array: np.round(array, 6),
}


def ran(kind: Kind) -> bx.Plan:
    document = {"program": kind.program, "inputs": dict(kind.inputs), "parameters": dict(kind.parameters)}
    plan = bx.compile(document)
    plan.run()
    return plan


def known(plan: bx.Plan) -> Numbers:
    found = Numbers({name: np.array(plan[name]) for name in plan})
    found |= {f"d_{name}": np.array(plan[f"{name}.g"]) for name, info in plan.tensors.items() if info.differentiable}
    return found


@each("told", TOLD.values(), ids=TOLD)
@each("kind", KINDS.values(), ids=KINDS)
def test_a_mistake_is_called_by_its_name(kind: Kind, told: Callable[[Any], Any]) -> None:
    plan = ran(kind)
    wrong = told(np.asarray(kind.wrong(known(plan)), np.float64))
    answer = check(plan, {kind.tensor: wrong})
    assert answer["blame"] == [kind.tensor]
    diagnosis = answer["verdicts"][kind.tensor]["diagnosis"]
    assert diagnosis is not None
    assert diagnosis["code"] in kind.codes, diagnosis
    assert len(diagnosis["message"]) > 40
    assert ".standardize" not in diagnosis["message"]


@each("kind", KINDS.values(), ids=KINDS)
def test_a_mistake_is_called_by_its_name_behind_another(kind: Kind) -> None:
    """All gradients before the step are three times too large, the loss's aside, and the mistake made with these."""
    plan = ran(kind)
    values = known(plan)
    tensors = plan.tensors
    before = [name for name in tensors if name != kind.tensor and tensors[name].role == "intermediate"]
    given = {name: 3 * values[f"d_{name}"] for name in before if tensors[name].differentiable and tensors[name].named}
    wrong = kind.wrong(Numbers({**values, **{f"d_{name}": array for name, array in given.items()}}))
    answer = check(plan, {**given, kind.tensor: np.asarray(wrong, np.float64)})
    assert kind.tensor in answer["blame"]
    diagnosis = answer["verdicts"][kind.tensor]["diagnosis"]
    assert diagnosis is not None
    if not kind.codes[0].startswith(("sum_for_mean", "constant_factor", "wrong_sign")):
        assert diagnosis["code"] in kind.codes, diagnosis
