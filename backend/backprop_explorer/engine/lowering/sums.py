"""Sums: as dot products, and as products with ones."""

from __future__ import annotations

from functools import partial

import numpy as np

from backprop_explorer.engine.bindings import Bindings
from backprop_explorer.engine.buffers import allocated, as_rows, flat
from backprop_explorer.graph.node import Node
from backprop_explorer.ops.record import Call


def product_of_sum(bindings: Bindings, node: Node) -> tuple[Node, Node] | None:
    """The factors of a sum over all elements of a product that nothing else uses, such as the sum of squares."""
    return _factors(bindings, node) if node.size == 1 else None


def product_of_last_axis(bindings: Bindings, node: Node) -> tuple[Node, Node] | None:
    """The factors of a sum along the last axis of a product that nothing else uses."""
    if node.size == 1 or node.parameters["axis"] != (node.operands[0].ndim - 1,):
        return None
    return _factors(bindings, node)


def _factors(bindings: Bindings, node: Node) -> tuple[Node, Node] | None:
    """The factors of a summed product, or a square's, where both have its shape and it is used by the sum alone."""
    product = node.operands[0]
    if not bindings.private(product):
        return None
    if product.operation.name == "power" and product.operands[1].constant == 2:
        factors = (product.operands[0], product.operands[0])
    elif product.operation.name == "multiply":
        factors = (product.operands[0], product.operands[1])
    else:
        return None
    fit = all(factor.shape == product.shape and factor.kind.name == "float" for factor in factors)
    return factors if fit and product.ndim else None


def sum_of_product_as_dot(bindings: Bindings, node: Node) -> list[Call] | None:
    """sum(a * b) is a dot product: one pass, and the product is never stored."""
    factors = product_of_sum(bindings, node)
    if factors is None:
        return None
    a, b = (bindings.array(factor) for factor in factors)
    out = bindings.buffer(node, []).reshape(())
    vectors = (flat(a), flat(b))
    if vectors[0] is not None and vectors[1] is not None and a.strides == b.strides:
        return [partial(vectors[0].dot, vectors[1], out)]
    product = allocated(a.shape, a.dtype)
    return [partial(np.multiply, a, b, product), partial(np.add.reduce, product, None, None, out)]


def sum_of_product_along_rows(bindings: Bindings, node: Node) -> list[Call] | None:
    """sum(a * b, -1) is a dot product per row."""
    factors = product_of_last_axis(bindings, node)
    if factors is None:
        return None
    a, b = (bindings.array(factor) for factor in factors)
    out = bindings.buffer(node, [])
    return [partial(np.vecdot, a, b, out.reshape(a.shape[:-1]))]


def sum_as_product_with_ones(bindings: Bindings, node: Node) -> list[Call] | None:
    """A sum as a product with ones, where memory lets the array be read as a matrix: BLAS adds faster than a
    reduction."""
    operand = node.operands[0]
    if operand.kind.name != "float" or not len(node.parameters["axis"]) > 0:
        return None
    array, axes = bindings.array(operand), node.parameters["axis"]
    rows = as_rows(array, axes) if len(axes) < array.ndim else None
    if rows is None:
        return None
    out = bindings.buffer(node, []).reshape(-1)
    ones = np.ones(rows.shape[1], array.dtype)
    return [partial(ones.dot, rows.T, out)] if axes[0] == 0 else [partial(rows.dot, ones, out)]
