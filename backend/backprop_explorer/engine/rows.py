"""The rows of the data: axis 0 of the inputs that have the most of them."""

from __future__ import annotations

from collections.abc import Mapping

from backprop_explorer.ops.record import Array


def row_count(inputs: Mapping[str, Array]) -> int:
    """The data's number of rows: the length of axis 0 of the longest input; 0 where no input has an axis."""
    return max((array.shape[0] for array in inputs.values() if array.ndim), default=0)


def batched_names(inputs: Mapping[str, Array]) -> list[str]:
    """The inputs that batches are cut from, and rows held out of: all that have the data's number of rows."""
    count = row_count(inputs)
    return [name for name, array in inputs.items() if array.ndim and array.shape[0] == count]
