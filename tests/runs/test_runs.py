"""Runs over a real database: what they answer, what they keep, what they replay."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from backprop_explorer.engine import Budget, Document
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Edit, Limits, Runs, training
from backprop_explorer.runs.identity import new_identity, view_of
from backprop_explorer.runs.progress import Progress, ProgressListener
from tests.runs.documents import small
from tests.runs.reference import Reference

Opened = Callable[..., Runs]


def create(runs: Runs, document: dict) -> str:
    return runs.create(Document.parse(document, Budget()))["id"]


def numbers(runs: Runs, id: str, iteration: int | None = None) -> dict[str, bytes]:
    """All leaves of a run to the bit."""
    with runs.borrow(id) as run:
        return {name: array.tobytes() for name, array in run.at(iteration).plan.snapshot().items()}


def bits(arrays: dict[str, np.ndarray]) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in arrays.items()}


def refused(code: str) -> pytest.RaisesExc:
    return pytest.RaisesExc(Problem, check=lambda problem: problem.code == code)


def test_a_new_run_says_what_it_is(opened: Opened) -> None:
    state = opened().create(Document.parse(small(), Budget()))
    assert state.pop("loss") == pytest.approx(Reference(small()).plan().run(), rel=0, abs=0)
    assert len(state["id"]) >= 22
    assert state.pop("view_id") == view_of(state.pop("id"))
    assert state.pop("optimizer")["name"] == "adam"
    assert state.pop("layout") == "in_out"
    assert state.pop("dialect") == "numpy"
    assert state.pop("batch") is state.pop("validation") is state.pop("validation_loss") is None
    assert state.pop("diverged_at") is state.pop("divergence") is state.pop("recalculated") is None
    assert state == {"title": "small", "iteration": 0, "version": 1, "event": 1, "can_undo": False, "can_redo": False}


def test_ids_are_never_alike(opened: Opened) -> None:
    runs = opened()
    assert len({create(runs, small()) for _ in range(20)}) == 20


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    "optimizer",
    [
        {"name": "sgd", "lr": 0.1, "momentum": 0.9},
        {"name": "adam", "lr": 0.05},
        {"name": "adamw", "lr": 0.05},
        {"name": "rmsprop", "lr": 0.01},
        {"name": "adagrad", "lr": 0.1},
    ],
    ids=lambda optimizer: optimizer["name"],
)
def test_replay_from_disk_gives_the_same_bits_at_every_iteration(opened: Opened, optimizer: dict, dtype: str) -> None:
    document = small(optimizer=optimizer, dtype=dtype)
    reference = Reference(document)
    runs = opened(Limits(checkpoint_iterations=7))
    id = create(runs, document)
    with runs.borrow(id) as run:
        answer = run.train(25)
    assert list(answer["losses"]) == reference.train(25)
    runs = opened(Limits(checkpoint_iterations=7))
    for iteration in (25, 24, 0, 6, 7, 8, 13, 14, 15, 21):
        assert numbers(runs, id, iteration) == bits(reference.at(iteration))


def test_changing_an_option_keeps_the_optimizers_tensors_and_another_optimizer_starts_afresh(opened: Opened) -> None:
    runs = opened()
    id = create(runs, small())
    with runs.borrow(id) as run:
        run.train(3)
        before = run.present.plan.snapshot()
        run.replace({"optimizer": {"name": "adam", "lr": 0.5}})
        assert bits(run.present.plan.snapshot()) == bits(before)
        run.replace({"optimizer": {"name": "adamw", "lr": 0.5}})
        assert not run.present.plan["w1.exp_avg"].any()
        run.undo()
        assert bits(run.present.plan.snapshot()) == bits(before)
    assert numbers(opened(), id) == bits(before)


def test_a_new_program_keeps_the_numbers(opened: Opened) -> None:
    runs = opened()
    id = create(runs, small())
    with runs.borrow(id) as run:
        run.train(3)
        before = run.present.plan["w1"].copy()
        state = run.replace({"program": small()["program"].replace("tanh", "sigmoid"), "title": "other"})
        assert (state["iteration"], state["title"], state["version"]) == (3, "other", 3)
        assert np.array_equal(run.present.plan["w1"], before)


def test_edits_alone_are_soon_not_replayed_one_by_one(opened: Opened) -> None:
    reference, runs = Reference(small()), opened()
    id = create(runs, small())
    with runs.borrow(id) as run:
        for value in np.linspace(0, 1, 120):
            run.edit(Edit("w1", np.array([value]), np.array([[2, 1]])))
        assert run.log.changes_since_checkpoint <= 50
    reference.edit("w1", lambda w1: w1.__setitem__((2, 1), 1.0))
    assert numbers(opened(), id) == bits(reference.now.states[-1])


def test_losses_are_those_of_the_way_to_the_head(opened: Opened) -> None:
    runs = opened()
    id = create(runs, small())
    with runs.borrow(id) as run:
        first = run.train(4)["losses"]
        run.train(4)
        run.undo()
        state = run.edit(Edit("b2", np.array([9.0])))
        last = run.train(2)["losses"]
    with opened().borrow(id) as run:
        assert list(run.losses()) == [*first[:4], state["loss"], *last[1:]]


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (Edit("l1", np.zeros((2, 2))), "not_editable"),
        (Edit("w1", np.zeros((2, 2))), "wrong_shape"),
        (Edit("nothing", np.zeros(())), "unknown_tensor"),
        (Edit("w1", np.zeros(1), np.array([[3, 0]])), "index_outside"),
        (Edit("w1", np.zeros(1), np.array([[0]])), "index_outside"),
        (Edit("w1", np.zeros(1), np.array([[-1, 0]])), "index_outside"),
    ],
)
def test_a_refused_edit_changes_nothing(opened: Opened, edit: Edit, code: str) -> None:
    runs = opened()
    id = create(runs, small())
    before = numbers(runs, id)
    with runs.borrow(id) as run:
        with refused(code):
            run.edit(edit)
        assert run.state()["version"] == 1
    assert numbers(runs, id) == numbers(opened(), id) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"program": "loss = ("},
        {"program": "loss = x @ w1"},
        {"optimizer": {"lr": 1}},
        {"dtype": "float16"},
        {"inputs": {}},
    ],
    ids=str,
)
def test_a_refused_replacement_changes_nothing(opened: Opened, changes: dict) -> None:
    runs = opened()
    id = create(runs, small())
    with runs.borrow(id) as run:
        before = run.state()
        with pytest.raises(Problem):
            run.replace(changes)
        assert run.state() == before


def test_a_training_that_is_cut_short_keeps_what_it_did(opened: Opened) -> None:
    runs = opened(Limits(training_seconds=0))
    id = create(runs, small())
    with runs.borrow(id) as run:
        answer = run.train(5)
        assert (answer["iteration"], answer["version"], len(answer["losses"])) == (1, 2, 2)
        assert answer["stopped"]["code"] == "training_too_long"
        assert "after 1 of 5 iterations" in answer["stopped"]["detail"]
        assert run.train(1)["stopped"] is None
        assert run.undo()["iteration"] == 1


SGD = {"name": "sgd", "lr": 100.0}


class Quitter(ProgressListener):
    """Ends the training at the first word."""

    def advanced(self, progress: Progress) -> None:
        self.ended.set()


@pytest.mark.parametrize("answers", [None, {"w1": "x.T @ l1.g"}], ids=["true", "own"])
def test_a_cancelled_training_is_a_shorter_one(opened: Opened, answers: dict | None) -> None:
    runs = opened()
    id, other = create(runs, small()), create(runs, small())
    with runs.borrow(id) as run, runs.borrow(other) as whole:
        cancelled = run.train(1000, answers, Quitter())
        assert (cancelled["iteration"], cancelled["stopped"]["code"]) == (1, "cancelled")
        made = whole.train(1, answers)
        assert {**made, "id": id, "stopped": cancelled["stopped"]}.keys() == cancelled.keys()
        assert np.array_equal(made["losses"], cancelled["losses"])


def test_a_training_that_nobody_waits_for_does_not_begin(opened: Opened) -> None:
    runs, listener = opened(), ProgressListener()
    listener.ended.set()
    with runs.borrow(create(runs, small())) as run:
        with refused("cancelled"):
            run.train(5, None, listener)
        assert run.state()["version"] == 1


def test_a_long_training_is_written_down_while_it_goes_on(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the process had died in the middle of it: what is on disk then is a training like any other."""
    monkeypatch.setattr(training, "REPORT_SECONDS", 0)
    runs = opened(Limits(checkpoint_iterations=2, write_seconds=0))
    whole, torn = create(runs, small()), create(runs, small())
    with runs.borrow(whole) as run:
        expected = run.train(30)["losses"]
    with runs.borrow(torn) as run, pytest.raises(RuntimeError):
        run.train(30, None, Breaking(after=20))
    runs = opened()
    with runs.borrow(torn) as run:
        assert (run.state()["iteration"], run.state()["version"]) == (20, 2)
        assert np.array_equal(run.losses(), expected[:21])
        assert run.at(13).loss == expected[13]
        assert np.array_equal(run.train(10)["losses"], expected[20:])
        assert (run.undo()["iteration"], run.undo()["iteration"]) == (20, 0)
        assert run.redo()["iteration"] == 20


class Breaking(ProgressListener):
    """Something breaks after so many iterations."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def advanced(self, progress: Progress) -> None:
        if progress.done == self.after:
            raise RuntimeError


def test_divergence_is_told_with_the_iteration_where_it_began(opened: Opened) -> None:
    runs = opened()
    id = create(runs, small(program="out = (x @ w1 + b1) @ w2 + b2\nloss = mse(out[:, 0], y)", optimizer=SGD))
    with runs.borrow(id) as run:
        assert run.state()["diverged_at"] is None
        assert run.train(2)["diverged_at"] is None
        answer = run.train(500)
        losses = run.losses()
        at = int(np.flatnonzero(~np.isfinite(losses))[0])
        assert (len(answer["losses"]), answer["diverged_at"]) == (501, at)
        assert re.fullmatch(
            rf"The loss diverged at iteration {at} \(\S+ → \S+ → (∞|NaN)\)\. Try a smaller learning rate\.",
            answer["divergence"],
        )
        assert run.train(3)["diverged_at"] == at
        for name in ("w1", "b1", "w2", "b2"):
            run.edit(Edit(name, np.zeros_like(run.tensor(name, "value"))))
        assert run.state()["diverged_at"] is run.state()["divergence"] is None
        run.train(1)
        run.edit(Edit("w1", np.full((3, 2), np.nan)))
        assert run.state()["diverged_at"] == run.state()["iteration"]


def test_limits_of_a_training(opened: Opened) -> None:
    runs = opened(Limits(training_iterations=5))
    ids = [create(runs, small()), create(runs, small(optimizer=None))]
    for id, code in zip(ids, ["too_many_iterations", "no_optimizer"], strict=True):
        with runs.borrow(id) as run, refused(code):
            run.train(6)


def test_a_stopping_server_begins_no_training(opened: Opened) -> None:
    runs = opened()
    id = create(runs, small())
    runs.stop()
    with runs.borrow(id) as run, refused("stopping"):
        run.train(5)


def test_only_so_many_runs_stay_in_memory_and_the_others_are_found_again(opened: Opened) -> None:
    runs = opened(Limits(live_runs=2))
    ids = [create(runs, small(title=str(number))) for number in range(5)]
    assert runs.in_memory == 2
    for number, id in enumerate(ids):
        with runs.borrow(id) as run:
            assert run.state()["title"] == str(number)
        assert runs.in_memory == 2


def test_only_so_many_numbers_stay_in_memory_but_what_somebody_has(opened: Opened) -> None:
    runs = opened()
    held = create(runs, small())
    each = runs.elements_in_memory
    runs = opened(Limits(live_elements=3 * each - 1))
    with runs.borrow(held) as run:
        assert run.state()["iteration"] == 0
    with runs.borrow(held) as run:
        for _ in range(4):
            create(runs, small())
            assert runs.in_memory == 2
            assert runs.known(held) == runs.known(view_of(held)) == held
        assert run.state()["iteration"] == 0
    last = create(runs, small())
    create(runs, small())
    assert [runs.known(one) for one in (held, view_of(held), last)] == [None, None, last]
    assert runs.elements_in_memory == 2 * each


def test_a_run_that_is_not_there_leaves_nothing_in_memory(opened: Opened) -> None:
    runs = opened()
    for _ in range(3):
        with refused("unknown_run"), runs.borrow(new_identity()):
            pass
    assert (runs.in_memory, runs.elements_in_memory) == (0, 0)


def test_expected_versions(opened: Opened) -> None:
    runs = opened()
    with runs.borrow(create(runs, small())) as run:
        run.expect(None)
        run.expect({1, 7})
        with refused("version_changed"):
            run.expect({2})
        with refused("version_changed"):
            run.expect(set())


def test_a_deleted_run_is_gone_and_leaves_nothing_behind(opened: Opened) -> None:
    runs = opened()
    id = create(runs, small())
    with runs.borrow(id) as run:
        run.train(150)
        run.delete()
        with refused("unknown_run"):
            run.state()
    with refused("unknown_run"), opened().borrow(id):
        pass


def test_whole_numbers_that_are_edited_to_fractions_stay_fractions(opened: Opened) -> None:
    runs = opened()
    id = create(runs, small(inputs={**small()["inputs"], "y": [1, 0]}))
    with runs.borrow(id) as run:
        run.edit(Edit("y", np.array([0.5]), np.array([[1]])))
        state = run.replace({"title": "edited"})
        assert run.document()["inputs"]["y"].tolist() == [1.0, 0.5]
        assert run.present.plan["y"].tolist() == [1.0, 0.5]
    with opened().borrow(id) as run:
        assert run.state() == state
        assert run.present.plan["y"].tolist() == [1.0, 0.5]
