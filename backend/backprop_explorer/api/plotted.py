"""What plots show, as the OpenAPI document shows it. Every answer has a sentence, `text`, that says what one sees."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from backprop_explorer.api.practised import LossCurve
from backprop_explorer.api.schemas import Answer, Number

Series = list[Number | None]


class Plot(Answer):
    """A plot that there is; a reason where it makes no sense for this program."""

    name: Literal["loss", "norms", "histograms", "weight", "slice", "contour", "surface", "confusion"] = Field(
        description="how its numbers are asked for: GET …/plots/{name}"
    )
    title: str
    reason: str | None


class LowestLoss(Answer):
    """The least loss."""

    iteration: int
    loss: Number


class EditMark(Answer):
    """Something that was changed by hand."""

    iteration: int
    text: str


class LossPlot(Answer):
    """The loss at each of these iterations."""

    iterations: list[int]
    losses: list[Number]
    lowest: LowestLoss | None
    not_finite_from: int | None
    edits: list[EditMark]
    text: str


class ParameterNorms(Answer):
    """How large a parameter, its gradient and its update are at each iteration; null where there was none."""

    name: str
    shape: list[int]
    value: Series
    gradient: Series
    update: Series
    ratio: Series = Field(description="of the update's norm to the parameter's")


class NormsPlot(Answer):
    """The norms of all parameters over the iterations."""

    iterations: list[int]
    parameters: list[ParameterNorms]
    text: str


class Histogram(Answer):
    """How many numbers lie between one edge and the next, for each iteration. The outermost bins hold all beyond."""

    edges: list[Number]
    counts: list[list[int]]


class UnitState(Answer):
    """A unit, and since which iteration."""

    unit: int
    since: int


class LayerSummary(Answer):
    """A tensor with a histogram; null counts where no activation function made it."""

    name: str
    shape: list[int]
    units: int
    dead: int | None
    saturated: int | None


class HistogramsPlot(Answer):
    """A layer over the iterations."""

    tensor: str
    shape: list[int]
    units: int
    layers: list[LayerSummary]
    iterations: list[int]
    value: Histogram | None
    gradient: Histogram | None
    dead: list[UnitState] = Field(description="0 for every sample, passing nothing back")
    saturated: list[UnitState] = Field(description="passing hardly anything back for any sample")
    text: str


class WeightPlot(Answer):
    """One weight and its gradient over the iterations."""

    parameter: str
    index: list[int]
    iterations: list[int]
    values: Series
    gradients: Series
    text: str


class SlicePlot(LossCurve):
    """The loss as a function of one weight, and the tangent that its gradient claims."""

    text: str


class ContourWeight(Answer):
    """One of the two weights, as it stands."""

    parameter: str
    index: list[int]
    value: Number
    gradient: Number


class ContourPath(Answer):
    """Where both weights were at these iterations."""

    iterations: list[int]
    x: list[Number]
    y: list[Number]


class ContourPlot(Answer):
    """The loss as a function of two weights: `losses[row][column]` at `y[row]` and `x[column]`."""

    weights: list[ContourWeight]
    x: list[Number]
    y: list[Number]
    losses: list[list[Number]]
    loss: Number
    path: ContourPath
    text: str


class SurfaceSamples(Answer):
    """The samples: where they are, what they should be, and what is said of them (both by class where there are)."""

    x: list[Number]
    y: list[Number]
    truth: list[Number] | None
    said: list[int] | None


class SurfacePlot(Answer):
    """What is said of every point of the plane: `values[row][column]` at `y[row]` and `x[column]`."""

    tensor: str
    unit: int | None
    units: int
    kind: Literal["classes", "scores"]
    classes: list[str] | None
    threshold: float | None = Field(description="the score where one class becomes the other")
    features: list[str]
    x: list[Number]
    y: list[Number]
    values: list[list[Number]]
    samples: SurfaceSamples
    text: str


class ConfusionPlot(Answer):
    """How many samples of each class (row) are taken for each class (column)."""

    tensor: str
    classes: list[str]
    counts: list[list[int]]
    right: int
    count: int
    threshold: float | None
    text: str
