"""Which axis of each tensor is the batch: axis 0 of the inputs, followed through the program."""

from __future__ import annotations

from functools import lru_cache

from backprop_explorer.engine.origin import origin
from backprop_explorer.engine.program import Program
from backprop_explorer.graph.node import Node


@lru_cache(maxsize=64)
def batch_axes(program: Program) -> dict[Node, int]:
    """The batch axis of every node that has one."""
    axes = {node: 0 for name in program.inputs if (node := program.forward.leaves[name]).ndim}
    for node in program.graph.nodes:
        axis = _followed(node, axes) if node not in axes else None
        if axis is not None:
            axes[node] = axis
    return axes


def _followed(node: Node, axes: dict[Node, int]) -> int | None:
    """The axis of the result that an operand's batch axis became."""
    if not node.operands:
        return None
    operation = node.operation
    if operation.labels is not None:
        output, inputs = node.axis_labels
        for operand, letters in zip(node.operands, inputs, strict=True):
            if operand in axes and (letter := letters[axes[operand]]) and letter in output:
                return output.index(letter)
        return None
    for position, operand in enumerate(node.operands):  # what is looked up has the axes of its labels in front
        if operand in axes and operation.operand_name(position) in operation.whole:
            return axes[operand] if operation.family == "movement" else None
    return next((axis for axis in range(node.ndim) if node.shape[axis] > 1 and _moves_batch(node, axis, axes)), None)


def _moves_batch(node: Node, axis: int, axes: dict[Node, int]) -> bool:
    """Whether a step along an axis of a movement is a step along the batch of what was moved."""
    start = tuple((length - 1) // 2 for length in node.shape)  # inside of a padding, if there is one
    before, after = origin(node, start), origin(node, (*start[:axis], start[axis] + 1, *start[axis + 1 :]))
    if before is None or after is None or before[0] is not after[0] or before[0] not in axes:
        return False
    changed = [i for i, (old, new) in enumerate(zip(before[1], after[1], strict=True)) if old != new]
    return changed == [axes[before[0]]]
