"""A run in a few words: the answer to every change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from backprop_explorer.engine import layout_of
from backprop_explorer.runs.log import Log
from backprop_explorer.runs.losses import Divergence, divergence_state
from backprop_explorer.runs.position import Position
from backprop_explorer.runs.serialization import Array
from backprop_explorer.runs.training import Trained


class State(Divergence):
    """A run in a few words."""

    id: Annotated[str | None, "to change the run by; null for whoever may only look at it"]
    view_id: Annotated[str, "to look at the run by, and to copy it"]
    title: str | None
    iteration: int
    loss: float
    validation_loss: Annotated[float | None, "of the rows that are held out; null where none are"]
    version: Annotated[int, "counts the changes; also the ETag"]
    event: Annotated[int, "the change at which the run stands, see its history"]
    can_undo: bool
    can_redo: bool
    optimizer: Mapping[str, Any] | None
    batch: Annotated[Mapping[str, Any] | None, "how the data is cut into batches; null: all rows at once"]
    validation: Annotated[Mapping[str, Any] | None, "how many rows are held out, and which; null: none"]
    layout: Annotated[Literal["in_out", "out_in", "mixed"] | None, "of the weight matrices; null where there are none"]
    recalculated: Annotated[str | None, "since which iteration a replay differs from what was recorded; mostly null"]
    dialect: Annotated[str, "whose words the program uses where the libraries differ: numpy or torch"]


class TrainingAnswer(State, Trained):
    """The state, and what the training did."""


def state_of(identity: str | None, view: str, log: Log, present: Position, losses: Array | None) -> State:
    """The state of a run at its head, with the ids to change it by and to look at it by; the `losses` are asked for
    where the last one is no finite number."""
    return {
        "id": identity,
        "view_id": view,
        "title": present.title,
        "iteration": present.iteration,
        "loss": present.loss,
        "validation_loss": present.validation_loss,
        "version": log.version,
        "event": log.head.number,
        "can_undo": log.can_undo,
        "can_redo": log.can_redo,
        "optimizer": present.optimizer,
        "batch": present.batch,
        "validation": present.plan.validation,
        "layout": layout_of(present.plan.program),
        "recalculated": None if present.departure is None else present.departure.sentence(),
        "dialect": present.plan.dialect,
        **divergence_state(losses),
    }
