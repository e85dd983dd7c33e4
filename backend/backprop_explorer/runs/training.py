"""A training under way: its losses, its checkpoints, its limits."""

from __future__ import annotations

import threading
import time

import numpy as np

from backprop_explorer.problem import Problem
from backprop_explorer.runs.checkpoint import Checkpoint
from backprop_explorer.runs.limits import Limits
from backprop_explorer.runs.pack import Array
from backprop_explorer.runs.position import Answers, Position

# Often enough that a replay is quick, seldom enough that the disk is spared.
REPLAY_SECONDS = 0.25
BYTES_A_SECOND = 2_000_000


class Training:
    """`count` iterations of a position whose last checkpoint was at iteration `start`, perhaps with gradients of
    somebody's own. Run it once.

    `losses` are the one before each iteration and the one after the last; `taken` the checkpoints by iteration.
    """

    def __init__(
        self,
        position: Position,
        count: int,
        start: int,
        limits: Limits,
        stopping: threading.Event,
        answers: Answers | None = None,
    ) -> None:
        self.position = position
        self._answers = answers
        self._count = count
        self._limits = limits
        self._check()
        self.losses: Array = np.full(count + 1, np.nan, position.dtype)
        self.taken: dict[int, Checkpoint] = {}
        self._stopping = stopping
        self._begun = time.monotonic()
        self._last = (start, self._begun)
        self._inputs: dict[str, Array] = {}
        self._size = 0

    def run(self) -> Array:
        """Trains; the losses. A `Problem` in the middle leaves the position there: it must be thrown away."""
        with self.position.going_by(self._answers) as plan:
            for index in range(self._count):
                self.losses[index] = plan.step()
                self.position.iteration += 1
                self._take_checkpoint()
                self._check_time()
        self.losses[self._count] = self.position.settle()
        return self.losses

    def _take_checkpoint(self) -> None:
        iteration, moment = self._last
        distance, seconds = self.position.iteration - iteration, time.monotonic() - moment
        due = distance >= self._limits.checkpoint_iterations or seconds >= REPLAY_SECONDS
        if due and self._size <= seconds * BYTES_A_SECOND:
            checkpoint = Checkpoint.of(self.position.plan)
            self._keep_inputs_once(checkpoint)
            self.taken[self.position.iteration] = checkpoint
            self._last = (self.position.iteration, time.monotonic())

    def _keep_inputs_once(self, checkpoint: Checkpoint) -> None:
        """No training changes an input, so all its checkpoints share one copy."""
        for name in checkpoint.words["inputs"]:
            checkpoint.arrays[name] = self._inputs.setdefault(name, checkpoint.arrays[name])
        self._size = checkpoint.size - sum(array.nbytes for array in self._inputs.values())

    def _check(self) -> None:
        if self.position.optimizer is None:
            hint = 'add {"optimizer": {"name": "sgd", "lr": 0.1}} to it'
            raise Problem("no_optimizer", "this document has no optimizer to train with", hint=hint)
        allowed = self._limits.training_iterations
        if self._count > allowed:
            detail = f"{self._count:,} iterations exceed the limit training_iterations of {allowed:,}"
            hint = "ask several times, or raise the setting BACKPROP_TRAINING_ITERATIONS"
            raise Problem("too_many_iterations", detail, status=413, hint=hint)

    def _check_time(self) -> None:
        if self._stopping.is_set():
            raise Problem("stopping", "the server is stopping, so the training was not made", status=503)
        allowed = self._limits.training_seconds
        if time.monotonic() - self._begun > allowed:
            detail = f"{self._count:,} iterations exceed the limit training_seconds of {allowed:g}"
            hint = "ask for fewer, or raise the setting BACKPROP_TRAINING_SECONDS"
            raise Problem("training_too_long", detail, status=413, hint=hint)
