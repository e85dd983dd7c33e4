"""Gradients of somebody's own, checked: of a document at once, or of a run."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from backprop_explorer.api import practised
from backprop_explorer.api.answer import answer
from backprop_explorer.api.openapi import answering, taking
from backprop_explorer.api.query import StudyQuery
from backprop_explorer.api.request import check_keys, json_object
from backprop_explorer.api.service import Service
from backprop_explorer.explain import graded, gradients_of
from backprop_explorer.runs import Run

router = APIRouter(prefix="/api")


@router.post(
    "/check",
    response_model=practised.CheckAnswer,
    responses=answering(body=True, status_404="No such tensor"),
    openapi_extra=taking(practised.AnsweredDocument),
)
async def check_document(request: Request) -> Response:
    """Which of the gradients are right, and what is wrong with the others."""
    settings = Service.of(request).settings
    content = await json_object(request, settings)
    return answer(await run_in_threadpool(graded, content, settings.budget))


@router.post(
    "/runs/{id}/check",
    response_model=practised.CheckAnswer,
    responses=answering(run=True, body=True, status_409="A conflict", status_507="The disk is full"),
    openapi_extra=taking(practised.Answers),
)
async def check_run(request: Request, id: str, query: Annotated[StudyQuery, Query()]) -> Response:
    """The same for a run, which remembers the gradients that were found."""
    content = await json_object(request, Service.of(request).settings)
    check_keys(content, ["gradients"])
    gradients = gradients_of(content)

    def work(run: Run) -> Response:
        return answer(run.check(gradients, query.iteration, open=query.open == "true"))

    return await Service.of(request).on_run(id, work, query.passes)
