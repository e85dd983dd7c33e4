"""What can be built with: types of layers, initialisers, losses, data sets."""

from __future__ import annotations

from typing import Any

from backprop_explorer.builder.activations import activations
from backprop_explorer.builder.layers import LAYERS
from backprop_explorer.builder.losses import LOSSES
from backprop_explorer.builder.record import LayerType, Option
from backprop_explorer.data import listing
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


def layer_types() -> dict[str, LayerType]:
    """The types that can be built now, by name, in the order in which they are offered."""
    known = {*OPERATIONS, *SYNONYMS, *COMPOSITES, *COMPOSITE_SYNONYMS}
    own = {layer.type: layer for layer in LAYERS if {*(layer.needs or (layer.type,))} <= known}
    written = {layer.type for layer in LAYERS}
    derived = {layer.type: layer for layer in activations() if layer.type not in written}
    return dict(sorted({**own, **derived}.items(), key=lambda item: GROUPS.index(item[1].group)))


def layer_catalogue() -> dict[str, Any]:
    """All that a request for a network can choose from, ready for JSON."""
    return {
        "layers": [_layer(layer) for layer in layer_types().values()],
        "initialisers": list(INITIALISERS),
        "losses": [{"name": loss.name, "title": loss.title, "classes": loss.classes} for loss in LOSSES.values()],
        "datasets": listing(),
        "start": START,
    }


def _layer(layer: LayerType) -> dict[str, Any]:
    return {
        "type": layer.type,
        "title": layer.title,
        "group": layer.group,
        "summary": layer.summary,
        "options": [_option(option) for option in layer.options],
    }


def _option(option: Option) -> dict[str, Any]:
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
