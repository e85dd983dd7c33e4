"""Files that come in: a document out of bytes, or numbers for a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, TypedDict

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from backprop_explorer.api import schemas, wire
from backprop_explorer.api.http import answer, state_answer
from backprop_explorer.api.import_query import ImportTensorsQuery, InspectQuery, OpenFileQuery
from backprop_explorer.api.openapi import answering, taking, taking_bytes, with_etag
from backprop_explorer.api.request import checked, expected_versions, is_large, made_of_json
from backprop_explorer.api.service import Service
from backprop_explorer.api.shapes import response
from backprop_explorer.engine import Budget, Document, Plan, compile_document
from backprop_explorer.export.record import BYTES
from backprop_explorer.importing import (
    Content,
    DataInspection,
    FormatEntry,
    Note,
    Rules,
    WrittenGradient,
    begins_anew,
    formats,
    inspected,
    read,
    replacement,
    starting_document,
)
from backprop_explorer.importing.shape_of import MissingShapes, Role, shapes_of
from backprop_explorer.problem import Problem
from backprop_explorer.processes import weigh
from backprop_explorer.runs import Run, State
from backprop_explorer.settings import Settings
from backprop_explorer.wording import listed

router = APIRouter(prefix="/api")
MEDIA_TYPES = {BYTES, *(format["media_type"] for format in formats())}


class Imported(TypedDict):
    """What is to be known about how a file was read."""

    format: str
    warnings: list[str]


class Opened(Imported):
    """What is to be known about how a file was read that holds a program."""

    notes: Annotated[list[Note], "what became of each line of code; empty for other files"]
    backward: Annotated[list[WrittenGradient], "the gradients that code calculates by itself, to be checked"]


class Inspected(DataInspection):
    """What a file of data holds."""

    format: str


class ImportedDocument(Opened):
    """The document that a file holds, ready to be posted."""

    document: Mapping[str, Any]


class ImportedRun(Opened):
    """The new run's state."""

    run: State


class ImportedTensors(State, Imported):
    """The run's state, which tensors got the file's numbers, and what was left out."""

    replaced: Annotated[list[str], "the names of the inputs and parameters that the file had numbers for"]


@router.get("/formats", response_model=response(list[FormatEntry]), responses=answering())
async def list_formats() -> Response:
    """The formats in which a run leaves as a file, and those that can be opened."""
    return answer(formats())


@router.post(
    "/data",
    response_model=response(Inspected),
    responses=answering(run=True, body=True),
    openapi_extra=taking_bytes(schemas.Document),
)
async def inspect_data(request: Request, query: Annotated[InspectQuery, Query()]) -> Response:
    """What a file of data holds, whether it fits into a run, and what could begin with it. Nothing is changed."""
    service = Service.of(request)
    settings = service.settings
    body = await _body(request)
    if query.run is None:
        return await service.alone(request, partial(_inspected, body, _rules(settings), query), heavy=is_large(body))
    rules = _rules(settings)
    format, content = await service.alone(request, partial(_read, body, rules, query.format), heavy=is_large(body))

    def work(run: Run) -> Response:
        return _inspection(format, content, query, run.present.plan, rules.budget)

    return await service.on_run(query.run, work, None)


def _inspected(body: bytes, rules: Rules, query: InspectQuery) -> Response:
    format, content = _read(body, rules, query.format)
    return _inspection(format, content, query, None, rules.budget)


def _read(body: bytes, rules: Rules, asked: str | None) -> tuple[str, Content]:
    """What a file holds, and its format; a `Problem` where its document is none."""
    format, content = read(body, rules, asked)
    if content.document is not None:
        Document.parse(content.document, rules.budget, saved=content.saved)
    return format, content


def _inspection(format: str, content: Content, query: InspectQuery, plan: Plan | None, budget: Budget) -> Response:
    found: Inspected = {"format": format, **inspected(content, plan, query.choices, budget)}
    return answer(found)


@router.post(
    "/shapes",
    response_model=response(MissingShapes),
    responses=answering(body=True),
    openapi_extra=taking(schemas.MissingTensor),
)
async def missing_shapes(request: Request) -> Response:
    """The shape of a tensor that code uses and does not define, as far as it follows from its use."""
    settings = Service.of(request).settings
    asked = await made_of_json(request, settings, partial(checked, schemas.MissingTensor))
    tensors: Mapping[Role, Mapping[str, Any]] = {"inputs": asked.inputs, "parameters": asked.parameters}

    def work() -> Response:
        return answer(shapes_of(asked.code, asked.name, tensors, asked.dialect, _rules(settings)))

    return await run_in_threadpool(work)


@router.post(
    "/import",
    response_model=response(ImportedDocument),
    responses={
        201: {"description": "The run that was begun", "model": response(ImportedRun)},
        **answering(body=True, status_507="The disk is full"),
    },
    openapi_extra=taking_bytes(schemas.Document),
)
async def import_file(request: Request, query: Annotated[OpenFileQuery, Query()]) -> Response:
    """The document that a file holds: one that was exported here, or a network of another framework."""
    service = Service.of(request)
    settings = service.settings
    body = await _body(request)
    work = partial(_opened, body, _rules(settings, query.roles), query, settings.body_bytes)
    opened = await service.alone(request, work, heavy=is_large(body))
    if isinstance(opened, Response):
        return opened
    found, document = opened
    run: ImportedRun = {**found, "run": await run_in_threadpool(service.runs.create, document)}
    return answer(run, 201, {"Location": f"/api/runs/{run['run']['id']}"})


@router.post(
    "/runs/{id}/import",
    response_model=response(ImportedTensors),
    responses=with_etag(answering(run=True, change=True, body=True)),
    openapi_extra=taking_bytes(schemas.Document, conditional=True),
)
async def import_tensors(request: Request, id: str, query: Annotated[ImportTensorsQuery, Query()]) -> Response:
    """A file's tensors in the place of the run's inputs and parameters of the same name, as one change."""
    service = Service.of(request)
    versions = expected_versions(request)
    settings = service.settings
    body = await _body(request)
    work_alone = partial(_tensors, body, _rules(settings), query.format)
    format, content = await service.alone(request, work_alone, heavy=is_large(body))

    def work(run: Run) -> Response:
        run.expect(versions)
        found = replacement(run.present.plan, content, settings.budget, query.choices)
        state = run.replace(found.changes)
        warnings = [*content.warnings, *found.warnings]
        imported: ImportedTensors = {**state, "format": format, "replaced": found.replaced, "warnings": warnings}
        return state_answer(imported)

    return await service.on_run(id, work, None)


async def _body(request: Request) -> bytes:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        known = ", ".join(sorted(MEDIA_TYPES))
        raise Problem("unsupported_media_type", f"a file is sent as {BYTES} or as what it is: {known}", status=415)
    return await request.body()


def _rules(settings: Settings, roles: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())) -> Rules:
    decode = partial(wire.decode, depth=settings.json_depth)
    return Rules(decode, settings.unpacked_bytes, settings.budget, *roles)


def _opened(body: bytes, rules: Rules, query: OpenFileQuery, most: int) -> Response | tuple[Opened, Document]:
    """The file's document, compiled to see that it runs, or where a run is to begin what is known of it and
    the document itself; a `Problem` for a file with tensors only."""
    name, content = read(body, rules, query.format)
    if content.document is None:
        content = _begun(name, content, query, rules.budget)
        assert content.document is not None
    document = Document.parse(content.document, rules.budget, saved=content.saved)
    warnings = [*content.warnings, *begins_anew(document)]
    found: Opened = {"format": name, "warnings": warnings, "notes": content.notes, "backward": content.backward}
    if query.run == "true":
        return found, document
    weigh(sum(array.size for array in document.tensors.values()))
    compile_document(document, rules.budget)
    whole = {**content.document, "dialect": document.dialect}
    warnings += _too_large_to_send(whole, most)
    opened: ImportedDocument = {**found, "document": whole}
    return answer(opened)


def _begun(name: str, content: Content, query: OpenFileQuery, budget: Budget) -> Content:
    """A document for data, where a model is asked for. Raises a `Problem` where none is."""
    if query.model is None:
        what = f"tensors only ({listed(content.tensors)})" if content.tensors else content.arrangement
        raise Problem(
            "no_program",
            f"this {name} file has {what}, and no program that computes with them",
            hint="its numbers can go into a run, by POST /runs/{id}/import, or begin one: ?model=linear or ?model=mlp",
        )
    document, told = starting_document(content, query.choices, query.model, budget, query.title)
    return replace(content, document=document, warnings=[*content.warnings, *told])


def _too_large_to_send(document: Mapping[str, Any], most: int) -> list[str]:
    """Says so where the document in an answer is too large for the body of a request."""
    if wire.json_bytes(document) <= most:  # which counts every number with all its digits
        return []
    size = sum(map(len, wire.pieces(document)))
    if size <= most:
        return []
    return [
        f"The document takes {size:,} bytes as JSON, more than the limit body_bytes of {most:,}, so that it cannot be "
        "sent to POST /runs: POST /import?run=true begins a run of the file itself"
    ]


def _tensors(body: bytes, rules: Rules, asked: str | None) -> tuple[str, Content]:
    """The format of a file, and what it holds, with the numbers for inputs and parameters: its document's where it has
    one."""
    format, content = read(body, rules, asked)
    if content.document is None:
        return format, content
    return format, replace(content, tensors=Document.parse(content.document, rules.budget, saved=content.saved).tensors)
