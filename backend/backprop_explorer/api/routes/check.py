"""Gradients of somebody's own, checked: of a document at once, or of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from backprop_explorer.api import practised
from backprop_explorer.api.answer import answer
from backprop_explorer.api.openapi import answering, taking
from backprop_explorer.api.query import CheckQuery, FormulaQuery, ValuesQuery
from backprop_explorer.api.request import check_keys, json_object, made_of_json
from backprop_explorer.api.service import Service
from backprop_explorer.practice import draft, graded, gradients_of
from backprop_explorer.runs import Run

router = APIRouter(prefix="/api")
_FEWER = "ask with values=none"


@router.post(
    "/check",
    response_model=practised.CheckAnswer,
    responses=answering(body=True, status_404="No such tensor"),
    openapi_extra=taking(practised.AnsweredDocument),
)
async def check_document(request: Request, query: Annotated[ValuesQuery, Query()]) -> Response:
    """Which of the gradients are right, and what is wrong with the others."""
    settings = Service.of(request).settings
    content = await json_object(request, settings)
    most = settings.window_elements if query.values == "all" else 0
    return await run_in_threadpool(lambda: answer(graded(content, settings.budget, most), instead=_FEWER))


@router.post(
    "/runs/{id}/check",
    response_model=practised.CheckAnswer,
    responses=answering(run=True, body=True, status_409="A conflict", status_507="The disk is full"),
    openapi_extra=taking(practised.Answers),
)
async def check_run(request: Request, id: str, query: Annotated[CheckQuery, Query()]) -> Response:
    """The same for a run, which remembers the gradients that were found."""
    gradients = await made_of_json(request, Service.of(request).settings, _gradients)
    most = Service.of(request).settings.window_elements if query.values == "all" else 0

    def work(run: Run) -> Response:
        return answer(run.check(gradients, query.moment, open=query.open == "true", most=most), instead=_FEWER)

    return await Service.of(request).on_run(id, work, None)  # how long a diagnosis takes cannot be said


def _gradients(content: dict[str, Any]) -> Mapping[str, Any]:
    check_keys(content, ["gradients"])
    return gradients_of(content)


@router.get("/runs/{id}/formula", response_model=practised.DraftAnswer, responses=answering(run=True))
async def formula_of_run(request: Request, id: str, query: Annotated[FormulaQuery, Query()]) -> Response:
    """A formula while it is being written: how it is understood, its shapes, or what is missing; no verdict."""

    def work(run: Run) -> Response:
        return answer(draft(run.studied(open=query.open == "true"), query.tensor, query.text, query.place))

    return await Service.of(request).on_run(id, work, 1 if query.open == "false" else None)
