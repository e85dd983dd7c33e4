"""A state to start from: the document's words, and the numbers of all its leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop_explorer.engine import Budget, Document, Plan, compile_document

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Checkpoint:
    """`words` is the document without numbers: its `inputs` and `parameters` are lists of names.

    `whole` among them lists those that were given as whole numbers. `arrays` are the plan's leaves: inputs, parameters
    and the optimizer's own tensors.
    """

    words: dict[str, Any]
    arrays: dict[str, Array]

    @classmethod
    def of(cls, plan: Plan) -> Checkpoint:
        """The plan's present state, copied."""
        words = plan.document.to_json_dict()
        whole = [name for name, array in words["inputs"].items() if array.dtype.kind == "i"]
        words["inputs"] = list(words["inputs"])
        words["parameters"] = list(words["parameters"])
        return cls({**words, "whole": whole}, plan.snapshot())

    def plan(self, budget: Budget) -> Plan:
        """A new plan in this state."""
        words = dict(self.words)
        whole = set(words.pop("whole"))
        for group in ("inputs", "parameters"):
            words[group] = {name: _as_given(self.arrays[name], name in whole) for name in words[group]}
        plan = compile_document(Document.parse(words, budget), budget=budget)
        plan.restore(self.arrays)
        return plan

    @property
    def size(self) -> int:
        """Its numbers in bytes."""
        return sum(array.nbytes for array in self.arrays.values())


def _as_given(array: Array, whole: bool) -> Array:
    return array.astype(np.int64) if whole else array
