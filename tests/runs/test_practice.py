"""Progress and trainings by one's own gradients, kept on disk and replayed to the same bits."""

from collections.abc import Callable

import numpy as np
import pytest

from backprop_explorer.engine import Budget, Document
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Limits, Runs
from tests.runs.documents import SMALL

RIGHT = {"l1": "(1 - l2 ** 2) * l2.g", "w1": "x.T @ l1.g"}
WRONG = {"l1": "l2.g", "b1": "l1.g.mean(0)"}
Opened = Callable[..., Runs]


@pytest.fixture
def identity(opened: Opened) -> str:
    return opened().create(Document.parse(SMALL, Budget()))["id"]


def test_what_was_found_is_there_after_a_restart(opened: Opened, identity: str) -> None:
    with opened().borrow(identity) as run:
        assert run.check({**RIGHT, "b1": "l1.g"})["correct"] is False
        assert run.found() == RIGHT
        run.check({"w2": run.studied()["w2.g"].tolist()})
    with opened().borrow(identity) as run:
        assert run.found() == {**RIGHT, "w2": None}
        assert run.log.version == 1


def test_news_make_no_version_and_move_nothing(opened: Opened, identity: str) -> None:
    with opened().borrow(identity) as run:
        run.check({"l1": RIGHT["l1"]})
        assert run.state()["version"] == 1
        run.train(2)
        run.check({"w1": RIGHT["w1"]})
        run.check({"w1": RIGHT["w1"]})
        state = run.state()
        assert (state["iteration"], state["can_undo"], state["can_redo"]) == (2, True, False)
        run.undo()
        assert run.state()["iteration"] == 0
        assert run.found() == RIGHT
        run.redo()
        assert run.state()["iteration"] == 2
        assert len(run.log.found) == 2
        with pytest.raises(Problem, match="no undone change"):
            run.redo()


def test_a_gradient_that_is_right_at_an_earlier_iteration_is_not_news(opened: Opened, identity: str) -> None:
    with opened().borrow(identity) as run:
        run.train(2)
        assert run.check({"w1": run.studied(0)["w1.g"].tolist()}, 0)["correct"]
        assert run.found() == {}


@pytest.mark.parametrize("every", [1, 3, 100])
def test_training_by_wrong_gradients_is_replayed_to_the_same_bits(
    opened: Opened, identity: str, every: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backprop_explorer.runs.checkpoint.BYTES_A_SECOND", float("inf"))
    limits = Limits(checkpoint_iterations=every)
    with opened(limits).borrow(identity) as run:
        run.train(2)
        first = run.train(5, WRONG)
        run.train(3)
        losses, weights = run.losses(), run.tensor("w1", "value").copy()
        assert first["losses"].tobytes() == losses[2:8].tobytes()
        assert not np.array_equal(first["losses"], first["true_losses"])
    with opened(limits).borrow(identity) as run:
        assert run.tensor("w1", "value").tobytes() == weights.tobytes()
        assert run.losses().tobytes() == losses.tobytes()
        for iteration in (4, 7, 2, 9):
            assert run.at(iteration).loss.tobytes() == losses[iteration].tobytes()
        run.undo()
        run.undo()
        assert run.state()["iteration"] == 2
        run.redo()
        assert run.losses().tobytes() == losses[:8].tobytes()


def test_the_true_losses_are_those_of_a_true_training(opened: Opened) -> None:
    runs = opened()
    one, other = (runs.create(Document.parse(SMALL, Budget()))["id"] for _ in range(2))
    with runs.borrow(one) as run:
        found = run.train(6, WRONG)
    with runs.borrow(other) as run:
        assert run.train(6)["losses"].tobytes() == found["true_losses"].tobytes()


def test_a_wrong_formula_changes_nothing(opened: Opened, identity: str) -> None:
    with opened().borrow(identity) as run:
        before = run.state()
        for answers in ({"w1": "x.T @"}, {"w1": "l1.g"}, {"nope": "1"}):
            with pytest.raises(Problem):
                run.train(3, answers)
            assert run.state() == before


def test_an_answer_that_is_right_by_accident_is_not_found(opened: Opened) -> None:
    runs = opened()
    document = {"program": "h = relu(w)\nloss = sum(h)", "parameters": {"w": [1.0, 0.0, 1.0]}}
    with runs.borrow(runs.create(Document.parse(document, Budget()))["id"]) as run:
        answer = run.check({"w": "w * h.g"})
        assert (answer["correct"], answer["verdicts"]["w"]["notes"]) == (True, ["coincidental_numbers"])
        assert run.found() == {}
        run.check({"w": "(w > 0) * h.g"})
        assert run.found() == {"w": "(w > 0) * h.g"}
