"""A step of a run as a picture."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backprop_explorer.api.http import check_bytes, file
from backprop_explorer.api.openapi import answering, with_etag
from backprop_explorer.api.query import PictureQuery
from backprop_explorer.api.service import Service
from backprop_explorer.drawing.pictures import ALL, picture, step_figure
from backprop_explorer.drawing.png import png_of
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Run

router = APIRouter(prefix="/api/runs/{id}")

MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""An animation is a style; nothing else of a picture needs to be allowed."""
_CONTENT = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in MEDIA_TYPES.values()}
_PASSES = 2


@router.get(
    "/picture",
    response_class=Response,
    responses={
        **with_etag(answering(run=True, status_413="Over a limit")),
        200: {"description": "The picture", "content": _CONTENT},
    },
)
async def picture_of_step(request: Request, id: str, query: Annotated[PictureQuery, Query()]) -> Response:
    """A step as a picture: its operands and its result as matrices of numbers, or of colours where they are large. As
    SVG also the whole iteration in motion, a step a second."""
    return await Service.of(request).look(request, id, partial(_drawn, query), _PASSES)


def _drawn(query: PictureQuery, run: Run) -> Response:
    position = run.at(query.moment)
    plan = run.studied(query.moment, open=query.open == "true")
    if query.format == "svg":
        content = picture(plan, query.step, query.theme, position.iteration).encode()
    elif query.step == ALL:
        raise Problem("bad_query", "PNG shows one step, not all", hint="ask for format=svg, or for one step")
    else:
        content = png_of(step_figure(plan, query.step, query.theme, position.iteration))
    check_bytes(len(content), "ask for one step")
    headers = {"ETag": f'"{run.log.version}"', "Content-Security-Policy": POLICY}
    return file(content, MEDIA_TYPES[query.format], headers)
