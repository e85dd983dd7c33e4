"""A walk over a run's iterations: the states are those of a replay to the bit, however they are reached."""

from collections.abc import Callable

import pytest

from backprop_explorer.engine import Budget, Document
from backprop_explorer.plots import evenly
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Edit, Limits, Moment, Runs, replay
from tests.runs.documents import small

Opened = Callable[..., Runs]


@pytest.fixture
def lived(opened: Opened) -> tuple[Runs, str]:
    """A run that was trained, edited, undone, changed and trained again, with few checkpoints."""
    runs = opened(Limits(checkpoint_iterations=7))
    id = runs.create(Document.parse(small(), Budget()))["id"]
    with runs.borrow(id) as run:
        run.train(20)
        run.edit(Edit("w1", 2 * run.tensor("w1", "value")))
        run.train(5)
        run.undo()
        run.train(1)
        run.train(1)
        run.replace({"optimizer": {"name": "sgd", "lr": 0.01}})
        run.train(13)
    return runs, id


def states(runs: Runs, id: str, when: Moment | None = None) -> dict[int, dict[str, bytes]]:
    with runs.borrow(id) as run:
        return {
            iteration: {name: array.tobytes() for name, array in plan.snapshot().items()}
            for iteration, plan in run.walk(when, evenly)
        }


def test_every_state_is_that_of_a_replay(lived: tuple[Runs, str]) -> None:
    runs, id = lived
    found = states(runs, id)
    assert list(found) == list(range(36))
    with runs.borrow(id) as run:
        for iteration, state in found.items():
            plan = run.at(iteration).plan
            assert state == {name: array.tobytes() for name, array in plan.snapshot().items()}, iteration


def test_jumps_lead_to_the_same_states(lived: tuple[Runs, str], monkeypatch: pytest.MonkeyPatch) -> None:
    runs, id = lived
    walked = states(runs, id)
    monkeypatch.setattr(replay, "JUMP", 0)
    assert states(runs, id) == walked


def test_a_long_run_is_looked_at_where_it_is_known(lived: tuple[Runs, str], monkeypatch: pytest.MonkeyPatch) -> None:
    runs, id = lived
    walked = states(runs, id)
    monkeypatch.setattr(replay, "MOST", 0)
    found = states(runs, id)
    assert found == {iteration: walked[iteration] for iteration in found}
    assert {0, 35} <= set(found)
    assert 3 < len(found) < 15


def test_a_walk_to_a_moment(lived: tuple[Runs, str]) -> None:
    runs, id = lived
    assert list(states(runs, id, Moment(4, None))) == [0, 1, 2, 3, 4]
    assert list(states(runs, id, Moment(None, 4)))[-1] == 25, "what was undone can be walked, too"
    with pytest.raises(Problem, match="36"):
        states(runs, id, Moment(36, None))


def test_every_iteration_of_a_stretch_is_reached(lived: tuple[Runs, str], monkeypatch: pytest.MonkeyPatch) -> None:
    runs, id = lived
    walked = states(runs, id)
    monkeypatch.setattr(replay, "MOST", 0)
    iterations = range(3, 30)
    with runs.borrow(id) as run:
        plans = run.plans(iterations, Moment(29))
        for iteration, plan in zip(iterations, plans, strict=True):
            found = {name: array.tobytes() for name, array in plan.snapshot().items()}
            assert found == walked[iteration], iteration


def test_a_walk_changes_nothing(lived: tuple[Runs, str]) -> None:
    runs, id = lived
    with runs.borrow(id) as run:
        before = {name: array.tobytes() for name, array in run.present.plan.snapshot().items()}
        for _ in run.walk(None, evenly):
            pass
        assert {name: array.tobytes() for name, array in run.present.plan.snapshot().items()} == before
