"""A box: the call of a composite, which is shown as one step while it is closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backprop_explorer.graph.node import Node


@dataclass(eq=False)
class Box:
    """The call of a composite: its name, what its parameters are bound to, its locals, the nodes inside and the
    result.

    `gradients` hold the simplified backward rule per operand, as program text over parameters, locals, `g` and `y`;
    empty where the composite has none, so that the gradient flows through the nodes inside.
    """

    name: str
    method: bool
    bound: Mapping[str, Any]
    defaults: Mapping[str, Any]
    output: Node
    inside: tuple[Node, ...]
    scope: Mapping[str, Any]
    gradients: Mapping[str, str]
    closed: bool
    symbol: str = ""
    names: dict[int, str] = field(default_factory=dict)

    @property
    def operands(self) -> list[Node]:
        """The tensors that the composite was called with, in the order of its parameters."""
        return [value for value in self.bound.values() if isinstance(value, Node)]


def closed_box(node: Node) -> Box | None:
    """The outermost closed box whose result the node is, or None."""
    return next((box for box in reversed(node.boxes) if box.closed), None)
