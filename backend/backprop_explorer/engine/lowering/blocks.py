"""Long thin matrix products, cut into blocks: OpenBLAS has fast kernels for small products, and none for such."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from backprop_explorer.engine.buffers import allocated
from backprop_explorer.ops.record import Array, Call

THIN = 128
LONG = 2_048
"""A product is cut where one of its three lengths has at least so many, and the others at most `THIN`."""
MOST_PRODUCTS = 800_000
"""Multiplications in a block. OpenBLAS takes its kernels for small products up to 1,000,000 of them (with AVX-512; for
other processors a block takes as long as its share of the whole)."""
SHORTEST = 64
"""Blocks of less are not worth a call of BLAS each."""


def matrix_product(a: Array, b: Array, out: Array) -> list[Call]:
    """The calls that write a (m, k) @ b (k, n) to `out` (m, n), which is C-contiguous."""
    (m, k), n = a.shape, b.shape[1]
    if k >= LONG and (width := _width(k, (m, n))):
        parts = allocated((k // width, m, n), out.dtype)
        blocks = a.reshape(m, -1, width).transpose(1, 0, 2), b.reshape(-1, width, n)
        return [partial(np.matmul, *blocks, parts), partial(np.add.reduce, parts, 0, None, out)]
    if n >= LONG and (width := _width(n, (m, k))):
        columns, places = (array.reshape(len(array), -1, width).transpose(1, 0, 2) for array in (b, out))
        return [partial(np.matmul, a, columns, places)]
    if m >= LONG and (width := _width(m, (k, n))):
        return [partial(np.matmul, a.reshape(-1, width, k), b, out.reshape(-1, width, n))]
    return [partial(a.dot, b, out)]


def _width(length: int, others: Sequence[int]) -> int:
    """The longest block of an axis that divides it; 0 where the product is not thin, or nothing fits."""
    if max(others) > THIN:
        return 0
    most = MOST_PRODUCTS // max(1, others[0] * others[1])
    widths = (length // count for count in range(2, length // SHORTEST + 1) if length % count == 0)
    return next((width for width in widths if width <= most), 0)
