"""The layer builder: a list of layers and a data set become a document, whose program is the truth from then on."""

from backprop_explorer.builder.build import Built, BuiltDocument, OwnData, build
from backprop_explorer.builder.catalogue import LayerCatalogue, layer_catalogue, layer_types
from backprop_explorer.builder.record import LayerType, Option, Weight

__all__ = [
    "Built",
    "BuiltDocument",
    "LayerCatalogue",
    "LayerType",
    "Option",
    "OwnData",
    "Weight",
    "build",
    "layer_catalogue",
    "layer_types",
]
