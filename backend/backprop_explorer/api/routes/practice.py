"""Practice: exercises, what of a run is to be found, hints, and the numeric check."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, TypedDict

import numpy as np
from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from backprop_explorer.api import schemas
from backprop_explorer.api.http import answer, state_answer
from backprop_explorer.api.openapi import answering, taking, with_etag
from backprop_explorer.api.query import ExerciseQuery, GradcheckQuery
from backprop_explorer.api.request import checked, made_of_json
from backprop_explorer.api.service import Service
from backprop_explorer.api.shapes import response
from backprop_explorer.engine import Document
from backprop_explorer.examples.exercises import exercises
from backprop_explorer.examples.named import named_document
from backprop_explorer.practice import Gradcheck, Hint, Practice, gradcheck, hint, practice, renewed
from backprop_explorer.processes import weigh
from backprop_explorer.runs import Run, State

router = APIRouter(prefix="/api")


class ExerciseSummary(TypedDict):
    """An exercise, to choose from."""

    name: str
    title: str
    description: str
    level: int


@router.get("/exercises", response_model=response(list[ExerciseSummary]), responses=answering())
async def list_exercises() -> Response:
    """The exercises by name, the easiest first."""
    return answer([_summary(name) for name in exercises])


def _summary(name: str) -> ExerciseSummary:
    one = exercises[name]
    title, description = one.document["title"], one.document["description"]
    return {"name": name, "title": title, "description": description, "level": one.level}


@router.get("/exercises/{name}", response_model=dict[str, Any], responses=answering(status_404="No such exercise"))
async def get_exercise(request: Request, name: str, query: Annotated[ExerciseQuery, Query()]) -> Response:
    """One exercise, or with a seed a variant of it: a document, ready to be posted."""
    known = exercise(name)
    if query.seed is None:
        return answer(known)
    budget = Service.of(request).settings.budget
    return answer(renewed(Document.parse(known), query.seed, budget).to_json_dict())


def exercise(name: str) -> Mapping[str, Any]:
    """The document of that name; a `Problem` of status 404 with the nearest name where there is none."""
    return named_document("exercise", name)


@router.get("/runs/{id}/exercises", response_model=response(Practice), responses=answering(run=True))
async def exercises_of_run(request: Request, id: str) -> Response:
    """The gradients to find in backward order, the names for their formulae, and which were found."""

    def work(run: Run) -> Response:
        return answer(practice(run.studied(), run.found()))

    return await Service.of(request).on_run(id, work, None)


@router.post(
    "/runs/{id}/hint",
    response_model=response(Hint),
    responses=answering(run=True, body=True),
    openapi_extra=taking(schemas.HintWanted),
)
async def hint_for_run(request: Request, id: str) -> Response:
    """A hint towards one gradient, in three steps; the fourth is the solution."""
    settings = Service.of(request).settings
    wanted = await made_of_json(request, settings, partial(checked, schemas.HintWanted))

    def work(run: Run) -> Response:
        return answer(hint(run.studied(), wanted.tensor, wanted.level))

    return await Service.of(request).on_run(id, work, None)


@router.post(
    "/runs/{id}/variant",
    status_code=201,
    response_model=response(State),
    responses=with_etag(answering(run=True, body=True, status_507="The disk is full"), 201),
    openapi_extra=taking(schemas.VariantWanted, writing=True),
)
async def variant_of_run(request: Request, id: str) -> Response:
    """A new run of the same program with tensors of other shapes and with other numbers, to practise once more."""
    service = Service.of(request)
    wanted = await made_of_json(request, service.settings, partial(checked, schemas.VariantWanted))

    def read(run: Run) -> Document:
        run.expect(None)
        return run.present.plan.document

    document = await service.on_run(id, read, None)

    def work() -> State:
        with np.errstate(all="ignore"):
            return service.runs.create(renewed(document, wanted.seed, service.settings.budget))

    state = await run_in_threadpool(work)
    return state_answer(state, 201, {"Location": f"/api/runs/{state['id']}"})


@router.get("/runs/{id}/gradcheck", response_model=response(Gradcheck), responses=answering(run=True))
async def gradcheck_of_run(request: Request, id: str, query: Annotated[GradcheckQuery, Query()]) -> Response:
    """Every parameter's gradient beside central differences; of one weight, the loss around it."""

    return await Service.of(request).look(request, id, partial(_gradcheck, query), None)


def _gradcheck(query: GradcheckQuery, run: Run) -> Response:
    plan = run.studied(query.moment)
    weigh(2 * sum(array.size for array in plan.document.parameters.values()) * plan.elements)
    return answer(gradcheck(plan, query.parameter, query.place))
