"""General rules by which a plan runs some shapes of program faster than node by node; none knows a model or a layer.

A rule gets the binder and a node and answers the bound calls, or None where it does not apply; the first that applies
is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from backprop_explorer.engine.buffers import flat, matrix
from backprop_explorer.graph.node import Node
from backprop_explorer.ops.record import Call

if TYPE_CHECKING:
    from backprop_explorer.engine.binder import Binder

Rule = Callable[["Binder", Node], list[Call] | None]


def product_of_sum(binder: Binder, node: Node) -> tuple[Node, Node] | None:
    """The factors of a sum over all elements of a product that nothing else uses, such as the sum of squares."""
    if node.operation.name != "sum" or node.size != 1 or not binder.private(node.operands[0]):
        return None
    product = node.operands[0]
    if product.operation.name == "power" and product.operands[1].constant == 2:
        factors = (product.operands[0], product.operands[0])
    elif product.operation.name == "multiply":
        factors = (product.operands[0], product.operands[1])
    else:
        return None
    fit = all(factor.shape == product.shape and factor.kind.name == "float" for factor in factors)
    return factors if fit and product.ndim else None


def sum_of_product_as_dot(binder: Binder, node: Node) -> list[Call] | None:
    """sum(a * b) is a dot product: one pass, and the product is never stored."""
    factors = product_of_sum(binder, node)
    if factors is None:
        return None
    a, b = (binder.array(factor) for factor in factors)
    out = binder.buffer(node, []).reshape(())
    vectors = (flat(a), flat(b))
    if vectors[0] is not None and vectors[1] is not None and a.strides == b.strides:
        return [partial(vectors[0].dot, vectors[1], out)]
    product = np.empty(a.shape, a.dtype)
    return [partial(np.multiply, a, b, product), partial(np.add.reduce, product, None, None, out)]


def factors_of_batch(binder: Binder, node: Node) -> tuple[Node, Node] | None:
    """x and g of a sum over the batch of x.mT @ g that nothing else uses: the weights' gradient of a batched layer."""
    if node.operation.name != "sum" or node.parameters["keepdims"] or not binder.private(node.operands[0]):
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


def sum_of_products_as_one(binder: Binder, node: Node) -> list[Call] | None:
    """(x.mT @ g).sum(batch) is one matrix product over all samples."""
    factors = factors_of_batch(binder, node)
    if factors is None:
        return None
    x, g = (binder.array(factor) for factor in factors)
    out, rows, gradients = binder.buffer(node, []), matrix(x), matrix(g)
    if rows is not None and gradients is not None:
        return [partial(rows.T.dot, gradients, out)]
    products = np.empty((*x.shape[:-2], *out.shape), out.dtype)
    return [partial(np.matmul, x.mT, g, products), partial(np.add.reduce, products, node.parameters["axis"], None, out)]


def unstored(binder: Binder, node: Node) -> bool:
    """Whether a rule takes the node and its operand together, so that the operand needs no buffer."""
    return product_of_sum(binder, node) is not None or factors_of_batch(binder, node) is not None


def sum_as_product_with_ones(binder: Binder, node: Node) -> list[Call] | None:
    """The sum of the rows or columns of a matrix as a product with ones: BLAS adds faster than a reduction."""
    operand = node.operands[0] if node.operands else node
    if (
        node.operation.name != "sum"
        or operand.ndim != 2
        or operand.kind.name != "float"
        or len(node.parameters["axis"]) != 1
    ):
        return None
    a, out = binder.array(operand), binder.buffer(node, []).reshape(-1)
    ones = np.ones(operand.shape[node.parameters["axis"][0]], a.dtype)
    return [partial(ones.dot, a, out)] if node.parameters["axis"] == (0,) else [partial(a.dot, ones, out)]


def matrix_product_as_dot(binder: Binder, node: Node) -> list[Call] | None:
    """`a.dot(b, out)` has half the cost of a call of `matmul` for matrices; one with a batch and one without is one
    product."""
    if node.operation.name != "matmul" or any(operand.kind.name != "float" for operand in node.operands):
        return None
    a, b = (binder.array(operand) for operand in node.operands)
    out = binder.buffer(node, [])
    if a.ndim <= 2 and b.ndim <= 2:
        return [partial(a.dot, b, out)]
    if b.ndim == 2 and a.ndim > 2:
        rows = matrix(a)
        return None if rows is None else [partial(rows.dot, b, out.reshape(-1, out.shape[-1]))]
    return None


def product_turned(binder: Binder, node: Node) -> list[Call] | None:
    """g.T @ x where x.T @ g stands already: the same numbers, turned."""
    if node.operation.name != "matmul" or node.operands[0].operation.name != "mT":
        return None
    (g,), x = node.operands[0].operands, node.operands[1]
    twin = next((other for other in binder.buffers if _is_product_of(other, x, g)), None)
    if twin is None:
        return None
    binder.buffers[node] = binder.buffers[twin].mT
    return []


def _is_product_of(node: Node, x: Node, g: Node) -> bool:
    """Whether the node is x.T @ g."""
    if node.operation.name != "matmul" or node.operands[1] is not g:
        return False
    turned = node.operands[0]
    return turned.operation.name == "mT" and turned.operands[0] is x


RULES: tuple[Rule, ...] = (
    sum_of_product_as_dot,
    sum_of_products_as_one,
    sum_as_product_with_ones,
    product_turned,
    matrix_product_as_dot,
)
