"""The largest and smallest of short rows."""

from __future__ import annotations

from functools import partial

import numpy as np

from backprop_explorer.engine.bindings import Bindings
from backprop_explorer.engine.buffers import allocated, as_rows
from backprop_explorer.graph.node import Node
from backprop_explorer.ops.record import Array, Call

EXTREMA = {"max": np.maximum, "min": np.minimum}
LEAST_ROWS = 256
"""A reduction costs some 65 ns a row, a call for a whole column half a microsecond."""
LONGEST_ROW = 128
MOST_COLUMNS = 16
"""Wider rows are halved first, since columns that lie far apart are slow to read."""


def extremum_of_short_rows(bindings: Bindings, node: Node) -> list[Call] | None:
    """The extremum of many short rows, column by column: a reduction starts anew for each row, which takes longer than
    the row itself."""
    larger, operand = EXTREMA[node.operation.name], node.operands[0]
    if operand.kind.name != "float" or node.parameters["axis"] != (operand.ndim - 1,):
        return None
    rows = as_rows(bindings.array(operand), node.parameters["axis"])
    if rows is None or len(rows) < LEAST_ROWS or not 2 <= rows.shape[1] <= LONGEST_ROW:
        return None
    return _by_columns(larger, rows, bindings.buffer(node, []).reshape(-1))


def _by_columns(larger: np.ufunc, rows: Array, out: Array) -> list[Call]:
    calls: list[Call] = []
    while rows.shape[1] > MOST_COLUMNS:
        call, rows = _halved(larger, rows)
        calls.append(call)
    calls.append(partial(larger, rows[:, 0], rows[:, 1], out=out))
    return [*calls, *(partial(larger, out, rows[:, column], out=out) for column in range(2, rows.shape[1]))]


def _halved(larger: np.ufunc, rows: Array) -> tuple[Call, Array]:
    """Each row's first half against its second; of an odd number the one in the middle is compared with itself.

    Rows that lie one behind the other are compared in one run with themselves, shifted by half a row: what is
    calculated across the rows' ends costs less than to begin anew for each row, and is never read.
    """
    count, length = rows.shape
    width = (length + 1) // 2
    if length % 2 == 0 and rows.flags.c_contiguous:
        whole = allocated(rows.shape, rows.dtype)
        source, target = rows.reshape(-1), whole.reshape(-1)
        return partial(larger, source[:-width], source[width:], out=target[:-width]), whole[:, :width]
    half = allocated((count, width), rows.dtype)
    return partial(larger, rows[:, :width], rows[:, -width:], out=half), half
