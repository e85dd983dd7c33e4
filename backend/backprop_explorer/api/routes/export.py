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
from backprop_explorer.problem import Problem
from backprop_explorer.processes import weigh
from backprop_explorer.runs import Moment, Run, When
from backprop_explorer.wording import listed

router = APIRouter(prefix="/api/runs/{id}")
_PASSES = 2
_EXPLAINED = 50_000
"""Explaining an element of an iteration takes about as long as computing so many numbers."""
RULES = Rules(wire.json_bytes, lambda content: b"".join(wire.pieces(content)), check_bytes)


@router.get(
    "/export",
    response_class=Response,
    responses={200: {"description": "The file", "content": {"*/*": {}}}, **answering(run=True)},
)
async def export(request: Request, id: str, query: Annotated[ExportQuery, Query()]) -> Response:
    """The run at one moment as a file, in one of the formats that `GET /api/formats` lists; with `first_iteration` as a
    page of all iterations from that one on."""
    service = Service.of(request)
    return await service.look(request, id, partial(_exported, query, service.settings.export_iterations), None, _PASSES)


def _exported(query: ExportQuery, most: int, run: Run) -> Response:
    exporter = EXPORTERS[query.format]
    name, content = exported(run, exporter, query.moment, query.first_iteration, most)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{run.log.version}"'}
    return file(content, exporter.format.media_type, headers)


def exported(
    run: Run, exporter: Exporter, moment: When = None, first: int | None = None, most: int = 1
) -> tuple[str, bytes]:
    """The run at a moment as a file: its name and its content. With `first` the file has all iterations from that one
    up to the moment, `most` of them at most."""
    position = run.at(moment)
    title, last, ending = _plain(position.title), position.iteration, exporter.format.ending
    if first is None:
        subject = Subject(run.studied(moment), last, run.events)
        return f"{title}-{last}.{ending}", exporter.write(subject, RULES)
    iterations = _iterations(run, exporter, moment, first, most)
    weigh(len(iterations) * _EXPLAINED * position.elements)
    subject = Subject(run.studied(moment), last, run.events, first, partial(run.plans, iterations, moment))
    span = f"{first}" if first == last else f"{first}-to-{last}"
    return f"{title}-{span}.{ending}", exporter.write(subject, RULES)


def _iterations(run: Run, exporter: Exporter, moment: When, first: int, most: int) -> range:
    """The iterations from that one up to the moment. A `Problem` where there are no such ones, or too many."""
    if not exporter.format.several:
        several = [one.format.name for one in EXPORTERS.values() if one.format.several]
        raise Problem(
            "one_iteration",
            f"a file of the format {exporter.format.name} holds one iteration, so it has no first_iteration",
            hint=f"leave first_iteration out, or ask for format={listed(several)}",
        )
    path = run.log.path(moment)
    run.log.path(Moment(first, moment.event if isinstance(moment, Moment) else None))
    if first > path.iteration:
        raise Problem(
            "bad_iterations",
            f"the first iteration, {first}, comes after the last one, {path.iteration}",
            hint=f"first_iteration is {path.iteration} at most; iteration is the last one",
        )
    if path.iteration - first >= most:
        raise Problem(
            "too_many_iterations",
            f"{path.iteration - first + 1:,} iterations exceed the limit export_iterations of {most:,}",
            status=413,
            hint=f"ask for a first_iteration of {path.iteration - most + 1} or later, or for an earlier iteration, "
            "or raise the setting BACKPROP_EXPORT_ITERATIONS",
        )
    return range(first, path.iteration + 1)


def _plain(title: str | None) -> str:
    """A title as part of a file's name on any system."""
    letters = [letter if letter.isascii() and letter.isalnum() else " " for letter in (title or "")[:200].lower()]
    return "-".join("".join(letters).split())[:40].strip("-") or "run"
