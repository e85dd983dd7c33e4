"""How far a training is, and who is told."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """The run is at `iteration`, where its loss is `loss`, after `done` of the `count` iterations asked for.

    `seconds_left` is an estimate, None before the first iteration.
    """

    iteration: int
    loss: float
    done: int
    count: int
    iterations_per_second: float
    seconds_left: float | None

    @classmethod
    def after(cls, seconds: float, iteration: int, loss: float, done: int, count: int) -> Progress:
        """The progress so many seconds after the start."""
        speed = done / seconds if seconds > 0 else 0.0
        return cls(iteration, loss, done, count, speed, (count - done) / speed if speed else None)


class ProgressListener:
    """Is told how far a training is, in the thread that trains.

    Setting `ended` ends the training after the current iteration; the iterations made so far are kept.
    """

    def __init__(self, ended: threading.Event | None = None) -> None:
        self.ended = ended or threading.Event()

    def begun(self) -> None:
        """Called before the first iteration, once the request has been found valid."""

    def advanced(self, progress: Progress) -> None:
        """Called at the start, at the end, and at about 10 Hz in between."""


NOBODY = ProgressListener()
"""Listens to a training that is over before anybody could end it."""
