"""Answers about where numbers come from and go, as the OpenAPI document shows them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from backprop_explorer.api.schemas import Answer, Made, Number, Numbers, Token


class SourceCell(Answer):
    """An element of a tensor; of its next value where the update is explained."""

    tensor: str
    field: Literal["value", "gradient", "next"]
    index: list[int]
    value: Number


class Piece(Answer):
    """A piece of a factor's code; `cell` is the position of the one that it stands for."""

    text: str
    cell: int | None = None


class Factor(Answer):
    """A cell, a constant (no cells), or a function of cells."""

    code: str
    value: Number
    cells: list[SourceCell]
    pieces: list[Piece] | None = Field(default=None, description="of the code, where it is computed from cells")


class Term(Answer):
    """A product of factors; `sample` where its cells stand for one sample of the batch."""

    value: Number
    sample: int | None = None
    factors: list[Factor]


class GroupFactor(Answer):
    """A factor in letters; `loose` where it needs parentheses in a product."""

    code: str
    loose: bool


class Group(Answer):
    """Terms of one form, by their positions: the letters that run in it, their values in each term, and its factors."""

    letters: list[str]
    factors: list[GroupFactor]
    terms: list[int]
    places: list[list[int]]


class Explanation(Answer):
    """Where an element comes from: terms that add up to it. `rest` is the part of those that were cut off."""

    tensor: str
    field: Literal["value", "gradient", "next"]
    index: list[int]
    value: Number
    op: str
    family: str
    code: str
    latex: str
    mathml: str
    terms: list[Term]
    term_count: int
    groups: list[Group]
    rest: Number | None = None


class Contraction(Answer):
    """The incoming gradient times the Jacobian, both as one row, beside the rule that gives the same."""

    incoming: str
    rule: str
    result: str | None
    incoming_value: list[Number]
    result_value: list[Number]
    max_abs_difference: Number


class Cost(Answer):
    """Numbers, bytes and floating-point operations: of the Jacobian and its product, and of the rule."""

    jacobian_elements: int
    jacobian_bytes: int
    jacobian_flop: int
    rule_elements: int
    rule_bytes: int
    rule_flop: int


class Jacobian(Answer):
    """All derivatives of one step: a row per element of the result, a column per element of the input."""

    step: int
    output: str
    input: str
    code: str
    output_shape: list[int]
    input_shape: list[int]
    value: Numbers | None = None
    zeros: float | None = Field(default=None, description="the share of derivatives that are 0")
    sample: int | None = Field(default=None, description="the sample whose part it is; missing: all of them")
    rows: list[int] | None = Field(default=None, description="of a part: the places of its rows in row order")
    columns: list[int] | None = Field(default=None, description="of a part: the places of its columns")
    contraction: Contraction | None = None
    cost: Cost
    limit: int | None = Field(description="the most elements that are calculated; null: any number")
    text: str


class UsedCell(SourceCell):
    """An element that uses the one asked about; its contribution is derivative times gradient."""

    derivative: Number
    gradient: Number
    contribution: Number


class Branch(Answer):
    """A step that reads the element."""

    step: int
    output: str
    code: str
    cell_count: int
    cells: list[UsedCell]
    contribution: Number
    rest: Number | None = None


class Link(SourceCell):
    """An element on the way to the loss, with its derivative by the one before."""

    derivative: Number | None


class Reader(Answer):
    """A step of the backward pass or the update that reads the tensor."""

    step: int
    phase: str
    output: str
    code: str


class Uses(Answer):
    """Where an element goes: branches whose contributions add up to its gradient, and the strongest way to the loss."""

    tensor: str
    field: Literal["value", "gradient"]
    index: list[int]
    value: Number
    gradient: Number | None
    branches: list[Branch]
    chain: list[Link]
    chain_product: Number | None
    read_by: list[Reader]


class Formula(Answer):
    """A formula as program text with indices, as LaTeX and as MathML."""

    code: str
    latex: str
    mathml: str


class Paragraph(Answer):
    """A question and its answer; code stands in backticks."""

    kind: str
    title: str
    text: str


class StepReference(Answer):
    """A step of the trace."""

    step: int
    output: str
    code: str


class JacobianReference(Answer):
    """What to ask for a Jacobian."""

    step: int
    input: str


class Axis(Answer):
    """An axis of a step: its letter, its length, and what becomes of it."""

    letter: str
    length: int
    role: Literal["kept", "summed", "stretched"]


class OwnAxis(Answer):
    """An axis of one tensor; stretched where it has the length 1 and meets a longer one."""

    letter: str
    stretched: bool


class Row(Answer):
    """A tensor of a step: its axes in order, and the axes of others along which it is repeated."""

    code: str
    shape: list[int]
    axes: list[OwnAxis]
    repeated: list[str]
    result: bool


class Alignment(Answer):
    """How the axes of a step's tensors meet; the result is the last row."""

    axes: list[Axis]
    rows: list[Row]


class Combined(Answer):
    """A tensor that the shape solver combines."""

    code: str
    shape: list[int]


class Way(Answer):
    """One way to combine them; `right_numbers` is null where numbers were not compared."""

    code: str
    shape: list[int] | None
    runs: bool
    right_shape: bool
    right_numbers: bool | None
    error: str | None
    hint: str | None


class Solved(Answer):
    """The shape solver: which ways run, which fit, which are right, the right one first."""

    target: list[int]
    operands: list[Combined]
    ways: list[Way] = Field(serialization_alias="list", alias="list")
    coincidence: str | None


class LongWay(Answer):
    """A step of an opened composite."""

    output: str
    of: Made
    code: str
    tokens: list[Token]


class Agreement(Answer):
    """A composite's short rule against the chain rule through what is inside."""

    composite: str
    closed: str
    tensor: str
    steps: list[LongWay]
    max_abs_difference: Number


class Why(Answer):
    """Why a step, or one element of its result, is what it is."""

    step: int
    phase: Literal["forward", "backward", "update"]
    tensor: str
    field: Literal["value", "gradient"]
    index: list[int] | None
    output: str
    code: str
    formula: Formula
    numbers: Formula | None = Field(description="the element's equation in numbers, while it is short")
    story: list[Paragraph]
    forward: StepReference | None = Field(description="the forward step whose way back this is")
    jacobian: JacobianReference | None = Field(description="the Jacobian that the rule saves")
    shapes: Alignment | None
    candidates: Solved | None
    agreement: Agreement | None
