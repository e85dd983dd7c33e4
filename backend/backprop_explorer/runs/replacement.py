"""A plan after keys of its document were replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backprop_explorer.engine import Budget, Document, Plan, compile_document, turned_state, with_layout


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
        plan.restore(turned_state(state, turned))
    return plan


def _name(optimizer: Mapping[str, Any] | None) -> object:
    return optimizer and optimizer["name"]
