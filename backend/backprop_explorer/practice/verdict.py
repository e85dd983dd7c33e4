"""What is said about somebody's gradient: the verdict, whose step is wrong, what the mistake is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, NotRequired, TypedDict

import numpy as np

from backprop_explorer.answers import Extent, Tensor
from backprop_explorer.ops.record import Array
from backprop_explorer.practice.candidates import Code
from backprop_explorer.practice.compare import differences
from backprop_explorer.practice.diagnosis import Diagnosis
from backprop_explorer.problem import Problem, Where

WORST = 5
"""How many of the worst elements are named."""


Judgement = Literal["correct", "wrong_shape", "wrong_value", "error"]
OwnStep = Literal["correct", "wrong"]
Note = Literal[
    "coincidental_shape", "coincidental_numbers", "rounded", "tie_convention", "holds_for_one_hot", "holds_for_mask",
    "backward_gives_nan",
]  # fmt: skip


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
        "right by accident, for these lengths or numbers; or right in another sense: up to rounding, with another "
        "library's choice where maxima tie, for what an input visibly is, where the backward pass itself gives NaN",
    ]
    own_step: Annotated[
        OwnStep | None, "whether this step is right, given the gradients that were sent before it; null: unknown"
    ]
    follows_from: Annotated[
        list[str], "where the own step is right: the wrong gradients, sent before it, that it is wrong because of"
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
    """The verdicts in backward order, whose own steps are wrong, and whether all are correct and none is missing."""

    verdicts: dict[str, VerdictAnswer]
    correct: bool
    blame: Annotated[list[str], "the tensors whose own step is wrong, in backward order"]
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
    own_step: OwnStep | None = None
    follows_from: tuple[str, ...] = ()

    @property
    def correct(self) -> bool:
        """Whether the answer is right in every element."""
        return self.verdict == "correct"

    def to_json(self, most: int = 0) -> VerdictAnswer:
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
            "own_step": self.own_step,
            "follows_from": list(self.follows_from),
            "warnings": list(self.warnings),
            "code": None if self.code is None else str(self.code),
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
