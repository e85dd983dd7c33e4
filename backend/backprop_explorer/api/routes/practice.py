"""Practice: exercises, what of a run is to be found, hints, and the numeric check."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, TypedDict

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backprop_explorer.api import schemas
from backprop_explorer.api.http import answer
from backprop_explorer.api.openapi import answering, taking
from backprop_explorer.api.query import GradcheckQuery
from backprop_explorer.api.request import checked, made_of_json
from backprop_explorer.api.service import Service
from backprop_explorer.api.shapes import response
from backprop_explorer.examples.exercises import exercises
from backprop_explorer.examples.named import named_document
from backprop_explorer.practice import Gradcheck, Hint, Practice, gradcheck, hint, practice
from backprop_explorer.runs import Run

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
async def get_exercise(name: str) -> Response:
    """One exercise: a document, ready to be posted."""
    return answer(exercise(name))


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


@router.get("/runs/{id}/gradcheck", response_model=response(Gradcheck), responses=answering(run=True))
async def gradcheck_of_run(request: Request, id: str, query: Annotated[GradcheckQuery, Query()]) -> Response:
    """Every parameter's gradient beside central differences; of one weight, the loss around it."""

    def work(run: Run) -> Response:
        return answer(gradcheck(run.studied(query.moment), query.parameter, query.place))

    return await Service.of(request).on_run(id, work, None)
