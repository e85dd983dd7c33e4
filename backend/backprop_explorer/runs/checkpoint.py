"""A state to start from: the document's words, and the numbers of all its leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backprop_explorer.engine import Budget, Document, Plan, compile_document, drawn

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Recipe:
    """What a tensor was drawn or read from: its `entry` in a document of that `seed`, such as `{"shape", "init"}`."""

    name: str
    entry: Mapping[str, Any]
    seed: int

    def array(self, dtype: str) -> Array:
        """The numbers, drawn or read once more; a `Problem` where there are no such any more."""
        return np.array(drawn(self.name, self.entry, self.seed), dtype, order="C")


@dataclass(frozen=True)
class Checkpoint:
    """`words` is the document without numbers: its `inputs` and `parameters` are lists of names.

    `whole` among them lists those that were given as whole numbers. `arrays` are the plan's leaves: inputs, parameters
    and the optimizer's own tensors. `recipes` tell what some of them may be drawn from again; they need not be true.
    """

    words: dict[str, Any]
    arrays: dict[str, Array]
    recipes: Mapping[str, Recipe] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan) -> Checkpoint:
        """The plan's present state, copied."""
        words = plan.document.to_json_dict()
        whole = [name for name, array in words["inputs"].items() if array.dtype.kind == "i"]
        words["inputs"] = list(words["inputs"])
        words["parameters"] = list(words["parameters"])
        recipes = {name: Recipe(name, entry, words["seed"]) for name, entry in plan.recipes.items()}
        return cls({**words, "whole": whole}, plan.snapshot(), recipes)

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
