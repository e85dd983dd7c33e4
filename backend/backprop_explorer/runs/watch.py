"""Looking on while a run trains."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Advance:
    """How far a training is: the run is at `iteration`, where it has that `loss`, `done` of `count` iterations later.

    `seconds_left` is an estimate, None before the first iteration is made.
    """

    iteration: int
    loss: float
    done: int
    count: int
    iterations_per_second: float
    seconds_left: float | None

    @classmethod
    def after(cls, seconds: float, iteration: int, loss: float, done: int, count: int) -> Advance:
        """The advance so many seconds after the beginning."""
        speed = done / seconds if seconds > 0 else 0.0
        return cls(iteration, loss, done, count, speed, (count - done) / speed if speed else None)


class Watch:
    """Somebody who looks on while a run trains, called in the thread that trains. Setting `ended` ends the training
    after the iteration under way; what was done is kept."""

    def __init__(self, ended: threading.Event | None = None) -> None:
        self.ended = ended or threading.Event()

    def begun(self) -> None:
        """Nothing was wrong with what was asked: from now on there are iterations to keep."""

    def advanced(self, advance: Advance) -> None:
        """Said at the beginning, at the end, and some ten times a second in between."""
