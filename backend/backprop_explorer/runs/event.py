"""Events: what happened to a run, as its log keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from backprop_explorer.runs.serialization import Array, deserialize

Kind = Literal["create", "edit", "train", "practise", "replace", "undo", "redo", "found"]
CREATE: Final = "create"
EDIT: Final = "edit"
TRAIN: Final = "train"
REPLACE: Final = "replace"
UNDO: Final = "undo"
REDO: Final = "redo"
PRACTISE: Final = "practise"
FOUND: Final = "found"
"""A training with somebody's own gradients; and the record that some gradients were found."""

TRAININGS = (TRAIN, PRACTISE)


@dataclass(frozen=True)
class Event:
    """One entry of the log, by its number.

    A change (create, edit, train, practise, replace) follows its `parent` and is where the head stands afterwards. Undo
    and redo have no parent: they only say where the head has moved. Nor has `found`, which moves nothing and makes no
    new version. `iteration` is the head's. The `payload` is read when it is needed; `losses` are a training's,
    serialized: one more than its iterations.
    """

    number: int
    kind: Kind
    parent: int | None
    head: int
    iteration: int
    payload: bytes = b""
    losses: bytes = b""

    @property
    def is_change(self) -> bool:
        return self.head == self.number

    @cached_property
    def stored_losses(self) -> Array:
        """A training's losses, of shape `(iterations + 1,)`: before each iteration, and after the last."""
        return deserialize(self.losses)[1]["losses"]

    @cached_property
    def stored_validation(self) -> Array | None:
        """The losses on held-out rows, as many; None where none were held out."""
        return deserialize(self.losses)[1].get("validation_losses")

    def to_json(self, payload: bytes) -> dict[str, Any]:
        """The event with what its payload says: its place in the log, what was changed, the losses of a training."""
        words, arrays = deserialize(payload) if payload else ({}, {})
        losses = deserialize(self.losses)[1] if self.losses else {}
        place = {"number": self.number, "kind": self.kind, "parent": self.parent, "head": self.head}
        return {**place, "iteration": self.iteration, **words, **arrays, **losses}
