"""When a run's loss stopped being a finite number, and in words what led to it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from backprop_explorer.runs.pack import Array


def diverged_at(losses: Array) -> int | None:
    """The iteration since which no loss has been finite; None while the last one is."""
    if np.isfinite(losses[-1]):
        return None
    finite = np.flatnonzero(np.isfinite(losses))
    return int(finite[-1]) + 1 if finite.size else 0


def told(losses: Array | None) -> dict[str, Any]:
    """Both as a run's state has them; without losses where it is known that the last one is finite."""
    if losses is None:
        return {"diverged_at": None, "divergence": None}
    return {"diverged_at": diverged_at(losses), "divergence": divergence(losses)}


def divergence(losses: Array) -> str | None:
    """The same as a sentence that says what to do; None while the loss is finite."""
    at = diverged_at(losses)
    if at is None:
        return None
    first = _word(losses[at])
    if at == 0:
        return f"The loss is {first} from the beginning. Look for a log of 0, a division by 0, or NaN among the inputs."
    before = float(losses[at - 1])
    start = int(np.argmin(np.abs(losses[:at])))
    story = f"it was {before:.4g} before"
    if abs(before) > 10 * abs(float(losses[start])) > 0:
        story = f"it had grown from {float(losses[start]):.4g} at iteration {start} to {before:.4g}"
    return f"The loss is not finite since iteration {at}: {story}, then {first}. Try a smaller lr."


def _word(loss: float) -> str:
    return "NaN" if math.isnan(loss) else "infinite"
