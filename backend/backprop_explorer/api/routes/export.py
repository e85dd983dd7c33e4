"""A run to take away: a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backprop_explorer.api import wire
from backprop_explorer.api.answer import check_bytes, file
from backprop_explorer.api.openapi import answering
from backprop_explorer.api.query import ExportQuery
from backprop_explorer.api.service import Service
from backprop_explorer.engine import Plan
from backprop_explorer.export import EXPORTERS
from backprop_explorer.runs import Run, When

router = APIRouter(prefix="/api/runs/{id}")


@dataclass(frozen=True)
class RunToExport:
    """A run at one moment, as exporters see it."""

    run: Run
    moment: When

    @property
    def plan(self) -> Plan:
        """The plan at that moment."""
        return self.run.studied(self.moment)

    @property
    def iteration(self) -> int:
        """How many iterations led to that moment."""
        return self.run.at(self.moment).iteration

    def events(self) -> Iterator[Mapping[str, Any]]:
        """All that happened to the run, also after that moment."""
        return self.run.events()

    def json_bytes(self, content: Any) -> int:
        """About how many bytes the content has as JSON."""
        return wire.json_bytes(content)

    def to_json(self, content: Any) -> bytes:
        """The content as JSON."""
        return b"".join(wire.pieces(content))

    def check_bytes(self, count: int, instead: str) -> None:
        """Raises a `Problem` for more bytes than an answer may have."""
        check_bytes(count, instead)


@router.get(
    "/export",
    response_class=Response,
    responses={200: {"description": "The file", "content": {"*/*": {}}}, **answering(run=True)},
)
async def export(request: Request, id: str, query: Annotated[ExportQuery, Query()]) -> Response:
    """The run at one moment as a file, in one of the formats that `GET /api/formats` lists."""
    exporter = EXPORTERS[query.format]

    def work(run: Run) -> Response:
        position = run.at(query.moment)
        name = f"{_plain(position.title)}-{position.iteration}.{exporter.format.ending}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{run.log.version}"'}
        return file(exporter.write(RunToExport(run, query.moment)), exporter.format.media_type, headers)

    return await Service.of(request).on_run(id, work, None)


def _plain(title: str | None) -> str:
    """A title as part of a file's name on any system."""
    letters = [letter if letter.isascii() and letter.isalnum() else " " for letter in (title or "")[:200].lower()]
    return "-".join("".join(letters).split())[:40].strip("-") or "run"
