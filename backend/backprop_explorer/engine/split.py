"""The validation split: which rows of the data are held out, so that no iteration trains on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from backprop_explorer.engine.rows import batched_names, row_count
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem, suggestion

KEYS = ("fraction", "count", "shuffle")
"""The keys of a document's `validation`: how many rows are held out, and whether the seed chooses them."""

_EXAMPLE = 'such as {"fraction": 0.2, "shuffle": true}, or null to train on all rows'


@dataclass(frozen=True)
class Split:
    """`held` rows out of `count`: chosen by the seed, or the last ones."""

    count: int
    held: int
    shuffle: bool
    seed: int

    @property
    def training(self) -> Array:
        """The rows that are trained on, in their order: (count - held,), whole numbers."""
        return _rows(self)[self.held :] if self.shuffle else np.arange(self.count - self.held)

    @property
    def validation(self) -> Array:
        """The rows that are held out, in their order: (held,), whole numbers."""
        return _rows(self)[: self.held] if self.shuffle else np.arange(self.count - self.held, self.count)


@lru_cache(maxsize=32)
def _rows(split: Split) -> Array:
    """The rows that are held out, then the others. They follow from PCG64's own bits, which NumPy keeps the same in all
    versions."""
    bits = np.random.PCG64([split.seed, 2]).random_raw(split.count)
    order = np.argsort(bits, kind="stable")
    rows = np.concatenate([np.sort(order[: split.held]), np.sort(order[split.held :])])
    rows.flags.writeable = False
    return rows


def checked_validation(value: Any, inputs: Mapping[str, Array]) -> dict[str, Any] | None:
    """A document's `validation`, a fraction or a count of rows. Raises a `Problem` of code bad_validation for what is
    none, and where the data has too few rows."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise _bad(f"validation must be an object; got {str(value)[:40]!r}")
    for key in value:
        if key not in KEYS:
            hint = suggestion(str(key), KEYS) or f"Its keys are {', '.join(KEYS)}"
            raise _bad(f"validation has no key {str(key)[:40]!r}", hint)
    given = [key for key in ("fraction", "count") if value.get(key) is not None]
    if len(given) != 1:
        raise _bad("validation needs either a fraction or a count of rows")
    shuffle = value.get("shuffle", True)
    if not isinstance(shuffle, bool):
        raise _bad(f"validation's shuffle must be true or false; got {str(shuffle)[:40]}")
    amount = value[given[0]]
    whole = given[0] == "count"
    kinds = int if whole else (int, float)
    if isinstance(amount, bool) or not isinstance(amount, kinds) or not (amount >= 1 if whole else 0 < amount < 1):
        wanted = "a whole number from 1" if whole else "between 0 and 1"
        raise _bad(f"validation's {given[0]} must be {wanted}; got {str(amount)[:40]}")
    split = {given[0]: amount, "shuffle": shuffle}
    rows = row_count(inputs)
    if held_rows(split, rows) >= rows:
        names = ", ".join(batched_names(inputs)) or "no input has rows"
        raise _bad(
            f"{held_rows(split, rows):,} rows cannot be held out: the data ({names}) has {rows:,}, and one must be left"
        )
    return split


def held_rows(validation: Mapping[str, Any], rows: int) -> int:
    """How many of so many rows are held out: at least one."""
    count: int | None = validation.get("count")
    return count if count is not None else max(1, round(validation["fraction"] * rows))


def _bad(detail: str, hint: str | None = None) -> Problem:
    return Problem("bad_validation", detail[0].upper() + detail[1:], hint=hint or _EXAMPLE)
