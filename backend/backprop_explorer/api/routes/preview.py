"""Other numbers, tried and not kept: what the iteration would be with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backprop_explorer.api import schemas
from backprop_explorer.api.edit import edit_of
from backprop_explorer.api.http import answer
from backprop_explorer.api.openapi import answering, taking, with_etag
from backprop_explorer.api.query import PreviewQuery
from backprop_explorer.api.request import check_keys, made_of_json
from backprop_explorer.api.service import Service
from backprop_explorer.api.shapes import response
from backprop_explorer.engine.trace import Listed
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Edit, PreviewTrace, Run

router = APIRouter(prefix="/api/runs")
_LESS = 'ask with "values": "none", or for the numbers that are shown: "values": ["l1", "w1.g"]'


@dataclass(frozen=True)
class _Wanted:
    edits: list[Edit]
    values: Listed


@router.post(
    "/{id}/preview",
    response_model=response(PreviewTrace),
    responses=with_etag(answering(run=True, body=True)),
    openapi_extra=taking(schemas.Preview),
)
async def preview(request: Request, id: str, query: Annotated[PreviewQuery, Query()]) -> Response:
    """The trace with other numbers in place. Nothing is stored, and no change of the run is waited for: during a
    training the preview starts from the numbers before it."""
    service = Service.of(request)
    wanted = await made_of_json(request, service.settings, _wanted)

    def work(run: Run) -> Response | None:
        return run.preview(wanted.edits, wanted.values, _answer, query.moment, open=query.open == "true")

    if query.moment is None:
        return await service.beside_run(id, work)
    found = await service.on_run(id, work, None)
    assert found is not None
    return found


def _answer(trace: PreviewTrace) -> Response:
    return answer(trace, headers={"ETag": f'"{trace["version"]}"'}, instead=_LESS)


def _wanted(content: dict[str, Any]) -> _Wanted:
    check_keys(content, list(schemas.Preview.model_fields))
    return _Wanted(_edits(content.get("tensors")), _listed(content.get("values", "all")))


def _edits(tensors: object) -> list[Edit]:
    hint = 'such as {"tensors": {"w1": {"cells": [{"index": [0, 0], "value": 1.5}]}}}'
    if not isinstance(tensors, dict):
        raise Problem("invalid_request", 'The body must have "tensors", new numbers by the name of a tensor', hint=hint)
    for name, edit in tensors.items():
        if not isinstance(edit, dict):
            detail = f'The new numbers for {name[:60]} must be an object with either "cells" or "data"'
            raise Problem("invalid_request", detail, tensor=name[:60], hint=hint)
    return [edit_of(name, edit) for name, edit in tensors.items()]


def _listed(values: object) -> Listed:
    """Whose numbers are listed: `"all"`, `"none"` or names. Raises a `Problem` for anything else."""
    if values in ("all", "none"):
        return values == "all"
    if isinstance(values, list) and all(isinstance(name, str) for name in values):
        return tuple(values)
    detail = '"values" must be "all", "none" or a list of names'
    raise Problem("invalid_request", detail, hint='such as "values": ["l1", "w1.g"]')
