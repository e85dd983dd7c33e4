"""An answer as it was given: a formula or numbers for a tensor's gradient, read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backprop_explorer.engine.numbers import array_of
from backprop_explorer.engine.plan import Plan
from backprop_explorer.graph.node import Node
from backprop_explorer.ops.record import Array
from backprop_explorer.practice.formula import Formula, read_formula
from backprop_explorer.practice.namespace import namespace
from backprop_explorer.problem import Problem


@dataclass(frozen=True)
class Answer:
    """An answer for a `tensor`: its numbers, with the formula if they come from one; where it could not be understood
    the problem, and the text of the formula."""

    tensor: Node
    content: Any
    given: Array | None = None
    formula: Formula | None = None
    problem: Problem | None = None

    @property
    def fits(self) -> bool:
        """Whether there are numbers, in the tensor's shape."""
        return self.given is not None and self.given.shape == self.tensor.shape

    def on(self, plan: Plan) -> Answer:
        """The same answer to a plan of the same program with other numbers, which has run."""
        if self.formula is None:
            return self
        try:
            return replace(self, given=self.formula.value(plan))
        except Problem as problem:
            return Answer(self.tensor, self.content, problem=problem)


def read_answer(plan: Plan, name: str, content: Any) -> Answer:
    """The answer for a tensor by its name. Raises a `Problem` for a tensor that does not exist (404) or has no
    gradient."""
    tensor = namespace(plan.program).target(name)
    try:
        if not isinstance(content, str):
            return Answer(tensor, content, np.asarray(array_of(content, name)[0], np.float64))
        formula = read_formula(plan.program, content, tensor)
        return Answer(tensor, content, formula.value(plan), formula)
    except Problem as problem:
        return Answer(tensor, content, problem=problem)
