"""Runs as rows that somebody else keeps: what two that share them see of each other."""

from typing import Any, cast

import pytest

from backprop_explorer.engine import Document
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Conflict, Edit, Runs
from backprop_explorer.runs.runs import _is_quick
from backprop_explorer.runs.store.memory import RUN, MemoryDatabase, Rows

DOCUMENT = {
    "program": "h = x @ w\nloss = mse(h, y)",
    "inputs": {"x": [[1, 2], [3, 4]], "y": [[1], [2]]},
    "parameters": {"w": [[0.5], [0.25]]},
    "optimizer": {"name": "adam", "lr": 0.1},
}


class Tab:
    """Runs in memory, and what was kept of them beside it."""

    def __init__(self, kept: dict[str, Rows]) -> None:
        self.database = MemoryDatabase()
        self.runs = Runs(self.database)
        self.kept = kept

    def keep(self) -> None:
        for run, name, content in self.database.store.take():
            rows = self.kept.setdefault(run, {})
            rows.pop(name, None)
            if content is not None:
                rows[name] = content

    def load(self, run: str) -> None:
        self.database.store.load(run, self.kept.get(run, {}))


@pytest.fixture
def kept() -> dict[str, Rows]:
    return {}


def begun(tab: Tab) -> str:
    run = str(tab.runs.create(Document.parse(DOCUMENT))["id"])
    tab.keep()
    return run


def test_another_tab_goes_on_from_what_was_kept(kept: dict[str, Rows]) -> None:
    first, second = Tab(kept), Tab(kept)
    run = begun(first)
    with first.runs.borrow(run) as mine:
        mine.train(5)
        trained = mine.present.plan["w"].copy()
    first.keep()
    second.load(run)
    with second.runs.borrow(run) as other:
        assert other.present.iteration == 5
        assert (other.present.plan["w"] == trained).all()
        other.undo()
    second.keep()
    first.load(run)
    with first.runs.borrow(run) as mine:
        assert mine.present.iteration == 0
        assert mine.redo()["iteration"] == 5


def test_whoever_was_slower_changes_nothing(kept: dict[str, Rows]) -> None:
    tab = Tab(kept)
    run = begun(tab)
    store = tab.database.store
    with tab.runs.borrow(run) as mine:
        event = mine.log.change("edit", 0, b"{}")
        store.append(run, event, {}, 1)
        with pytest.raises(Conflict):
            store.append(run, event, {}, 1)
        with pytest.raises(Conflict):
            store.delete(run, 1)


def test_a_journal_is_taken_once_and_loading_drops_it(kept: dict[str, Rows]) -> None:
    tab = Tab(kept)
    run = begun(tab)
    assert tab.database.store.take() == []
    with tab.runs.borrow(run) as mine:
        mine.train(1)
    tab.load(run)  # it could not be kept
    assert tab.database.store.take() == []
    with tab.runs.borrow(run) as mine:
        assert mine.present.iteration == 0


def test_a_run_that_was_deleted_leaves_no_row(kept: dict[str, Rows]) -> None:
    tab, other = Tab(kept), Tab(kept)
    run = begun(tab)
    other.load(run)
    with tab.runs.borrow(run) as mine:
        mine.delete()
    tab.keep()
    assert kept[run] == {}
    other.load(run)
    with pytest.raises(Problem) as raised, other.runs.borrow(run) as gone:
        gone.state()
    assert raised.value.status == 404


def test_what_is_missing_or_damaged_is_named(kept: dict[str, Rows]) -> None:
    tab = Tab(kept)
    run = begun(tab)
    for name, content in (("event/1", None), ("checkpoint/1/0", b"{"), (RUN, b"no JSON")):
        rows = dict(kept[run])
        rows.pop(name)
        tab.database.store.load(run, rows if content is None else {**rows, name: content})
        with pytest.raises(Problem) as raised, Runs(tab.database).borrow(run) as damaged:
            damaged.state()
        assert raised.value.code == "damaged"


def test_a_training_can_be_gone_through_in_parts(kept: dict[str, Rows]) -> None:
    tab = Tab(kept)
    whole, parts = begun(tab), begun(tab)
    with tab.runs.borrow(whole) as mine:
        expected = mine.train(4000)
    pauses = 0
    with tab.runs.borrow(parts) as mine:
        training = mine.training(4000)
        try:
            while True:
                next(training)
                pauses += 1
        except StopIteration as end:
            made = end.value
    assert pauses > 1
    assert (made["losses"] == expected["losses"]).all()


def test_a_training_that_is_given_up_in_a_pause_changes_nothing(kept: dict[str, Rows]) -> None:
    tab = Tab(kept)
    run = begun(tab)
    with tab.runs.borrow(run) as mine:
        mine.edit(Edit("w", mine.present.plan["w"] * 2))
        training = mine.training(100_000)
        next(training)
        training.close()
        assert mine.present.iteration == 0
        assert mine.log.version == 2


def test_a_run_that_is_let_go_of_meanwhile_is_not_quick_or_is() -> None:
    """Another thread may forget its plan between two looks at it."""

    class Leaving:
        length = 0

        def __init__(self) -> None:
            self.looks = iter([10, None, None])

        @property
        def elements(self) -> int | None:
            return next(self.looks)

    assert _is_quick(cast(Any, Leaving()), 1)
