"""The tensors of an iteration by name: values, gradients such as `w1.g`, the optimizer's state such as `w1.exp_avg`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from backprop_explorer.engine import Document, Plan
from backprop_explorer.export.embedded_document import given_name
from backprop_explorer.export.record import Rules
from backprop_explorer.ops.record import Array


def exported_tensors(plan: Plan, rules: Rules) -> dict[str, Array]:
    """What a file of tensors holds: those of the iteration, and all rows of those that are read in batches.

    Raises a `Problem` where that is too large.
    """
    tensors = tensors_of(plan)
    rows = plan.given.values() if plan.batch else ()
    rules.check_bytes(sum(array.nbytes for array in (*tensors.values(), *rows)), "ask for one tensor at a time")
    return with_given(tensors, plan.document)


def tensors_of(plan: Plan) -> dict[str, Array]:
    """The tensors of a plan that has run: views, which the next run overwrites."""
    found: dict[str, Array] = {}
    for name, info in plan.tensors.items():
        found[name] = np.asarray(plan[name])
        if info.differentiable:
            found[f"{name}.g"] = np.asarray(plan[f"{name}.g"])
    return found


def with_given(tensors: Mapping[str, Array], document: Document) -> dict[str, Array]:
    """An iteration's tensors, and under another name all rows of those that are only a batch of the document's."""
    given = document.tensors
    others = [name for name, array in given.items() if not np.array_equal(tensors[name], array, equal_nan=True)]
    return {**tensors, **{given_name(name): given[name] for name in others}}
