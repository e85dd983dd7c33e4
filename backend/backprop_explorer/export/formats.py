"""The formats in which a run leaves as a file."""

from __future__ import annotations

from backprop_explorer.export import document, html, npz, numpy, pytorch, safetensors
from backprop_explorer.export.record import Exporter

_MODULES = (document, html, numpy, pytorch, npz, safetensors)
EXPORTERS: dict[str, Exporter] = {module.EXPORTER.format.name: module.EXPORTER for module in _MODULES}
"""The exporters by the name of their format, in the order of a menu."""
