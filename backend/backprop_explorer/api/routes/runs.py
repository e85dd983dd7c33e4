"""Runs: made, looked at, changed, undone, deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, NotRequired

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from backprop_explorer.answers import Vector
from backprop_explorer.api import schemas, wire
from backprop_explorer.api.http import answer, check_bytes, state_answer
from backprop_explorer.api.openapi import IF_NONE_MATCH, answering, taking, with_etag
from backprop_explorer.api.query import ChangeQuery, CreateQuery, RunQuery, TraceQuery
from backprop_explorer.api.request import (
    answered,
    check_keys,
    checked,
    expected_versions,
    given,
    is_known,
    json_object,
)
from backprop_explorer.api.routes.oneshot import example
from backprop_explorer.api.routes.practice import exercise
from backprop_explorer.api.service import Service
from backprop_explorer.api.shapes import response
from backprop_explorer.api.traced import ChangedState, check_traced, traced
from backprop_explorer.engine import Budget, Document
from backprop_explorer.engine.trace import Trace
from backprop_explorer.problem import Problem
from backprop_explorer.processes import weigh
from backprop_explorer.runs import Run, State

router = APIRouter(prefix="/api/runs")
_BY_TENSOR = (
    "ask with values=none and for one tensor at a time (GET …/tensors/{name}, a window of it, or format=npy), "
    "or for a file (GET …/export?format=npz)"
)
_CHANGE = with_etag(answering(run=True, change=True))
_CHANGE_WITH_BODY = with_etag(answering(run=True, change=True, body=True))


class RunAnswer(ChangedState):
    """The state, the document with the present numbers, and the loss at every iteration so far; with `document=false`
    the state alone."""

    document: NotRequired[dict[str, Any]]
    losses: NotRequired[Vector]
    validation_losses: NotRequired[Annotated[Vector, "on the rows that are held out, where there are some"]]


@router.post(
    "",
    status_code=201,
    response_model=response(RunAnswer),
    responses=with_etag(
        answering(body=True, status_404="No such example or exercise", status_507="The disk is full"), 201
    ),
    openapi_extra=taking(schemas.Document, schemas.FromExample, schemas.FromExercise, writing=True),
)
async def create_run(request: Request, query: Annotated[CreateQuery, Query()]) -> Response:
    """A new run of a document, of an example or of an exercise."""
    service = Service.of(request)
    document = await answered(request, partial(_document, service.settings.budget))
    state = await run_in_threadpool(service.runs.create, document)
    location = {"Location": f"/api/runs/{state['id']}"}
    if query.trace is None and query.document == "false":
        return state_answer(state, 201, location)

    def work(run: Run) -> Response:
        whole = state if query.document == "false" else _whole(run, run.outline())
        return state_answer(traced(run, query, whole), 201, location)

    return await service.on_run(str(state["id"]), work)


def _document(budget: Budget, content: Mapping[str, Any]) -> Document:
    if "example" in content:
        content = example(checked(schemas.FromExample, dict(content)).example)
    elif "exercise" in content:
        content = exercise(checked(schemas.FromExercise, dict(content)).exercise)
    return Document.parse(content, budget)


@router.get(
    "/{id}",
    response_model=response(RunAnswer),
    responses={**with_etag(answering(run=True)), 304: {"description": "It still has the version of If-None-Match"}},
    openapi_extra={"parameters": [IF_NONE_MATCH]},
)
async def get_run(request: Request, id: str, query: Annotated[RunQuery, Query()]) -> Response:
    """The state, the document with the present numbers, and the loss at every iteration so far.

    With `values=none` there stands, in the place of each tensor of the document, its shape and type; with
    `document=false` there is the state alone. With `trace` there is the current trace, too.
    """

    known = partial(is_known, given(request, "if-none-match"))
    return await Service.of(request).look(request, id, partial(_run, query, known), weight=0)


def _run(query: RunQuery, known: Callable[[int], bool], run: Run) -> Response:
    numbers = query.values == "all" and query.document == "true"
    size = wire.json_bytes(run.present.plan.given) if numbers else 0
    check_bytes(size, _BY_TENSOR)
    # Numbers that were recalculated may be others than those that were told with this version.
    if known(run.log.version) and run.present.departure is None:
        return Response(None, 304, {"ETag": f'"{run.log.version}"'})
    check_traced(run, query)
    weigh(size / wire.WORD_BYTES)
    if query.document == "false":
        return state_answer(traced(run, query, run.state()))
    document = run.document() if query.values == "all" else run.outline()
    return state_answer(traced(run, query, _whole(run, document)))


def _whole(run: Run, document: Mapping[str, Any]) -> dict[str, Any]:
    """The state, the document as it is answered, and the losses."""
    held = run.validation_losses()
    losses = {"losses": run.losses()} | ({} if held is None else {"validation_losses": held})
    return {**run.state(), "document": document, **losses}


@router.patch(
    "/{id}",
    response_model=response(ChangedState),
    responses=_CHANGE_WITH_BODY,
    openapi_extra=taking(schemas.Changes, conditional=True),
)
async def change_run(request: Request, id: str, query: Annotated[ChangeQuery, Query()]) -> Response:
    """Another program, optimizer, title …: each key replaces what the document has under it."""
    changes = await json_object(request, Service.of(request).settings)
    check_keys(changes, list(schemas.Changes.model_fields))
    if not changes:
        raise Problem("nothing_to_change", "the body names nothing to change", hint='for example {"title": "…"}')
    return await _changed(request, id, query, lambda run: run.replace(changes))


@router.delete(
    "/{id}", status_code=204, responses=answering(run=True, change=True), openapi_extra=taking(conditional=True)
)
async def delete_run(request: Request, id: str) -> Response:
    """Removes the run for good."""
    versions = expected_versions(request)

    def work(run: Run) -> Response:
        run.delete(versions)
        return Response(None, 204)

    return await Service.of(request).on_run(id, work, changing=True)


@router.get("/{id}/trace", response_model=response(Trace), responses=with_etag(answering(run=True)))
async def get_trace(request: Request, id: str, query: Annotated[TraceQuery, Query()]) -> Response:
    """One iteration of the run: every tensor, every gradient, every step."""

    return await Service.of(request).look(request, id, partial(_trace, query), 1 if query.moment is None else None, 0)


def _trace(query: TraceQuery, run: Run) -> Response:
    plan = run.at(query.moment).plan
    listed = query.listed(plan)
    size = wire.numbers_bytes(plan.tensors.values(), listed)
    check_bytes(size, _BY_TENSOR)
    weigh(size / wire.WORD_BYTES)
    trace = run.trace(query.moment, values=listed, open=query.open == "true")
    return answer(trace, headers={"ETag": f'"{run.log.version}"'}, instead=_BY_TENSOR)


@router.post(
    "/{id}/undo", response_model=response(ChangedState), responses=_CHANGE, openapi_extra=taking(conditional=True)
)
async def undo(request: Request, id: str, query: Annotated[ChangeQuery, Query()]) -> Response:
    """Takes the last change back: an edit, a replacement, a whole training."""
    return await _changed(request, id, query, Run.undo)


@router.post(
    "/{id}/redo", response_model=response(ChangedState), responses=_CHANGE, openapi_extra=taking(conditional=True)
)
async def redo(request: Request, id: str, query: Annotated[ChangeQuery, Query()]) -> Response:
    """Makes the change again that was undone last."""
    return await _changed(request, id, query, Run.redo)


async def _changed(request: Request, id: str, query: ChangeQuery, change: Callable[[Run], State]) -> Response:
    versions = expected_versions(request)

    def work(run: Run) -> Response:
        run.expect(versions)
        return state_answer(traced(run, query, change(run)))

    return await Service.of(request).on_run(id, work, None)
