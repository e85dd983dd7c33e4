"""What can be built with: types of layers, initialisers, losses, data sets."""

from __future__ import annotations

from typing import Any, TypedDict

from backprop_explorer.answers import Finite
from backprop_explorer.builder.activations import activations
from backprop_explorer.builder.layers import LAYERS
from backprop_explorer.builder.losses import LOSSES
from backprop_explorer.builder.record import LayerType, Option, OptionKind
from backprop_explorer.data import DatasetEntry, listing
from backprop_explorer.engine.initial import INITIALISERS
from backprop_explorer.library import COMPOSITE_SYNONYMS, COMPOSITES
from backprop_explorer.ops import OPERATIONS, SYNONYMS

GROUPS = ("Linear", "Activation", "Shape", "Convolution", "Normalisation", "Regularisation", "Attention")
START: dict[str, Any] = {
    "layers": [{"type": "linear", "units": 16}, {"type": "relu"}, {"type": "linear"}],
    "data": "moons",
    "count": 64,
    "loss": "cross_entropy",
    "init": "kaiming_normal",
    "seed": 0,
    "optimizer": {"name": "sgd", "lr": 0.1},
}
"""What a request may leave out, and what the page begins with."""


class LayerOption(TypedDict):
    """Something to choose about a layer. A default of null follows from the rest."""

    name: str
    kind: OptionKind
    default: Finite | bool | str | None
    least: Finite | None
    most: Finite | None
    choices: list[str]
    summary: str


class LayerEntry(TypedDict):
    """A type of layer."""

    type: str
    title: str
    group: str
    summary: str
    options: list[LayerOption]


class LossEntry(TypedDict):
    """A loss that a network can be built with; `classes` where it suits data of so many classes only."""

    name: str
    title: str
    classes: int | None


class LayerCatalogue(TypedDict):
    """All that a network can be built with; `start` is one to begin with, and what a request may leave out."""

    layers: list[LayerEntry]
    initialisers: list[str]
    losses: list[LossEntry]
    datasets: list[DatasetEntry]
    start: dict[str, Any]


def layer_types() -> dict[str, LayerType]:
    """The types that can be built now, by name, in the order in which they are offered."""
    known = {*OPERATIONS, *SYNONYMS, *COMPOSITES, *COMPOSITE_SYNONYMS}
    own = {layer.type: layer for layer in LAYERS if {*(layer.needs or (layer.type,))} <= known}
    written = {layer.type for layer in LAYERS}
    derived = {layer.type: layer for layer in activations() if layer.type not in written}
    return dict(sorted({**own, **derived}.items(), key=lambda item: GROUPS.index(item[1].group)))


def layer_catalogue() -> LayerCatalogue:
    """All that a request for a network can choose from, ready for JSON."""
    return {
        "layers": [_layer(layer) for layer in layer_types().values()],
        "initialisers": list(INITIALISERS),
        "losses": [{"name": loss.name, "title": loss.title, "classes": loss.classes} for loss in LOSSES.values()],
        "datasets": listing(),
        "start": START,
    }


def _layer(layer: LayerType) -> LayerEntry:
    return {
        "type": layer.type,
        "title": layer.title,
        "group": layer.group,
        "summary": layer.summary,
        "options": [_option(option) for option in layer.options],
    }


def _option(option: Option) -> LayerOption:
    numeric = option.kind in ("whole", "number")
    return {
        "name": option.name,
        "kind": option.kind,
        "default": option.default,
        "least": option.least if numeric else None,
        "most": option.most if numeric else None,
        "choices": list(option.choices),
        "summary": option.summary,
    }
