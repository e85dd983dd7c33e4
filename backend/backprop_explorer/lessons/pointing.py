"""Questions about numbers that are there: which cells, which number, which shape, which reason."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop_explorer.explain.terms.explanation import explain
from backprop_explorer.lessons.numbers import Numbers, value_on, with_number
from backprop_explorer.lessons.places import Place, node_at, place_of
from backprop_explorer.lessons.question import Judged, Question, QuestionAnswer, Solution, not_an_answer
from backprop_explorer.lessons.sentences import filled, told_number, told_shape
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.practice.trial import checked_weight
from backprop_explorer.problem import Problem
from backprop_explorer.wording import counted, element

MOST_CELLS = 2_000
TOLERANCE = 0.02
"""How far a predicted number may be off, as a part of it."""
NEAR_ZERO = 1e-9
SIGNIFICANT = 2
"""So many digits a rounded number needs to be right although the tolerance is exceeded."""
UNITS = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
LONGEST_NUMBER = 40
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?")
NUDGE = 1e-3
"""By so much a number is changed to see what changes with it."""


@dataclass(frozen=True)
class Cells(Question):
    """The elements of a tensor for which an expression holds are to be marked, or those that change when a given
    number, `moves`, changes a little."""

    KIND = "cells"
    of: str
    where: str = ""
    moves: str = ""

    def asked(self, numbers: Numbers) -> QuestionAnswer:
        return _asked(self, numbers, place_of(numbers.plan.program, self.of))

    def solved(self, numbers: Numbers) -> Solution:
        cells: list[Sequence[int]] = [[int(i) for i in place] for place in np.argwhere(self._holds(numbers))]
        few = f": {', '.join(element('', cell) for cell in cells)}" if 0 < len(cells) <= 12 else ""
        return {"told": f"{counted(len(cells), 'cell')}{few}.", "cells": cells}

    def judged(self, numbers: Numbers, answer: object) -> Judged:
        holds = self._holds(numbers)
        marked = {_cell(cell, holds.shape) for cell in _list(answer)}
        wanted = {tuple(int(i) for i in place) for place in np.argwhere(holds)}
        off, missing = sorted(marked - wanted), len(wanted - marked)
        if not off and not missing:
            return self.right(numbers)
        parts = [f"{counted(len(off), 'cell')} too many" if off else "", f"{missing} missing" if missing else ""]
        count = " and ".join(part for part in parts if part)
        return {
            **self.wrong(numbers, f"{count[:1].upper()}{count[1:]}. {filled(self.hint, numbers)}"),
            "off": [list(cell) for cell in off],
        }

    def check(self, numbers: Numbers) -> None:
        super().check(numbers)
        if not self._holds(numbers).any():
            what = f"{self.where} holds" if self.where else f"a change of {self.moves} is felt"
            raise Problem("no_cells", f"{what} for no cell of {self.of}", hint="ask for what is there")

    def _holds(self, numbers: Numbers) -> Array:
        shape = node_at(numbers.plan.program, place_of(numbers.plan.program, self.of)).shape
        holds = numbers.value(self.where) if self.where else self._moved(numbers)
        if holds.shape != shape:
            raise Problem(
                "shape_mismatch", f"{self.where} has the shape {holds.shape}, but {self.of} has the shape {shape}"
            )
        if holds.size > MOST_CELLS:
            raise Problem("too_many_cells", f"{self.of} has more than {MOST_CELLS:,} cells to choose from")
        return np.asarray(holds != 0)

    def _moved(self, numbers: Numbers) -> Array:
        """Which elements change with a number that is given."""
        plan = numbers.plan
        place = place_of(plan.program, self.moves)
        tensor, index = checked_weight(plan, place["tensor"], place.get("index"))
        before = numbers.value(self.of)
        changed = with_number(plan, tensor, index, float(plan[tensor][index]) + NUDGE)
        return np.asarray(value_on(changed, self.of) != before)


@dataclass(frozen=True)
class Number(Question):
    """A number is to be predicted: what an expression gives, perhaps an element that stays covered until then."""

    KIND = "number"
    value: str
    tolerance: float = TOLERANCE
    unit: str | None = None

    def asked(self, numbers: Numbers) -> QuestionAnswer:
        asked = _asked(self, numbers, self._place(numbers))
        return asked if self.unit is None else {**asked, "unit": self.unit}

    def solved(self, numbers: Numbers) -> Solution:
        number = numbers.number(self.value)
        unit = "" if self.unit is None else f" {self.unit}"
        return {"told": f"It is {told_number(number)}{unit}.", "number": number}

    def judged(self, numbers: Numbers, answer: object) -> Judged:
        given, number = _readings(answer), numbers.number(self.value)
        if any(self._is_right(one, number, digits) for one, digits in given):
            return self.right(numbers)
        if number and any(self._is_right(-one, number, digits) for one, digits in given):
            return self.wrong(numbers, f"The size is right, the sign is not. {filled(self.hint, numbers)}")
        return self.wrong(numbers)

    def _is_right(self, given: float, number: float, digits: int | None) -> bool:
        """Whether it is near enough, or the number correctly rounded; it may be given in ones instead of the unit."""
        if given == number or math.isnan(number) and math.isnan(given):
            return True
        scales = {1.0, UNITS.get(self.unit or "", 1.0)}
        if any(abs(given / scale - number) <= max(self.tolerance * abs(number), NEAR_ZERO) for scale in scales):
            return True
        enough = digits is not None and abs(given) >= 10 ** (SIGNIFICANT - 1 - digits)
        return self.tolerance > 0 and enough and math.isclose(round(number, digits), given, rel_tol=NEAR_ZERO)

    def covered(self, numbers: Numbers) -> list[Place]:
        place = self._place(numbers)
        return [] if place is None else [place]

    def _place(self, numbers: Numbers) -> Place | None:
        try:
            return place_of(numbers.plan.program, self.value)
        except Problem:
            return None


@dataclass(frozen=True)
class ShapeOf(Question):
    """The shape of a tensor is to be typed."""

    KIND = "shape"
    of: str

    def asked(self, numbers: Numbers) -> QuestionAnswer:
        return _asked(self, numbers, place_of(numbers.plan.program, self.of))

    def solved(self, numbers: Numbers) -> Solution:
        shape = self._shape(numbers)
        return {"told": f"It is {told_shape(shape)}.", "shape": list(shape)}

    def judged(self, numbers: Numbers, answer: object) -> Judged:
        shape = self._shape(numbers)
        given = tuple(_list(answer))
        if not all(type(length) is int and length >= 0 for length in given):
            raise not_an_answer("a shape, a list of whole numbers", [6, 2])
        if given == shape:
            return self.right(numbers)
        return self.wrong(numbers, f"{self._difference(given, shape)} {filled(self.hint, numbers)}".strip())

    def covered(self, numbers: Numbers) -> list[Place]:
        return [place_of(numbers.plan.program, self.of)]

    @staticmethod
    def _difference(given: Shape, shape: Shape) -> str:
        if given == shape[::-1]:
            return "Right lengths, but the axes are swapped."
        if len(given) != len(shape):
            return f"It has {len(shape)} {'axis' if len(shape) == 1 else 'axes'}."
        return ""

    def _shape(self, numbers: Numbers) -> Shape:
        return node_at(numbers.plan.program, place_of(numbers.plan.program, self.of)).shape


@dataclass(frozen=True)
class Option:
    """A reason to choose: right where the expression holds everywhere, or where a term of the element that is asked
    about is 0 for that reason."""

    text: str
    holds: str | None = None
    zero: str | None = None


@dataclass(frozen=True)
class Reason(Question):
    """One of several reasons is to be chosen; those that hold on the present numbers are right."""

    KIND = "reason"
    options: tuple[Option, ...]
    of: str | None = None

    def asked(self, numbers: Numbers) -> QuestionAnswer:
        of = None if self.of is None else place_of(numbers.plan.program, self.of)
        return _asked(self, numbers, of, [filled(option.text, numbers) for option in self.options])

    def solved(self, numbers: Numbers) -> Solution:
        right = [at for at, option in enumerate(self.options) if self._holds(option, numbers)]
        texts = [filled(self.options[at].text, numbers) for at in right]
        return {"told": " ".join(texts) or "With these numbers none of them holds.", "choices": right}

    def judged(self, numbers: Numbers, answer: object) -> Judged:
        if type(answer) is not int or not 0 <= answer < len(self.options):
            raise not_an_answer(f"the number of a choice, from 0 to {len(self.options) - 1}", 0)
        return self.right(numbers) if self._holds(self.options[answer], numbers) else self.wrong(numbers)

    def check(self, numbers: Numbers) -> None:
        super().check(numbers)
        count = len(self.solved(numbers).get("choices", []))
        if not 0 < count < len(self.options):
            what = "none" if not count else "every one"
            raise Problem("no_choice", f"{what} of the options holds", hint="one must hold, and one must not")

    def _holds(self, option: Option, numbers: Numbers) -> bool:
        if option.holds is not None:
            return bool((numbers.value(option.holds) != 0).all())
        plan = numbers.plan
        place = place_of(plan.program, self.of or "")
        explained = explain(plan, place["tensor"], place["field"], place.get("index", []))
        return any(term.get("zero") == option.zero for term in explained["terms"])


def _asked(
    question: Question, numbers: Numbers, of: Place | None = None, choices: list[str] | None = None
) -> QuestionAnswer:
    asked: QuestionAnswer = {"kind": question.KIND, "ask": filled(question.ask, numbers)}
    if of is not None:
        asked["of"] = of
    if choices is not None:
        asked["choices"] = choices
    return asked


def _list(answer: object) -> list[Any]:
    if not isinstance(answer, list) or len(answer) > MOST_CELLS:
        raise not_an_answer("a list", [[0, 1], [2, 1]])
    return answer


def _cell(cell: object, shape: Shape) -> Shape:
    inside = (
        isinstance(cell, list)
        and len(cell) == len(shape)
        and all(type(i) is int and 0 <= i < length for i, length in zip(cell, shape, strict=True))
    )
    if not inside:
        raise not_an_answer(f"a list of cells of the shape {shape}", [[0] * len(shape)])
    assert isinstance(cell, list)
    return tuple(cell)


def _readings(answer: object) -> list[tuple[float, int | None]]:
    """What a number, or a fraction such as "1/3", may mean, with its digits after the point where it was written out. A
    comma separates thousands, or stands for the point: `1,234` may mean either."""
    if isinstance(answer, str) and len(answer) <= LONGEST_NUMBER:
        text = answer.replace("\u2212", "-").strip()
        commas = text.count(",")
        texts = [text] if not commas else [text.replace(",", ".")] if commas == 1 and "." not in text else []
        if commas and _GROUPED.fullmatch(text):
            texts.append(text.replace(",", ""))
        found = [one for one in map(_reading, texts) if one is not None]
        if found:
            return found
    elif type(answer) in (int, float):
        return [(float(answer), None)]  # type: ignore[arg-type]
    raise not_an_answer("a number or a fraction", '"1/3"')


def _reading(text: str) -> tuple[float, int | None] | None:
    above, slash, below = text.partition("/")
    try:
        if slash:
            return float(above) / float(below), None
        return float(above), len(above.partition(".")[2]) if "e" not in above.lower() else None
    except (ValueError, ZeroDivisionError):
        return None
