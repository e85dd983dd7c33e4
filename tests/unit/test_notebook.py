"""What a notebook shows of a plan: its program, loss and parameters, without scripts, cut where it is large."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.examples import examples
from backprop_explorer.notebook import MOST_COMPUTED, MOST_LETTERS, MOST_LINES, MOST_NOTES, MOST_PARAMETERS, plan_html

TAGS = {"div", "strong", "table", "caption", "tbody", "tr", "th", "td", "code"}
ATTRIBUTES = {"style", "scope", "colspan"}


class Page(HTMLParser):
    """The tags with their attributes, and the texts of cells by table and row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & {*self.open}:
            self.tables[-1][-1][-1] += data


def page(plan: Plan) -> Page:
    found = Page(plan._repr_html_())
    assert found.tags <= TAGS
    assert found.attributes <= ATTRIBUTES
    return found


def test_a_plan_shows_its_program_with_shapes_and_its_parameters() -> None:
    plan = bx.compile(examples["lesson13"])
    program, parameters = page(plan).tables
    assert program[0] == ["l1 = x @ w1 + b1", "(6, 2)"]
    assert parameters[0] == ["parameter", "shape", "values", "norm of the gradient"]
    plan.run()
    name, shape, values, gradient = parameters[1]
    assert (name, shape) == ("w1", "(10, 2)")
    ends = [float(end.replace("−", "-")) for end in values.split(" … ")]
    assert ends == pytest.approx([plan["w1"].min(), plan["w1"].max()], rel=1e-3)
    assert float(gradient) == pytest.approx(np.sqrt((plan["w1.g"] ** 2).sum()), rel=1e-3)
    assert f"loss {plan.loss:.4g}" in plan._repr_html_()


def test_looking_at_a_plan_changes_nothing() -> None:
    plan = bx.compile({**examples["lesson13"], "optimizer": {"name": "adam", "lr": 0.1}})
    plan.step()
    before = {name: np.array(plan[name]) for name in (*plan, "w1.g", "l1.g")}
    kept = plan.snapshot()
    shown = plan._repr_html_()
    assert all(np.array_equal(plan[name], array) for name, array in before.items())
    assert all(np.array_equal(kept[name], array) for name, array in plan.snapshot().items())
    plan.run()
    assert f"loss {plan.loss:.4g}" in shown
    assert "adam" in shown


def test_hostile_words_are_text() -> None:
    title = '"><script>alert(1)</script>'
    document = {"program": "loss = w * w  # <img src=x onerror=alert(1)>", "parameters": {"w": 1.5}, "title": title}
    found = page(bx.compile(document))
    assert found.tables[0][0][0] == document["program"]


def test_of_what_is_large_the_beginning_is_shown() -> None:
    count = 100
    document = {
        "title": "t" * 100_000,
        "program": "\n".join([*(f"a{k} = w{k} * 2" for k in range(count)), "loss = a0 + 0"]),
        "parameters": {f"w{k}": k for k in range(count)},
    }
    plan = bx.compile(document)
    program, parameters = page(plan).tables
    assert program[-1] == [f"… and {count + 1 - MOST_LINES} more lines"]
    assert len(program) == MOST_LINES + 1
    assert parameters[-1] == [f"… and {count - MOST_PARAMETERS} more parameters"]
    assert len(parameters) == MOST_PARAMETERS + 2
    long = page(bx.compile({"program": "loss = w * 1  # " + "long" * 1000, "parameters": {"w": 1}})).tables[0][0][0]
    assert len(long) == MOST_LETTERS + 1
    told = plan_html(plan, [f"note {k} " + "n" * 10_000 for k in range(MOST_NOTES + 3)])
    assert "note 9 " in told
    assert "note 10 " not in told
    assert "… and 3 more notes" in told
    assert len(told) < 40_000


def test_a_loop_shows_each_shape_once() -> None:
    document = {"program": "h = x\nfor k in range(9):\n    h = h * w\nloss = sum(h)", "inputs": {"x": [1.0, 2.0]}}
    program = page(bx.compile({**document, "parameters": {"w": 0.5}})).tables[0]
    assert program[2] == ["    h = h * w", "(2,)"]


def test_numbers_that_are_not_finite_are_counted() -> None:
    weights = [[1.0, np.nan], [-np.inf, 3.0]]
    rows = page(bx.compile({"program": "loss = sum(w * w)", "parameters": {"w": weights, "e": [np.nan]}})).tables[1]
    assert [row[2] for row in rows[1:]] == ["1 … 3, 2 not finite", "1 not finite"]
    assert rows[2][3] == "0"


def test_no_iteration_is_computed_for_a_look_at_much() -> None:
    plan = bx.compile({"program": "loss = sum(w)", "parameters": {"w": np.zeros(MOST_COMPUTED)}})
    found = page(plan).tables[1]
    assert found[1] == ["w", f"({MOST_COMPUTED},)", "0", ""]
    assert not re.search(r"loss [\d.]", plan._repr_html_())


def test_the_engine_alone_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = bx.compile(examples["scalar"])
    monkeypatch.setattr(Plan, "writers", {})
    for call in (plan.html, plan._repr_html_):
        with pytest.raises(bx.Problem, match="import backprop_explorer") as caught:
            call()
        assert caught.value.status == 501
