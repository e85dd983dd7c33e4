"""How a training at the command line is told: line by line, or as one JSON object at its end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Protocol

import typer

from backprop_explorer.api import wire
from backprop_explorer.engine.births import sentences
from backprop_explorer.graph.graph import Warned
from backprop_explorer.runs.losses import diverged_at, divergence
from backprop_explorer.runs.training import Training


class Printer(Protocol):
    """Tells of a training."""

    def loss(self, iteration: int, loss: float, held: float | None = None) -> None:
        """The loss of an iteration, and that on the rows that are held out."""

    def end(self, training: Training, births: Sequence[Warned]) -> None:
        """How it ended, and which operations made its numbers infinite or NaN."""


class TextPrinter:
    """Lines of an iteration and its loss on standard output, what went wrong on standard error."""

    def loss(self, iteration: int, loss: float, held: float | None = None) -> None:
        """A line, above the bar where both are in a terminal."""
        print(f"{iteration}\t{loss!r}" + ("" if held is None else f"\t{held!r}"), flush=True)

    def end(self, training: Training, births: Sequence[Warned]) -> None:
        """Sentences, if there is something to say."""
        stopped = training.stopped and training.stopped.detail
        for sentence in (divergence(training.losses), *map(sentences, births), stopped):
            if sentence:
                typer.secho(f"backprop-explorer: {sentence}", err=True, fg="yellow")


class JsonPrinter:
    """One object on standard output, at the end."""

    def __init__(self) -> None:
        self._losses: list[dict[str, float]] = []

    def loss(self, iteration: int, loss: float, held: float | None = None) -> None:
        """Kept until the end."""
        measured = {} if held is None else {"validation_loss": held}
        self._losses.append({"iteration": iteration, "loss": loss, **measured})

    def end(self, training: Training, births: Sequence[Warned]) -> None:
        """The losses, since when they are not finite, and why."""
        stopped = training.stopped
        found = {
            **self._losses[-1],
            "losses": self._losses,
            "diverged_at": diverged_at(training.losses),
            "divergence": divergence(training.losses),
            "births": list(births),
            "stopped": None if stopped is None else {"code": stopped.code, "detail": stopped.detail},
        }
        sys.stdout.write(wire.encode(found).decode() + "\n")
