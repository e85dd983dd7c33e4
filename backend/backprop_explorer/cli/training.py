"""A document trained at the command line, without a server: a bar meanwhile, the losses, the trained document."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import typer

from backprop_explorer.api import wire
from backprop_explorer.cli.losses import Printer
from backprop_explorer.engine import Budget, Document, compile_document
from backprop_explorer.problem import Problem
from backprop_explorer.runs.births import Watch
from backprop_explorer.runs.losses import diverged_at
from backprop_explorer.runs.position import Position
from backprop_explorer.runs.progress import Progress, ProgressListener
from backprop_explorer.runs.training import Training, check_trainable

TRAINED, DIVERGED, REFUSED, INTERRUPTED = 0, 1, 2, 130
"""Exit codes."""
_MOST_NAMED = 4
"""So many tensors stand in a sentence."""


def train(
    document: Document, budget: Budget, count: int, every: int | None, output: Path | None, printer: Printer
) -> int:
    """Trains; prints iteration and loss, each `every` iterations and at the end, and which operation made the loss
    infinite or NaN. Ctrl+C ends it after the iteration under way; what was done is written. The exit code."""
    _check_output(output)
    with np.errstate(all="ignore"):
        position = Position(compile_document(document, budget=budget), 0)
        check_trainable(position, count)
        watch = Watch(position)
        training = _trained(position, count, every, printer, watch)
        held = position.validation_loss
        printer.loss(position.iteration, float(position.loss), None if held is None else float(held))
        diverged = diverged_at(training.losses)
        births = [] if diverged is None else watch.births(diverged)
    if output is not None:
        _write(position, output)
        _say_what_is_left_out(position, output)
    printer.end(training, births)
    return INTERRUPTED if training.stopped else TRAINED if diverged is None else DIVERGED


def _trained(position: Position, count: int, every: int | None, printer: Printer, watch: Watch) -> Training:
    bar = _Bar(count) if sys.stderr.isatty() else None
    listener = bar or ProgressListener()
    training = Training(position, count, threading.Event(), listener)

    def print_loss(_: float) -> None:
        watch.after_step()
        before = position.iteration - 1
        if every is not None and before % every == 0:
            printer.loss(before, training.latest, training.latest_held)

    with _ending_at_ctrl_c(listener.ended), bar or nullcontext():
        training.run(print_loss)
    return training


class _Bar(ProgressListener):
    """A bar on standard error, with how fast it goes and how long it will take."""

    def __init__(self, count: int) -> None:
        from rich import progress
        from rich.console import Console

        super().__init__()
        columns = (
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TextColumn("loss {task.fields[loss]:.6g}"),
            progress.TextColumn("{task.fields[speed]:,.0f} iterations/s"),
            progress.TimeRemainingColumn(),
        )
        console = Console(stderr=True)
        self._progress = progress.Progress(*columns, console=console, redirect_stdout=sys.stdout.isatty())
        self._task = self._progress.add_task("", total=count, loss=float("nan"), speed=0.0)

    def __enter__(self) -> None:
        self._progress.start()

    def __exit__(self, *_: Any) -> None:
        self._progress.stop()

    def advanced(self, progress: Progress) -> None:
        speed = progress.iterations_per_second
        self._progress.update(self._task, completed=progress.done, loss=progress.loss, speed=speed)


@contextmanager
def _ending_at_ctrl_c(ended: threading.Event) -> Iterator[None]:
    """No exception in the middle of an iteration: it is made to its end."""
    before = signal.signal(signal.SIGINT, lambda *_: ended.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _say_what_is_left_out(position: Position, output: Path) -> None:
    """A document has no place for an optimizer's own tensors: trained further, it begins with these anew."""
    update = position.plan.program.update
    if update is not None and update.state:
        names = list(update.state)
        more = " …" if len(names) > _MOST_NAMED else ""
        lost = f"{output} does not contain the optimizer's state ({', '.join(names[:_MOST_NAMED])}{more})"
        sentence = f"backprop-explorer: {lost}: further training starts with a new one"
        typer.secho(sentence, err=True, fg="yellow")


def _check_output(output: Path | None) -> None:
    """A `Problem` before the work is done, and not after it."""
    if output is not None and (output.is_dir() or not output.parent.is_dir()):
        reason = "is a folder" if output.is_dir() else "is in a folder that does not exist"
        raise Problem("unwritable", f"The output {output} {reason}")


def _write(position: Position, output: Path) -> None:
    try:
        output.write_bytes(wire.encode(position.plan.document.to_json_dict()) + b"\n")
    except OSError as error:
        raise Problem("unwritable", f"The output {output} cannot be written: {error.strerror}") from None
