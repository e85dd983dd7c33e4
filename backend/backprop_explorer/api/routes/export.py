"""A run to take away: a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backprop_explorer.api import wire
from backprop_explorer.api.formats import FORMATS
from backprop_explorer.api.http import check_bytes, file
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
_ARRAYS = "ask for format=npz, which takes less room for each number"


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
        return file(content(run, query.moment), format.media_type, headers)

    return await Service.of(request).on_run(id, work, None)


def _plain(title: str | None) -> str:
    """A title as part of a file's name on any system."""
    letters = [letter if letter.isascii() and letter.isalnum() else " " for letter in (title or "")[:200].lower()]
    return "-".join("".join(letters).split())[:40].strip("-") or "run"


def _json(run: Run, when: When) -> bytes:
    """The document with the numbers of that moment, and all that happened to the run."""
    position = run.at(when)
    size = wire.json_bytes(position.plan.given)
    check_bytes(size, _ARRAYS)
    events = []
    for event in run.events():
        size += wire.json_bytes(event)
        check_bytes(size, _ARRAYS)
        events.append(event)
    content = {"document": position.plan.document.to_json_dict(), "iteration": position.iteration, "events": events}
    return b"".join(wire.pieces(content))


def _numpy(run: Run, when: When) -> bytes:
    _check_script(run, when)
    return with_document(numpy_trace(run.studied(when)), run.at(when).plan.document).encode()


def _pytorch(run: Run, when: When) -> bytes:
    _check_script(run, when)
    return with_document(pytorch(run.studied(when)), run.at(when).plan.document).encode()


def _check_script(run: Run, when: When) -> None:
    """A script has each number twice: where it is computed with, and in the document at its end."""
    check_bytes(2 * wire.json_bytes(run.at(when).plan.given), _ARRAYS)


def _npz(run: Run, when: When) -> bytes:
    tensors = _tensors(run, when)
    document = run.at(when).plan.document
    return npz(with_given(tensors, document), words_of(document))


def _safetensors(run: Run, when: When) -> bytes:
    tensors = _tensors(run, when)
    position = run.at(when)
    document = position.plan.document
    words = {"program": document.program, "iteration": str(position.iteration), ENTRY: words_of(document)}
    return safetensors(with_given(tensors, document), words)


def _tensors(run: Run, when: When) -> dict[str, wire.Array]:
    """All tensors of that moment; a `Problem` where a file of them would be too large."""
    plan = run.studied(when)
    tensors = tensors_of(plan)
    rows = plan.given.values() if plan.batch else ()
    check_bytes(sum(array.nbytes for array in (*tensors.values(), *rows)), "ask for one tensor at a time")
    return tensors


CONTENTS: dict[str, Content] = {
    "json": _json,
    "numpy": _numpy,
    "pytorch": _pytorch,
    "npz": _npz,
    "safetensors": _safetensors,
}
"""What is in the file, by format."""
