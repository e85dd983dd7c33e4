"""Practice: what is asked and answered, as the OpenAPI document shows it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from backprop_explorer.api.explained import Term
from backprop_explorer.api.schemas import DOCUMENT, Answer, Document, Number, Numbers, Schema, Where
from backprop_explorer.practice.mutation import Code

ANSWERS: dict[str, Any] = {"w1": "x.T @ l1.g", "b1": [0.1]}
GRADIENTS = Field(
    min_length=1,
    description="by tensor: a formula for its gradient, or the gradient's numbers out of somebody's own backward pass",
)
REQUIRE = Field(
    default=None,
    description='gradients that must be there: "all" (of the parameters), "none", or these; without them it is not '
    "correct. Default: all where an exercise is named",
)


class Answers(Schema):
    """Gradients to be checked."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"gradients": ANSWERS}]})

    gradients: dict[str, str | Numbers] = GRADIENTS
    require: Literal["all", "none"] | list[str] | None = REQUIRE


class AnsweredDocument(Document):
    """A document, and gradients to be checked."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**DOCUMENT, "gradients": ANSWERS}]})

    gradients: dict[str, str | Numbers] = GRADIENTS
    require: Literal["all", "none"] | list[str] | None = REQUIRE


class AnsweredExercise(Answers):
    """Gradients to be checked for an exercise, all that it asks for unless `require` says otherwise."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"exercise": "relu", "gradients": {"z": "(z > 0) * h.g"}}]}
    )

    exercise: str


class AnsweredExample(Answers):
    """Gradients to be checked for an example."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"example": "lesson13", "gradients": {"w1": "x.T @ l1.g"}, "require": ["w1"]}]}
    )

    example: str


class GradedDocument(Answers):
    """Gradients to be checked for a document that stands apart from them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"document": DOCUMENT, "gradients": ANSWERS}]})

    document: dict[str, Any]


class DiagnosisAnswer(Answer):
    """What was probably done wrong."""

    code: Code
    message: str


class WorstElement(Answer):
    """An element that is far off."""

    index: list[int]
    yours: Number
    expected: Number


class VerdictAnswer(Answer):
    """What is said about one gradient."""

    verdict: Literal["correct", "wrong_shape", "wrong_value", "error"]
    shape: list[int] | None
    expected_shape: list[int] | None = Field(description="null where there is no such gradient")
    max_abs_difference: Number | None
    diagnosis: DiagnosisAnswer | None
    hint: str | None
    notes: list[Literal["coincidental_shape", "coincidental_numbers"]] = Field(
        description="the shape fits, or the numbers are right, by accident: because of these lengths or numbers"
    )
    warnings: list[str] = Field(
        description="broadcasts in the formula that are probably a mistake; where the expected gradient is NaN"
    )
    code: str | None = Field(description="the formula as it was understood")
    worst: list[WorstElement]
    value: Numbers | None = Field(description="with values=all: the numbers that were given, or that the formula gives")
    difference: Numbers | None = Field(description="with values=all: by how much each is too large")
    message: str | None = Field(description="what is wrong with the formula itself, where the verdict is error")
    where: Where | None


class CheckAnswer(Answer):
    """The verdicts, and whether all are correct and none is missing."""

    verdicts: dict[str, VerdictAnswer]
    correct: bool
    note: str | None = Field(None, description="there where a run's progress could not be recorded: why")
    missing: list[str] | None = Field(default=None, description="required and not there, where something is required")
    exercise: str | None = Field(default=None, description="what it was graded on, where that was named")
    example: str | None = None
    title: str | None = Field(default=None, description="of the exercise or example")


class DraftStep(Answer):
    """A part of a formula."""

    code: str
    shape: list[int]
    op: str
    family: str


class NamedShape(Answer):
    """A name that may stand in a formula."""

    name: str
    shape: list[int]


class ElementOfFormula(Answer):
    """One element of a formula's result."""

    index: list[int]
    value: Number
    terms: list[Term]
    term_count: int


class FormulaProblem(Answer):
    """Why a text is no formula, or not yet."""

    code: str = Field(description="a stable word for scripts")
    detail: str
    where: Where
    hint: str | None


class DraftAnswer(Answer):
    """A formula as it is understood, from the inside to the outside; null where it cannot be read."""

    tensor: str
    code: str | None
    latex: str | None
    mathml: str | None
    shape: list[int] | None
    expected_shape: list[int]
    fits: bool = Field(description="whether the shapes are equal")
    warnings: list[str]
    steps: list[DraftStep]
    names: list[NamedShape]
    element: ElementOfFormula | None = Field(description="where an index was given: that element's terms")
    problem: FormulaProblem | None = Field(description="where it cannot be read: what is missing, and where")


class HintWanted(Schema):
    """For which gradient, and how much of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"tensor": "w1", "level": 1}]})

    tensor: str
    level: Literal[1, 2, 3, 4] = Field(description="1: the shape, 2: one element, 3: the rule, 4: the solution")


class Typeset(Answer):
    """A formula in three notations."""

    code: str
    latex: str
    mathml: str


class HintTerm(Answer):
    """A product in an element's sum."""

    value: Number
    factors: list[dict[str, Any]]


class HintAnswer(Answer):
    """A hint; what does not belong to its level is empty."""

    tensor: str
    level: int
    levels: int
    title: str
    text: str
    operands: list[dict[str, Any]] = Field(description="level 1: what the gradient is made of, with shapes")
    formula: Typeset | None = Field(description="level 2: one element with indices; level 4: the solution")
    index: list[int] | None = Field(description="level 2: the element whose terms are given")
    terms: list[HintTerm]
    term_count: int | None
    rules: list[dict[str, Any]] = Field(description="level 3: the forward operations, from the tensor on")
    code: str | None = Field(description="level 4: the solution as a formula")


class ToFind(Answer):
    """A gradient to find: its shape, and the steps it comes back through."""

    tensor: str
    gradient: str
    shape: list[int]
    role: str
    line: int | None
    steps: list[str]
    earlier: int = Field(description="how many of the gradients, from the first, may stand in its formula")
    optional: bool = Field(description="an input's gradient trains nothing")
    found: bool
    answer: str | None


class PracticeAnswer(Answer):
    """The gradients to find, in backward order, and how many of those that count were found."""

    exercises: list[ToFind]
    values: list[NamedShape]
    gradients: list[NamedShape] = Field(description="in the order in which they are computed")
    found: int
    total: int
    next: str | None
    done: bool


class ExerciseSummary(Answer):
    """An exercise, to choose from."""

    name: str
    title: str
    description: str
    level: int


class CheckedParameter(Answer):
    """A parameter's largest relative difference to central differences, among elements where the loss has a slope."""

    max_relative_difference: Number | None
    index: list[int] | None
    gradient: Number | None
    numeric: Number | None
    checked: int
    elements: int
    kinks: list[dict[str, Any]]
    kink_count: int
    passed: bool = Field(description="never where a gradient, or the difference beside it, is no finite number")


class LossCurve(Answer):
    """The loss as a function of one weight, with the line that the gradient claims to touch it."""

    parameter: str
    index: list[int]
    value: Number
    loss: Number
    gradient: Number
    numeric: Number
    left: Number
    right: Number
    kink: bool
    relative_difference: Number
    passed: bool
    values: list[Number]
    losses: list[Number]
    tangent: list[Number]


class GradcheckAnswer(Answer):
    """Gradients beside central differences: of all parameters, or the curve of one weight."""

    step: float
    tolerance: float
    passed: bool
    parameters: dict[str, CheckedParameter]
    curve: LossCurve | None
