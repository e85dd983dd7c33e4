"""Gradients checked in the process: an answer to print, and an assertion."""

import numpy as np
import pytest

import backprop_explorer as bx
from tests.unit.practice.passes import GATED


def test_a_report_says_whose_step_is_wrong() -> None:
    wrong = GATED.gradients({"m": lambda k: k.d_s @ k.w.T * 3})
    report = bx.check(GATED.document, wrong)
    assert (report.correct, report.blame) == (False, ["m"])
    assert [*report.verdicts][:1] == ["s"]
    lines = str(report).splitlines()
    assert len(lines) == len(wrong)
    assert any(line.startswith("m") and "constant_factor" in line for line in lines)
    assert any(line.startswith("a") and "follows from your m.g" in line for line in lines)
    assert repr(report) == "<report: wrong, blame ['m']>"
    assert str(bx.check(GATED.document, GATED.gradients())).endswith("correct")


@pytest.mark.parametrize("of", [lambda: GATED.document, GATED.plan, lambda: bx.compile(GATED.document).document])
def test_a_document_or_a_plan_is_checked_against(of) -> None:  # type: ignore[no-untyped-def]
    assert bx.check(of(), GATED.gradients()).correct


def test_examples_and_exercises_by_their_name() -> None:
    assert bx.check({"exercise": "relu"}, {"z": "(z > 0) * h.g"}).correct
    assert bx.check({"example": "lesson13"}, {"w1": "x.T @ l2.g"}).blame == ["w1"]
    with pytest.raises(bx.Problem, match="nowhere"):
        bx.check({"example": "nowhere"}, {"w1": "1"})


def test_a_tolerance_may_be_given() -> None:
    near = {name: array * (1 + 1e-4) for name, array in GATED.gradients().items()}
    assert not bx.check(GATED.document, near).correct
    assert bx.check(GATED.document, near, rtol=1e-3).correct
    assert not bx.check(GATED.document, near, atol=1e-12).correct


def test_what_has_no_shape_or_cannot_be_read_is_told() -> None:
    report = bx.check(GATED.document, {"w": [1.0], "u": "x.T @", "nobody": 1.0})
    assert "wrong shape (1,) for (4, 2)" in str(report)
    assert str(report).count("error: ") == 2


def test_the_assertion_names_the_step() -> None:
    bx.assert_gradients(GATED.document, GATED.gradients())
    wrong = GATED.gradients({"a": lambda k: k.d_m * k.a})
    with pytest.raises(AssertionError, match=r"look at: a\.g") as raised:
        bx.assert_gradients(GATED.document, wrong)
    assert "follows from your a.g" in str(raised.value)
    assert np.isfinite(wrong["a"]).all()
