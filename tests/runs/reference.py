"""A run as plainly as it can be written: every state is kept, nothing is replayed."""

from collections.abc import Callable
from typing import Any

import numpy as np

from backprop_explorer.engine import Budget, Document, Plan, compile_document
from backprop_explorer.practice import plan_with_overrides

Arrays = dict[str, np.ndarray]


class Change:
    """The states that a change led through, one for each iteration it touched; the last is where it ended."""

    def __init__(self, document: Document, first_iteration: int, states: list[Arrays]) -> None:
        self.document = document
        self.first_iteration = first_iteration
        self.states = states

    def until(self, iteration: int) -> "Change":
        return Change(self.document, self.first_iteration, self.states[: iteration - self.first_iteration + 1])

    @property
    def iteration(self) -> int:
        return self.first_iteration + len(self.states) - 1


class Reference:
    """Changes done and undone on two stacks."""

    def __init__(self, document: dict[str, Any]) -> None:
        parsed = Document.parse(document, Budget())
        self.done = [Change(parsed, 0, [compile_document(parsed).snapshot()])]
        self.undone: list[Change] = []
        self.version = 1

    @property
    def now(self) -> Change:
        return self.done[-1]

    def plan(self) -> Plan:
        """A plan in the present state."""
        plan = compile_document(self.now.document)
        plan.restore(self.now.states[-1])
        return plan

    def edit(self, tensor: str, change: Callable[[np.ndarray], None]) -> None:
        plan = self.plan()
        array = plan[tensor].copy()
        change(array)
        plan[tensor] = array
        self._do(Change(self.now.document, self.now.iteration, [plan.snapshot()]))

    def write(self, tensor: str, values: np.ndarray) -> None:
        plan = self.plan()
        plan[tensor] = values
        self._do(Change(self.now.document, self.now.iteration, [plan.snapshot()]))

    def train(self, count: int, answers: dict[str, str] | None = None) -> list[float]:
        plan = plan_with_overrides(self.plan(), answers) if answers else self.plan()
        losses, states = [], []
        for _ in range(count):
            losses.append(plan.step())
            states.append(plan.snapshot())
        self._do(Change(self.now.document, self.now.iteration + 1, states))
        return [*losses, self.plan().run()]

    def replace(self, **changes: Any) -> None:
        """The same optimizer goes on with its own tensors, another one starts with zeros; the iteration stays."""
        before = self.now.document
        document = before.replace(**changes)
        same = (before.optimizer or {})["name"] == (document.optimizer or {})["name"]
        plan = compile_document(document)
        kept = {name: array for name, array in self.now.states[-1].items() if same or name in before.tensors}
        plan.take_over(kept)
        plan.begin_at(self.now.iteration)
        self._do(Change(document, self.now.iteration, [plan.snapshot()]))

    def fork(self, iteration: int) -> "Reference":
        """What led to the last state at that iteration, and nothing that was undone."""
        fork = object.__new__(Reference)
        fork.done = [change.until(iteration) for change in self.done if change.first_iteration <= iteration]
        fork.undone = []
        fork.version = len(fork.done)
        return fork

    def undo(self) -> None:
        self.undone.append(self.done.pop())
        self.version += 1

    def redo(self) -> None:
        self.done.append(self.undone.pop())
        self.version += 1

    def at(self, iteration: int) -> Arrays:
        """The last state at that iteration."""
        for change in reversed(self.done):
            if change.first_iteration <= iteration <= change.iteration:
                return change.states[iteration - change.first_iteration]
        raise LookupError(iteration)

    def _do(self, change: Change) -> None:
        self.done.append(change)
        self.undone.clear()
        self.version += 1
