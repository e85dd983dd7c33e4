"""What is built from layers, and with what, as the OpenAPI document shows it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from backprop_explorer.api.schemas import Answer, Document, Schema

NETWORK: dict[str, Any] = {
    "layers": [{"type": "linear", "units": 32}, {"type": "relu"}, {"type": "linear"}],
    "data": "moons",
}
FULL: dict[str, Any] = {
    "layers": [{"type": "linear", "units": 8}, {"type": "tanh"}, {"type": "linear"}],
    "data": {"dataset": "spirals", "noise": 0.1},
    "count": 30,
    "loss": "cross_entropy",
    "optimizer": {"name": "adam", "lr": 0.01},
    "seed": 3,
    "init": "xavier_normal",
}


class Network(Schema):
    """A network to be written as a document."""

    model_config = ConfigDict(json_schema_extra={"examples": [NETWORK, FULL]})

    layers: list[dict[str, Any]] = Field(min_length=1, max_length=64, description='{"type": …} and its options')
    data: str | dict[str, Any] = Field(description='a data set, or {"dataset": …} with its options')
    count: int | None = Field(default=None, description="how many samples; by default 64, or all of a smaller set")
    loss: str | None = Field(default=None, description="by default what suits the data")
    optimizer: dict[str, Any] | None = Field(default=None, description='{"name": "sgd", "lr": 0.5} and other options')
    seed: int | None = Field(default=None, description="of the weights and of all that is drawn at random")
    init: str | None = Field(default=None, description="how the weights are drawn")
    title: str | None = None


class BuiltLayer(Answer):
    """What became of a layer: the tensor it gives, with its shape, and the parameters it learns."""

    position: int
    type: str
    options: dict[str, Any]
    output: str
    shape: list[int]
    parameters: list[str]


class BuiltNetwork(Answer):
    """A document, and what became of each layer."""

    document: Document
    layers: list[BuiltLayer]


class LayerOption(Answer):
    """Something to choose about a layer. A default of null follows from the rest."""

    name: str
    kind: Literal["whole", "number", "flag", "choice"]
    default: float | bool | str | None
    least: float | None
    most: float | None
    choices: list[str]
    summary: str


class Layer(Answer):
    """A type of layer."""

    type: str
    title: str
    group: str
    summary: str
    options: list[LayerOption]


class Loss(Answer):
    """A loss that a network can be built with; `classes` where it suits data of so many classes only."""

    name: str
    title: str
    classes: int | None


class DatasetField(Answer):
    """An array of a data set."""

    shape: list[int] = Field(description="of one sample")
    views: list[list[int]] = Field(description="other shapes in which a sample can be read")
    whole: bool = Field(description="whether it holds labels")
    summary: str


class DatasetChoice(Answer):
    """A number that a generated data set depends on."""

    default: float
    least: float
    most: float
    whole: bool
    summary: str


class Dataset(Answer):
    """A data set; a tensor is one of its fields: {"dataset", "field", "count"} and the options."""

    name: str
    title: str
    count: int
    fields: dict[str, DatasetField]
    classes: list[str]
    options: dict[str, DatasetChoice]
    source: str
    licence: str


class LayerCatalogue(Answer):
    """All that a network can be built with; `start` is one to begin with, and what a request may leave out."""

    layers: list[Layer]
    initialisers: list[str]
    losses: list[Loss]
    datasets: list[Dataset]
    start: dict[str, Any]
