"""Questions whose answer is a gradient's formula, and the one that is answered by dragging a weight."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from backprop_explorer.engine.plan import Plan
from backprop_explorer.graph.code import code
from backprop_explorer.lessons.numbers import Numbers, value_on, with_number
from backprop_explorer.lessons.places import Place, place_of
from backprop_explorer.lessons.question import Judged, Kind, Question, QuestionAnswer, Solution, not_an_answer
from backprop_explorer.lessons.sentences import filled, told_number
from backprop_explorer.practice.check import checked
from backprop_explorer.practice.editable_gradient import EditableGradient
from backprop_explorer.practice.formula import read_formula
from backprop_explorer.practice.mistakes import mutations
from backprop_explorer.practice.namespace import namespace
from backprop_explorer.practice.practice import is_found, solution
from backprop_explorer.practice.trial import checked_weight
from backprop_explorer.practice.verdict import Verdict
from backprop_explorer.problem import Problem

Direction = Literal["falls", "rises", "until"]
REACH = (0.1, -0.1, 0.25, -0.25, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0, 4.0, -4.0)
"""How far a weight is moved to find out whether a question can be answered."""
MOST_MISTAKES = 200
LONGEST_FORMULA = 2_000


@dataclass(frozen=True)
class Gradient(Question):
    """A gradient's formula is to be typed, or chosen."""

    KIND: ClassVar[Kind] = "formula"
    of: str
    choices: tuple[str, ...] = ()

    def asked(self, numbers: Numbers) -> QuestionAnswer:
        asked: QuestionAnswer = {"kind": self.KIND, "ask": filled(self.ask, numbers), "of": self._place(numbers)}
        return {**asked, "choices": list(self.choices)} if self.choices else asked

    def solved(self, numbers: Numbers) -> Solution:
        plan = numbers.plan
        text = solution(plan, namespace(plan.program).target(self.of))
        found: Solution = {"told": f"`{self.of}.g = {text}`", "formula": text}
        if self.choices:
            found["choices"] = [at for at, choice in enumerate(self.choices) if self._is_right(plan, choice)]
        return found

    def judged(self, numbers: Numbers, answer: object) -> Judged:
        if not isinstance(answer, str) or len(answer) > LONGEST_FORMULA:
            raise not_an_answer("a formula", '"x.T @ l1.g"')
        verdict = self._verdict(numbers.plan, answer)
        if is_found(verdict.to_json()):
            return self.right(numbers)
        return self.wrong(numbers, self._told(verdict, numbers))

    def covered(self, numbers: Numbers) -> list[Place]:
        return [self._place(numbers)]

    def check(self, numbers: Numbers) -> None:
        super().check(numbers)
        right = self.solved(numbers).get("choices", [])
        if self.choices and not 0 < len(right) < len(self.choices):
            what = "none" if not right else "every one"
            raise Problem("no_choice", f"{what} of the choices is right", hint="one must be, and one must not")

    def _place(self, numbers: Numbers) -> Place:
        return place_of(numbers.plan.program, f"{self.of}.g")

    def _is_right(self, plan: Plan, choice: str) -> bool:
        return is_found(self._verdict(plan, choice).to_json())

    def _told(self, verdict: Verdict, numbers: Numbers) -> str:
        """What is known of the mistake."""
        if verdict.correct:
            return f"Right for these numbers only: for others it is wrong. {filled(self.hint, numbers)}"
        if verdict.problem is not None:
            return str(verdict.problem)
        known = verdict.to_json()
        if known["diagnosis"] is not None and known["diagnosis"]["code"] != "unknown":
            return known["diagnosis"]["message"]
        if known["verdict"] == "wrong_shape":
            return f"Yours is {tuple(known['shape'] or ())}; expected {tuple(known['expected_shape'] or ())}."
        return known["hint"] or ""

    def _verdict(self, plan: Plan, answer: str) -> Verdict:
        """The verdict, with a note where the formula is right by accident."""
        return checked(plan, {self.of: answer})[self.of]


@dataclass(frozen=True)
class Mend(Gradient):
    """The same, beginning with a wrong line: that of a usual mistake, which the engine makes from the right one."""

    KIND: ClassVar[Kind] = "mend"
    mistake: str = ""

    def asked(self, numbers: Numbers) -> QuestionAnswer:
        asked: QuestionAnswer = {**super().asked(numbers), "start": self._wrong_line(numbers.plan)}
        return asked

    def judged(self, numbers: Numbers, answer: object) -> Judged:
        if isinstance(answer, str) and answer.strip() == self._wrong_line(numbers.plan):
            return self.wrong(numbers)
        return super().judged(numbers, answer)

    def check(self, numbers: Numbers) -> None:
        super().check(numbers)
        self._wrong_line(numbers.plan)

    def _wrong_line(self, plan: Plan) -> str:
        """The likeliest formula with this mistake that can be read, and is wrong."""
        tensor = namespace(plan.program).target(self.of)
        codes: dict[str, None] = {}
        for count, mistake in enumerate(mutations(EditableGradient(plan, tensor))):
            codes[mistake.code] = None
            if mistake.code == self.mistake:
                text = str(code(mistake.node))
                if _is_wrong(plan, self.of, text):
                    return text
            if count > MOST_MISTAKES:
                break
        hint = f"there are {', '.join(codes)}" if codes else None
        raise Problem("no_mistake", f"the mistake {self.mistake} cannot be made with {self.of}.g", hint=hint)


def _is_wrong(plan: Plan, name: str, text: str) -> bool:
    tensor = namespace(plan.program).target(name)
    try:
        given = read_formula(plan.program, text, tensor).value(plan)
    except Problem:
        return False
    right = plan[f"{name}.g"]
    return given.shape != right.shape or not np.allclose(given, right, equal_nan=True)


@dataclass(frozen=True)
class Drag(Question):
    """A weight is to be dragged until an expression falls, rises, or holds.

    The answer says from where to where: `{"from": 1, "to": 1.4}`. Both are tried on copies, so that it does not matter
    whether the run has the new number already.
    """

    KIND = "drag"
    weight: str
    direction: Direction
    expression: str

    def asked(self, numbers: Numbers) -> QuestionAnswer:
        return {"kind": self.KIND, "ask": filled(self.ask, numbers), "of": self._place(numbers.plan)}

    def solved(self, numbers: Numbers) -> Solution:
        plan = copy.copy(numbers.plan)
        place = self._place(plan)
        start = float(plan[place["tensor"]][tuple(place.get("index", ()))])
        for step in REACH:
            if self._holds(plan, place, start, start + step):
                to = round(start + step, 9)
                return {"told": f"For example {told_number(to)}.", "number": to}
        raise Problem("never_holds", f"no value within {max(REACH):g} of {start:g} answers it")

    def judged(self, numbers: Numbers, answer: object) -> Judged:
        if not isinstance(answer, dict) or not {type(answer.get(key)) for key in ("from", "to")} <= {int, float}:
            raise not_an_answer("where the weight was and where it is", '{"from": 1, "to": 1.4}')
        plan = copy.copy(numbers.plan)
        start, to = float(answer["from"]), float(answer["to"])
        if start != to and self._holds(plan, self._place(plan), start, to):
            return self.right(Numbers(lambda _: plan, numbers.iteration))
        return self.wrong(numbers)

    def _place(self, plan: Plan) -> Place:
        place = place_of(plan.program, self.weight)
        checked_weight(plan, place["tensor"], place.get("index"))
        return place

    def _holds(self, plan: Plan, place: Place, start: float, to: float) -> bool:
        index = tuple(place.get("index", ()))
        moved = value_on(with_number(plan, place["tensor"], index, to), self.expression)
        if self.direction == "until":
            return bool((moved != 0).all())
        before = value_on(with_number(plan, place["tensor"], index, start), self.expression)
        return bool((moved < before).all() if self.direction == "falls" else (moved > before).all())
