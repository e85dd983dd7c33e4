"""What requests hold, as the OpenAPI document shows it, with examples that work.

Requests are checked against these, except for the numbers of a document, which the engine reads itself.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backprop_explorer.api.shapes import Number, Numbers
from backprop_explorer.engine import SOURCES

Index = Annotated[int, Field(ge=0)]

DOCUMENT: dict[str, Any] = {
    "title": "Two features, one hidden unit",
    "program": "l1 = x @ w1 + b1\nl2 = relu(l1)\nout = l2 @ w2 + b2\nloss = mse(out[:, 0], y)",
    "inputs": {"x": [[1.0, 0.5], [0.0, 2.0], [1.0, 1.0]], "y": [1.0, 0.0, 1.0]},
    "parameters": {"w1": [[0.5], [0.25]], "b1": [0.0], "w2": [[1.0]], "b2": {"shape": [1], "init": "zeros"}},
    "loss": "loss",
    "dtype": "float64",
    "seed": 0,
    "optimizer": {"name": "sgd", "lr": 0.5},
}
BATCH = (
    '{"size": 16, "shuffle": true}: each iteration takes so many rows of the inputs that have the most of them; edits '
    "of these are edits of the rows that are in the batch"
)
VALIDATION = (
    '{"fraction": 0.2} or {"count": 30}: so many rows are held out, and their loss is given beside the training\'s; '
    '"shuffle": false holds out the last ones, otherwise the seed chooses'
)
VOCABULARY = 'the words that an input\'s whole numbers stand for: {"y": ["cat", "dog"]}; 0 is the first'
DIALECT = (
    "whose meaning words have that NumPy and PyTorch mean differently, such as x.max(1); left out, it is inferred from "
    'the program; "0.1" is the meaning of version 0.1.0'
)
INFERRED = "whether the dialect was inferred, and is inferred again when the program changes"


class Schema(BaseModel):
    """Every key must be known."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Document(Schema):
    """A program, its tensors and its optimizer."""

    model_config = ConfigDict(json_schema_extra={"examples": [DOCUMENT]})

    title: str | None = None
    description: str | None = None
    program: str = Field(description="assignments in a subset of Python with NumPy's names")
    inputs: dict[str, Any] = Field(
        default_factory=dict,
        description='tensors by name: nested lists of numbers, {"shape", "init", …} or {"dataset", "field", "count"}',
    )
    parameters: dict[str, Any] = Field(default_factory=dict, description="tensors by name, which the optimizer updates")
    loss: str | None = Field(default=None, description='what to minimise; default "loss", else the last assignment')
    dtype: Literal["float64", "float32"] = "float64"
    seed: int = Field(default=0, description="of all that is drawn at random")
    optimizer: dict[str, Any] | None = Field(
        default=None,
        description='{"name": "sgd", "lr": 0.5} and other options; lr may be an expression: "0.5 * 0.9 ** iteration"',
    )
    batch: dict[str, Any] | None = Field(default=None, description=BATCH)
    validation: dict[str, Any] | None = Field(default=None, description=VALIDATION)
    vocabulary: dict[str, list[str]] | None = Field(default=None, description=VOCABULARY)
    dialect: Literal["numpy", "torch", "0.1"] | None = Field(default=None, description=DIALECT)
    dialect_inferred: bool = Field(default=False, description=INFERRED)
    sources: list[dict[str, Any] | None] | None = Field(default=None, description=SOURCES)


class MissingTensor(Schema):
    """Code, the tensors that it uses, and the name of the one whose shape is asked."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "loss = mse(x @ w, y)",
                    "name": "w",
                    "inputs": {
                        "x": {"shape": [6, 10], "dtype": "float64"},
                        "y": {"shape": [6, 2], "dtype": "float64"},
                    },
                }
            ]
        }
    )

    code: str
    name: str
    inputs: dict[str, Any] = Field(default_factory=dict, description="as in a document, or their shape and dtype")
    parameters: dict[str, Any] = Field(default_factory=dict, description="the same")
    dialect: Literal["numpy", "torch", "0.1"] | None = Field(default=None, description=DIALECT)


class FromExample(Schema):
    """One of the examples by its name."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"example": "lesson13"}]})

    example: str


class Changes(Schema):
    """Keys of the document; each replaces what the run's document has under it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"optimizer": {"name": "sgd", "lr": 0.1}}], "minProperties": 1}
    )

    title: str | None = None
    description: str | None = None
    program: str | None = None
    inputs: dict[str, Any] | None = None
    parameters: dict[str, Any] | None = None
    loss: str | None = None
    dtype: Literal["float64", "float32"] | None = None
    seed: int | None = None
    optimizer: dict[str, Any] | None = None
    batch: dict[str, Any] | None = Field(default=None, description=BATCH)
    validation: dict[str, Any] | None = Field(default=None, description=VALIDATION)
    vocabulary: dict[str, list[str]] | None = Field(default=None, description=VOCABULARY)
    dialect: Literal["numpy", "torch"] | None = Field(default=None, description=DIALECT)
    layout: Literal["in_out", "out_in"] | None = Field(
        default=None, description="turns the weight matrices, and writes the program accordingly"
    )


class Cell(Schema):
    """A new number for one element."""

    index: list[Index]
    value: Number


class CellsEdit(Schema):
    """New numbers for some elements."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"cells": [{"index": [0, 0], "value": 1.5}]}]})

    cells: list[Cell] = Field(min_length=1)


class DataEdit(Schema):
    """New numbers for the whole tensor, in its shape."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"data": [[0.5], [0.25]]}]})

    data: Numbers


class Preview(Schema):
    """Other numbers for some inputs and parameters, which are not kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"tensors": {"w1": {"cells": [{"index": [0, 0], "value": 1.5}]}}, "values": ["l1", "w1.g"]},
                {"tensors": {"w1": {"data": [[0.5], [0.25]]}}},
            ]
        }
    )

    tensors: dict[str, CellsEdit | DataEdit] = Field(description="new numbers by tensor, as an edit takes them")
    values: Literal["all", "none"] | list[str] = Field(
        default="all",
        description="whose numbers are listed: all, none, or these, such as l1, and w1.g for a gradient; a step's own "
        "numbers with those of what it computes",
    )


class FromExercise(Schema):
    """One of the exercises by its name."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"exercise": "relu"}]})

    exercise: str


class Training(Schema):
    """How many iterations, and perhaps by which gradients."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"count": 20}, {"count": 20, "gradients": {"w1": "x.T @ l1.g / 3"}}]}
    )

    count: int = Field(ge=1)
    gradients: dict[str, str] | None = Field(
        default=None, description="formulae by tensor, used in the place of the true gradients"
    )


class Fork(Schema):
    """The moment up to which the new run has the same past; without anything: now."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"iteration": 0}, {"event": 1}, {}]})

    iteration: int | None = Field(default=None, ge=0, description="the last state at that iteration")
    event: int | None = Field(default=None, ge=1, description="on the way to that change, done or undone")


class VariantWanted(Schema):
    """Which variant; without a seed one is drawn."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"seed": 7}, {}]})

    seed: int | None = Field(default=None, ge=0, lt=2**63, description="the same seed gives the same variant")


class HintWanted(Schema):
    """For which gradient, and how much of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"tensor": "w1", "level": 1}]})

    tensor: str
    level: Literal[1, 2, 3, 4] = Field(description="1: the shape, 2: one element, 3: the rule, 4: the solution")


LESSON: dict[str, Any] = {
    "title": "A slope",
    "description": "What one weight's gradient says.",
    "minutes": 1,
    "document": {"program": "loss = (w * x - y) ** 2", "inputs": {"x": 2, "y": 1}, "parameters": {"w": 1}},
    "chapters": [
        {
            "title": "One number",
            "text": "The loss is {loss} at `w = {w}`.",
            "step": "w.g",
            "question": {
                "kind": "number",
                "ask": "What is `w.g`?",
                "value": "w.g",
                "hint": "Twice the error, times `x`.",
                "because": "Twice the error {w * x - y}, times {x}.",
            },
        }
    ],
}


class Lesson(Schema):
    """A lesson: what it is about, and its chapters."""

    model_config = ConfigDict(json_schema_extra={"examples": [LESSON]})

    title: str
    description: str
    minutes: int = Field(ge=1)
    example: str | None = Field(default=None, description="what it is about: one of example, exercise and document")
    exercise: str | None = None
    document: dict[str, Any] | None = None
    chapters: list[dict[str, Any]] = Field(min_length=1, description="see backend/docs/teaching.md")


class ChapterWanted(Schema):
    """Which chapter, of a lesson by its name or of one that is sent along."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"lesson": "training-step", "chapter": 1}]})

    lesson: str | dict[str, Any]
    chapter: int = Field(ge=1, description="from 1")


class LessonAnswered(ChapterWanted):
    """An answer to a chapter's question, as its kind has it; with `reveal` the solution is wanted."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"lesson": "training-step", "chapter": 3, "answer": [[0, 0], [1, 0]]},
                {"lesson": "training-step", "chapter": 3, "reveal": True},
            ]
        }
    )

    answer: Any = Field(
        default=None,
        description="cells: their indices, number: a number or “1/3”, shape: a list, drag: from and to, formula and "
        "mend: a formula, reason: the number of the choice, from 0",
    )
    reveal: bool = False


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
TOLERANCE = Field(
    default=None,
    description="an element may be off by atol and rtol of its magnitude; by default by 1e-9 of the greater of that "
    "and 1 (float32: 1e-4), and by what rounding leaves open",
)


class Tolerance(Schema):
    """How far each element may be from the right one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rtol": 1e-5, "atol": 1e-8}]})

    rtol: float | None = Field(default=None, ge=0, description="as a part of the element's magnitude")
    atol: float | None = Field(default=None, ge=0)


class Answers(Schema):
    """Gradients to be checked."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"gradients": ANSWERS}]})

    gradients: dict[str, str | Numbers] = GRADIENTS
    require: Literal["all", "none"] | list[str] | None = REQUIRE
    tolerance: Tolerance | None = TOLERANCE


class AnsweredDocument(Document):
    """A document, and gradients to be checked."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**DOCUMENT, "gradients": ANSWERS}]})

    gradients: dict[str, str | Numbers] = GRADIENTS
    require: Literal["all", "none"] | list[str] | None = REQUIRE
    tolerance: Tolerance | None = TOLERANCE


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


NETWORK: dict[str, Any] = {
    "layers": [{"type": "linear", "units": 32}, {"type": "relu"}, {"type": "linear"}],
    "data": "moons",
}
FULL: dict[str, Any] = {
    "layers": [{"type": "linear", "units": 8}, {"type": "tanh"}, {"type": "linear"}],
    "data": {"dataset": "spirals", "noise": 0.1},
    "count": 30,
    "loss": "cross_entropy",
    "optimizer": {"name": "adam", "lr": 0.01},
    "seed": 3,
    "init": "xavier_normal",
}


class Network(Schema):
    """A network to be written as a document."""

    model_config = ConfigDict(json_schema_extra={"examples": [NETWORK, FULL]})

    layers: list[dict[str, Any]] = Field(min_length=1, max_length=64, description='{"type": …} and its options')
    data: str | dict[str, Any] = Field(description='a data set, or {"dataset": …} with its options')
    count: int | None = Field(default=None, description="how many samples; by default 64, or all of a smaller set")
    loss: str | None = Field(default=None, description="by default what suits the data")
    optimizer: dict[str, Any] | None = Field(default=None, description='{"name": "sgd", "lr": 0.5} and other options')
    seed: int | None = Field(default=None, description="of the weights and of all that is drawn at random")
    init: str | None = Field(default=None, description="how the weights are drawn")
    title: str | None = None
