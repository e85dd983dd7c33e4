"""Training: iterations of a position, which may end early, and a training as a change of a run."""

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
from backprop_explorer.runs.checkpoint import BYTES_A_SECOND, CheckpointPolicy
from backprop_explorer.runs.event import PRACTISE, TRAIN, Event, Kind
from backprop_explorer.runs.gate import COMPUTING, Turn
from backprop_explorer.runs.limits import Limits
from backprop_explorer.runs.log import Log
from backprop_explorer.runs.machine import machine
from backprop_explorer.runs.pausing import Pausing, finished
from backprop_explorer.runs.position import Answers, Position
from backprop_explorer.runs.progress import Progress, ProgressListener
from backprop_explorer.runs.serialization import Array, serialize
from backprop_explorer.runs.store import PendingEvent
from backprop_explorer.runs.store.problems import run_too_large

REPORT_SECONDS = 0.1


class Stopped(TypedDict):
    """Why a training made fewer iterations than were asked for; those that it made are kept."""

    code: Annotated[str, "cancelled, training_too_long or stopping (the server is)"]
    detail: str
    hint: str | None


class Trained(TypedDict):
    """The loss before each of the iterations and after the last; with gradients of one's own, those of a training with
    the true ones, too."""

    losses: Vector
    validation_losses: NotRequired[Annotated[Vector, "on the rows that are held out"]]
    true_losses: NotRequired[Vector]
    stopped: Annotated[Stopped | None, "null where all iterations were made"]


class Training:
    """`count` iterations of a position; with `answers`, formulae for gradients by tensor, these are used. Run it once.

    Afterwards `done` iterations have been made. `stopped` says why these are fewer than `count`, else it is None.
    `losses`, an array of shape `(done + 1,)`, holds the loss before each iteration and the one after the last.
    """

    def __init__(
        self,
        position: Position,
        count: int,
        stopping: threading.Event,
        listener: ProgressListener,
        seconds: float = float("inf"),
        answers: Answers | None = None,
    ) -> None:
        self.position = position
        self.done = 0
        self.stopped: Problem | None = None
        self.count = count
        self._answers = answers
        self._stopping = stopping
        self._listener = listener
        self._seconds = seconds
        self._losses = array("d")
        self._last: float | None = None
        self._validation = position.validation
        self._validation_losses = array("d")

    def beside(self) -> Training:
        """The same training of a copy of the position with the true gradients; it ends whenever this one has to."""
        return Training(
            self.position.copy(), self.count, self._stopping, ProgressListener(self._listener.ended), self._seconds
        )

    @property
    def losses(self) -> Array:
        """The losses so far; during the training the last one is computed for this call."""
        last = self._last if self._last is not None else self.position.plan.run()
        return _joined(self._losses, last, self.position.dtype)

    @property
    def validation_losses(self) -> Array | None:
        """The losses so far on the rows that are held out, as many; None where none are."""
        if self._validation is None:
            return None
        return _joined(self._validation_losses, self._validation.loss(self.position.plan), self.position.dtype)

    @property
    def latest(self) -> float:
        """The loss before the last iteration made."""
        return self._losses[-1]

    @property
    def latest_held(self) -> float | None:
        """The same loss on the rows that are held out; None where none are."""
        return self._validation_losses[-1] if self._validation_losses else None

    def run(self, after: Callable[[float], None] | None = None) -> None:
        """Trains; calls `after` with the time (`time.monotonic`) after each iteration.

        After an exception the position is somewhere within the training and must be discarded.
        """
        finished(self.running(after))

    def running(self, after: Callable[[float], None] | None = None) -> Pausing[None]:
        """The same with a pause whenever it has had its time: others can go on where there is one thread for all."""
        with self.position.going_by(self._answers) as plan:
            self._listener.begun()
            begun = time.monotonic()
            with COMPUTING.turn(brief=self.position.is_brief(self.count)) as turn:
                yield from self._iterate(plan, begun, after, turn)
        self._last = self.position.settle()
        self._report(time.monotonic() - begun, self._last)

    def _iterate(self, plan: Plan, begun: float, after: Callable[[float], None] | None, turn: Turn) -> Pausing[None]:
        reported = -REPORT_SECONDS
        while self.done < self.count and self.stopped is None:
            if self._validation is not None:
                self._validation_losses.append(self._validation.loss(plan))
            loss = plan.step()
            moment = time.monotonic()
            if moment - begun - reported >= REPORT_SECONDS:
                reported = moment - begun
                self._report(reported, loss)
            self._losses.append(loss)
            self.position.iteration += 1
            self.done += 1
            if after is not None:
                after(moment)
            self.stopped = self.stopped or self._end(moment - begun)
            if turn.pass_on(moment):
                yield None

    def _report(self, seconds: float, loss: float) -> None:
        self._listener.advanced(Progress.after(seconds, self.position.iteration, loss, self.done, self.count))

    @property
    def _made(self) -> str:
        return f"after {self.done:,} of {self.count:,} iterations, which are kept"

    def fill(self, run_bytes: int) -> None:
        """Ends it, since the run has as many bytes on disk as it may."""
        if self.done < self.count:
            detail = f"the run reached the limit run_bytes of {run_bytes:,} {self._made}"
            self.stopped = run_too_large(detail)

    def _end(self, seconds: float) -> Problem | None:
        """Why it must end now, after the iteration just made; None where it goes on."""
        if self.done == self.count:
            return None
        made = self._made
        if self._stopping.is_set():
            return Problem("stopping", f"the server is stopping, so the training ended {made}", status=503)
        if self._listener.ended.is_set():
            return Problem("cancelled", f"the training was cancelled {made}", status=409)
        if seconds > self._seconds:
            detail = f"the training reached the limit training_seconds of {self._seconds:g} {made}"
            hint = "ask for the rest, or raise the setting BACKPROP_TRAINING_SECONDS"
            return Problem("training_too_long", detail, status=413, hint=hint)
        return None

    def to_json(self) -> Trained:
        """The losses, and why the training stopped early (else None)."""
        why = self.stopped
        reason: Stopped | None = {"code": why.code, "detail": why.detail, "hint": why.hint} if why else None
        held = self.validation_losses
        if held is None:
            return {"losses": self.losses, "stopped": reason}
        return {"losses": self.losses, "validation_losses": held, "stopped": reason}


def _joined(losses: array[float], last: float, dtype: np.dtype[np.generic]) -> Array:
    joined: Array = np.empty(len(losses) + 1, dtype)
    joined[:-1] = losses
    joined[-1] = last
    return joined


def check_trainable(position: Position, count: int) -> None:
    """Raises a `Problem` for a document without an optimizer, and for a learning rate that would leave its bounds."""
    if position.optimizer is None:
        hint = 'add {"optimizer": {"name": "sgd", "lr": 0.1}} to it'
        raise Problem("no_optimizer", "this document has no optimizer to train with", hint=hint)
    check_rates(position.plan.program, position.iteration, count)


class TrainingRun:
    """A training of `count` iterations from the log's head, which the position must be at, as a change of the run.

    Raises a `Problem` before the first iteration where the document cannot be trained, the count exceeds the limit,
    the server is stopping or the listener has ended it.
    """

    def __init__(
        self,
        position: Position,
        log: Log,
        limits: Limits,
        stopping: threading.Event,
        count: int,
        answers: Answers | None,
        listener: ProgressListener,
        room: Callable[[], float],
    ) -> None:
        _check(position, count, limits, stopping, listener)
        self._log = log
        self._limits = limits
        self._answers = answers
        before = log.nearest_checkpoint(log.path())[1]
        self._checkpoints = CheckpointPolicy(before, limits.checkpoint_iterations, room)
        self._training = Training(position, count, stopping, listener, limits.training_seconds, answers)
        self._beside = self._training.beside() if answers else None

    def make(self, pending: PendingEvent, write: Callable[[Event], None]) -> Pausing[Event]:
        """Trains; the event, to be written in the end. While it grows, `write` is called with the event so far."""
        begun = written = time.monotonic()

        def after(moment: float) -> None:
            nonlocal written
            self._checkpoints.consider(self._training.position.plan, self._training.position.iteration, moment)
            if self._checkpoints.full and self._training.done == 1:  # or else it would go on, one by one
                most = f"{self._limits.run_bytes:,}"
                raise run_too_large(f"The run has reached the limit run_bytes of {most}, so it was not trained")
            if self._checkpoints.full:
                self._training.fill(self._limits.run_bytes)
            if moment - written >= self._limits.write_seconds:
                pending.take(self._checkpoints.taken)
                write(self._event())
                written = time.monotonic()

        yield from self._training.running(after)
        pending.take(self._checkpoints.taken)
        if self._beside is not None:
            self._beside.count = self._training.done
            yield from self._beside.running()
        event = self._event()
        pending.keep_head(event, self._head(time.monotonic() - begun))
        return event

    def _head(self, seconds: float) -> dict[str, Array] | None:
        """What was trained, unless it is much to write after so short a training."""
        plan = self._training.position.plan
        arrays = plan.snapshot(plan.trained)
        size = sum(array.nbytes for array in arrays.values())
        return arrays if size <= BYTES_A_SECOND * max(1.0, seconds) else None

    def to_json(self) -> Trained:
        """What the training adds to the run's state, with `true_losses` where somebody's own gradients were used."""
        trained = self._training.to_json()
        if self._beside:
            trained["true_losses"] = self._beside.losses
        return trained

    def _event(self) -> Event:
        held = self._training.validation_losses
        known = {"losses": self._training.losses} | ({} if held is None else {"validation_losses": held})
        losses = serialize({}, known)
        answers = {"gradients": dict(self._answers)} if self._answers else {}
        payload = serialize({**answers, "machine": machine()}, {})
        kind: Kind = PRACTISE if self._answers else TRAIN
        return self._log.change(kind, self._training.position.iteration, payload, losses)


def _check(
    position: Position, count: int, limits: Limits, stopping: threading.Event, listener: ProgressListener
) -> None:
    check_trainable(position, min(count, limits.training_iterations))
    if count > limits.training_iterations:
        detail = f"{count:,} iterations exceed the limit training_iterations of {limits.training_iterations:,}"
        hint = "ask several times, or raise the setting BACKPROP_TRAINING_ITERATIONS"
        raise Problem("too_many_iterations", detail, status=413, hint=hint)
    if stopping.is_set():
        raise Problem("stopping", "the server is stopping, so the training was not made", status=503)
    if listener.ended.is_set():
        raise Problem("cancelled", "the training was cancelled before it began", status=409)
