"""An einsum of two operands as one matrix product; copies that it takes are shared by all that need the same one."""

from __future__ import annotations

from functools import partial

import numpy as np

from backprop_explorer.engine.bindings import Bindings
from backprop_explorer.engine.buffers import allocated, memory_order
from backprop_explorer.engine.lowering.blocks import matrix_product
from backprop_explorer.graph.node import Node
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.primitives.contraction import split_spec
from backprop_explorer.ops.record import Array, Call


def einsum_as_product(bindings: Bindings, node: Node) -> list[Call] | None:
    """(shared, free of a).T @ (shared, free of b), the result in the order in which the product writes it.

    What has a batch, and letters that are summed in one operand alone, are left to NumPy.
    """
    if len(node.operands) != 2:
        return None
    (left, right), output = split_spec(node.parameters["spec"])
    batch = [letter for letter in left if letter in right and letter in output]
    shared = [letter for letter in left if letter in right and letter not in output]
    alone = [letter for letter in left + right if (letter in left) != (letter in right) and letter not in output]
    if alone or batch or not shared or {operand.kind.name for operand in node.operands} != {"float"}:
        return None
    layouts = [_layout(bindings, operand, term) for operand, term in zip(node.operands, (left, right), strict=True)]
    free = [[letter for letter in layout if letter in output] for layout in layouts]
    larger = layouts[0] if node.operands[0].size >= node.operands[1].size else layouts[1]
    shared = [letter for letter in larger if letter in shared]
    calls: list[Call] = []
    a, b = (
        _matrix(bindings, operand, term, shared, own, calls)
        for operand, term, own in zip(node.operands, (left, right), free, strict=True)
    )
    # The larger operand's free axes go inside: they are the batch, which one product then serves as a whole.
    transposed = a.shape[1] > b.shape[1]
    first, second = (b, a) if transposed else (a, b)
    order = free[1] + free[0] if transposed else free[0] + free[1]
    out = allocated((first.shape[1], second.shape[1]), bindings.program.graph.dtype)
    lengths = dict(zip(output, node.shape, strict=True))
    shaped = out.reshape([lengths[letter] for letter in order])
    bindings.buffers[node] = shaped.transpose([order.index(letter) for letter in output])
    return [*calls, *matrix_product(first.T, second, out)]


def _layout(bindings: Bindings, node: Node, term: str) -> list[str]:
    """The operand's letters as its numbers lie in memory, those of a copy at hand where there is one: what is read and
    written in that order is read and written in long runs."""
    known = next((order for copied, order in bindings.copies if copied is node), None)
    return [term[axis] for axis in known or memory_order(bindings.array(node))]


def _matrix(bindings: Bindings, node: Node, term: str, rows: list[str], columns: list[str], calls: list[Call]) -> Array:
    """An operand as a matrix (rows, columns): a view where memory allows it, else a copy made once per run."""
    array = bindings.array(node)
    axes = [[term.index(letter) for letter in letters] for letters in (rows, columns)]
    shape = tuple(size(tuple(array.shape[axis] for axis in part)) for part in axes)
    for transposed in (False, True):
        order = axes[1] + axes[0] if transposed else axes[0] + axes[1]
        found = _at_hand(bindings, node, array, order, shape[::-1] if transposed else shape)
        if found is not None:
            return found.T if transposed else found
    order = axes[0] + axes[1]
    copy = allocated([array.shape[axis] for axis in order], array.dtype)
    bindings.copies[(node, tuple(order))] = copy
    calls.append(partial(np.copyto, copy, array.transpose(order)))
    return copy.reshape(shape)


def _at_hand(bindings: Bindings, node: Node, array: Array, order: list[int], shape: tuple[int, ...]) -> Array | None:
    """The array with its axes in that order as a matrix, where memory or a copy already has it."""
    view = array.transpose(order).reshape(shape)
    if np.may_share_memory(view, array):
        return view
    known = bindings.copies.get((node, tuple(order)))
    return None if known is None else known.reshape(shape)
