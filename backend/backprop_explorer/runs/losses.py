"""The losses of a run's trainings, one after the other."""

from __future__ import annotations

import numpy as np

from backprop_explorer.runs.event import TRAININGS
from backprop_explorer.runs.log import Path
from backprop_explorer.runs.serialization import Array


def losses_along(path: Path, iteration: int, dtype: np.dtype[np.generic]) -> Array:
    """The loss at each iteration from 0 on that a training on the path has told; NaN where none has."""
    losses = np.full(iteration + 1, np.nan, dtype)
    for event in path.events:
        if event.kind in TRAININGS:
            start = event.iteration - len(event.stored_losses) + 1
            stored = event.stored_losses[: iteration - start + 1]
            losses[start : start + len(stored)] = stored
    return losses
