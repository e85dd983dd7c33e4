"""Answers to a document, an example or an exercise, graded at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from backprop_explorer.engine import Budget, Document, compile_document
from backprop_explorer.examples import examples
from backprop_explorer.examples.exercises import exercises
from backprop_explorer.practice.check import check
from backprop_explorer.problem import Problem, suggestion


def graded(content: dict[str, Any], budget: Budget, most: int = 0) -> dict[str, Any]:
    """The verdicts on the `gradients` of a document, or of the example or exercise that is named instead of one; with
    their numbers if they are at most so many.

    Raises a `Problem` for a document, or gradients, that cannot be understood.
    """
    gradients = gradients_of(content)
    with np.errstate(all="ignore"):
        plan = compile_document(Document.parse(_document(content), budget), budget=budget)
        plan.run()
        return check(plan, gradients, most)


def gradients_of(content: dict[str, Any]) -> dict[str, Any]:
    """The gradients to be checked, taken out of what somebody sent. Raises a `Problem` where they are none."""
    gradients = content.pop("gradients", None)
    if not isinstance(gradients, dict) or not gradients:
        raise Problem(
            "bad_gradients",
            "gradients must be an object with at least one formula, or numbers, by tensor",
            hint='such as {"gradients": {"w1": "x.T @ l1.g"}}',
        )
    return gradients


def _document(content: dict[str, Any]) -> dict[str, Any]:
    """The document itself, or the exercise or example that is named."""
    known = {"exercise": {name: one.document for name, one in exercises.items()}, "example": dict(examples)}
    for key, documents in known.items():
        if key in content and len(content) == 1:
            name = str(content[key])
            if name not in documents:
                hint = suggestion(name, documents) or f"there are {', '.join(documents)}"
                raise Problem(f"unknown_{key}", f"there is no {key} {name[:60]!r}", status=404, hint=hint)
            return documents[name]
    if "program" not in content:
        raise Problem(
            "bad_document",
            "there is no program whose gradients these are",
            hint='send program, inputs and parameters, too, or name an example or exercise: {"example": "lesson13"}',
        )
    return content
