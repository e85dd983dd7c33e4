"""The log alone: where the head is, where undo and redo lead, which path leads to an iteration."""

import pytest

from backprop_explorer.problem import Problem
from backprop_explorer.runs.event import CREATE, EDIT, TRAIN, Event
from backprop_explorer.runs.log import Log


def log(*steps: int | str) -> Log:
    """A log by its steps: a number trains, words are edit, undo and redo."""
    log = Log([Event(1, CREATE, None, 1, 0)], [(1, 0)])
    for step in steps:
        if isinstance(step, int):
            log.append(log.change(TRAIN, log.head.iteration + step))
        else:
            log.append(
                {"edit": lambda: log.change(EDIT, log.head.iteration), "undo": log.undo, "redo": log.redo}[step]()
            )
    return log


def test_undo_and_redo_move_the_head_and_count_as_changes_of_the_version() -> None:
    moved = log(20, "edit", "undo", "undo")
    assert (moved.version, moved.head.number, moved.can_undo, moved.can_redo) == (5, 1, False, True)
    moved.append(moved.redo())
    assert (moved.version, moved.head.iteration, moved.can_undo, moved.can_redo) == (6, 20, True, True)


def test_a_change_after_undo_takes_the_place_of_what_was_undone() -> None:
    branched = log(20, "undo", 3)
    assert not branched.can_redo
    branched.append(branched.undo())
    branched.append(branched.redo())
    assert branched.head.iteration == 3


@pytest.mark.parametrize(("word", "code"), [("undo", "nothing_to_undo"), ("redo", "nothing_to_redo")])
def test_nothing_to_undo_or_redo_is_a_conflict(word: str, code: str) -> None:
    with pytest.raises(Problem) as caught:
        log(word)
    assert (caught.value.status, caught.value.code) == (409, code)


@pytest.mark.parametrize(
    ("steps", "iteration", "events", "reached"),
    [
        ((20,), None, 2, 20),
        ((20,), 0, 1, 0),
        ((20,), 7, 2, 7),
        ((20, "edit", "edit"), 20, 4, 20),
        (("edit", 20, "edit", 5), 0, 2, 0),
        (("edit", 20, "edit", 5), 20, 4, 20),
        (("edit", 20, "edit", 5), 21, 5, 21),
    ],
)
def test_a_path_ends_at_the_last_state_of_its_iteration(
    steps: tuple[int | str, ...], iteration: int | None, events: int, reached: int
) -> None:
    path = log(*steps).path(iteration)
    assert (len(path.events), path.iteration) == (events, reached)


def test_a_path_beyond_the_present_is_not_found() -> None:
    with pytest.raises(Problem, match="0 to 20, not 21") as caught:
        log(20).path(21)
    assert caught.value.status == 404


def test_replay_starts_at_the_nearest_checkpoint_on_the_path() -> None:
    trained = log(20, "edit", 5)
    for iteration in (8, 16):
        trained.add_checkpoint(2, iteration)
    assert trained.nearest_checkpoint(trained.path()) == (1, 16)
    assert trained.nearest_checkpoint(trained.path(15)) == (1, 8)
    assert trained.nearest_checkpoint(trained.path(7)) == (0, 0)
    assert trained.changes_since_checkpoint == 2
