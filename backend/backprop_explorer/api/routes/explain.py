"""Where the numbers of a run come from, and where they go."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backprop_explorer.api.http import answer
from backprop_explorer.api.openapi import answering
from backprop_explorer.api.query import ElementQuery, ExplainQuery, JacobianQuery, PartsQuery, StudyQuery, WhyQuery
from backprop_explorer.api.service import Service
from backprop_explorer.api.shapes import response
from backprop_explorer.engine import Plan
from backprop_explorer.engine.parts import Parts, parts_of
from backprop_explorer.explain import (
    Explanation,
    Jacobian,
    Uses,
    Why,
    explain,
    jacobian,
    uses,
    why_step,
    why_tensor,
)
from backprop_explorer.runs import Run

router = APIRouter(prefix="/api/runs/{id}")


@router.get("/explain", response_model=response(Explanation), responses=answering(run=True))
async def explain_element(request: Request, id: str, query: Annotated[ExplainQuery, Query()]) -> Response:
    """One element of a value or gradient as its terms, each a product of the elements that made it."""
    return await Service.of(request).look(request, id, partial(_explained, query, query.place), query.passes)


def _explained(query: ExplainQuery, place: Any, run: Run) -> Response:
    plan = run.studied(query.moment, open=query.open == "true")
    found = explain(plan, query.tensor, query.field, place)
    if "births" in found:
        found["births"] = run.reached(found["births"], query.moment)
    return answer(found)


@router.get("/parts", response_model=response(Parts), responses=answering(run=True))
async def parts_of_step(request: Request, id: str, query: Annotated[PartsQuery, Query()]) -> Response:
    """A step of many operations as named parts, each with its code, its picture and its numbers; the parts of all steps
    that update the same parameter together."""
    return await _studied(request, id, query, partial(_parts, query.step))


@router.get("/uses", response_model=response(Uses), responses=answering(run=True))
async def uses_of_element(request: Request, id: str, query: Annotated[ElementQuery, Query()]) -> Response:
    """Where one element goes: the elements that use it, what each passes back, and the strongest way to the loss."""
    place = query.place
    return await _studied(request, id, query, partial(_uses, query.tensor, query.field, place))


@router.get("/jacobian", response_model=response(Jacobian), responses=answering(run=True, status_413="Over a limit"))
async def jacobian_of_step(request: Request, id: str, query: Annotated[JacobianQuery, Query()]) -> Response:
    """All derivatives of one step by one of its inputs, for small shapes, and what they cost beside the rule."""
    return await _studied(request, id, query, partial(_jacobian, query))


def _jacobian(query: JacobianQuery, plan: Plan) -> Jacobian:
    return jacobian(plan, query.step, query.input, values=query.values == "all", sample=query.sample)


def _parts(step: int, plan: Plan) -> Parts:
    return parts_of(plan, step)


def _uses(tensor: str, field: Any, place: Any, plan: Plan) -> Uses:
    return uses(plan, tensor, field, place)


@router.get("/why", response_model=response(Why), responses=answering(run=True))
async def why(request: Request, id: str, query: Annotated[WhyQuery, Query()]) -> Response:
    """Why a step is what it is: its formula with indices, the story, how the shapes meet, what else would have run."""
    return await Service.of(request).look(request, id, partial(_why, query, query.asked, query.place), query.passes)


def _why(query: WhyQuery, asked: int | str, place: Any, run: Run) -> Response:
    plan = run.studied(query.moment, open=query.open == "true")

    def opened() -> Plan:
        return run.studied(query.moment, open=True)

    if isinstance(asked, int):
        found = why_step(plan, asked, opened, place)
    else:
        found = why_tensor(plan, asked, query.field, opened, place)
    if "births" in found:
        found["births"] = run.reached(found["births"], query.moment)
    return answer(found)


async def _studied(request: Request, id: str, query: StudyQuery, study: Callable[[Plan], object]) -> Response:
    return await Service.of(request).look(request, id, partial(_study, query, study), query.passes)


def _study(query: StudyQuery, study: Callable[[Plan], object], run: Run) -> Response:
    return answer(study(run.studied(query.moment, open=query.open == "true")))
