"""What an operation refuses, in the words that the user gets: the examples are really run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from backprop_explorer.answers import Extent
from backprop_explorer.engine import compile_document
from backprop_explorer.ops.record import Reject, Sample
from backprop_explorer.problem import Problem
from backprop_explorer.reference.sample import numbers


class Said(TypedDict):
    """What a refused document is told."""

    message: str
    hint: str | None


class Refusal(Said):
    """Something that an entry refuses, with the shapes of its operands."""

    code: str
    shapes: dict[str, Extent]


def refusal(reject: Reject, samples: tuple[Sample, ...]) -> Refusal:
    """A refused expression with the shapes of its operands, and what is said to it. Names that are labels in the
    record's samples are labels here."""
    whole = {name: bound for sample in samples for name, bound in sample.whole.items()}
    tensors = numbers(reject.shapes, whole)
    document = {"program": f"y = {reject.code}\nloss = sum(y * y)", "inputs": tensors}
    shapes: dict[str, Extent] = {name: list(shape) for name, shape in reject.shapes.items()}
    return {"code": reject.code, "shapes": shapes, **said(document)}


def said(document: Mapping[str, Any]) -> Said:
    """The message and the hint that a document gets; a document that is accepted is a mistake in the record."""
    try:
        compile_document(document)
    except Problem as problem:
        return {"message": problem.detail, "hint": problem.hint}
    raise AssertionError(f"{document['program']!r} is not refused")
