"""A training as a change of a run: made, written down while it grows, answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from backprop_explorer.problem import Problem
from backprop_explorer.runs.draft import Draft
from backprop_explorer.runs.event import PRACTISE, TRAIN, Event, Kind
from backprop_explorer.runs.keeping import Keeping
from backprop_explorer.runs.limits import Limits
from backprop_explorer.runs.log import Log
from backprop_explorer.runs.pack import pack
from backprop_explorer.runs.position import Answers, Position
from backprop_explorer.runs.training import Trained, Training, check_trainable
from backprop_explorer.runs.watch import Watch


class Course:
    """`count` iterations from the log's head, where the position stands. A `Problem` where so much cannot be trained,
    or nobody wants it any more: nothing has begun then."""

    def __init__(
        self,
        position: Position,
        log: Log,
        limits: Limits,
        stopping: threading.Event,
        count: int,
        answers: Answers | None,
        watch: Watch,
    ) -> None:
        _check(position, count, limits, stopping, watch)
        self._log = log
        self._limits = limits
        self._answers = answers
        self._keeping = Keeping(log.nearest_checkpoint(log.path())[1], limits.checkpoint_iterations)
        self._training = Training(position, count, stopping, watch, limits.training_seconds, answers)
        self._beside = self._training.beside() if answers else None

    def make(self, draft: Draft, write: Callable[[Event], None]) -> Event:
        """Trains; the event that is to be written down at last. `write` is called with what it is in between."""
        written = time.monotonic()

        def after(moment: float) -> None:
            nonlocal written
            self._keeping.consider(self._training.position, moment)
            if moment - written >= self._limits.write_seconds:
                draft.take(self._keeping.taken)
                write(self._event())
                written = time.monotonic()

        self._training.run(after)
        draft.take(self._keeping.taken)
        if self._beside is not None:
            self._beside.count = self._training.done
            self._beside.run()
        return self._event()

    def answer(self) -> Trained:
        """What there is to say about it besides the run's state."""
        told = self._training.told()
        if self._beside:
            told["true_losses"] = self._beside.losses
        return told

    def _event(self) -> Event:
        losses = pack({}, {"losses": self._training.losses})
        payload = pack({"gradients": dict(self._answers)}, {}) if self._answers else b""
        kind: Kind = PRACTISE if self._answers else TRAIN
        return self._log.change(kind, self._training.position.iteration, payload, losses)


def _check(position: Position, count: int, limits: Limits, stopping: threading.Event, watch: Watch) -> None:
    check_trainable(position, min(count, limits.training_iterations))
    if count > limits.training_iterations:
        detail = f"{count:,} iterations exceed the limit training_iterations of {limits.training_iterations:,}"
        hint = "ask several times, or raise the setting BACKPROP_TRAINING_ITERATIONS"
        raise Problem("too_many_iterations", detail, status=413, hint=hint)
    if stopping.is_set():
        raise Problem("stopping", "the server is stopping, so the training was not made", status=503)
    if watch.ended.is_set():
        raise Problem("cancelled", "the training was cancelled before it began", status=409)
