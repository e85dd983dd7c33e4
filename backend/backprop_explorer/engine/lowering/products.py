"""Matrix products: the fewest and largest calls of BLAS."""

from __future__ import annotations

from functools import partial

import numpy as np

from backprop_explorer.engine.bindings import Bindings
from backprop_explorer.engine.buffers import allocated, matrix
from backprop_explorer.engine.lowering.blocks import matrix_product
from backprop_explorer.engine.placement import place
from backprop_explorer.graph.node import Node
from backprop_explorer.ops.record import Call


def factors_of_batch(bindings: Bindings, node: Node) -> tuple[Node, Node] | None:
    """x and g of a sum over the batch of x.mT @ g that nothing else uses: the weights' gradient of a batched layer."""
    if node.parameters["keepdims"] or not bindings.private(node.operands[0]):
        return None
    product = node.operands[0]
    if (
        product.operation.name != "matmul"
        or product.ndim < 3
        or node.parameters["axis"] != tuple(range(product.ndim - 2))
    ):
        return None
    left, right = product.operands
    fit = (
        left.operation.name == "mT"
        and left.shape[:-2] == right.shape[:-2]
        and {left.kind.name, right.kind.name} == {"float"}
    )
    return (left.operands[0], right) if fit else None


def sum_of_products_as_one(bindings: Bindings, node: Node) -> list[Call] | None:
    """(x.mT @ g).sum(batch) is one matrix product over all samples."""
    factors = factors_of_batch(bindings, node)
    if factors is None:
        return None
    x, g = (bindings.array(factor) for factor in factors)
    out, rows, gradients = bindings.buffer(node, []), matrix(x), matrix(g)
    if rows is not None and gradients is not None:
        return [partial(rows.T.dot, gradients, out)]
    products = allocated((*x.shape[:-2], *out.shape), out.dtype)
    return [partial(np.matmul, x.mT, g, products), partial(np.add.reduce, products, node.parameters["axis"], None, out)]


def matrix_product_as_dot(bindings: Bindings, node: Node) -> list[Call] | None:
    """`a.dot(b, out)` has half the cost of a call of `matmul` for matrices; one with a batch and one without is one
    product."""
    if any(operand.kind.name != "float" for operand in node.operands):
        return None
    a, b = (bindings.array(operand) for operand in node.operands)
    out = place(bindings, node, [])
    if a.ndim == b.ndim == 2 and out.flags.c_contiguous:  # dot writes to nothing else
        return matrix_product(a, b, out)
    if a.ndim == b.ndim == 2 and out.T.flags.c_contiguous:
        return matrix_product(b.T, a.T, out.T)
    if a.ndim <= 2 and b.ndim <= 2 and out.flags.c_contiguous:
        return [partial(a.dot, b, out)]
    if b.ndim == 2 and a.ndim > 2:
        rows = matrix(a)
        results = matrix(out)
        if rows is not None and results is not None and results.flags.c_contiguous:
            return [partial(rows.dot, b, results)]
    return None


def product_turned(bindings: Bindings, node: Node) -> list[Call] | None:
    """g.T @ x where x.T @ g stands already: the same numbers, transposed."""
    if node.operands[0].operation.name != "mT":
        return None
    (g,), x = node.operands[0].operands, node.operands[1]
    bindings.products.setdefault((g, x), node)
    same = bindings.products.get((x, g))
    if same is None or same is node:
        return None
    bindings.buffers[node] = bindings.buffers[same].mT
    return []
