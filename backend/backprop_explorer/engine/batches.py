"""Mini-batches: which rows of the data an iteration trains on, as a pure function of its number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypedDict

import numpy as np

from backprop_explorer.answers import Indices
from backprop_explorer.engine.rows import batched_names, row_count
from backprop_explorer.engine.split import Split
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.problem import Problem, suggestion

OPTIONS: dict[str, Any] = {"size": None, "shuffle": True}
"""The keys of a document's `batch`, with their defaults; the size must be given."""

_EXAMPLE = 'such as {"size": 16, "shuffle": true}, or null for all rows at once'


class BatchRows(TypedDict):
    """Which rows of the data an iteration takes; epochs and batches are counted from 1."""

    rows: Indices
    count: int
    epoch: int
    batch: int
    batches: int


@dataclass(frozen=True)
class Batches:
    """Batches of `size` rows out of `count`. In each epoch every row is taken at most once: in a new random order
    that follows from the seed and the epoch, or from top to bottom. What is left over is too few for a batch, and no
    iteration of that epoch sees it."""

    count: int
    size: int
    shuffle: bool
    seed: int
    split: Split | None = None
    """Which rows are held out, and so are in no batch."""

    @property
    def per_epoch(self) -> int:
        """The number of batches in an epoch."""
        return self._taken // self.size

    @property
    def _taken(self) -> int:
        return self.count - (self.split.held if self.split else 0)

    def rows(self, iteration: int) -> Array:
        """The rows of that iteration's batch, in the order in which the batch has them: (size,), whole numbers."""
        epoch, position = divmod(iteration, self.per_epoch)
        order = _shuffled(self.seed, epoch, self._taken) if self.shuffle else np.arange(self._taken)
        places = order[position * self.size : (position + 1) * self.size]
        return self.split.training[places] if self.split else places

    def to_json(self, iteration: int) -> BatchRows:
        """The batch of that iteration in words and numbers; epoch and batch are counted from 1."""
        epoch, position = divmod(iteration, self.per_epoch)
        return {
            "rows": self.rows(iteration).tolist(),
            "count": self.count,
            "epoch": epoch + 1,
            "batch": position + 1,
            "batches": self.per_epoch,
        }


@lru_cache(maxsize=32)
def _shuffled(seed: int, epoch: int, count: int) -> Array:
    """A random order of the rows. It is made of PCG64's own bits, which NumPy keeps the same in all versions."""
    bits = np.random.PCG64([seed, epoch, 1]).random_raw(count)
    order = np.argsort(bits, kind="stable")
    order.flags.writeable = False
    return order


def checked_batch(value: Any, inputs: Mapping[str, Array], held: int = 0) -> dict[str, Any] | None:
    """A document's `batch` with all its keys. Raises a `Problem` of code bad_batch for what is none, and where the
    data has too few rows, less those that are `held` out."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise Problem("bad_batch", f"batch must be an object; got {str(value)[:40]!r}", hint=_EXAMPLE)
    for key in value:
        if key not in OPTIONS:
            hint = suggestion(str(key), OPTIONS) or f"its keys are {', '.join(OPTIONS)}"
            raise Problem("bad_batch", f"a batch has no key {str(key)[:40]!r}", hint=hint)
    batch = {**OPTIONS, **value}
    size, shuffle = batch["size"], batch["shuffle"]
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise Problem("bad_batch", f"a batch's size must be a whole number from 1; got {str(size)[:40]}", hint=_EXAMPLE)
    if not isinstance(shuffle, bool):
        raise Problem("bad_batch", f"a batch's shuffle must be true or false; got {str(shuffle)[:40]}")
    _check_rows(size, inputs, held)
    return batch


def batch_shape(shape: Shape, size: int) -> Shape:
    """The shape of a batch of data of that shape."""
    return (size, *shape[1:])


def _check_rows(size: int, inputs: Mapping[str, Array], held: int) -> None:
    count = row_count(inputs) - held
    if count <= 0:
        raise Problem(
            "bad_batch",
            "there is nothing to cut batches from: no input has rows",
            hint="a batch takes rows of axis 0 of the inputs",
        )
    if size > count:
        names = ", ".join(batched_names(inputs))
        raise Problem(
            "bad_batch",
            f"a batch of {str(size)[:40]} rows needs at least so many; the data ({names}) has {count}"
            + (f" without the {held:,} that are held out" if held else ""),
            hint=f"choose a size from 1 to {count}",
        )
