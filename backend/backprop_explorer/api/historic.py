"""The history of runs and their comparison, as the OpenAPI document shows them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from backprop_explorer.api.schemas import Answer, Number, Numbers, Schema


class Fork(Schema):
    """The moment up to which the new run has the same past; without anything: now."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"iteration": 0}, {"event": 1}, {}]})

    iteration: int | None = Field(default=None, ge=0, description="the last state at that iteration")
    event: int | None = Field(default=None, ge=1, description="on the way to that change, done or undone")


class HistoryEntry(Answer):
    """Something that happened to a run."""

    number: int
    kind: Literal["create", "edit", "train", "practise", "replace", "undo", "redo", "found"]
    parent: int | None = Field(description="the change that it followed; null for what only moved the head")
    head: int = Field(description="the change at which the run stood afterwards")
    iteration: int
    present: bool = Field(description="whether it is on the way to now")
    text: str
    iterations: int | None = None
    first_loss: Number | None = None
    last_loss: Number | None = None


class History(Answer):
    """All that happened in order, and the loss at every iteration on the way to now."""

    events: list[HistoryEntry]
    losses: list[Number] | None = None


class Compared(Answer):
    """One of two moments, and what was done on the way to it only."""

    id: str
    title: str | None
    iteration: int
    loss: Number
    done: list[str]


class ChangedKey(Answer):
    """A key of the document that differs."""

    key: str
    one: Any
    other: Any


class Apart(Answer):
    """How far two tensors of a name are apart: the largest distance, where it is, and the norm of the difference as
    a share of the larger norm."""

    name: str
    field: Literal["value", "gradient"]
    shape: list[int]
    max_abs_difference: Number
    index: list[int]
    one: Number | bool
    other: Number | bool
    relative: Number


class Losses(Answer):
    """The loss at every iteration up to both moments."""

    one: list[Number]
    other: list[Number]


class Comparison(Answer):
    """Two moments side by side; `difference` (this one minus the other) where a tensor was asked for."""

    one: Compared
    other: Compared
    losses: Losses
    document: list[ChangedKey]
    tensors: list[Apart]
    unlike: list[str] = Field(description="tensors that only one side has, or in another shape")
    difference: Numbers | None = None
