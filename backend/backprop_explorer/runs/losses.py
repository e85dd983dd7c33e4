"""The losses of a run, and when and how they stopped being finite numbers."""

from __future__ import annotations

import math
from typing import Annotated, TypedDict

import numpy as np

from backprop_explorer.runs.event import TRAININGS
from backprop_explorer.runs.log import Path
from backprop_explorer.runs.serialization import Array
from backprop_explorer.wording import short


class Divergence(TypedDict):
    """Both as a run's state has them."""

    diverged_at: Annotated[int | None, "the iteration since which the loss is not finite; null while it is"]
    divergence: Annotated[str | None, "the same as a sentence: what led to it, and what to do"]


def validation_losses_along(path: Path, iteration: int, dtype: np.dtype[np.generic]) -> Array:
    """The same of the losses on held-out rows; NaN where none were held out, too."""
    losses = np.full(iteration + 1, np.nan, dtype)
    for event in path.events:
        stored = event.stored_validation if event.kind in TRAININGS else None
        if stored is not None:
            start = event.iteration - len(stored) + 1
            known = stored[: iteration - start + 1]
            losses[start : start + len(known)] = known
    return losses


def losses_along(path: Path, iteration: int, dtype: np.dtype[np.generic]) -> Array:
    """The loss at each iteration from 0 to `iteration`, of shape `(iteration + 1,)`; NaN where no training on the path
    recorded it."""
    losses = np.full(iteration + 1, np.nan, dtype)
    for event in path.events:
        if event.kind in TRAININGS:
            start = event.iteration - len(event.stored_losses) + 1
            stored = event.stored_losses[: iteration - start + 1]
            losses[start : start + len(stored)] = stored
    return losses


def diverged_at(losses: Array) -> int | None:
    """The iteration since which no loss has been finite; None while the last one is."""
    if np.isfinite(losses[-1]):
        return None
    finite = np.flatnonzero(np.isfinite(losses))
    return int(finite[-1]) + 1 if finite.size else 0


def divergence_state(losses: Array | None) -> Divergence:
    """Both as keys of a run's state; `losses` is None where the last one is known to be finite."""
    if losses is None:
        return {"diverged_at": None, "divergence": None}
    return {"diverged_at": diverged_at(losses), "divergence": divergence(losses)}


def divergence(losses: Array) -> str | None:
    """A sentence that says when the losses diverged and what to do; None while the last one is finite."""
    at = diverged_at(losses)
    if at is None:
        return None
    if at == 0:
        word = "NaN" if math.isnan(losses[0]) else "infinite"
        return f"The loss is {word} from the start. Look for a log of 0, a division by 0, or NaN among the inputs."
    least, before, then = float(losses[np.argmin(np.abs(losses[:at]))]), float(losses[at - 1]), float(losses[at])
    path = [least, before, then] if abs(before) > 10 * abs(least) > 0 else [before, then]
    return f"The loss diverged at iteration {at} ({' → '.join(map(short, path))}). Try a smaller learning rate."
