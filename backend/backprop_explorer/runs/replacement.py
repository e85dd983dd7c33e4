"""A plan after keys of its document were replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backprop_explorer.engine import Budget, Document, Plan, compile_document, turned_state, with_layout

LONGEST = 300
"""Of the words about a change: a program may be long, and a rate may be an expression."""


def replaced(before: Plan, changes: Mapping[str, Any], budget: Budget) -> Plan:
    """Another plan, whose document has these keys in the place of its own; `layout` turns the weights. An optimizer's
    own tensors stay while it is the same and they fit. A `Problem` where the document would be wrong."""
    own = {key: value for key, value in changes.items() if key != "layout"}
    document = Document.parse({**before.document.to_json_dict(), **own}, budget)
    turned: list[str] = []
    if "layout" in changes:
        document, turned = with_layout(document, changes["layout"])
    plan = compile_document(document, budget=budget)
    if _name(document.optimizer) == _name(before.document.optimizer):
        leaves = {*document.inputs, *document.parameters}
        state = {name: array for name, array in before.snapshot().items() if name not in leaves}
        plan.take_over(turned_state(state, turned))
    return plan


def said(before: Document, after: Document, changes: Mapping[str, Any]) -> str:
    """The change in a few words."""
    words = [_said(key, before, after, value) for key, value in sorted(changes.items())]
    return "; ".join(words)[:LONGEST]


def _said(key: str, before: Document, after: Document, value: Any) -> str:
    if key == "optimizer":
        return _optimizer_said(before.optimizer or {"name": "none"}, after.optimizer or {"name": "none"})
    if key == "batch":
        return f"batches of {after.batch['size']}" if after.batch else "all rows at once"
    if key == "layout":
        return f"weights stored as {value}"
    return f"another {key}"


def _optimizer_said(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Which one it is now, or what of it is another."""
    if before["name"] != after["name"]:
        rate = f", lr {after['lr']}" if "lr" in after else ""
        return f"optimizer {before['name']} → {after['name']}{rate}"
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    changed = ", ".join(f"{key} {before.get(key, 'default')} → {after.get(key, 'default')}" for key in keys)
    return changed or "the same optimizer"


def _name(optimizer: Mapping[str, Any] | None) -> object:
    return optimizer and optimizer["name"]
