"""Documents by name: what `{"example": "lesson13"}` and `{"exercise": "relu"}` stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backprop_explorer.examples import examples
from backprop_explorer.examples.exercises import exercises
from backprop_explorer.problem import Problem, suggestion

KINDS = ("exercise", "example")


def kind_of(content: Mapping[str, Any]) -> str | None:
    """Which of the two a content names; None for one that names neither, such as a document."""
    return next((kind for kind in KINDS if kind in content), None)


def named_document(kind: str, name: object) -> dict[str, Any]:
    """The document of that name; a `Problem` of status 404 with the nearest name where there is none."""
    known = exercises if kind == "exercise" else examples
    if not isinstance(name, str) or name not in known:
        hint = suggestion(str(name), known) or f"there are {', '.join(known)}"
        raise Problem(f"unknown_{kind}", f"there is no {kind} {str(name)[:60]!r}", status=404, hint=hint)
    return exercises[name].document if kind == "exercise" else examples[name]
