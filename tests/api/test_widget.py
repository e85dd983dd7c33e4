"""A widget's questions about a plan are answered as the service answers them about a run."""

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

import backprop_explorer as bx
from backprop_explorer.examples import examples
from backprop_explorer.widget import answered
from backprop_explorer.widget.plan import PlanSource
from tests.server import Server

QUESTIONS = (
    "explain?tensor=w1&field=gradient&index=1,0",
    "explain?tensor=w1&field=next&index=0,1",
    "uses?tensor=l1&field=value&index=2,1",
    "why?step=15",
    "why?tensor=loss&field=value",
    "parts?step=8",
    "jacobian?step=0&input=w1",
    "jacobian?step=0&input=w1&values=none",
    "plots/slice?parameter=w1&index=1,0",
    "explain?tensor=w1&field=gradient&index=9,9",
    "why?step=99",
)
CELLS = {"cells": [{"index": [1, 0], "value": 1.5}]}


def ask(source: PlanSource, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    content = None if body is None else json.dumps(body)
    status, found = answered(source, {"method": method, "address": f"/runs/null/{path}", "body": content})
    return status, json.loads(found)


@pytest.fixture
def source() -> PlanSource:
    source = PlanSource(bx.compile(examples["lesson13"]))
    source.read()
    return source


@pytest.fixture
def run(ordinary: Server) -> Any:
    with bx.Client(ordinary.url) as client:
        yield client.create({"example": "lesson13"})


def told(run: bx.RemoteRun, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """The service's answer."""
    place, _, query = path.partition("?")
    try:
        return 200, run.client.call(method, f"/runs/{run.id}/{place}", body, **dict(parse_qsl(query)))
    except bx.Problem as problem:
        return problem.status, problem.to_json()


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_answers_are_the_service_s(source: PlanSource, run: bx.RemoteRun, question: str) -> None:
    (status, found), (expected_status, expected) = ask(source, "GET", question), told(run, "GET", question)
    for answer in (found, expected):
        answer.pop("limit", None)  # a plan has none
    assert (status, found) == (expected_status, expected)


def test_a_preview_is_the_service_s_and_changes_nothing(source: PlanSource, run: bx.RemoteRun) -> None:
    asked = {"tensors": {"w1": CELLS}, "values": "all"}
    before = ask(source, "GET", QUESTIONS[0])
    status, found = ask(source, "POST", "preview", asked)
    expected = {key: value for key, value in told(run, "POST", "preview", asked)[1].items() if key in found}
    assert (status, found) == (200, expected)
    assert ask(source, "GET", QUESTIONS[0]) == before
    assert ask(source, "POST", "preview", {"tensors": {"l1": CELLS}})[1]["code"] == "not_editable"
    assert ask(source, "GET", QUESTIONS[0]) == before


def test_what_is_written_is_in_the_plan(source: PlanSource, run: bx.RemoteRun) -> None:
    status, state = ask(source, "PATCH", "tensors/w1", CELLS)
    assert (status, state["loss"]) == (200, told(run, "PATCH", "tensors/w1", CELLS)[1]["loss"])
    assert ask(source, "GET", QUESTIONS[0]) == told(run, "GET", QUESTIONS[0])


@pytest.mark.parametrize(("method", "path"), [("DELETE", "tensors/w1"), ("GET", "history"), ("POST", "undo")])
def test_all_else_is_refused(source: PlanSource, method: str, path: str) -> None:
    status, problem = ask(source, method, path)
    assert (status, problem["code"]) == (404, "not_found")


def test_a_question_that_fails_is_answered_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    widget, sent = bx.widget(bx.compile(examples["lesson13"])), []
    widget.send = lambda told, buffers: sent.append((told, buffers))

    def fail(*_: object) -> bytes:
        raise KeyError

    monkeypatch.setattr(PlanSource, "answer", fail)
    asked = {"view": 0.5, "number": 1, "method": "GET", "address": "/runs/null/why", "body": None}
    with pytest.raises(KeyError):
        widget._hear(widget, asked, [])
    [(told, [body])] = sent
    assert told == {"view": 0.5, "number": 1, "status": 500}
    assert json.loads(body)["code"] == "unexpected"
