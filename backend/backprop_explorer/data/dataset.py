"""Data sets by name and field, read when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_explorer.problem import Problem, suggestion

Array = NDArray[Any]


@dataclass(frozen=True)
class Dataset:
    """A data set: its fields as arrays whose axis 0 is the sample, its size, and where it comes from."""

    name: str
    title: str
    count: int
    source: str
    licence: str
    load: Callable[[], dict[str, Array]]


def _digits() -> dict[str, Array]:
    """x (60, 64): the 8×8 grey values, divided by their greatest, 16, so from 0 to 1. y (60,): the digit."""
    text = files(__package__).joinpath("digits.csv").read_text(encoding="ascii")
    rows = np.array([line.split(",") for line in text.splitlines()], dtype=np.int64)
    return {"x": rows[:, :-1] / 16, "y": rows[:, -1]}


DATASETS = {
    "digits": Dataset(
        name="digits",
        title="60 handwritten digits of 8×8 pixels",
        count=60,
        source="Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, "
        "doi:10.24432/C50P49; the first 60 images in scikit-learn's order",
        licence="CC BY 4.0",
        load=_digits,
    )
}


@lru_cache
def _fields(name: str) -> dict[str, Array]:
    return DATASETS[name].load()


def dataset(name: Any, field: Any, count: Any = None) -> Array:
    """A copy of the first `count` samples of a field (all by default).

    Raises a `Problem` that says what there is for an unknown name or field, or a count that is not there.
    """
    if not isinstance(name, str) or name not in DATASETS:
        hint = suggestion(str(name), DATASETS) or f"there is {', '.join(DATASETS)}"
        raise Problem("unknown_dataset", f"there is no data set called {str(name)[:40]!r}", hint=hint)
    fields = _fields(name)
    if not isinstance(field, str) or field not in fields:
        raise Problem(
            "unknown_dataset", f"{name} has no field {str(field)[:40]!r}", hint=f"its fields are {', '.join(fields)}"
        )
    size = DATASETS[name].count
    if count is None:
        count = size
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= size:
        raise Problem("unknown_dataset", f"count must be a whole number from 1 to {size}; got {str(count)[:40]}")
    return fields[field][:count].copy()
