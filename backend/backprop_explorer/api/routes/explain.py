"""Where the numbers of a run come from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backprop_explorer.api import schemas
from backprop_explorer.api.answer import answer
from backprop_explorer.api.openapi import answering
from backprop_explorer.api.query import ExplainQuery
from backprop_explorer.api.service import Service
from backprop_explorer.runs import Run

router = APIRouter(prefix="/api/runs/{id}")


@router.get("/explain", response_model=schemas.Explanation, responses=answering(run=True))
async def explain_element(request: Request, id: str, query: Annotated[ExplainQuery, Query()]) -> Response:
    """One element of a value or gradient as its terms, each a product of the elements that made it."""
    place = query.place

    def work(run: Run) -> Response:
        return answer(run.explain(query.tensor, query.field, place, query.iteration))

    return await Service.of(request).on_run(id, work, 1 if query.iteration is None else None)
