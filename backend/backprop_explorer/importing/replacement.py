"""Tensors of a file in the place of a document's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop_explorer.engine import Budget, Document, Plan
from backprop_explorer.export.embedded_document import KINDS
from backprop_explorer.importing.embedded_document import holds_whole
from backprop_explorer.importing.names import name_of
from backprop_explorer.importing.placement import placed
from backprop_explorer.importing.record import Choices, Content
from backprop_explorer.importing.row_count import left_over, with_rows
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem
from backprop_explorer.wording import listed


@dataclass(frozen=True)
class Replacement:
    """The document's keys with the new numbers, the tensors that got them, and what was left out, in words."""

    changes: Mapping[str, Any]
    replaced: list[str]
    warnings: list[str]


def replacement(plan: Plan, content: Content, budget: Budget, choices: Choices | None = None) -> Replacement:
    """The file's tensors that are called as the document's inputs and parameters are. `fc.weight` is also
    `fc_weight`; a table's columns, an array without a name, pictures and text are placed first.

    Inputs may have another number of rows. Raises a `Problem` where no name or a shape does not fit.
    """
    document = plan.document
    own, place = document.tensors, placed(plan, content, choices or Choices(), budget)
    tensors = place.tensors
    by_likeness = sorted(tensors, key=lambda name: name in own)  # a name that is the same goes before one that is alike
    found = {_own_name(name, own): name for name in by_likeness if _own_name(name, own) in own}
    if not found:
        raise Problem(
            "no_tensor_fits",
            f"none of the file's tensors ({listed(tensors)}) is called like one of this run ({listed(own)})",
            hint="name the file's tensors as the run's inputs and parameters",
        )
    new = {name: _fitting(name, tensors[given], document) for name, given in found.items()}
    whole = document.to_json_dict()
    changes: dict[str, Any] = {
        kind: {name: new.get(name, array) for name, array in whole[kind].items()}
        for kind in KINDS
        if new.keys() & whole[kind].keys()
    }
    others = [name for name in tensors if name not in found.values()]
    left_out = f"left out, since the run has no input or parameter of the name: {listed(others)}"
    warnings = [*place.warnings, *([left_out] if others else [])]
    kept = {name: words for name, words in document.vocabulary.items() if name not in new}
    if place.vocabulary or kept != document.vocabulary:
        changes["vocabulary"] = {name: list(words) for name, words in {**kept, **place.vocabulary}.items()} or None
    program = with_rows(plan, changes, new, budget)
    if program is not None:
        changes["program"] = program
        warnings.append("The program said how many rows there are; it takes their number from the data now")
    return Replacement(changes, sorted(new), [*warnings, *left_over(plan.document, new, program)])


def _own_name(given: str, own: Mapping[str, Array]) -> str:
    return given if given in own else name_of(given)


def _fitting(name: str, array: Array, document: Document) -> Array:
    before = document.tensors[name]
    if array.shape != before.shape and not (name in document.inputs and _has_such_rows(array, before)):
        transposed = array.ndim > 1 and array.shape == before.shape[::-1]
        hint = "it stores its weights the other way round: turn the layout of the run's weights first"
        raise Problem(
            "wrong_shape",
            f"{name} has the shape {before.shape}; the file's has {array.shape}",
            tensor=name,
            hint=hint if transposed else None,
        )
    return array.astype(np.int64) if name in document.whole and holds_whole(array) else array


def _has_such_rows(array: Array, before: Array) -> bool:
    """Whether the two differ in their numbers of rows only."""
    return array.ndim == before.ndim > 0 and array.shape[1:] == before.shape[1:]
