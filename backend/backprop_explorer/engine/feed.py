"""Feeds a plan with batches: the data stands here, and the rows of one iteration are copied into the plan's leaves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from backprop_explorer.engine.batches import Batches, BatchRows, batch_shape
from backprop_explorer.engine.buffers import allocated
from backprop_explorer.ops.record import Array

ROWS, COUNTER = "batch.rows", "batch.iteration"
"""The tensors that tell which rows are in the batch, and which iteration chose them."""


class Feed:
    """`data` is the whole of the batched inputs, `leaves` are one batch of them, and which it is."""

    def __init__(self, batches: Batches, data: Mapping[str, Array]) -> None:
        self.batches = batches
        self.data = dict(data)
        self._rows = np.zeros(batches.size, np.int64)
        self._counter = np.zeros((), np.int64)
        self._parts = {
            name: allocated(batch_shape(array.shape, batches.size), array.dtype) for name, array in data.items()
        }
        self.leaves: dict[str, Array] = {**self._parts, ROWS: self._rows, COUNTER: self._counter}
        self.go_to(0)

    @property
    def iteration(self) -> int:
        """The iteration whose batch it is."""
        return int(self._counter)

    def go_to(self, iteration: int) -> None:
        """Copies the batch of that iteration into the leaves."""
        self._counter[...] = iteration
        self._rows[...] = self.batches.rows(iteration)
        self._fill()

    def write(self, name: str, array: Array) -> None:
        """New numbers for a batched input: in a batch's shape for the rows of this batch, else for the whole."""
        if array.shape == self._parts[name].shape:
            self.data[name][self._rows] = array
        else:
            self.data[name][...] = array
        self._fill()

    def to_json(self) -> BatchRows:
        """Which rows are in the batch, out of how many."""
        return self.batches.to_json(self.iteration)

    def _fill(self) -> None:
        places = self._rows.astype(np.intp, copy=False)  # where addresses have 32 bits, take wants no more
        for name, part in self._parts.items():
            np.take(self.data[name], places, 0, out=part, mode="clip")
