"""Random sequences of edits, trainings, undo, redo, forks, other optimizers and batches, and restarts, against a plain
model that keeps every state."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from backprop_explorer.engine import Budget, Document
from backprop_explorer.runs import Edit, Limits, Run, Runs, open_database
from tests.amount import count
from tests.runs.documents import SMALL
from tests.runs.reference import Reference

LIMITS = Limits(checkpoint_iterations=5, live_runs=1)
ANSWERS = [{"l1": "l2.g"}, {"w1": "x.T @ l1.g / 2", "b2": "out.g.sum(0)"}, {"loss": "2"}]
FOUND = {"l1": "(1 - l2 ** 2) * l2.g", "w1": "x.T @ l1.g"}
OPTIMIZERS = [
    {"name": "adam", "lr": 0.05},
    {"name": "adam", "lr": 0.5},
    {"name": "sgd", "lr": 0.1},
    {"name": "sgd", "lr": 0.01, "momentum": 0.9},
    {"name": "rmsprop", "lr": 0.01, "centered": True},
    {"name": "sgd", "lr": "0.1 * 0.9 ** iteration"},
    {"name": "adam", "lr": "0.01 * minimum(iteration, 5)"},
]
BATCHES = [None, {"size": 1, "shuffle": True}, {"size": 1, "shuffle": False}, {"size": 2, "shuffle": True}]
VALUES = st.floats(-3, 3, width=32) | st.sampled_from([np.nan, np.inf, -0.0])


class Exploration(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.begin()
        self.id = self.runs.create(Document.parse(SMALL, Budget()))["id"]
        self.reference = Reference(SMALL)
        self.found: dict[str, str] = {}
        self.others: list[tuple[str, Reference, dict[str, str]]] = []

    def begin(self) -> None:
        """Opens the runs as a new process would find them."""
        self.database = open_database(str(Path(self.folder.name) / "runs.sqlite3"))
        self.runs = Runs(self.database, LIMITS)

    def end(self) -> None:
        """Closes them."""
        self.database.close()

    def teardown(self) -> None:
        self.end()
        self.folder.cleanup()

    @rule(row=st.integers(0, 2), column=st.integers(0, 1), value=VALUES)
    def edit_a_cell(self, row: int, column: int, value: float) -> None:
        with self.runs.borrow(self.id) as run:
            run.edit(Edit("w1", np.array([value]), np.array([[row, column]])))
        with np.errstate(all="ignore"):
            self.reference.edit("w1", lambda w1: w1.__setitem__((row, column), value))

    @rule(values=st.lists(VALUES, min_size=2, max_size=2))
    def edit_a_tensor(self, values: list[float]) -> None:
        with self.runs.borrow(self.id) as run:
            run.edit(Edit("y", np.array(values)))
        self.reference.write("y", np.array(values))

    @rule(count=st.integers(1, 17))
    def train(self, count: int) -> None:
        with self.runs.borrow(self.id) as run:
            losses = run.train(count)["losses"]
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(losses, self.reference.train(count))

    @rule(count=st.integers(1, 9), answers=st.sampled_from(ANSWERS))
    def train_by_other_gradients(self, count: int, answers: dict[str, str]) -> None:
        with self.runs.borrow(self.id) as run:
            losses = run.train(count, answers)["losses"]
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(losses, self.reference.train(count, answers))

    @rule(tensor=st.sampled_from(["l1", "w1"]))
    def find_a_gradient(self, tensor: str) -> None:
        with self.runs.borrow(self.id) as run:
            if run.check({tensor: FOUND[tensor]})["correct"]:
                self.found |= {tensor: FOUND[tensor]} if np.isfinite(run.studied()[f"{tensor}.g"]).all() else {}

    @rule(optimizer=st.sampled_from(OPTIMIZERS))
    def change_the_optimizer(self, optimizer: dict[str, Any]) -> None:
        with self.runs.borrow(self.id) as run:
            run.replace({"optimizer": optimizer})
        self.reference.replace(optimizer=optimizer)

    @rule(batch=st.sampled_from(BATCHES))
    def change_the_batches(self, batch: dict[str, Any] | None) -> None:
        with self.runs.borrow(self.id) as run:
            run.replace({"batch": batch})
        self.reference.replace(batch=batch)

    @rule(share=st.floats(0, 1))
    def fork(self, share: float) -> None:
        """The fork is gone on with; the run itself must stay as it was."""
        iteration = round(share * self.reference.now.iteration)
        with self.runs.borrow(self.id) as run:
            copy = run.fork(iteration)
        self.others.append((self.id, self.reference, self.found))
        self.id, self.reference, self.found = copy, self.reference.fork(iteration), dict(self.found)

    @precondition(lambda self: self.others)
    @rule()
    def go_back_to_the_run_that_was_forked(self) -> None:
        self.id, self.reference, self.found = self.others.pop()

    @precondition(lambda self: len(self.reference.done) > 1)
    @rule()
    def undo(self) -> None:
        with self.runs.borrow(self.id) as run:
            run.undo()
        self.reference.undo()

    @precondition(lambda self: self.reference.undone)
    @rule()
    def redo(self) -> None:
        with self.runs.borrow(self.id) as run:
            run.redo()
        self.reference.redo()

    @rule()
    def restart(self) -> None:
        self.end()
        self.begin()

    @rule(share=st.floats(0, 1))
    def look_back(self, share: float) -> None:
        iteration = round(share * self.reference.now.iteration)
        with self.runs.borrow(self.id) as run:
            run.trace(iteration, values=False)
            self.compare(run, iteration)

    @invariant()
    def the_present_is_the_models(self) -> None:
        with self.runs.borrow(self.id) as run:
            state = run.state()
            self.compare(run, self.reference.now.iteration)
            assert self.found.items() <= run.found().items()
        assert state["version"] == self.reference.version
        assert state["iteration"] == self.reference.now.iteration
        assert (state["can_undo"], state["can_redo"]) == (len(self.reference.done) > 1, bool(self.reference.undone))
        assert state["optimizer"] == self.reference.now.document.optimizer
        assert state["batch"] == self.reference.now.document.batch

    def compare(self, run: Run, iteration: int) -> None:
        expected = self.reference.at(iteration)
        found = run.at(iteration).plan.snapshot()
        assert run.at(iteration).departure is None
        assert {name: found[name].tobytes() for name in found} == {name: expected[name].tobytes() for name in expected}


TestExploration = Exploration.TestCase
TestExploration.settings = settings(max_examples=count(5, 500), stateful_step_count=15, deadline=None)
