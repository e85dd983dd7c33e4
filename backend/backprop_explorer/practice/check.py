"""Answers checked: formulae or numbers for gradients, against the true ones and against what follows from the
answers before them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backprop_explorer.engine.plan import Plan
from backprop_explorer.practice.answer import Answer, read_answer
from backprop_explorer.practice.blame import Judge
from backprop_explorer.practice.detached import through_detached
from backprop_explorer.practice.namespace import namespace
from backprop_explorer.practice.perturbed_check import generally
from backprop_explorer.practice.tolerance import Bounds, Tolerance
from backprop_explorer.practice.verdict import CheckAnswer, Verdict
from backprop_explorer.problem import Problem


def check(plan: Plan, gradients: Mapping[str, Any], most: int = 0, tolerance: Bounds = (None, None)) -> CheckAnswer:
    """The verdicts on any number of answers, as the contract has them, with their numbers if they are at most so many.
    The plan has run. What cannot be understood, a tensor that does not exist for one, is that answer's error alone.
    """
    verdicts = checked(plan, gradients, tolerance)
    return {
        "verdicts": {name: verdict.to_json(most) for name, verdict in verdicts.items()},
        "correct": all(verdict.correct for verdict in verdicts.values()),
        "blame": [name for name, verdict in verdicts.items() if verdict.own_step == "wrong"],
    }


def checked(plan: Plan, gradients: Mapping[str, Any], tolerance: Bounds = (None, None)) -> dict[str, Verdict]:
    """The verdicts in backward order; those on what cannot be understood come last."""
    answers: dict[str, Answer] = {}
    refused: dict[str, Verdict] = {}
    for name, answer in gradients.items():
        try:
            answers[name] = read_answer(plan, name, answer)
        except Problem as problem:
            refused[name] = Verdict("error", None, problem=problem, hint=problem.hint)
    verdicts = Judge(plan, answers, Tolerance.of(plan, tolerance)).verdicts()
    told = through_detached(plan, answers, verdicts, tolerance)
    return generally(plan, answers, told, tolerance) | refused


def judged(plan: Plan, name: str, answer: Any) -> Verdict:
    """The verdict on one answer: a formula, or nested lists of numbers. Raises a `Problem` for a tensor that does not
    exist (404) or has no gradient."""
    namespace(plan.program).target(name)
    return Judge(plan, {name: read_answer(plan, name, answer)}, Tolerance.of(plan)).verdicts()[name]
