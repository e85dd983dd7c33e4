"""Checkpoints: states of a run to replay from, and which of them a training keeps."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

import numpy as np

from backprop_explorer.engine import Budget, Document, Plan, compile_document, drawn
from backprop_explorer.runs.serialization import Array

# Often enough that a replay is quick, seldom enough that the disk is spared.
REPLAY_SECONDS = 0.25
BYTES_A_SECOND = 2_000_000


@dataclass(frozen=True)
class Recipe:
    """How a tensor was drawn or read: its `entry` in a document of that `seed`, such as `{"shape", "init"}`."""

    name: str
    entry: Mapping[str, Any]
    seed: int

    def array(self, dtype: str) -> Array:
        """The numbers, drawn or read again. Raises a `Problem` where that is no longer possible."""
        return np.array(drawn(self.name, self.entry, self.seed), dtype, order="C")


@dataclass(frozen=True)
class Checkpoint:
    """A state of a run.

    words         the document without numbers: its `inputs` and `parameters` are lists of names, and `whole` lists
                  those that were given as whole numbers
    arrays        the inputs, the parameters and the optimizer's own tensors by name
    recipes       from what some of these may be drawn again; they are tried before anything relies on them
    """

    words: dict[str, Any]
    arrays: dict[str, Array]
    recipes: Mapping[str, Recipe] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan) -> Checkpoint:
        """A copy of the plan's current state."""
        words = plan.document.to_json_dict()
        whole = [name for name, array in words["inputs"].items() if array.dtype.kind == "i"]
        masks = [name for name, array in words["inputs"].items() if array.dtype.kind == "b"]
        words["inputs"] = list(words["inputs"])
        words["parameters"] = list(words["parameters"])
        recipes = {name: Recipe(name, entry, words["seed"]) for name, entry in plan.recipes.items()}
        return cls({**words, "whole": whole, **({"masks": masks} if masks else {})}, plan.snapshot(), recipes)

    def plan(self, budget: Budget) -> Plan:
        """A new plan in this state."""
        words = dict(self.words)
        types = {**dict.fromkeys(words.pop("whole"), np.int64), **dict.fromkeys(words.pop("masks", ()), np.bool_)}
        for group in ("inputs", "parameters"):
            words[group] = {
                name: self.arrays[name].astype(types.get(name, self.arrays[name].dtype)) for name in words[group]
            }
        plan = compile_document(Document.parse(words, budget, saved=True), budget=budget)
        plan.restore(self.arrays)
        return plan

    @property
    def size(self) -> int:
        """How many bytes its arrays have."""
        return sum(array.nbytes for array in self.arrays.values())


class CheckpointPolicy:
    """Decides which states of a training are kept: one every `distance` iterations, and more often where replaying
    would take longer than `REPLAY_SECONDS`, as long as at most `BYTES_A_SECOND` are written.

    The last checkpoint before the training is at `iteration`. `taken` holds those that are not on disk yet. The run may
    take so many more bytes of the disk as `room` answers; once there is none for a checkpoint that is due it is `full`.
    """

    def __init__(self, iteration: int, distance: int, room: Callable[[], float] = lambda: inf) -> None:
        self.taken: dict[int, Checkpoint] = {}
        self.full = False
        self._ask_room = room
        self._room: float | None = None
        self._distance = distance
        self._last = (iteration, time.monotonic())
        self._inputs: dict[str, Array] = {}
        self._size = 0

    def consider(self, plan: Plan, iteration: int, moment: float) -> None:
        """Takes a checkpoint of the plan after that iteration if one is due at that moment (`time.monotonic`)."""
        last, before = self._last
        seconds = moment - before
        due = iteration - last >= self._distance or seconds >= REPLAY_SECONDS
        if due and self._size <= seconds * BYTES_A_SECOND:
            checkpoint = Checkpoint.of(plan)
            self._keep_inputs_once(checkpoint)
            self._room = self._ask_room() if self._room is None else self._room
            if self._room < 2 * self._size:  # the state at the end of the training needs some, too
                self.full = True
                return
            self._room -= self._size
            self.taken[iteration] = checkpoint
            self._last = (iteration, time.monotonic())

    def _keep_inputs_once(self, checkpoint: Checkpoint) -> None:
        """Makes the checkpoints share one copy of the inputs, which no training changes."""
        for name in checkpoint.words["inputs"]:
            checkpoint.arrays[name] = self._inputs.setdefault(name, checkpoint.arrays[name])
        self._size = checkpoint.size - sum(array.nbytes for array in self._inputs.values())
