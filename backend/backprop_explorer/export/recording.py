"""An iteration with the answers to what a reader may ask about it, so that a page explains it without a service.

The answers are those of the service to the same questions: `explain`, `why`, `uses`, `jacobian` and `parts`.
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
from backprop_explorer.export.forms import Form, form_of
from backprop_explorer.problem import Problem

ANSWERED_TERMS = 6_000
"""So many terms, those of the smallest tensors first, are written down one by one, the others by a form."""
USED = 100
"""Up to so many elements of a tensor have an answer to where each of them goes."""
JACOBIAN_ELEMENTS = 600
"""A step's Jacobian is there up to so many derivatives."""

Answers = dict[str, Any]


def recording(plan: Plan, iteration: int) -> dict[str, Any]:
    """What a page shows of a plan that has run: its state as a run's, its trace, and the answers by their questions."""
    document = plan.document
    found: dict[str, Any] = {
        "run": {
            "id": "file", "title": document.title, "iteration": iteration, "loss": plan.loss, "version": 1, "event": 0,
            "optimizer": document.optimizer, "batch": document.batch, "dialect": document.dialect,
            "validation": document.validation, "validation_loss": None, "layout": None,
            "can_undo": False, "can_redo": False,
        },
        "document": {"program": document.program, "description": document.description},
        **_moment(plan, _expanded(plan)),
    }  # fmt: skip
    return found


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
        if terms <= left:
            left -= terms
            _answer(answers, plan, tensor, field, shape)
        elif (form := form_of(plan, tensor, field, shape)) is not None:
            forms[f"{tensor} {field}"] = form
    for step in trace["steps"]:
        _answer_step(answers, plan, expanded, step)
    return {"trace": trace, "answers": answers, "forms": forms}


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
        costs = partial(jacobian, plan, index, name, values=False)
        told = _keep(answers, "jacobian", {**asked, "input": name, "values": "none"}, costs)
        if told is not None and told["cost"]["jacobian_elements"] <= JACOBIAN_ELEMENTS:
            _keep(answers, "jacobian", {**asked, "input": name}, partial(jacobian, plan, index, name))


def _keep(answers: Answers, kind: str, asked: dict[str, str], answer: Callable[[], Any]) -> Any:
    """Keeps an answer under its question; what is refused has none."""
    try:
        found = answer()
    except Problem:
        return None
    answers[question(kind, asked)] = found
    return found


def question(kind: str, asked: dict[str, str]) -> str:
    """What is asked, as a key: `explain?field=value&index=0,1&tensor=w1`."""
    return f"{kind}?{'&'.join(f'{name}={asked[name]}' for name in sorted(asked))}"
