"""Answers checked: a formula or numbers for a tensor's gradient, against the true one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import numpy as np

from backprop_explorer.answers import Extent, Tensor
from backprop_explorer.engine.numbers import array_of
from backprop_explorer.engine.plan import Plan
from backprop_explorer.graph.node import Node
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.practice.diagnosis import Diagnosis, diagnose
from backprop_explorer.practice.dimensions import fits_by_coincidence
from backprop_explorer.practice.elsewhere import elsewhere
from backprop_explorer.practice.formula import Formula, read_formula
from backprop_explorer.practice.likeness import differences
from backprop_explorer.practice.mutation import Code
from backprop_explorer.practice.namespace import namespace
from backprop_explorer.practice.repair import mended
from backprop_explorer.practice.sketch import Sketch
from backprop_explorer.problem import Problem, Where
from backprop_explorer.wording import element

TOLERANCE = {"float64": 1e-9, "float32": 1e-4}
WORST = 5
"""How many of the worst elements are named."""


Judgement = Literal["correct", "wrong_shape", "wrong_value", "error"]
Note = Literal["coincidental_shape", "coincidental_numbers"]


class DiagnosisAnswer(TypedDict):
    """What was probably done wrong."""

    code: Code
    message: str


class WorstElement(TypedDict):
    """An element that is far off."""

    index: Extent
    yours: float
    expected: float


class VerdictAnswer(TypedDict):
    """What is said about one gradient."""

    verdict: Judgement
    shape: Extent | None
    expected_shape: Annotated[Extent | None, "null where there is no such gradient"]
    max_abs_difference: float | None
    diagnosis: DiagnosisAnswer | None
    hint: str | None
    notes: Annotated[
        list[Note],
        "the shape fits, or the numbers are right, by accident: because of these lengths or numbers",
    ]
    warnings: Annotated[
        list[str],
        "broadcasts in the formula that are probably a mistake; where the expected gradient is NaN",
    ]
    code: Annotated[str | None, "the formula as it was understood"]
    worst: list[WorstElement]
    value: Annotated[Tensor | None, "with values=all: the numbers that were given, or that the formula gives"]
    difference: Annotated[Tensor | None, "with values=all: by how much each is too large"]
    message: Annotated[str | None, "what is wrong with the formula itself, where the verdict is error"]
    where: Where | None


class CheckAnswer(TypedDict):
    """The verdicts, and whether all are correct and none is missing."""

    verdicts: dict[str, VerdictAnswer]
    correct: bool
    note: NotRequired[Annotated[str, "there where a run's progress could not be recorded: why"]]
    missing: NotRequired[Annotated[list[str], "required and not there, where something is required"]]
    exercise: NotRequired[Annotated[str, "what it was graded on, where that was named"]]
    example: NotRequired[str]
    title: NotRequired[Annotated[str | None, "of the exercise or example"]]


@dataclass(frozen=True)
class Verdict:
    """What is said about one answer; `expected` is None where there is no such gradient."""

    verdict: Judgement
    expected: Array | None
    given: Array | None = None
    code: str | None = None
    difference: float | None = None
    diagnosis: Diagnosis | None = None
    notes: tuple[Note, ...] = ()
    warnings: tuple[str, ...] = ()
    problem: Problem | None = None
    hint: str | None = None

    @property
    def correct(self) -> bool:
        """Whether the answer is right in every element."""
        return self.verdict == "correct"

    def told(self, most: int = 0) -> VerdictAnswer:
        """The answer about it; with all numbers where there are at most so many."""
        problem = self.problem
        shown = self.given if self.given is not None and self.given.size <= most else None
        expected = self.expected
        same = expected is not None and shown is not None and shown.shape == expected.shape
        return {
            "verdict": self.verdict,
            "shape": None if self.given is None else list(self.given.shape),
            "expected_shape": None if expected is None else list(expected.shape),
            "max_abs_difference": self.difference,
            "diagnosis": {"code": self.diagnosis.code, "message": self.diagnosis.message} if self.diagnosis else None,
            "hint": self.hint,
            "notes": list(self.notes),
            "warnings": list(self.warnings),
            "code": self.code,
            "worst": self._worst(),
            "value": shown,
            "difference": _difference(shown, expected) if shown is not None and expected is not None and same else None,
            "message": problem.detail if problem else None,
            "where": problem.where if problem else None,
        }

    def _worst(self) -> list[WorstElement]:
        if self.verdict != "wrong_value" or self.given is None or self.expected is None:
            return []
        away = np.nan_to_num(differences(self.given, self.expected), nan=np.inf)
        order = np.argsort(-away, axis=None, kind="stable")[:WORST]
        places = [tuple(int(i) for i in np.unravel_index(int(flat), away.shape)) for flat in order]
        return [
            {
                "index": list(place),
                "yours": float(self.given[place]) + 0.0,
                "expected": float(self.expected[place]) + 0.0,
            }
            for place in places
            if away[place] > 0
        ]


def _difference(given: Array, expected: Array) -> Array:
    with np.errstate(all="ignore"):  # infinities may meet
        return np.asarray(given - expected)


def check(plan: Plan, gradients: Mapping[str, Any], most: int = 0) -> CheckAnswer:
    """The verdicts on any number of answers, as the contract has them, with their numbers if they are at most so many.
    The plan has run. What cannot be understood, a tensor that does not exist for one, is that answer's error alone.
    """
    verdicts = {name: _verdict(plan, name, answer) for name, answer in gradients.items()}
    right = [name for name, verdict in verdicts.items() if verdict.correct and isinstance(gradients[name], str)]
    moved = elsewhere(plan) if right else None
    if moved is not None:
        verdicts |= {name: _general(verdicts[name], judged(moved, name, gradients[name])) for name in right}
    told = {name: verdicts[name].told(most) for name in gradients}
    return {"verdicts": told, "correct": all(verdict.correct for verdict in verdicts.values())}


def _verdict(plan: Plan, name: str, answer: Any) -> Verdict:
    try:
        return judged(plan, name, answer)
    except Problem as problem:
        return Verdict("error", None, problem=problem, hint=problem.hint)


def _general(here: Verdict, there: Verdict) -> Verdict:
    """The verdict on a right formula, which may be wrong for other numbers."""
    if there.correct or there.expected is None or not np.isfinite(there.expected).all():
        return here
    why = f" {there.diagnosis.message}" if there.diagnosis else ""
    hint = f"It is right for the present numbers, but for others it is wrong.{why}"
    return replace(here, notes=(*here.notes, "coincidental_numbers"), hint=hint)


def judged(plan: Plan, name: str, answer: Any) -> Verdict:
    """The verdict on one answer: a formula, or nested lists of numbers. Raises a `Problem` for a tensor that does not
    exist (404) or has no gradient."""
    tensor = namespace(plan.program).target(name)
    expected = np.array(plan.array(plan.program.backward.gradient[tensor]), np.float64)
    tolerance = TOLERANCE[plan.program.graph.dtype.name]
    try:
        if not isinstance(answer, str):
            return _compared(plan, tensor, expected, np.asarray(array_of(answer, name)[0], np.float64), None)
        formula = read_formula(plan.program, answer, tensor)
        return _compared(plan, tensor, expected, formula.value(plan), formula)
    except Problem as problem:
        misfit = problem.code == "wrong_shape" and isinstance(answer, str)
        diagnosis = mended(plan, tensor, answer, expected, tolerance) if misfit else None
        return Verdict("error", expected, problem=problem, diagnosis=diagnosis, hint=problem.hint)


def _compared(plan: Plan, tensor: Node, expected: Array, given: Array, formula: Formula | None) -> Verdict:
    tolerance = TOLERANCE[plan.program.graph.dtype.name]
    known: dict[str, Any] = {
        "expected": expected,
        "given": given,
        "code": formula.code if formula else None,
        "warnings": (*(formula.warnings if formula else ()), *_told_nan(tensor, expected)),
        "notes": _notes(plan, tensor, formula, given.shape),
    }
    if given.shape == expected.shape:
        away = differences(given, expected)
        difference = float(np.max(away, initial=0.0))
        if bool((away <= tolerance * np.maximum(1, np.nan_to_num(np.abs(expected), posinf=1))).all()):
            return Verdict("correct", difference=difference, **known)
        return Verdict(
            "wrong_value", difference=difference, diagnosis=_diagnosis(plan, tensor, formula, known), **known
        )
    return Verdict("wrong_shape", diagnosis=_diagnosis(plan, tensor, formula, known), **known)


def _told_nan(tensor: Node, expected: Array) -> tuple[str, ...]:
    """Where the true gradient is no number, in words."""
    places = np.argwhere(np.isnan(expected))
    if not len(places):
        return ()
    if len(places) == expected.size:
        where = "" if expected.size == 1 else " in every element"
    else:
        first = element(f"{tensor.name}.g", places[0].tolist())
        where = f" in {len(places):,} of {expected.size:,} elements, first in {first}"
    return (f"The expected gradient {tensor.name}.g is NaN{where}: only NaN is right there.",)


def _diagnosis(plan: Plan, tensor: Node, formula: Formula | None, known: Mapping[str, Any]) -> Diagnosis:
    tolerance = TOLERANCE[plan.program.graph.dtype.name]
    found = diagnose(Sketch(plan, tensor, through=True), known["given"], known["expected"], tolerance)
    if found.code == "unknown" and formula is not None:
        return mended(plan, tensor, formula.text, known["expected"], tolerance) or found
    return found


def _notes(plan: Plan, tensor: Node, formula: Formula | None, shape: Shape) -> tuple[Note, ...]:
    if formula is not None and shape == tensor.shape and fits_by_coincidence(plan.program, tensor, formula):
        return ("coincidental_shape",)
    return ()
