"""The validation loss: the program's loss on the rows that are held out, forward only."""

from __future__ import annotations

import numpy as np

from backprop_explorer.engine.compiling import held_out, program_of
from backprop_explorer.engine.plan import Plan


class Validation:
    """Measures the loss of a plan's parameters on the held-out rows. What acts in training alone, such as dropout, is
    off; statistics of a batch are those of these rows."""

    def __init__(self, plan: Plan) -> None:
        held = held_out(plan.document)
        self._plan = Plan(program_of(held, plan.program.graph.meter.budget, measuring=True), held)
        self._parameters = list(held.parameters)

    def loss(self, plan: Plan) -> float:
        """The loss with that plan's parameters, which must be of the same document."""
        self._plan.adopt(plan, self._parameters)
        with np.errstate(all="ignore"):
            return self._plan.run()
