"""ONNX's own cases of single operators: what opens computes what it should, and what does not is refused by name."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_explorer.graph.budget import Budget
from backprop_explorer.importing import Rules, read
from backprop_explorer.problem import Problem
from tests.amount import count
from tests.node_cases import Verdict, cases, floating, judged, sample

MOST_REFUSED = 0.4
"""How much of the sample may be refused: quantised types, words, sequences, control flow, trees."""
FLOOR = 1_160
"""How many of all cases with an output that has fractions pass at least."""
MANY = {"tensor_elements": 10_000, "trace_elements": 100_000, "iteration_flop": 10_000_000, "primitives": 200}


@cache
def chosen() -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numbers that are divided by 0 on purpose
        return sample(cases(quick=True))[:: count(3, 1)]


def outcomes(every: list[Any]) -> dict[str, Verdict]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {case.name: judged(case) for case in every}


def assert_sound(found: dict[str, Verdict]) -> Counter[str]:
    """Nothing is wrong or crashed, and every refusal names the node or what is the matter with the file."""
    bad = {name: verdict for name, verdict in found.items() if verdict.outcome not in ("passed", "refused")}
    assert not bad
    for name, verdict in found.items():
        assert verdict.outcome == "passed" or len(verdict.reason.split()) > 3, name
    return Counter(verdict.outcome for verdict in found.values())


@pytest.mark.xdist_group("nodes")
def test_a_sample_of_all_operators() -> None:
    found = assert_sound(outcomes(chosen()))
    assert found["refused"] <= MOST_REFUSED * found.total(), found


@pytest.mark.long
def test_all_cases() -> None:
    every = cases()
    found = assert_sound(outcomes([case for case in every if floating(case.model)]))
    assert found["passed"] >= FLOOR, found
    assert_sound(outcomes([case for case in every if not floating(case.model)]))


@pytest.mark.xdist_group("nodes")
@settings(max_examples=count(30, 3_000), deadline=None)
@given(st.data())
def test_bytes_that_were_changed_are_read_or_refused(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(chosen()).map(lambda one: one.model.SerializeToString()))
    mutated = bytearray(case)
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, max(0, len(mutated) - 1)))
        mutated[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        _, content = read(bytes(mutated), Rules(json.loads, 1000, Budget(**MANY)), "onnx")
        assert content.document is not None
    except Problem:
        pass
