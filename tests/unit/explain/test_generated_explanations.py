"""Generated programs: explanations, uses, Jacobians and stories hold for any valid one, closed and opened."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from backprop_explorer.engine import Plan, opened
from backprop_explorer.explain import explain, jacobian, uses, why_step
from backprop_explorer.explain.jacobian.jacobian import names_read
from tests.amount import count
from tests.unit.engine.test_generated import compiled, programs
from tests.unit.explain.plans import questions

EXAMPLES = count(3, 200)
LEISURELY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def close(a: float, b: float) -> bool:
    return a == pytest.approx(b, rel=1e-9, abs=1e-12)


@LEISURELY
@given(programs())
def test_terms_add_up_and_uses_do_too(program: str) -> None:
    plan = compiled(program, 5)
    plan.run()
    for name, field, index in questions(plan, most=3):
        answer = explain(plan, name, field, index, limit=10_000)
        where = (program, name, field, index)
        assert len(answer["terms"]) == answer["term_count"], where
        assert close(sum(term["value"] for term in answer["terms"]), answer["value"]), where
        if field == "value" and plan.tensors[name].differentiable and plan.tensors[name].role != "loss":
            branches = uses(plan, name, "value", index)["branches"]
            assert close(sum(branch["contribution"] for branch in branches), plan[f"{name}.g"][index]), where


@LEISURELY
@given(programs())
def test_jacobians_give_the_gradient_and_every_step_has_a_story(program: str) -> None:
    plan = compiled(program, 6)
    plan.run()
    other = opened(plan)
    other.run()
    for step, line in enumerate(plan.program.lines):
        answer = why_step(plan, step, lambda: other, (0,) * line.node.ndim)
        assert answer["story"], (program, line.output)
        if answer["agreement"] is not None:
            assert answer["agreement"]["max_abs_difference"] < 1e-12, (program, line.output)
        for name, node in names_read(plan, line).items():
            if line.phase == "forward" and node.differentiable and node.size * line.node.size <= 1_000:
                contraction = jacobian(plan, step, name)["contraction"]
                assert contraction is None or contraction["max_abs_difference"] < 1e-12, (program, line.output, name)


@LEISURELY
@given(programs())
def test_closed_and_opened_explain_the_same_numbers(program: str) -> None:
    closed = compiled(program, 7)
    closed.run()
    inside = opened(closed)
    inside.run()
    for name, field, index in questions(closed, most=2):
        if name not in inside.tensors:
            continue
        short, long = (total(plan, name, field, index) for plan in (closed, inside))
        assert short == pytest.approx(long, rel=1e-9, abs=1e-11), (program, name, field, index)


def total(plan: Plan, name: str, field: str, index: tuple[int, ...]) -> float:
    """What the terms of an element add up to."""
    answer = explain(plan, name, field, index, limit=10_000)  # type: ignore[arg-type]
    return float(np.sum([term["value"] for term in answer["terms"]]))
