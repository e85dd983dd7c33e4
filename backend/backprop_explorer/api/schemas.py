"""Requests and answers as the OpenAPI document shows them, with examples that work.

Requests are checked against these, except for the numbers of a document, which the engine reads itself. Answers are not
passed through them: they only describe what is written.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

NotFinite = Literal["NaN", "Infinity", "-Infinity"]
Number = float | NotFinite
# Nested lists of numbers as deep as the tensor has axes; how deep, and whether they are ragged, no schema can say.
Numbers = Number | list[Any]
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


class Schema(BaseModel):
    """Every key must be known."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Answer(BaseModel):
    """Answers may have more keys than these."""

    model_config = ConfigDict(extra="allow")


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


class State(Answer):
    """A run in a few words."""

    id: str
    title: str | None
    iteration: int
    loss: Number
    version: int = Field(description="counts the changes; also the ETag")
    event: int = Field(description="the change at which the run stands, see its history")
    can_undo: bool
    can_redo: bool
    optimizer: dict[str, Any] | None
    batch: dict[str, Any] | None = Field(description="how the data is cut into batches; null: all rows at once")
    layout: Literal["in_out", "out_in", "mixed"] | None = Field(
        description="of the weight matrices; null where there are none"
    )
    diverged_at: int | None = Field(description="the iteration since which the loss is not finite; null while it is")
    divergence: str | None = Field(description="the same as a sentence: what led to it, and what to do")


class RunAnswer(State):
    """The state, the document with the present numbers, and the loss at every iteration so far; with `document=false`
    the state alone."""

    document: dict[str, Any] | None = None
    losses: list[Number] | None = None


class Stopped(Answer):
    """Why a training made fewer iterations than were asked for; those that it made are kept."""

    code: str = Field(description="cancelled, training_too_long or stopping (the server is)")
    detail: str
    hint: str | None


class TrainingAnswer(State):
    """The state, and the loss before each of the iterations and after the last; with gradients of one's own, those
    of a training with the true ones, too."""

    losses: list[Number]
    true_losses: list[Number] | None = None
    stopped: Stopped | None = Field(description="null where all iterations were made")


class Ready(Answer):
    """The steps that compute a tensor's value and gradient; null where it is given, or where there is none."""

    value: int | None
    gradient: int | None


class Edge(Answer):
    """A tensor that a forward step reads, and the step that computes what comes back to its gradient that way."""

    tensor: str
    gradient: int | None


class Tensor(Answer):
    """A tensor of a trace; `value` and `gradient` are left out by `values=none`."""

    role: Literal["input", "parameter", "intermediate", "loss", "state"]
    shape: list[int]
    dtype: str
    assigned: str | None = Field(default=None, description="the name that the program gives it")
    ready: Ready
    value: Numbers | None = None
    gradient: Numbers | None = None


class Made(Answer):
    """What a step makes: a tensor's value, its gradient or the `part`-th contribution to that, or its next value."""

    tensor: str
    field: Literal["value", "gradient", "next"]
    part: int | None = None


class Token(Answer):
    """A piece of a step's code: what a name refers to, and the operand of the picture that it is a part of."""

    text: str
    tensor: str | None = None
    field: Literal["value", "gradient", "next"] | None = None
    operand: int | None = None


class Loop(Answer):
    """A loop of the program, the outermost where loops are nested: its line, what it assigns last, and which repeat it
    is, from 1."""

    line: int
    name: str
    round: int


class Step(Answer):
    """One line of the iteration's program."""

    index: int
    phase: Literal["forward", "backward", "update"]
    line: int | None
    op: str
    family: str
    inputs: list[str]
    output: str
    of: Made = Field(description="what `output` is")
    code: str
    tokens: list[Token] = Field(description="the pieces of the code in their order")
    latex: str
    mathml: str
    loop: Loop | None = Field(default=None, description="of a forward step that a loop repeats")
    edges: list[Edge] | None = Field(default=None, description="of a forward step")


class Warned(Answer):
    """Something that is allowed, and probably a mistake."""

    line: int | None
    code: str
    message: str


class Batch(Answer):
    """Which rows of the data an iteration takes; epochs and batches are counted from 1."""

    rows: list[int]
    count: int
    epoch: int
    batch: int
    batches: int


class Trace(Answer):
    """One iteration, before its update: every tensor and every step; `batch` where the data is cut into batches."""

    loss: Number
    tensors: dict[str, Tensor]
    steps: list[Step]
    warnings: list[Warned]
    batch: Batch | None = None
    rates: dict[str, Number] | None = Field(
        default=None, description="the optimizer's options that are expressions of the iteration, where there are such"
    )


class Statistics(Answer):
    """Of the whole tensor's finite elements, and how many are not finite."""

    min: float | None
    max: float | None
    mean: float | None
    std: float | None
    norm: float | None
    nan: int
    inf: int


class TensorAnswer(Answer):
    """One tensor, or a window of it: `window` has start and stop for each axis."""

    shape: list[int]
    window: list[list[int]]
    value: Numbers
    statistics: Statistics


class Where(Answer):
    """The place of an error, as far as it applies."""

    line: int | None = None
    column: int | None = None
    tensor: str | None = None
    index: list[int] | None = None
    layer: int | None = Field(default=None, description="the position in a list of layers, from 1")


class ProblemAnswer(Answer):
    """What is wrong, where, and what to do about it (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str = Field(description="a stable word for scripts")
    where: Where
    hint: str | None
