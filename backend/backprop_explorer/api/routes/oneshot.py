"""What needs no run: health, the catalogue, the examples, a trace."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import numpy as np
from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from backprop_explorer import __version__
from backprop_explorer.api import schemas, wire
from backprop_explorer.api.estimates import drawn_elements, work_of
from backprop_explorer.api.http import answer, check_bytes
from backprop_explorer.api.openapi import answering, taking
from backprop_explorer.api.query import OpenQuery, WordsQuery
from backprop_explorer.api.request import answered
from backprop_explorer.api.service import Service
from backprop_explorer.api.shapes import response
from backprop_explorer.engine import Budget, Document, Plan, catalogue, optimizers, spellings, trace
from backprop_explorer.engine.catalogue import OperationEntry, OptimizerEntry, SpellingEntry
from backprop_explorer.engine.compiling import program_of
from backprop_explorer.engine.sketch import Drawn, sketch
from backprop_explorer.engine.trace import Trace
from backprop_explorer.examples import examples
from backprop_explorer.examples.introductions import INTRODUCTIONS, PLAIN
from backprop_explorer.examples.named import named_document
from backprop_explorer.plots.dead import Since, dead_units, told
from backprop_explorer.problem import Problem
from backprop_explorer.processes import weigh
from backprop_explorer.reference import reference
from backprop_explorer.reference.reference import Reference

router = APIRouter(prefix="/api")
_AS_A_RUN = "make a run of it (POST /api/runs), whose tensors can be asked for one by one"


class Health(TypedDict):
    """That the server is up."""

    status: Literal["ok"]
    version: str
    retention_days: NotRequired[Annotated[int, "runs that nobody touches for so long are removed, where they are"]]


class ExampleSummary(TypedDict):
    """An example, to choose from."""

    name: str
    title: str
    description: str
    shelf: str
    question: Annotated[str, "what to look at"]
    attempt: Annotated[str, "what to try"]
    picture: list[Drawn]


@router.get("/health", response_model=response(Health), responses=answering())
async def health(request: Request) -> Response:
    """Says that the server is up, and how long it keeps runs."""
    days = Service.of(request).settings.retention_days
    said: Health = {"status": "ok", "version": __version__}
    if days:
        said["retention_days"] = days
    return answer(said)


class Readiness(TypedDict):
    """That runs can be read and written."""

    status: Literal["ready"]


@router.get("/ready", response_model=response(Readiness), responses=answering())
async def ready(request: Request) -> Response:
    """Says whether the database can be written, within a second: 503 where it cannot, or the server is stopping.

    `GET /api/health` is about the process alone.
    """
    try:
        await Service.of(request).readiness.get()
    except Problem as problem:
        detail = f"Runs cannot be changed at the moment: {problem.detail[:1].lower()}{problem.detail[1:]}"
        raise Problem("not_ready", detail, status=503, hint=problem.hint) from problem
    said: Readiness = {"status": "ready"}
    return answer(said)


@router.get("/ops", response_model=response(list[OperationEntry] | list[SpellingEntry]), responses=answering())
async def ops(query: Annotated[WordsQuery, Query()]) -> Response:
    """The catalogue of operations: shapes, formula, rules, what happens at a kink, source; or a library's words, and
    what each means as program text."""
    if query.library is not None:
        library = query.library
        return await run_in_threadpool(lambda: answer(list(spellings(library))))
    return answer(catalogue())


@router.get("/reference", response_model=response(Reference), responses=answering())
async def get_reference() -> Response:
    """What the page of operations shows: the language's rules, and every operation, composite and optimizer with its
    formula, its rules as formulae, what it refuses and an example document."""
    return await run_in_threadpool(lambda: answer(reference()))


@router.get("/optimizers", response_model=response(list[OptimizerEntry]), responses=answering())
async def list_optimizers() -> Response:
    """The optimizers: their options with defaults, their own tensors, their rules."""
    return answer(optimizers())


@router.get("/examples", response_model=response(list[ExampleSummary]), responses=answering())
async def list_examples() -> Response:
    """The examples by name, with what is needed to choose one."""
    return await run_in_threadpool(lambda: answer(_summaries()))


@cache
def _summaries() -> list[ExampleSummary]:
    return [_summary(name, document) for name, document in examples.items()]


def _summary(name: str, document: Mapping[str, Any]) -> ExampleSummary:
    told = INTRODUCTIONS.get(name, PLAIN)
    return {
        "name": name, "title": document["title"], "description": document["description"], "shelf": told.shelf,
        "question": told.question, "attempt": told.attempt, "picture": sketch(document),
    }  # fmt: skip


@router.get("/examples/{name}", response_model=dict[str, Any], responses=answering(status_404="No such example"))
async def get_example(name: str) -> Response:
    """One example: a document, ready to be posted."""
    return answer(example(name))


@router.post(
    "/trace", response_model=response(Trace), responses=answering(body=True), openapi_extra=taking(schemas.Document)
)
async def post_trace(request: Request, query: Annotated[OpenQuery, Query()]) -> Response:
    """One iteration of a document: every tensor, every gradient, every step."""
    return await answered(request, partial(_trace, Service.of(request).settings.budget, query.open == "true"))


def _trace(budget: Budget, open: bool, content: Mapping[str, Any]) -> Response:
    with np.errstate(all="ignore"):
        weigh(drawn_elements(content))
        document = Document.parse(content, budget)
        program = program_of(document, budget)
        check_bytes(wire.numbers_bytes(program.tensors.values()), _AS_A_RUN)
        weigh(work_of(program))
        plan = Plan(program, document)
        found = trace(plan, values=True, open=open)
        units = dead_units(plan) if not open else []
        found["warnings"] += told(units, {unit.key: Since(0) for unit in units})
        return answer(found, instead=_AS_A_RUN)


def example(name: str) -> Mapping[str, Any]:
    """The document of that name; a `Problem` of status 404 with the nearest name where there is none."""
    return named_document("example", name)
