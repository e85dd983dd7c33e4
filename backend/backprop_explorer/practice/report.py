"""Gradients checked in Python, without a server: an answer that can be read, and an assertion for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from backprop_explorer.engine.document import Document
from backprop_explorer.engine.plan import Plan
from backprop_explorer.graph.budget import Budget
from backprop_explorer.practice.check import check as checked
from backprop_explorer.practice.grading import Task
from backprop_explorer.practice.verdict import CheckAnswer, VerdictAnswer


class Report:
    """What is said about somebody's gradients: `correct`, `blame` and the `verdicts` in backward order, as
    POST /api/check answers them. Printed, a line for each gradient."""

    def __init__(self, answer: CheckAnswer) -> None:
        self.answer = answer
        self.correct: bool = answer["correct"]
        self.blame: list[str] = answer["blame"]
        self.verdicts: dict[str, VerdictAnswer] = answer["verdicts"]

    def __repr__(self) -> str:
        return f"<report: {'correct' if self.correct else 'wrong'}, blame {self.blame}>"

    def __str__(self) -> str:
        width = max((len(name) for name in self.verdicts), default=0)
        return "\n".join(f"{name:{width}}  {told(verdict)}" for name, verdict in self.verdicts.items())


def told(verdict: VerdictAnswer) -> str:
    """A verdict in one line of words."""
    kind = verdict["verdict"].replace("_", " ")
    if verdict["verdict"] == "correct":
        return f"correct. {verdict['hint']}" if verdict["hint"] else "correct"
    if verdict["verdict"] == "error":
        return f"error: {verdict['message']}"
    if verdict["verdict"] == "wrong_shape":
        kind = f"wrong shape {tuple(verdict['shape'] or ())} for {tuple(verdict['expected_shape'] or ())}"
    elif verdict["max_abs_difference"] is not None:
        kind = f"{kind}, off by {verdict['max_abs_difference']:.3g}"
    if verdict["follows_from"]:
        return f"{kind}: follows from your {', '.join(f'{name}.g' for name in verdict['follows_from'])}"
    diagnosis = verdict["diagnosis"]
    return f"{kind}: {diagnosis['code']}. {diagnosis['message']}" if diagnosis is not None else kind


def check(
    document: Document | Mapping[str, Any] | Plan,
    gradients: Mapping[str, Any],
    *,
    rtol: float | None = None,
    atol: float | None = None,
) -> Report:
    """The verdicts on gradients of a document, as formulas, nested lists or arrays of any library, by tensor.

    The document may also be {"example": NAME} or {"exercise": NAME}, or a plan, which is run. Without `rtol` and `atol`
    an element may be off by 1e-9 of the greater of 1 and its magnitude (float32: 1e-4), and by what the rounding of
    the numbers leaves open. Raises a `Problem` for a document that cannot be understood.
    """
    plan = _ran(document)
    with np.errstate(all="ignore"):
        return Report(checked(plan, gradients, tolerance=(rtol, atol)))


def assert_gradients(
    document: Document | Mapping[str, Any] | Plan,
    gradients: Mapping[str, Any],
    *,
    rtol: float | None = None,
    atol: float | None = None,
) -> None:
    """The same for a test: raises an `AssertionError` that says whose step is wrong, and why."""
    __tracebackhide__ = True  # pytest shows the caller's line
    report = check(document, gradients, rtol=rtol, atol=atol)
    if not report.correct:
        blamed = ", ".join(f"{name}.g" for name in report.blame) or "none of them by itself"
        raise AssertionError(f"The gradients are wrong; the steps to look at: {blamed}\n{report}")


def _ran(document: Document | Mapping[str, Any] | Plan) -> Plan:
    if isinstance(document, Plan):
        with np.errstate(all="ignore"):
            document.run()
        return document
    content = document.to_json_dict() if isinstance(document, Document) else document
    return Task.of(content, Budget.unlimited()).plan
