"""Practice: exercises, what of a run is to be found, hints, and the numeric check."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backprop_explorer.api import practised
from backprop_explorer.api.answer import answer
from backprop_explorer.api.openapi import answering, taking
from backprop_explorer.api.query import GradcheckQuery
from backprop_explorer.api.request import checked, made_of_json
from backprop_explorer.api.service import Service
from backprop_explorer.examples.exercises import exercises
from backprop_explorer.examples.named import named_document
from backprop_explorer.practice import gradcheck, hint, practice
from backprop_explorer.runs import Run

router = APIRouter(prefix="/api")


@router.get("/exercises", response_model=list[practised.ExerciseSummary], responses=answering())
async def list_exercises() -> Response:
    """The exercises by name, the easiest first."""
    return answer([_summary(name) for name in exercises])


def _summary(name: str) -> dict[str, Any]:
    one = exercises[name]
    return {"name": name, **{key: one.document[key] for key in ("title", "description")}, "level": one.level}


@router.get("/exercises/{name}", response_model=dict[str, Any], responses=answering(status_404="No such exercise"))
async def get_exercise(name: str) -> Response:
    """One exercise: a document, ready to be posted."""
    return answer(exercise(name))


def exercise(name: str) -> Mapping[str, Any]:
    """The document of that name; a `Problem` of status 404 with the nearest name where there is none."""
    return named_document("exercise", name)


@router.get("/runs/{id}/exercises", response_model=practised.PracticeAnswer, responses=answering(run=True))
async def exercises_of_run(request: Request, id: str) -> Response:
    """The gradients to find in backward order, the names for their formulae, and which were found."""

    def work(run: Run) -> Response:
        return answer(practice(run.studied(), run.found()))

    return await Service.of(request).on_run(id, work, None)


@router.post(
    "/runs/{id}/hint",
    response_model=practised.HintAnswer,
    responses=answering(run=True, body=True),
    openapi_extra=taking(practised.HintWanted),
)
async def hint_for_run(request: Request, id: str) -> Response:
    """A hint towards one gradient, in three steps; the fourth is the solution."""
    settings = Service.of(request).settings
    wanted = await made_of_json(request, settings, partial(checked, practised.HintWanted))

    def work(run: Run) -> Response:
        return answer(hint(run.studied(), wanted.tensor, wanted.level))

    return await Service.of(request).on_run(id, work, None)


@router.get("/runs/{id}/gradcheck", response_model=practised.GradcheckAnswer, responses=answering(run=True))
async def gradcheck_of_run(request: Request, id: str, query: Annotated[GradcheckQuery, Query()]) -> Response:
    """Every parameter's gradient beside central differences; of one weight, the loss around it."""

    def work(run: Run) -> Response:
        return answer(gradcheck(run.studied(query.moment), query.parameter, query.place))

    return await Service.of(request).on_run(id, work, None)
