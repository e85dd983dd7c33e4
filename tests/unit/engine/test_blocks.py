"""Long thin matrix products: cut into blocks they give the same numbers, in memory of any order."""

import numpy as np

from backprop_explorer.engine.lowering.blocks import LONG, MOST_PRODUCTS, matrix_product
from tests.together import each

SIZES = (
    (8, 25_088, 9), (16, 6_272, 72), (72, 16, 6_272), (9, 8, 25_088), (25_088, 8, 9), (3_136, 32, 10), (128, LONG, 128),
    (4, 2_053, 5), (LONG, 129, 3), (5, 7, 9), (1, 4_096, 1),
)  # fmt: skip
"""Rows, inner length and columns: long in each of the three, of a prime length, too wide, and short."""


@each("order", ["rows", "columns"])
@each("size", SIZES, ids=str)
def test_a_product_in_blocks_is_the_product(size: tuple[int, int, int], order: str) -> None:
    m, k, n = size
    random = np.random.default_rng(0)
    a, b, out = random.standard_normal((m, k)), random.standard_normal((k, n)), np.full((m, n), np.nan)
    if order == "columns":
        a, b = np.asfortranarray(a), np.asfortranarray(b)
    for call in matrix_product(a, b, out):
        call()
    np.testing.assert_allclose(out, a @ b, rtol=0, atol=1e-11)


@each("size", SIZES[:6], ids=str)
def test_no_block_is_too_large_for_the_fast_kernels(size: tuple[int, int, int]) -> None:
    m, k, n = size
    product = matrix_product(np.zeros((m, k)), np.zeros((k, n)), np.zeros((m, n)))[0]
    left, right, out = product.args  # type: ignore[attr-defined]
    assert len(out) > 1
    assert left.shape[-2] * left.shape[-1] * right.shape[-1] <= MOST_PRODUCTS
