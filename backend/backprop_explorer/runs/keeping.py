"""Which states of a training are kept, to replay from."""

from __future__ import annotations

import time

from backprop_explorer.runs.checkpoint import Checkpoint
from backprop_explorer.runs.position import Position
from backprop_explorer.runs.serialization import Array

# Often enough that a replay is quick, seldom enough that the disk is spared.
REPLAY_SECONDS = 0.25
BYTES_A_SECOND = 2_000_000


class Keeping:
    """Takes a checkpoint every `distance` iterations or when that takes too long to replay; the last one before was at
    `iteration`. `taken` are those that are not on disk yet."""

    def __init__(self, iteration: int, distance: int) -> None:
        self.taken: dict[int, Checkpoint] = {}
        self._distance = distance
        self._last = (iteration, time.monotonic())
        self._inputs: dict[str, Array] = {}
        self._size = 0

    def consider(self, position: Position, moment: float) -> None:
        """Takes one of the position if it is time."""
        iteration, before = self._last
        seconds = moment - before
        due = position.iteration - iteration >= self._distance or seconds >= REPLAY_SECONDS
        if due and self._size <= seconds * BYTES_A_SECOND:
            checkpoint = Checkpoint.of(position.plan)
            self._keep_inputs_once(checkpoint)
            self.taken[position.iteration] = checkpoint
            self._last = (position.iteration, time.monotonic())

    def _keep_inputs_once(self, checkpoint: Checkpoint) -> None:
        """No training changes an input, so all its checkpoints share one copy."""
        for name in checkpoint.words["inputs"]:
            checkpoint.arrays[name] = self._inputs.setdefault(name, checkpoint.arrays[name])
        self._size = checkpoint.size - sum(array.nbytes for array in self._inputs.values())
