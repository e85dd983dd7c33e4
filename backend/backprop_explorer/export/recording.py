"""An iteration with the answers to what a reader may ask about it, so that a page explains it without a service.

The answers are those of the service to the same questions: `explain`, `why`, `uses`, `jacobian` and `parts`, without
what the page does not show (`UNREAD`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from math import prod
from typing import Any

from backprop_explorer.engine import Plan
from backprop_explorer.engine.parts import parts_of
from backprop_explorer.engine.program import Aim
from backprop_explorer.engine.trace import Trace, opened, trace_of_run
from backprop_explorer.explain import explain, jacobian, uses, why_step
from backprop_explorer.export.forms import Form, form_of, likely_form
from backprop_explorer.problem import Problem

ANSWERED_TERMS = 6_000
"""So many terms, those of the smallest tensors first, have answers; explanations of other tensors need a form."""
USED = 100
"""Up to so many elements of a tensor have an answer to where each of them goes."""
JACOBIAN_ELEMENTS = 600
"""A step's Jacobian is there up to so many derivatives, else what it would cost."""
UNREAD = ("latex", "layouts")
"""What the page does not show of an answer: TeX, and how else the weights could be stored."""
UNREAD_OF_STEPS = ("latex", "mathml")

Answers = dict[str, Any]


def recording(plan: Plan, iteration: int) -> dict[str, Any]:
    """What a page shows of a plan that has run: its state as a run's, its trace, and the answers by their questions.

    The forms are those of tensors that have no answers, and such as may stand for those that are there (`compact`).
    """
    document = plan.document
    return {
        "run": {
            "id": "file", "title": document.title, "iteration": iteration, "loss": plan.loss, "version": 1, "event": 0,
            "optimizer": document.optimizer, "batch": document.batch, "dialect": document.dialect,
            "validation": document.validation, "validation_loss": None, "layout": None,
            "can_undo": False, "can_redo": False,
        },
        **_moment(plan, _expanded(plan)),
    }  # fmt: skip


def _expanded(plan: Plan) -> Plan:
    """The same iteration, run, with composites written out."""
    expanded = opened(plan)
    expanded.run()
    return expanded


def _moment(plan: Plan, expanded: Plan) -> dict[str, Any]:
    answers: Answers = {}
    forms: dict[str, Form] = {}
    trace = trace_of_run(plan)
    left = ANSWERED_TERMS
    for tensor, field, shape, size in sorted(_aims(trace), key=lambda aim: aim[3]):
        terms = size and size * _term_count(plan, tensor, field, shape)
        is_answered = terms <= left
        if is_answered:
            left -= terms
            _answer(answers, plan, tensor, field, shape)
        form = (likely_form if is_answered else form_of)(plan, tensor, field, shape) if size else None
        if form is not None:
            forms[f"{tensor} {field}"] = form
    for step in trace["steps"]:
        _answer_step(answers, plan, expanded, step)
    steps = [{name: part for name, part in step.items() if name not in UNREAD_OF_STEPS} for step in trace["steps"]]
    return {"trace": {**trace, "steps": steps}, "answers": answers, "forms": forms}


def _aims(trace: Trace) -> Iterator[tuple[str, Aim, tuple[int, ...], int]]:
    """Every tensor that one may ask about: its value, its gradient, and what the update makes of it."""
    updated = {step["of"]["tensor"] for step in trace["steps"] if step["of"]["field"] == "next"}
    for name, tensor in trace["tensors"].items():
        shape = tuple(tensor["shape"])
        fields: list[tuple[Aim, bool]] = [
            ("value", True), ("gradient", tensor.get("gradient") is not None), ("next", name in updated)
        ]  # fmt: skip
        yield from ((name, field, shape, prod(shape)) for field, there in fields if there)


def _term_count(plan: Plan, tensor: str, field: Aim, shape: tuple[int, ...]) -> int:
    """Of its first element."""
    return explain(plan, tensor, field, (0,) * len(shape), limit=1)["term_count"]


def _answer(answers: Answers, plan: Plan, tensor: str, field: Aim, shape: tuple[int, ...]) -> None:
    """Where each element comes from, and where it goes."""
    for index in product(*map(range, shape)):
        asked = {"tensor": tensor, "field": field, "index": ",".join(map(str, index))}
        _keep(answers, "explain", asked, partial(explain, plan, tensor, field, index))
        if field == "value" and prod(shape) <= USED:
            _keep(answers, "uses", asked, partial(uses, plan, tensor, field, index))


def _answer_step(answers: Answers, plan: Plan, expanded: Plan, step: Any) -> None:
    """Why it is so, the parts of a step of many operations, and what each of its inputs moves."""
    index = step["index"]
    asked = {"step": str(index)}
    _keep(answers, "why", asked, partial(why_step, plan, index, lambda: expanded))
    if step.get("parts"):
        _keep(answers, "parts", asked, partial(parts_of, plan, index))
    for name in step["inputs"] if step["phase"] == "forward" else ():
        asked = {"step": str(index), "input": name}
        costs = _keep(answers, "jacobian", asked, partial(jacobian, plan, index, name, values=False))
        if costs is None:
            continue
        if costs["cost"]["jacobian_elements"] <= JACOBIAN_ELEMENTS:
            _keep(answers, "jacobian", asked, partial(jacobian, plan, index, name))
        else:
            answers[question("jacobian", asked)]["limit"] = JACOBIAN_ELEMENTS


def _keep(answers: Answers, kind: str, asked: dict[str, str], answer: Callable[[], Any]) -> Any:
    """Keeps an answer under its question; what is refused has none."""
    try:
        found = answer()
    except Problem:
        return None
    answers[question(kind, asked)] = _read(found)
    return found


def _read(answer: Any) -> Any:
    """So much of an answer as a page reads."""
    told = {name: part for name, part in answer.items() if name not in UNREAD}
    if told.get("formula"):
        told["formula"] = _read(told["formula"])
    return told


def question(kind: str, asked: dict[str, str]) -> str:
    """What is asked, as a key: `explain?field=value&index=0,1&tensor=w1`."""
    return f"{kind}?{'&'.join(f'{name}={asked[name]}' for name in sorted(asked))}"


def asked_in(key: str) -> dict[str, str]:
    """What is asked by a key."""
    parts = (part.partition("=") for part in key.partition("?")[2].split("&"))
    return {name: value for name, _, value in parts}
