"""The numbers of plots: over the iterations, around a weight, and of a classifier. Only what is asked is computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backprop_explorer.api import plotted
from backprop_explorer.api.answer import answer
from backprop_explorer.api.openapi import answering
from backprop_explorer.api.plotquery import ContourQuery, LayerQuery, SliceQuery, SurfaceQuery, WeightQuery
from backprop_explorer.api.query import MomentQuery
from backprop_explorer.api.service import Service
from backprop_explorer.plots import (
    confusion,
    contour,
    histograms,
    loss_slice,
    losses,
    norms,
    overview,
    surface,
    weight_path,
)
from backprop_explorer.runs import Moment, Run, cut

router = APIRouter(prefix="/api/runs/{id}/plots")
_RESPONSES = answering(run=True)
_GRID = answering(run=True, status_413="A grid too large")


async def _plotted(request: Request, id: str, work: Callable[[Run], Any]) -> Response:
    return await Service.of(request).on_run(id, lambda run: answer(work(run)), None)


@router.get("", response_model=list[plotted.Plot], responses=_RESPONSES)
async def list_plots(request: Request, id: str, query: Annotated[MomentQuery, Query()]) -> Response:
    """Which plots there are, and why one of them makes no sense for this program."""
    return await _plotted(request, id, lambda run: overview(run.studied(query.moment)))


@router.get("/loss", response_model=plotted.LossPlot, responses=_RESPONSES)
async def loss_plot(request: Request, id: str, query: Annotated[MomentQuery, Query()]) -> Response:
    """The loss over the iterations, its least, from where on it is no number, and what was changed by hand."""
    return await _plotted(request, id, lambda run: _losses(run, query.moment))


def _losses(run: Run, moment: Moment | None) -> dict[str, Any]:
    cut_by = cut(run, moment)
    return losses(run.losses(moment), run.marks(moment), cut_by)


@router.get("/norms", response_model=plotted.NormsPlot, responses=_RESPONSES)
async def norms_plot(request: Request, id: str, query: Annotated[MomentQuery, Query()]) -> Response:
    """The norm of every parameter, gradient and update over the iterations, and the ratio of update to parameter."""
    return await _plotted(request, id, lambda run: norms(run.walk(query.moment)))


@router.get("/histograms", response_model=plotted.HistogramsPlot, responses=_RESPONSES)
async def histograms_plot(request: Request, id: str, query: Annotated[LayerQuery, Query()]) -> Response:
    """How a layer's values and gradients are spread over the iterations; which units are dead or saturated."""
    return await _plotted(
        request, id, lambda run: histograms(run.studied(query.moment), run.walk(query.moment), query.tensor)
    )


@router.get("/weight", response_model=plotted.WeightPlot, responses=_RESPONSES)
async def weight_plot(request: Request, id: str, query: Annotated[WeightQuery, Query()]) -> Response:
    """One weight and its gradient over the iterations."""

    def work(run: Run) -> dict[str, Any]:
        plan = run.studied(query.moment)
        weight = query.weight(plan)
        return weight_path(run.walk(query.moment), weight, plan.tensors[weight[0]].shape)

    return await _plotted(request, id, work)


@router.get("/slice", response_model=plotted.SlicePlot, responses=_RESPONSES)
async def slice_plot(request: Request, id: str, query: Annotated[SliceQuery, Query()]) -> Response:
    """The loss as a function of one weight around where it is, with the tangent that its gradient claims."""

    def work(run: Run) -> dict[str, Any]:
        plan = run.studied(query.moment)
        return loss_slice(plan, query.weight(plan), query.reach)

    return await _plotted(request, id, work)


@router.get("/contour", response_model=plotted.ContourPlot, responses=_GRID)
async def contour_plot(request: Request, id: str, query: Annotated[ContourQuery, Query()]) -> Response:
    """The loss as a function of two weights, and the way of training up to that moment projected on it."""

    def work(run: Run) -> dict[str, Any]:
        plan = run.studied(query.moment)
        return contour(plan, query.weights(plan), run.walk(query.moment), query.points)

    return await _plotted(request, id, work)


@router.get("/surface", response_model=plotted.SurfacePlot, responses=_GRID)
async def surface_plot(request: Request, id: str, query: Annotated[SurfaceQuery, Query()]) -> Response:
    """For data with two features: what the program says of every point of their plane, and the samples on it."""
    return await _plotted(
        request, id, lambda run: surface(run.studied(query.moment), query.tensor, query.unit, query.points)
    )


@router.get("/confusion", response_model=plotted.ConfusionPlot, responses=_RESPONSES)
async def confusion_plot(request: Request, id: str, query: Annotated[MomentQuery, Query()]) -> Response:
    """For classifiers: how many samples of each class are taken for each class."""
    return await _plotted(request, id, lambda run: confusion(run.studied(query.moment)))
