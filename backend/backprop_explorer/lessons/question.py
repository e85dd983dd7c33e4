"""What every kind of question has: how it is asked, judged and given away."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, NotRequired, TypedDict

from backprop_explorer.answers import Extent
from backprop_explorer.lessons.numbers import Numbers
from backprop_explorer.lessons.places import Place
from backprop_explorer.lessons.sentences import filled
from backprop_explorer.problem import Problem

Kind = Literal["cells", "number", "shape", "drag", "formula", "mend", "reason"]


class QuestionAnswer(TypedDict):
    """A question as it is asked, without its answer."""

    kind: Kind
    ask: str
    of: NotRequired[Annotated[Place, "the tensor, or the element, that is asked about"]]
    unit: NotRequired[Annotated[str, "in which the number is asked for, such as million"]]
    start: NotRequired[Annotated[str, "the wrong formula that is to be mended"]]
    choices: NotRequired[Annotated[list[str], "what to choose from: formulae, or reasons"]]


class Solution(TypedDict):
    """The right answer, under the key of its kind, and as a sentence."""

    told: str
    cells: NotRequired[list[Extent]]
    number: NotRequired[Annotated[float, "the number asked for, or one to drag to"]]
    shape: NotRequired[Extent]
    formula: NotRequired[str]
    choices: NotRequired[Annotated[list[int], "which of the choices are right"]]


class Judged(TypedDict):
    """Whether an answer is right, with the reason, or what helps."""

    right: bool
    message: str
    off: NotRequired[Annotated[list[Extent], "cells that were marked and should not be"]]
    solution: NotRequired[Annotated[Solution, "where it was asked for"]]


@dataclass(frozen=True)
class Question(ABC):
    """`hint` is what helps after a wrong answer, `because` the reason, said after a right one."""

    KIND: ClassVar[Kind]
    ask: str
    hint: str
    because: str

    @abstractmethod
    def asked(self, numbers: Numbers) -> QuestionAnswer:
        """The question on these numbers."""

    @abstractmethod
    def judged(self, numbers: Numbers, answer: object) -> Judged:
        """The verdict. Raises a `Problem` for an answer that is none of this kind."""

    @abstractmethod
    def solved(self, numbers: Numbers) -> Solution:
        """The right answer."""

    def covered(self, numbers: Numbers) -> list[Place]:
        """What is hidden until it is answered."""
        return []

    def check(self, numbers: Numbers) -> None:
        """Raises a `Problem` where the question cannot be answered on its own lesson's numbers."""
        self.solved(numbers)
        filled(self.hint, numbers)
        filled(self.because, numbers)

    def right(self, numbers: Numbers) -> Judged:
        """The verdict on a right answer."""
        return {"right": True, "message": filled(self.because, numbers)}

    def wrong(self, numbers: Numbers, message: str = "") -> Judged:
        """The verdict on a wrong answer: what the engine has to say, else the hint."""
        return {"right": False, "message": message or filled(self.hint, numbers)}


def not_an_answer(what: str, example: Any) -> Problem:
    """An answer of another kind than the question's."""
    return Problem("bad_answer", f"The answer must be {what}", hint=f'such as "answer": {example}')
