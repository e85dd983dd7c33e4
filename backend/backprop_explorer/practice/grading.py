"""Answers to a document, an example or an exercise, graded at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np

from backprop_explorer.engine import Budget, Document, Plan, compile_document
from backprop_explorer.engine.document import KEYS
from backprop_explorer.engine.program import Program
from backprop_explorer.examples.named import KINDS, kind_of, named_document
from backprop_explorer.practice.check import check
from backprop_explorer.practice.namespace import namespace
from backprop_explorer.practice.tolerance import Bounds
from backprop_explorer.practice.verdict import CheckAnswer
from backprop_explorer.problem import Problem, suggestion

Require = str | Collection[str] | None
"""Which gradients must be there: "all" that are asked for, "none", or these; None: all where there is an exercise."""
_WORDS = ("title", "description")


@dataclass(frozen=True)
class Task:
    """What answers are graded on: a plan that has run, its document, and by which `kind` and `name` it was given.

    An answer cannot replace anything of it.
    """

    plan: Plan
    document: Mapping[str, Any]
    kind: str | None = None
    name: str | None = None

    @classmethod
    def of(cls, content: Mapping[str, Any], budget: Budget) -> Task:
        """That of a document, or of the exercise or example that is named instead of one. Raises a `Problem` for what
        is neither."""
        kind = kind_of(content)
        if kind is None:
            return cls._of_document(content, budget)
        for key in content:
            if key != kind:
                raise Problem(
                    "unknown_key",
                    f"an answer that names an {kind} has no key {str(key)[:60]!r}",
                    hint=f"it has {kind} and gradients: the {kind} brings its own program and numbers",
                )
        return cls.named(kind, content[kind], budget)

    @classmethod
    def named(cls, kind: str, name: object, budget: Budget) -> Task:
        """That of an exercise or an example."""
        return cls._of_document(named_document(kind, name), budget, kind, str(name))

    @classmethod
    def _of_document(
        cls, content: Mapping[str, Any], budget: Budget, kind: str | None = None, name: str | None = None
    ) -> Task:
        if "program" not in content:
            raise _no_program(content)
        with np.errstate(all="ignore"):
            plan = compile_document(Document.parse(content, budget), budget=budget)
            plan.run()
        return cls(plan, content, kind, name)

    def graded(
        self,
        gradients: Mapping[str, Any],
        most: int = 0,
        require: Require = None,
        tolerance: Bounds = (None, None),
    ) -> CheckAnswer:
        """The verdicts, and which of the gradients that are required are `missing`: without these it is not correct."""
        wanted = "all" if require is None and self.kind == "exercise" else require
        with np.errstate(all="ignore"):
            found = complete(check(self.plan, gradients, most, tolerance), self.plan.program, wanted)
        if self.kind == "exercise":
            found["exercise"] = str(self.name)
        elif self.kind == "example":
            found["example"] = str(self.name)
        if self.kind is not None:
            found["title"] = self.plan.document.title
        return found

    def set_aside(self, content: Mapping[str, Any]) -> list[str]:
        """The keys of a document that somebody's answer brings along in another form than this one: they do not count.

        Raises a `Problem` for an answer to something else, and for keys that no answer has.
        """
        for key, value in content.items():
            if key in KINDS and str(value) not in self._names:
                raise Problem("another_exercise", f"the answer is to {str(value)[:60]!r}, not to {self.name!r}")
            if key not in (*KINDS, *KEYS):
                raise _unknown_key(key)
        return [key for key in content if key in KEYS and not self._agrees(key, content[key])]

    @property
    def _names(self) -> set[str]:
        """What an answer may call it: of a file also the name alone, and that without its ending."""
        return set() if self.name is None else {self.name, PurePath(self.name).name, PurePath(self.name).stem}

    def _agrees(self, key: str, value: Any) -> bool:
        return key in _WORDS or self.document.get(key) == value


def graded(
    content: dict[str, Any],
    budget: Budget,
    most: int = 0,
    require: Require = None,
    tolerance: Bounds = (None, None),
) -> CheckAnswer:
    """The verdicts on the `gradients` of a document, or of the example or exercise that is named instead of one; with
    their numbers if they are at most so many.

    An answer to an exercise must have all gradients that it asks for, unless `require` says otherwise. Raises a
    `Problem` for a document, or gradients, that cannot be understood.
    """
    gradients = gradients_of(content)
    return Task.of(content, budget).graded(gradients, most, require, tolerance)


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


def complete(found: CheckAnswer, program: Program, require: Require) -> CheckAnswer:
    """The verdicts as they are where nothing is required; else with what is missing. Raises a `Problem` for a tensor
    that does not exist or has no gradient."""
    if require is None:
        return found
    asked = {"all": program.parameters, "none": ()}.get(require) if isinstance(require, str) else None
    names = asked if asked is not None else [require] if isinstance(require, str) else require
    for name in names:
        namespace(program).target(name)
    missing = [name for name in names if name not in found["verdicts"]]
    return {**found, "missing": missing, "correct": found["correct"] and not missing}


def _no_program(content: Mapping[str, Any]) -> Problem:
    for key in content:
        if key not in KEYS:
            return _unknown_key(key)
    return Problem(
        "bad_document",
        "there is no program whose gradients these are",
        hint='send program, inputs and parameters, too, or name an example or exercise: {"example": "lesson13"}',
    )


def _unknown_key(key: object) -> Problem:
    known = [*KINDS, "gradients", *KEYS]
    hint = suggestion(str(key), known) or f"its keys are {', '.join(known)}"
    return Problem("unknown_key", f"an answer has no key {str(key)[:60]!r}", hint=hint)
