"""A run to take away: a file."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backprop_explorer.api import wire
from backprop_explorer.api.http import check_bytes, file
from backprop_explorer.api.openapi import answering
from backprop_explorer.api.query import ExportQuery
from backprop_explorer.api.service import Service
from backprop_explorer.export import EXPORTERS
from backprop_explorer.export.record import Exporter, Rules, Subject
from backprop_explorer.runs import Run, When

router = APIRouter(prefix="/api/runs/{id}")


_PASSES = 2
RULES = Rules(wire.json_bytes, lambda content: b"".join(wire.pieces(content)), check_bytes)


@router.get(
    "/export",
    response_class=Response,
    responses={200: {"description": "The file", "content": {"*/*": {}}}, **answering(run=True)},
)
async def export(request: Request, id: str, query: Annotated[ExportQuery, Query()]) -> Response:
    """The run at one moment as a file, in one of the formats that `GET /api/formats` lists."""
    return await Service.of(request).look(request, id, partial(_exported, query), None, _PASSES)


def _exported(query: ExportQuery, run: Run) -> Response:
    exporter = EXPORTERS[query.format]
    name, content = exported(run, exporter, query.moment)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{run.log.version}"'}
    return file(content, exporter.format.media_type, headers)


def exported(run: Run, exporter: Exporter, moment: When = None) -> tuple[str, bytes]:
    """The run at a moment as a file: its name and its content."""
    position = run.at(moment)
    name = f"{_plain(position.title)}-{position.iteration}.{exporter.format.ending}"
    return name, exporter.write(Subject(run.studied(moment), position.iteration, run.events), RULES)


def _plain(title: str | None) -> str:
    """A title as part of a file's name on any system."""
    letters = [letter if letter.isascii() and letter.isalnum() else " " for letter in (title or "")[:200].lower()]
    return "-".join("".join(letters).split())[:40].strip("-") or "run"
