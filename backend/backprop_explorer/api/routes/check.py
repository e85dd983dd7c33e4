"""Gradients of somebody's own, checked: of a document at once, or of a run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from backprop_explorer.api import schemas
from backprop_explorer.api.estimates import drawn_elements
from backprop_explorer.api.http import answer
from backprop_explorer.api.openapi import answering, taking
from backprop_explorer.api.query import CheckQuery, FormulaQuery, ValuesQuery
from backprop_explorer.api.request import answered, check_keys, made_of_json
from backprop_explorer.api.service import Service
from backprop_explorer.api.shapes import response
from backprop_explorer.engine import Budget
from backprop_explorer.practice import (
    Bounds,
    CheckAnswer,
    Draft,
    Require,
    Task,
    checked_tolerance,
    complete,
    draft,
    graded,
    gradients_of,
    is_found,
)
from backprop_explorer.problem import Problem
from backprop_explorer.processes import weigh
from backprop_explorer.runs import Run

router = APIRouter(prefix="/api")
_FEWER = "ask with values=none"
_PASSES = 50
"""So often a diagnosis of a wrong answer computes about all numbers of an iteration."""


@router.post(
    "/check",
    response_model=response(CheckAnswer),
    responses=answering(body=True, status_404="No such example or exercise"),
    openapi_extra=taking(
        schemas.AnsweredDocument, schemas.AnsweredExercise, schemas.AnsweredExample, schemas.GradedDocument
    ),
)
async def check_document(request: Request, query: Annotated[ValuesQuery, Query()]) -> Response:
    """Which of the gradients are right, what is wrong with the others, and which of those required are missing.

    They are graded on the exercise, the example or the document that is named, or else on the document they stand in.
    """
    settings = Service.of(request).settings
    most = settings.window_elements if query.values == "all" else 0
    return await answered(request, partial(_grades, settings.budget, most))


def _grades(budget: Budget, most: int, content: dict[str, Any]) -> Response:
    weigh(_PASSES * drawn_elements(content.get("document", content)))
    return answer(_graded(content, budget, most), instead=_FEWER)


def _graded(content: dict[str, Any], budget: Budget, most: int) -> CheckAnswer:
    require, tolerance = _required(content), checked_tolerance(content.pop("tolerance", None))
    if "document" not in content:
        return graded(content, budget, most, require, tolerance)
    check_keys(content, ["document", "gradients"])
    document, gradients = content["document"], gradients_of(content)
    if not isinstance(document, dict):
        raise Problem("bad_document", "document must be an object with a program, inputs and parameters")
    return Task.of(document, budget).graded(gradients, most, require, tolerance)


def _required(content: dict[str, Any]) -> Require:
    """Remove `require` from the body and return it."""
    require = content.pop("require", None)
    if require is None or require in ("all", "none"):
        return str(require) if require else None
    if isinstance(require, list) and all(isinstance(name, str) for name in require):
        return [str(name) for name in require]
    hint = 'such as {"require": ["w1", "b1"]}'
    raise Problem("bad_require", 'require must be "all", "none" or a list of tensors', hint=hint)


@router.post(
    "/runs/{id}/check",
    response_model=response(CheckAnswer),
    responses=answering(run=True, body=True, status_409="A conflict", status_507="The disk is full"),
    openapi_extra=taking(schemas.Answers, writing=True),
)
async def check_run(request: Request, id: str, query: Annotated[CheckQuery, Query()]) -> Response:
    """The same for a run, which remembers the gradients that were found."""
    service = Service.of(request)
    gradients, require, tolerance = await made_of_json(request, service.settings, _answers)
    most = service.settings.window_elements if query.values == "all" else 0
    work = partial(_judged, query, gradients, require, tolerance, most)
    found, version = await service.look(request, id, work, None, _PASSES)
    formulae = {name: one if isinstance(one, str) else None for name, one in gradients.items()}
    if run_is_changed_by(found, query):
        await service.on_run(id, lambda run: run.keep_found(found, formulae, version), changing=True)
    return await run_in_threadpool(answer, found, instead=_FEWER)


def run_is_changed_by(found: CheckAnswer, query: CheckQuery) -> bool:
    """Whether the run remembers something that was found: right gradients, of now."""
    is_now = query.moment is None and query.open == "false"
    return is_now and any(is_found(verdict) for verdict in found["verdicts"].values())


def _judged(
    query: CheckQuery, gradients: Mapping[str, Any], require: Require, tolerance: Bounds, most: int, run: Run
) -> tuple[CheckAnswer, int]:
    """The verdicts, and the version of the run that they are of."""
    found = run.judge(gradients, query.moment, open=query.open == "true", most=most, tolerance=tolerance)
    return complete(found, run.studied(query.moment).program, require), run.log.version


def _answers(content: dict[str, Any]) -> tuple[Mapping[str, Any], Require, Bounds]:
    check_keys(content, ["gradients", "require", "tolerance"])
    return gradients_of(content), _required(content), checked_tolerance(content.get("tolerance"))


@router.get("/runs/{id}/formula", response_model=response(Draft), responses=answering(run=True))
async def formula_of_run(request: Request, id: str, query: Annotated[FormulaQuery, Query()]) -> Response:
    """A formula while it is being written: how it is understood, its shapes, or what is missing; no verdict."""

    def work(run: Run) -> Response:
        return answer(draft(run.studied(open=query.open == "true"), query.tensor, query.text, query.place))

    return await Service.of(request).on_run(id, work, 1 if query.open == "false" else None)
