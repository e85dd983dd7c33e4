"""The plots of a run: the list, and a route for each record. Only what is asked for is computed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from functools import partial
from typing import Annotated, Any, get_args, get_type_hints

from fastapi import APIRouter, Query, Request
from pydantic import Field, create_model
from starlette.responses import Response

from backprop_explorer.api.http import answer
from backprop_explorer.api.openapi import answering
from backprop_explorer.api.query import Count, MomentQuery, Place
from backprop_explorer.api.service import Service
from backprop_explorer.api.shapes import response
from backprop_explorer.engine import Plan
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.plots import PLOTS, Options, Plot, PlotEntry, evenly, overview
from backprop_explorer.plots.moments import Moments
from backprop_explorer.processes import weigh
from backprop_explorer.runs import Moment, Run

router = APIRouter(prefix="/api/runs/{id}/plots")
_GRID = 625
"""So many points a plot over a grid has, of each of which it computes the loss."""


@dataclass(frozen=True)
class RunAt:
    """A run at one moment, as plots see it."""

    run: Run
    moment: Moment | None

    @property
    def plan(self) -> Plan:
        """The plan at that moment."""
        return self.run.studied(self.moment)

    def moments(self) -> Moments:
        """The plan at iterations that are evenly spaced up to that moment."""
        return self.run.walk(self.moment, evenly)

    def losses(self) -> Array:
        """The loss at each iteration."""
        return self.run.losses(self.moment)

    def validation_losses(self) -> Array | None:
        """The loss on held-out rows at each iteration."""
        return self.run.validation_losses(self.moment)

    def edits(self) -> list[tuple[int, str]]:
        """What was changed by hand."""
        return self.run.annotations(self.moment)

    def batch_sizes(self) -> tuple[int | None, int | None]:
        """How the data was cut into batches."""
        return self.run.batch_sizes(self.moment)


@router.get("", response_model=response(list[PlotEntry]), responses=answering(run=True))
async def list_plots(request: Request, id: str, query: Annotated[MomentQuery, Query()]) -> Response:
    """The plots, and why one of them makes no sense for this program."""
    return await Service.of(request).on_run(id, lambda run: answer(overview(run.studied(query.moment))), None)


def _query(options: type[Options]) -> type[MomentQuery]:
    """The query parameters of a plot: the moment and the plot's own options."""
    hints = get_type_hints(options)
    parameters: dict[str, Any] = {}
    for option in fields(options):
        kind = hints[option.name]
        kind = Place if Shape in get_args(kind) else Count if int in get_args(kind) else kind
        example = option.metadata["example"]
        parameters[option.name] = (
            kind,
            Field(
                None,
                description=option.metadata["description"],
                examples=None if example is None else [example],
                **option.metadata["bounds"],
            ),
        )
    return create_model(f"{options.__name__}Query", __base__=MomentQuery, __doc__=options.__doc__, **parameters)


def _computed(name: str, moment: Moment | None, options: Options, run: Run) -> Response:
    if PLOTS[name].grid:
        weigh(_GRID * run.at(moment).elements)
    return answer(PLOTS[name].compute(RunAt(run, moment), options))


def _route(plot: Plot) -> Callable[..., Awaitable[Response]]:
    names = [option.name for option in fields(plot.options)]

    async def endpoint(request: Request, id: str, query: Any) -> Response:
        options = plot.options(**{name: getattr(query, name) for name in names})
        work = partial(_computed, plot.name, query.moment, options)
        return await Service.of(request).look(request, id, work, None, None)

    endpoint.__name__, endpoint.__doc__ = f"{plot.name}_plot", plot.answer.__doc__
    endpoint.__annotations__ = {
        "request": Request,
        "id": str,
        "query": Annotated[_query(plot.options), Query()],
        "return": Response,
    }
    return endpoint


for _plot in PLOTS.values():
    router.get(
        f"/{_plot.name}",
        response_model=response(_plot.answer),
        responses=answering(run=True, status_413="A grid too large") if _plot.grid else answering(run=True),
    )(_route(_plot))
