"""The past of runs: told, shared with other runs, compared."""

from __future__ import annotations

from functools import partial
from typing import Annotated, NotRequired, TypedDict

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from backprop_explorer.answers import Vector
from backprop_explorer.api import schemas
from backprop_explorer.api.http import answer, state_answer
from backprop_explorer.api.openapi import answering, taking, with_etag
from backprop_explorer.api.query import ComparisonQuery, HistoryQuery, check_size, window
from backprop_explorer.api.request import checked, made_of_json
from backprop_explorer.api.service import Service
from backprop_explorer.api.shapes import response
from backprop_explorer.runs import Comparison, HistoryEntry, Moment, Run, Side, State, compare, difference

router = APIRouter(prefix="/api/runs/{id}")


class History(TypedDict):
    """All that happened in order, and the loss at every iteration on the way to now."""

    events: list[HistoryEntry]
    losses: NotRequired[Vector]
    validation_losses: NotRequired[Annotated[Vector, "on the rows that are held out, where there are some"]]


@router.get("/history", response_model=response(History), responses=with_etag(answering(run=True)))
async def history_of_run(request: Request, id: str, query: Annotated[HistoryQuery, Query()]) -> Response:
    """All that happened to a run, undone or not, and the loss at every iteration."""

    def work(run: Run) -> Response:
        content: History = {"events": run.history(query.after or 0)}
        if query.losses == "all":
            content["losses"] = run.losses()
            held = run.validation_losses()
            if held is not None:
                content["validation_losses"] = held
        return answer(
            content, headers={"ETag": f'"{run.log.version}"'}, instead="ask with losses=none, or after=NUMBER"
        )

    return await Service.of(request).on_run(id, work)


@router.post(
    "/fork",
    status_code=201,
    response_model=response(State),
    responses=with_etag(answering(run=True, body=True, status_507="The disk is full"), 201),
    openapi_extra=taking(schemas.Fork, writing=True),
)
async def fork_run(request: Request, id: str) -> Response:
    """A new run with the same past up to a moment; this one stays as it is."""
    service = Service.of(request)
    wanted = await made_of_json(request, service.settings, partial(checked, schemas.Fork))
    moment = Moment(wanted.iteration, wanted.event)
    copy = await service.on_run(id, lambda run: run.fork(moment), None)
    state = await service.on_run(copy, Run.state)
    return state_answer(state, 201, {"Location": f"/api/runs/{state['id']}"})


@router.get("/compare", response_model=response(Comparison), responses=answering(run=True, status_413="Over a limit"))
async def compare_runs(request: Request, id: str, query: Annotated[ComparisonQuery, Query()]) -> Response:
    """Two moments side by side, of this run or of this and another one: losses, edits, documents, tensors."""
    service = Service.of(request)
    # One side is copied after the other, so that no request waits for a run while it holds another.
    one = await service.on_run(id, lambda run: run.side(query.moment), None)
    other = await service.on_run(query.other or id, lambda run: run.side(query.other_moment), None)
    limit = service.settings.window_elements
    return await run_in_threadpool(lambda: answer(_compared(one, other, query, limit)))


def _compared(one: Side, other: Side, query: ComparisonQuery, limit: int) -> Comparison:
    content = compare(one, other)
    if query.tensor is None:
        return content
    values = difference(one, other, query.tensor, query.field)
    part = values[window(query.window, values.shape)]
    check_size(part.size, limit, "ask for a window")
    content["difference"] = part
    return content
