"""The numbers of one tensor, to be looked at and to be changed."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, TypedDict

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backprop_explorer.answers import Extent, Tensor
from backprop_explorer.api import schemas, wire
from backprop_explorer.api.edit import edit_of
from backprop_explorer.api.http import answer, check_bytes, file, state_answer
from backprop_explorer.api.openapi import answering, taking, with_etag
from backprop_explorer.api.overview import Overview, overview
from backprop_explorer.api.query import ChangeQuery, OverviewQuery, TensorQuery, check_size, window
from backprop_explorer.api.request import expected_versions, made_of_json
from backprop_explorer.api.routing import PlainRoute
from backprop_explorer.api.service import Service
from backprop_explorer.api.shapes import response
from backprop_explorer.api.traced import ChangedState, check_traced, traced
from backprop_explorer.runs import Pausing, Run

router = APIRouter(prefix="/api/runs/{id}/tensors", route_class=PlainRoute)
_NPY = "application/octet-stream"
QUICK_EDIT = 1000
"""So many cells are written without waiting for what takes long."""


class TensorAnswer(TypedDict):
    """One tensor, or a window of it: `window` has start and stop for each axis."""

    shape: Extent
    window: list[Extent]
    value: Tensor
    statistics: wire.Statistics


@router.get(
    "/{name}",
    response_model=response(TensorAnswer),
    responses={
        200: {"description": "The numbers", "content": {_NPY: {"schema": {"type": "string", "format": "binary"}}}},
        **answering(run=True, status_413="More numbers than fit into JSON"),
    },
)
async def get_tensor(request: Request, id: str, name: str, query: Annotated[TensorQuery, Query()]) -> Response:
    """A tensor's value or gradient: its numbers, or a window of them, and statistics of all; or an .npy file."""
    work = partial(_tensor, name, query, Service.of(request).settings.window_elements)
    return await Service.of(request).look(request, id, work, query.passes)


def _tensor(name: str, query: TensorQuery, limit: int, run: Run) -> Response:
    return _numbers(run.tensor(name, query.field, query.moment, open=query.open == "true"), query, limit)


def _numbers(array: wire.Array, query: TensorQuery, limit: int) -> Response:
    slices = window(query.window, array.shape)
    part = array[slices] if slices else array
    if query.format == "npy":
        check_bytes(part.nbytes, "ask for a window")
        return file(wire.npy(part), _NPY)
    check_size(part.size, limit, "ask for a window, or with format=npy")
    bounds: list[Extent] = [[piece.start, piece.stop] for piece in slices]
    numbers: TensorAnswer = {
        "shape": array.shape, "window": bounds, "value": part, "statistics": wire.statistics(array)
    }  # fmt: skip
    return answer(numbers)


@router.get(
    "/{name}/overview",
    response_model=response(Overview),
    responses=answering(run=True, status_413="More numbers than fit into JSON"),
)
async def get_overview(request: Request, id: str, name: str, query: Annotated[OverviewQuery, Query()]) -> Response:
    """A picture of a tensor of any size: its last two axes cut into blocks, of each the number farthest from 0."""
    work = partial(_overview, name, query, query.position, Service.of(request).settings.window_elements)
    return await Service.of(request).look(request, id, work, query.passes)


def _overview(name: str, query: OverviewQuery, position: tuple[int, ...], limit: int, run: Run) -> Response:
    array = run.tensor(name, query.field, query.moment, open=query.open == "true")
    rows, columns = (1, 1, *array.shape)[-2:]
    check_size(min(rows, query.rows) * min(columns, query.columns), limit, "ask for fewer rows and columns")
    return answer(overview(array, position, query.rows, query.columns))


@router.patch(
    "/{name}",
    response_model=response(ChangedState),
    responses=with_etag(answering(run=True, change=True, body=True)),
    openapi_extra=taking(schemas.CellsEdit, schemas.DataEdit, conditional=True),
)
async def edit_tensor(request: Request, id: str, name: str, query: Annotated[ChangeQuery, Query()]) -> Response:
    """New numbers for an input or a parameter; everything follows."""
    versions = expected_versions(request)
    edit = await made_of_json(request, Service.of(request).settings, partial(edit_of, name))

    def work(run: Run) -> Pausing[dict[str, Any]]:
        run.expect(versions)
        check_traced(run, query)
        return traced(run, query, (yield from run.editing(edit)))

    passes = 1 if edit.values.size <= QUICK_EDIT else None
    return await Service.of(request).change(id, work, state_answer, passes)
