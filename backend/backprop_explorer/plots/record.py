"""The record of a plot: what a new plot has to say, all in one place.

The list of plots, the routes, their query parameters and response types, and the choices on the page derive from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from backprop_explorer.engine import Plan
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.plots.moments import Moments

Edit = tuple[int, str]
"""What was changed by hand, and at which iteration."""

BatchSizes = tuple[int | None, int | None]
"""How many rows a batch has at the first iteration and at the last; None for all rows at once."""


class Subject(Protocol):
    """A run at one moment, as a plot sees it."""

    @property
    def plan(self) -> Plan:
        """The plan at that moment, which has run."""

    def moments(self) -> Moments:
        """The plan at some of the iterations up to that moment."""

    def losses(self) -> Array:
        """The loss at each iteration up to that moment."""

    def validation_losses(self) -> Array | None:
        """The same on the rows that are held out; None where none are."""

    def edits(self) -> list[Edit]:
        """What was changed by hand on the way."""

    def batch_sizes(self) -> BatchSizes:
        """How the data was cut on the way."""


@dataclass(frozen=True)
class Options:
    """What may be chosen about a plot; each field is a query parameter, described by `option`."""


def option(description: str, *, key: str | None = None, example: Any = None, **bounds: float) -> Any:
    """A field of `Options`, None by default. Plots whose options have the same `key` (by default the field's name)
    share the choice on the page. `bounds` are pydantic's: `gt`, `le`."""
    return field(default=None, metadata={"description": description, "key": key, "example": example, "bounds": bounds})


@dataclass(frozen=True)
class OfAWeight(Options):
    """Which weight; by default the one with the greatest gradient."""

    parameter: str | None = option("default: of the steepest weight", example="w1")
    index: Shape | None = option("which weight; whole numbers with commas", example="0,1")


@dataclass(frozen=True)
class Plot:
    """A plot.

    name          its word in addresses, and the name of the page's file that draws it
    title         its tab on the page
    place         its place among the others, from the left
    answer        the TypedDict that `compute` fills; its docstring says what one sees
    compute       the numbers, and under `text` a sentence, of a subject and the options
    check         raises a `Problem` where the plot makes no sense for a plan
    options       what may be chosen
    over_time     whether it shows the whole run, and not one moment of it
    shows_gradients  whether it tells single gradients, which a learner may have covered
    grid          whether it may be refused as too large (413)
    """

    name: str
    title: str
    place: int
    answer: type
    compute: Callable[[Subject, Any], Any]
    check: Callable[[Plan], object] = lambda plan: None
    options: type[Options] = Options
    over_time: bool = False
    shows_gradients: bool = False
    grid: bool = False
