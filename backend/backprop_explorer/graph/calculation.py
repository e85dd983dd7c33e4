"""The numbers of nodes by each record's own `forward`, nothing shared or bound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.ops.record import Array, Operation


def calculate(nodes: Iterable[Node], known: Mapping[Node, Array], dtype: np.dtype[np.generic]) -> dict[Node, Array]:
    """The values of nodes in an order in which they can be computed, besides those that are known."""
    values = dict(known)
    for node in nodes:
        if node in values:
            continue
        arrays = [_value(operand, values, dtype) for operand in node.operands]
        values[node] = np.asarray(node.operation.forward(*as_numbers(node.operation, arrays, dtype), **node.parameters))
        if values[node].dtype.kind == "f":
            values[node] = values[node].astype(dtype, copy=False)
    return values


def _value(node: Node, values: Mapping[Node, Array], dtype: np.dtype[np.generic]) -> Array:
    return np.array(node.parameters["value"], dtype) if node.operation is CONSTANT else values[node]


def counts_as_numbers(operation: Operation, arrays: Sequence[Array]) -> bool:
    """Whether an operation that calculates got only masks, which then count as 1 and 0 (NumPy would take + as "or")."""
    return operation.result == "float" and not operation.whole and all(array.dtype.kind != "f" for array in arrays)


def as_numbers(operation: Operation, arrays: Sequence[Array], dtype: np.dtype[np.generic]) -> list[Array]:
    """The operands, masks as numbers where the operation calculates with nothing else."""
    return [array.astype(dtype) for array in arrays] if counts_as_numbers(operation, arrays) else list(arrays)
