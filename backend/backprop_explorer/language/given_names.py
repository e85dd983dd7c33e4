"""What the names of a document's tensors mean in a program: `fc1.weight` is an attribute, `weights[0]` an item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backprop_explorer.graph.node import Node
from backprop_explorer.language.names import parts_of
from backprop_explorer.language.scope import Class, Instance

TENSORS = Class("tensors", (), {})
"""What the names in front of the last one stand for."""
WHOLE = "model"
"""What a module is called that has no name."""


def given_names(leaves: Mapping[str, Node]) -> dict[str, Any]:
    """The variables by which a program reads its tensors: those of plain names, and what others are parts of. Names
    that begin with a number are items of `model`, as long as the program makes no module of its own of that name."""
    found: dict[str, Any] = {}
    for name, leaf in leaves.items():
        if name.isidentifier():
            found[name] = leaf
    for name, leaf in leaves.items():
        parts = parts_of(name) if not name.isidentifier() else None
        if parts and isinstance(parts[0], int):
            parts = [WHOLE, *parts]
        if parts and not isinstance(found.get(str(parts[0])), Node):
            _put(found, parts, leaf)
    return {name: _listed(value) for name, value in found.items()}


def _put(holder: dict[str, Any], parts: list[str | int], leaf: Node) -> None:
    for part in parts[:-1]:
        inner = holder.setdefault(str(part), Instance(TENSORS))
        if not isinstance(inner, Instance):
            return
        holder = inner.names
    holder.setdefault(str(parts[-1]), leaf)


def _listed(value: Any) -> Any:
    """What has nothing but the items 0, 1, 2, … is a list."""
    if not isinstance(value, Instance):
        return value
    items = {name: _listed(item) for name, item in value.names.items()}
    if all(str(i) in items for i in range(len(items))):
        return [items[str(i)] for i in range(len(items))]
    value.names = items
    return value
