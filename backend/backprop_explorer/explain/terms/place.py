"""The element that is asked about: a tensor's name, value or gradient, and an index, checked against the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from backprop_explorer.answers import Extent
from backprop_explorer.engine.program import Aim, Program, unknown_tensor
from backprop_explorer.graph.node import Node
from backprop_explorer.ops.record import Shape
from backprop_explorer.problem import Problem


class Element(TypedDict):
    """An element of a tensor; of its next value where the update is explained."""

    tensor: str
    field: Aim
    index: Extent
    value: float


def named_node(program: Program, tensor: str, field: Aim) -> Node:
    """The node of a tensor's value, gradient or next value; a `Problem` (404) for an unknown name, or (422) where
    there is no gradient, or no update."""
    nodes = program.nodes
    steps = program.update.results if field == "next" and program.update else {}
    if tensor in steps:
        return steps[tensor]
    if tensor not in nodes:
        raise unknown_tensor(tensor, (name for name in nodes if not name.endswith(".g")))
    if field == "value":
        return nodes[tensor]
    if field == "next":
        return program.updated(tensor)
    if f"{tensor}.g" not in nodes:
        raise Problem(
            "no_gradient",
            f"{tensor} has no gradient: it holds labels, truth values or an optimizer's state",
            tensor=tensor,
        )
    return nodes[f"{tensor}.g"]


def checked_index(index: Sequence[int], node: Node, tensor: str) -> Shape:
    """The index, if the tensor has such an element; else a `Problem`."""
    if len(index) != node.ndim:
        raise Problem(
            "bad_index",
            f"{tensor} has {node.ndim} axes {node.shape}; got an index of length {len(index)}",
            tensor=tensor,
            index=tuple(index),
        )
    for axis, (position, length) in enumerate(zip(index, node.shape, strict=True)):
        if not 0 <= position < length:
            raise Problem(
                "bad_index",
                f"axis {axis} of {tensor} {node.shape} has the indices 0 to {length - 1}; got {position}",
                tensor=tensor,
                index=tuple(index),
            )
    return tuple(index)
