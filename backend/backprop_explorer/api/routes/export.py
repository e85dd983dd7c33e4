"""A run to take away: a file."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backprop_explorer.api import wire
from backprop_explorer.api.formats import FORMATS
from backprop_explorer.api.openapi import answering
from backprop_explorer.api.query import ExportQuery
from backprop_explorer.api.service import Service
from backprop_explorer.export import (
    ENTRY,
    npz,
    numpy_trace,
    pytorch,
    safetensors,
    tensors_of,
    with_document,
    with_given,
    words_of,
)
from backprop_explorer.runs import Run, When

router = APIRouter(prefix="/api/runs/{id}")
Content = Callable[[Run, When], bytes]


@router.get(
    "/export",
    response_class=Response,
    responses={200: {"description": "The file", "content": {"*/*": {}}}, **answering(run=True)},
)
async def export(request: Request, id: str, query: Annotated[ExportQuery, Query()]) -> Response:
    """A file: `json` (document, events), `numpy` or `pytorch` (a script), `npz` or `safetensors` (all tensors)."""
    content, format = CONTENTS[query.format], FORMATS[query.format]

    def work(run: Run) -> Response:
        position = run.at(query.moment)
        name = f"{_plain(position.title)}-{position.iteration}.{format.ending}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{run.log.version}"'}
        return Response(content(run, query.moment), headers=headers, media_type=format.media_type)

    return await Service.of(request).on_run(id, work, None)


def _plain(title: str | None) -> str:
    """A title as part of a file's name on any system."""
    return re.sub("[^a-z0-9]+", "-", (title or "").lower())[:40].strip("-") or "run"


def _json(run: Run, when: When) -> bytes:
    """The document with the numbers of that moment, and all that happened to the run."""
    position = run.at(when)
    content: dict[str, Any] = {"document": position.plan.document.to_json_dict(), "iteration": position.iteration}
    return wire.encode({**content, "events": run.events()})


def _numpy(run: Run, when: When) -> bytes:
    return with_document(numpy_trace(run.studied(when)), run.at(when).plan.document).encode()


def _pytorch(run: Run, when: When) -> bytes:
    return with_document(pytorch(run.studied(when)), run.at(when).plan.document).encode()


def _npz(run: Run, when: When) -> bytes:
    document = run.at(when).plan.document
    return npz(with_given(tensors_of(run.studied(when)), document), words_of(document))


def _safetensors(run: Run, when: When) -> bytes:
    position = run.at(when)
    document = position.plan.document
    words = {"program": document.program, "iteration": str(position.iteration), ENTRY: words_of(document)}
    return safetensors(with_given(tensors_of(run.studied(when)), document), words)


CONTENTS: dict[str, Content] = {
    "json": _json,
    "numpy": _numpy,
    "pytorch": _pytorch,
    "npz": _npz,
    "safetensors": _safetensors,
}
"""What is in the file, by format."""
