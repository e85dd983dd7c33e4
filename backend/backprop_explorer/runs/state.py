"""A run in a few words: the answer to every change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from backprop_explorer.runs.losses import Divergence
from backprop_explorer.runs.training import Trained


class State(Divergence):
    """A run in a few words."""

    id: Annotated[str | None, "to change the run by; null for whoever may only look at it"]
    view_id: Annotated[str, "to look at the run by, and to copy it"]
    title: str | None
    iteration: int
    loss: float
    version: Annotated[int, "counts the changes; also the ETag"]
    event: Annotated[int, "the change at which the run stands, see its history"]
    can_undo: bool
    can_redo: bool
    optimizer: Mapping[str, Any] | None
    batch: Annotated[Mapping[str, Any] | None, "how the data is cut into batches; null: all rows at once"]
    layout: Annotated[Literal["in_out", "out_in", "mixed"] | None, "of the weight matrices; null where there are none"]
    recalculated: Annotated[str | None, "since which iteration a replay differs from what was recorded; mostly null"]
    dialect: Annotated[str, "whose words the program uses where the libraries differ: numpy or torch"]


class TrainingAnswer(State, Trained):
    """The state, and what the training did."""
