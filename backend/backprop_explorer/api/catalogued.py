"""What the service has on offer, as the OpenAPI document shows it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from backprop_explorer.api.schemas import Answer


class Health(Answer):
    """That the server is up."""

    status: Literal["ok"]
    version: str


class Operation(Answer):
    """An entry of the catalogue: a primitive, or a composite written in the language itself."""

    name: str
    family: str
    operands: list[str]
    formula: str
    rules: dict[str, str] = Field(description="the gradient of each operand, as program text")
    kink: str | None = Field(description="what happens where there is no derivative, and why")
    source: str


class Optimizer(Answer):
    """An optimizer: its options with their defaults, its own tensors, its rule as program text. Those options that are
    `scheduled` may also be an expression of the iteration."""

    name: str
    options: dict[str, Any]
    scheduled: list[str]
    state: list[str]
    rule: str


class LanguageRule(Answer):
    """A rule of the language, with a document that shows it."""

    anchor: str
    title: str
    text: str
    document: dict[str, Any]


class ReferenceGroup(Answer):
    """A family of operations with an entry for each."""

    family: str
    title: str
    summary: str
    entries: list[dict[str, Any]]


class Reference(Answer):
    """The whole reference."""

    language: list[LanguageRule]
    groups: list[ReferenceGroup]


class ExampleSummary(Answer):
    """An example, to choose from."""

    name: str
    title: str
    description: str
