"""General rules by which a plan runs some shapes of program faster than node by node; none knows a model or a layer.

A rule gets the bindings and a node of its operation and answers the bound calls, or None where it does not apply; the
first that applies is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from backprop_explorer.engine.bindings import Bindings, Rule
from backprop_explorer.engine.lowering.contractions import einsum_as_product
from backprop_explorer.engine.lowering.extrema import extremum_of_short_rows
from backprop_explorer.engine.lowering.products import (
    factors_of_batch,
    matrix_product_as_dot,
    product_turned,
    sum_of_products_as_one,
)
from backprop_explorer.engine.lowering.slices import disjoint_slices, folded_in_memory_order, padded_with_batch_last
from backprop_explorer.engine.lowering.sums import (
    product_of_last_axis,
    product_of_sum,
    sum_as_product_with_ones,
    sum_of_product_along_rows,
    sum_of_product_as_dot,
)
from backprop_explorer.graph.node import Node

RULES: Mapping[str, tuple[Rule, ...]] = {
    "sum": (
        sum_of_product_as_dot,
        sum_of_product_along_rows,
        sum_of_products_as_one,
        sum_as_product_with_ones,
    ),
    "matmul": (product_turned, matrix_product_as_dot),
    "einsum": (einsum_as_product,),
    "max": (extremum_of_short_rows,),
    "min": (extremum_of_short_rows,),
    "add": (disjoint_slices,),
    "fold": (folded_in_memory_order,),
    "pad": (padded_with_batch_last,),
}
"""By the name of the operation whose nodes they calculate."""
UNSTORED: Mapping[str, tuple[Callable[[Bindings, Node], object | None], ...]] = {
    "sum": (product_of_sum, product_of_last_axis, factors_of_batch)
}
"""Each tells whether a rule takes a node and its operand together, so that the operand needs no buffer."""

__all__ = ["RULES", "UNSTORED", "Rule"]
