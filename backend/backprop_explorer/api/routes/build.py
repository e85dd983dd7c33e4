"""Networks out of layers: what there is to build with, and the document that comes of it."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backprop_explorer.api import schemas
from backprop_explorer.api.http import answer
from backprop_explorer.api.openapi import answering, taking
from backprop_explorer.api.query import BuildQuery
from backprop_explorer.api.request import answered
from backprop_explorer.api.service import Service
from backprop_explorer.api.shapes import response
from backprop_explorer.builder import Built, BuiltDocument, LayerCatalogue, build, layer_catalogue
from backprop_explorer.data import DatasetEntry, listing
from backprop_explorer.engine import Budget

router = APIRouter(prefix="/api")


@router.get("/datasets", response_model=response(list[DatasetEntry]), responses=answering())
async def list_datasets() -> Response:
    """The data sets: fields with the shape of a sample, size, classes, options, source and licence."""
    return answer(listing())


@router.get("/layers", response_model=response(LayerCatalogue), responses=answering())
async def list_layers() -> Response:
    """The types of layers with their options; initialisers, losses and data sets; a network to begin with."""
    return answer(layer_catalogue())


@router.post(
    "/build",
    response_model=response(BuiltDocument | Built),
    responses=answering(body=True),
    openapi_extra=taking(schemas.Network),
)
async def post_build(request: Request, query: Annotated[BuildQuery, Query()]) -> Response:
    """The document of a network that is given as a list of layers: ready to be posted, and edited by hand."""
    return await answered(request, partial(_built, Service.of(request).settings.budget, query.layers == "true"))


def _built(budget: Budget, layers: bool, content: dict[str, Any]) -> Response:
    made = build(content, budget)
    return answer(made if layers else made["document"])
