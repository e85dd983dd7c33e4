"""The loss over the iterations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, TypedDict

import numpy as np

from backprop_explorer.answers import Vector
from backprop_explorer.ops.record import Array
from backprop_explorer.plots.limits import LOSSES, evenly
from backprop_explorer.plots.record import BatchSizes, Edit, Options, Plot, Subject
from backprop_explorer.wording import counted, short


class LowestLoss(TypedDict):
    """The least loss."""

    iteration: int
    loss: float


class EditMark(TypedDict):
    """Something that was changed by hand."""

    iteration: int
    text: str


class LossPlot(TypedDict):
    """The loss over the iterations, its least, from where on it is no number, and what was changed by hand."""

    iterations: list[int]
    losses: Vector
    validation_losses: Annotated[Vector | None, "on the rows that are held out; null where none are"]
    lowest: LowestLoss | None
    not_finite_from: int | None
    edits: list[EditMark]
    text: str


def losses(
    all_losses: Array, edits: Iterable[Edit], batch_sizes: BatchSizes = (None, None), held: Array | None = None
) -> LossPlot:
    """The loss at each iteration (of very many: at even distances, and at the least and greatest), the least one, from
    where on it is no number, and what was changed by hand. Where the data is cut into batches, the sentence says whose
    losses these are. `held` are the losses on rows that are held out."""
    finite = np.isfinite(all_losses)
    shown = set(evenly(len(all_losses) - 1, LOSSES))
    lowest = None
    if finite.any():
        lowest = int(np.nanargmin(np.where(finite, all_losses, np.nan)))
        shown |= {lowest, int(np.nanargmax(np.where(finite, all_losses, np.nan)))}
    broken = None if finite.all() else int(np.argmin(finite))
    if broken is not None:
        shown.add(broken)
    iterations = sorted(shown)
    return {
        "iterations": iterations,
        "losses": all_losses[iterations],
        "validation_losses": None if held is None else held[iterations],
        "lowest": None if lowest is None else {"iteration": lowest, "loss": float(all_losses[lowest])},
        "not_finite_from": broken,
        "edits": [{"iteration": iteration, "text": text} for iteration, text in edits],
        "text": _sentence(all_losses, lowest, broken, batch_sizes) + _held_out(held),
    }


def _sentence(all_losses: Array, lowest: int | None, broken: int | None, batch_sizes: BatchSizes) -> str:
    count, first, last = len(all_losses) - 1, float(all_losses[0]), float(all_losses[-1])
    if broken is not None:
        return f"The loss diverged: it is not a finite number from iteration {broken:,} on."
    if not count:
        return f"Not trained yet: the loss{_of(batch_sizes[1])} is {short(first)}."
    way = "fell" if last < first else "rose" if last > first else "stayed"
    told = (
        f"Over {counted(count, 'iteration')} the loss {way} from {short(first)} to {short(last)}{_whose(batch_sizes)}"
    )
    if lowest is None or all_losses[lowest] == last:
        return f"{told}, its lowest value." if last < first else f"{told}."
    return f"{told}; its lowest is {short(float(all_losses[lowest]))} at iteration {lowest:,}."


def _held_out(held: Array | None) -> str:
    """What became of the loss on held-out rows, and whether it rose again."""
    if held is None or not np.isfinite(held[-1]):
        return ""
    last, known = float(held[-1]), np.where(np.isfinite(held), held, np.inf)
    lowest = int(np.argmin(known))
    told = f" On the rows that are held out it is {short(last)}"
    if lowest == len(held) - 1:
        return f"{told}, its lowest value." if len(held) > 1 else f"{told}."
    return f"{told}, after its lowest, {short(float(held[lowest]))}, at iteration {lowest:,}."


def _whose(batch_sizes: BatchSizes) -> str:
    """Each loss is that of its own batch; where the data was cut in another way meanwhile, what is sure is said."""
    first, last = batch_sizes
    if first == last:
        return f", each{_of(last)}" if last else ""
    return "".join(f", the {which}{_of(size)}" for which, size in (("first", first), ("last", last)) if size)


def _of(size: int | None) -> str:
    return f" of its own batch of {counted(size, 'row')}" if size else ""


def _of_run(subject: Subject, options: Options) -> LossPlot:
    return losses(subject.losses(), subject.edits(), subject.batch_sizes(), subject.validation_losses())


LOSS = Plot("loss", "Loss", 1, LossPlot, _of_run, over_time=True)
