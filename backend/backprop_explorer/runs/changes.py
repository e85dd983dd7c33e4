"""Changes by hand: new numbers for a tensor, or new keys for the document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop_explorer.engine import Budget, Document, Plan, compile_document, transposed_state, with_layout
from backprop_explorer.problem import Problem
from backprop_explorer.runs.serialization import Array, deserialize, serialize

LONGEST = 300
"""The most characters of the words about a change: a rate may be a long expression."""


@dataclass(frozen=True)
class Edit:
    """New `values` for the cells at `indices`, of shape `(cells, axes)`, or for the whole tensor where that is None."""

    tensor: str
    values: Array
    indices: Array | None = None

    def apply(self, plan: Plan) -> None:
        """Writes the numbers into the plan. Raises a `Problem` for a computed tensor, a wrong shape or index."""
        if self.indices is None:
            plan[self.tensor] = self.values
            return
        array = plan[self.tensor].astype(np.float64)
        self._check_indices(array.shape)
        if array.ndim:
            array[tuple(self.indices.T)] = self.values
        else:  # no axis to index by; of several numbers for the one cell the last counts, as above
            array[...] = self.values[-1]
        plan[self.tensor] = array

    def _check_indices(self, shape: tuple[int, ...]) -> None:
        assert self.indices is not None
        axes = self.indices.shape[1] if self.indices.ndim > 1 else 0
        outside: Array = np.ones(len(self.indices), bool)
        if axes == len(shape):
            outside = np.any((self.indices < 0) | (self.indices >= np.array(shape, np.int64)), axis=1)
        if outside.any():
            index = tuple(self.indices[int(outside.argmax())].reshape(-1).tolist())
            raise Problem(
                "index_outside",
                f"{self.tensor} has the shape {shape}, so {index} is no index into it",
                tensor=self.tensor,
                index=index,
            )

    def serialize(self) -> bytes:
        """The edit as the payload of an event."""
        arrays = {"values": self.values} if self.indices is None else {"values": self.values, "indices": self.indices}
        return serialize({"tensor": self.tensor}, arrays)

    @classmethod
    def deserialize(cls, content: bytes) -> Edit:
        """The edit that was serialized."""
        words, arrays = deserialize(content)
        return cls(words["tensor"], arrays["values"], arrays.get("indices"))


def replaced(before: Plan, changes: Mapping[str, Any], budget: Budget) -> Plan:
    """A new plan, of the document with these keys replaced; the key `layout` transposes the weights.

    The optimizer's own tensors are kept where the optimizer is the same and their shapes fit. Raises a `Problem` where
    the new document is wrong.
    """
    own = {key: value for key, value in changes.items() if key != "layout"}
    document = before.document.replace(**own, budget=budget)
    transposed: list[str] = []
    if "layout" in changes:
        document, transposed = with_layout(document, changes["layout"])
    plan = compile_document(document, budget=budget)
    if _name(document.optimizer) == _name(before.document.optimizer):
        leaves = {*document.inputs, *document.parameters}
        state = {name: array for name, array in before.snapshot().items() if name not in leaves}
        plan.take_over(transposed_state(state, transposed))
    return plan


def sentence(before: Document, after: Document, changes: Mapping[str, Any]) -> str:
    """The change of one document to another in a few words; `changes` are the keys that were replaced."""
    words = [_words(key, before, after, value) for key, value in sorted(changes.items())]
    return "; ".join(words)[:LONGEST]


def _words(key: str, before: Document, after: Document, value: Any) -> str:
    if key == "optimizer":
        return _optimizer_words(before.optimizer or {"name": "none"}, after.optimizer or {"name": "none"})
    if key == "batch":
        return f"batches of {after.batch['size']}" if after.batch else "all rows at once"
    if key == "validation":
        return f"{after.split.held:,} rows held out" if after.split else "no rows held out"
    if key == "layout":
        return f"weights stored as {value}"
    return f"another {key}"


def _optimizer_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Which optimizer it is now, or which of its options changed."""
    if before["name"] != after["name"]:
        rate = f", lr {after['lr']}" if "lr" in after else ""
        return f"optimizer {before['name']} → {after['name']}{rate}"
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    changed = ", ".join(f"{key} {before.get(key, 'default')} → {after.get(key, 'default')}" for key in keys)
    return changed or "the same optimizer"


def _name(optimizer: Mapping[str, Any] | None) -> object:
    return optimizer and optimizer["name"]
