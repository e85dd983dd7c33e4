"""The loss over the iterations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from backprop_explorer.ops.record import Array
from backprop_explorer.plots.limits import LOSSES, evenly
from backprop_explorer.wording import counted, short

Edit = tuple[int, str]
"""What was changed by hand, and at which iteration."""

Cut = tuple[int | None, int | None]
"""How many rows a batch has at the first iteration and at the last; None for all rows at once."""


def losses(all_losses: Array, edits: Iterable[Edit], cut: Cut = (None, None)) -> dict[str, Any]:
    """The loss at each iteration (of very many: at even distances, and at the least and greatest), the least one, from
    where on it is no number, and what was changed by hand. Where the data is cut into batches, the sentence says whose
    losses these are."""
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
        "lowest": None if lowest is None else {"iteration": lowest, "loss": float(all_losses[lowest])},
        "not_finite_from": broken,
        "edits": [{"iteration": iteration, "text": text} for iteration, text in edits],
        "text": _sentence(all_losses, lowest, broken, cut),
    }


def _sentence(all_losses: Array, lowest: int | None, broken: int | None, cut: Cut) -> str:
    count, first, last = len(all_losses) - 1, float(all_losses[0]), float(all_losses[-1])
    if broken is not None:
        return f"From iteration {broken:,} on the loss is no finite number: the training has diverged."
    if not count:
        return f"Nothing is trained yet: the loss{_of(cut[1])} is {short(first)}."
    way = "falls" if last < first else "rises" if last > first else "stays"
    told = f"Over {counted(count, 'iteration')} the loss {way} from {short(first)} to {short(last)}{_whose(cut)}"
    if lowest is None or all_losses[lowest] == last:
        return f"{told}, and was never lower." if last < first else f"{told}."
    return f"{told}; its lowest is {short(float(all_losses[lowest]))} at iteration {lowest:,}."


def _whose(cut: Cut) -> str:
    """Each loss is that of its own batch; where the data was cut in another way meanwhile, what is sure is said."""
    first, last = cut
    if first == last:
        return f", each{_of(last)}" if last else ""
    return "".join(f", the {which}{_of(size)}" for which, size in (("first", first), ("last", last)) if size)


def _of(size: int | None) -> str:
    return f" of its own batch of {counted(size, 'row')}" if size else ""
