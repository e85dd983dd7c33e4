"""Training: at once, or as a stream of events."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backprop_explorer.api import schemas
from backprop_explorer.api.eventstream import MEDIA_TYPE, EventStream, unless_gone
from backprop_explorer.api.http import state_answer
from backprop_explorer.api.openapi import answering, taking, with_etag
from backprop_explorer.api.query import ChangeQuery
from backprop_explorer.api.request import accepts, checked, expected_versions, made_of_json
from backprop_explorer.api.routing import PlainRoute
from backprop_explorer.api.service import Service
from backprop_explorer.api.shapes import response
from backprop_explorer.api.traced import TrainedState, check_traced, traced
from backprop_explorer.api.wire import encode
from backprop_explorer.problem import Problem
from backprop_explorer.runs import NOBODY, Pausing, ProgressListener, Run

router = APIRouter(prefix="/api/runs", route_class=PlainRoute)
_RESPONSES = with_etag(answering(run=True, change=True, body=True))
_RESPONSES[200]["content"] = {
    MEDIA_TYPE: {
        "schema": {"type": "string"},
        "example": 'event: progress\ndata: {"iteration": 40, "loss": 0.25, "done": 40, "count": 100, '
        '"iterations_per_second": 9000.5, "seconds_left": 0.007}\n\nevent: done\ndata: {"iteration": 100, …}',
    }
}


@router.post(
    "/{id}/iterations",
    response_model=response(TrainedState),
    responses=_RESPONSES,
    openapi_extra=taking(schemas.Training, conditional=True),
)
async def train(request: Request, id: str, query: Annotated[ChangeQuery, Query()]) -> Response:
    """Trains, perhaps by somebody's own gradients; the loss before each of the iterations and after the last.

    Where the time for a request is up, or the server stops, the answer holds the iterations that were made until then,
    and says so under `stopped`: they are kept, so an error would be wrong. With `Accept: text/event-stream` there are
    events `progress` in between, and then one `done` with the answer, or one `error` with a problem. Whoever closes the
    connection, that of a stream or not, ends the training after the iteration under way; what was done is kept.
    """
    service = Service.of(request)
    wanted, versions = await made_of_json(request, service.settings, _wanted), expected_versions(request)

    def work(run: Run, listener: ProgressListener) -> Pausing[dict[str, Any]]:
        run.expect(versions)
        check_traced(run, query)
        return traced(run, query, (yield from run.training(wanted.count, wanted.gradients, listener)))

    passes = None if wanted.gradients else wanted.count

    async def streamed(listener: ProgressListener) -> bytes:
        return await service.train(id, lambda run: work(run, listener), encode, None)

    async def at_once(listener: ProgressListener) -> Response:
        return await service.train(id, lambda run: work(run, listener), state_answer, passes)

    if accepts(request, MEDIA_TYPE):
        stream = EventStream(streamed, request.receive)
        await stream.begin()
        return stream
    small = await service.small_change(id, lambda run: work(run, NOBODY), state_answer, passes, training=True)
    return await unless_gone(at_once, request.receive) if small is None else small


def _wanted(content: dict[str, Any]) -> schemas.Training:
    _check_formulae(content.get("gradients"))
    return checked(schemas.Training, content)


def _check_formulae(gradients: object) -> None:
    for name, one in gradients.items() if isinstance(gradients, dict) else ():
        if not isinstance(one, str):
            raise Problem(
                "not_trainable",
                f"gradients.{name[:60]}: one trains by a formula; numbers are a gradient at one iteration only",
                tensor=name[:60],
                hint="write a formula such as x.T @ l1.g; numbers can be checked, by POST /check",
            )
