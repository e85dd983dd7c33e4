"""The hundred programs: of each the birth is named, in the trace's warnings and for the element that is asked about."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan, trace
from backprop_explorer.engine.births import ancestry
from backprop_explorer.explain import explain
from backprop_explorer.runs.births import earlier_births, element_births
from backprop_explorer.runs.position import Position
from tests.amount import every
from tests.together import each
from tests.unit.engine.nan_programs import Planted, programs

ALL = dict(programs())
AT_ONCE = {name: case for name, case in ALL.items() if not case.iteration}
LATER = {name: case for name, case in ALL.items() if case.iteration}
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def test_they_are_a_hundred() -> None:
    assert len(ALL) == 100
    assert len({str(case.document) for case in ALL.values()}) > 90


def ran(case: Planted) -> Plan:
    plan = bx.compile(copy.deepcopy(case.document))
    plan.run()
    return plan


def node(plan: Plan, case: Planted) -> Any:
    tensor, field, _ = case.asked
    return plan.program.nodes[f"{tensor}.g" if field == "gradient" else tensor]


def matches(found: dict[str, Any], case: Planted) -> None:
    assert found["code"] == "not_finite"
    assert (found["line"], found["phase"]) == (case.line, case.phase), found["message"]
    assert case.says in found["cause"]
    assert case.cures in found["cure"]
    if case.op is not None:
        assert found["op"] == case.op
    if case.numbers is not None:
        told = [one["value"] for one in found["operands"]]
        np.testing.assert_allclose(told, [*case.numbers], rtol=1e-12)
    if case.index is not None:
        assert tuple(found["index"]) == case.index


@each("name", every(3, AT_ONCE))
def test_the_birth_of_an_element_is_named(name: str) -> None:
    case = AT_ONCE[name]
    plan = ran(case)
    chain = ancestry(plan, node(plan, case), case.asked[2])
    matches({**chain[0]}, case)
    if case.ends is not None:
        assert chain[-1]["op"] == case.ends
    tensor, field, index = case.asked
    explained = explain(plan, tensor, field, index)["births"]  # type: ignore[arg-type]
    assert [one["message"] for one in explained] == [one["message"] for one in chain]


@each("name", every(3, AT_ONCE))
def test_the_trace_warns_of_it_and_names_its_step(name: str) -> None:
    case = AT_ONCE[name]
    found = trace(bx.compile(copy.deepcopy(case.document)))
    told = [one for one in found["warnings"] if one["code"] == "not_finite"]
    births = [
        one for one in told if one["line"] == case.line and one["phase"] == case.phase and case.says in one["cause"]
    ]
    assert births, [one["message"] for one in told]
    for one in births:
        made = found["steps"][one["step"]]["of"]
        assert (made["tensor"], made["field"]) == (one["tensor"], one["field"])
        value = np.asarray(found["tensors"][one["tensor"]][one["field"]])[tuple(one["index"])]  # type: ignore[literal-required]
        assert not np.isfinite(value)


@pytest.mark.parametrize("name", every(3, LATER))
def test_the_iteration_of_a_birth_is_named(name: str) -> None:
    case = LATER[name]

    def at(iteration: int) -> Position:
        position = Position(bx.compile(copy.deepcopy(case.document)), 0)
        position.advance(iteration)
        return position

    tensor, _, index = case.asked
    for later in (case.iteration + 1, case.iteration + 9):
        [first, *_] = element_births(at, later, (tensor, index))
        matches({**first}, case)
        assert first["iteration"] == case.iteration
        [first] = earlier_births(at, later)
        matches({**first}, case)
        assert first["message"].startswith(f"At iteration {case.iteration} h[1] is NaN: sqrt(-0.125)")
    assert element_births(at, case.iteration, (tensor, index)) == []
    assert earlier_births(at, case.iteration) == []
