"""A training under way: its losses and its end, which may come early; what was done until then is kept."""

from __future__ import annotations

import threading
import time
from array import array
from collections.abc import Callable
from typing import Annotated, NotRequired, TypedDict

import numpy as np

from backprop_explorer.answers import Vector
from backprop_explorer.engine import Plan, check_rates
from backprop_explorer.problem import Problem
from backprop_explorer.runs.pack import Array
from backprop_explorer.runs.position import Answers, Position
from backprop_explorer.runs.watch import Advance, Watch

TELL_SECONDS = 0.1


class Stopped(TypedDict):
    """Why a training made fewer iterations than were asked for; those that it made are kept."""

    code: Annotated[str, "cancelled, training_too_long or stopping (the server is)"]
    detail: str
    hint: str | None


class Trained(TypedDict):
    """The loss before each of the iterations and after the last; with gradients of one's own, those of a training with
    the true ones, too."""

    losses: Vector
    true_losses: NotRequired[Vector]
    stopped: Annotated[Stopped | None, "null where all iterations were made"]


class Training:
    """`count` iterations of a position, perhaps with gradients of somebody's own. Run it once.

    Afterwards `done` iterations are made; `stopped` says why these are not all, None where they are. `losses` are the
    one before each of them and the one after the last.
    """

    def __init__(
        self,
        position: Position,
        count: int,
        stopping: threading.Event,
        watch: Watch,
        seconds: float = float("inf"),
        answers: Answers | None = None,
    ) -> None:
        self.position = position
        self.done = 0
        self.stopped: Problem | None = None
        self.count = count
        self._answers = answers
        self._stopping = stopping
        self._watch = watch
        self._seconds = seconds
        self._losses = array("d")
        self._last: float | None = None

    def beside(self) -> Training:
        """One of a copy of the position that goes by the true gradients, and ends when this one is to end."""
        return Training(self.position.copy(), self.count, self._stopping, Watch(self._watch.ended), self._seconds)

    @property
    def losses(self) -> Array:
        """So far; in between, the last is calculated for the purpose."""
        last = self._last if self._last is not None else self.position.plan.run()
        return np.append(np.array(self._losses), last).astype(self.position.dtype)

    @property
    def latest(self) -> float:
        """The loss before the iteration that was made last."""
        return self._losses[-1]

    def run(self, after: Callable[[float], None] | None = None) -> None:
        """Trains; calls `after` at the end of each iteration with the time. What raises in the middle leaves the
        position there: it must be thrown away."""
        with self.position.going_by(self._answers) as plan:
            self._watch.begun()
            begun = time.monotonic()
            self._iterate(plan, begun, after)
        self._last = self.position.settle()
        self._tell(time.monotonic() - begun, self._last)

    def _iterate(self, plan: Plan, begun: float, after: Callable[[float], None] | None) -> None:
        told = -TELL_SECONDS
        while self.done < self.count and self.stopped is None:
            loss = plan.step()
            moment = time.monotonic()
            if moment - begun - told >= TELL_SECONDS:
                told = moment - begun
                self._tell(told, loss)
            self._losses.append(loss)
            self.position.iteration += 1
            self.done += 1
            if after is not None:
                after(moment)
            self.stopped = self._end(moment - begun)

    def _tell(self, seconds: float, loss: float) -> None:
        self._watch.advanced(Advance.after(seconds, self.position.iteration, loss, self.done, self.count))

    def _end(self, seconds: float) -> Problem | None:
        """Why it must end now, after the iteration that was just made."""
        if self.done == self.count:
            return None
        made = f"after {self.done:,} of {self.count:,} iterations, which are kept"
        if self._stopping.is_set():
            return Problem("stopping", f"the server is stopping, so the training ended {made}", status=503)
        if self._watch.ended.is_set():
            return Problem("cancelled", f"the training was cancelled {made}", status=409)
        if seconds > self._seconds:
            detail = f"the training reached the limit training_seconds of {self._seconds:g} {made}"
            hint = "ask for the rest, or raise the setting BACKPROP_TRAINING_SECONDS"
            return Problem("training_too_long", detail, status=413, hint=hint)
        return None

    def told(self) -> Trained:
        """What there is to answer about it, besides the run's state."""
        why = self.stopped
        reason: Stopped | None = {"code": why.code, "detail": why.detail, "hint": why.hint} if why else None
        return {"losses": self.losses, "stopped": reason}


def check_trainable(position: Position, count: int) -> None:
    """A `Problem` for a document that has no optimizer, or whose learning rate would leave its bounds on the way."""
    if position.optimizer is None:
        hint = 'add {"optimizer": {"name": "sgd", "lr": 0.1}} to it'
        raise Problem("no_optimizer", "this document has no optimizer to train with", hint=hint)
    check_rates(position.plan.program, position.iteration, count)
