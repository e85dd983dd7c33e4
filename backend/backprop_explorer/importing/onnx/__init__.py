"""ONNX: a graph of operators with weights, as other frameworks export their networks, to a document."""

from __future__ import annotations

from backprop_explorer.export.record import BYTES, Format
from backprop_explorer.importing.onnx.model import load
from backprop_explorer.importing.onnx.network import Network
from backprop_explorer.importing.record import Content, Importer, Rules

FIRST_BYTE = b"\x08"
"""The tag of the model's first field, the version of its format."""


def looks(content: bytes) -> bool:
    """Whether the bytes begin as an ONNX model does."""
    return content.startswith(FIRST_BYTE)


def read(content: bytes, rules: Rules) -> Content:
    """The network as a document that runs: with inputs and a loss."""
    network = Network(load(content, rules.budget), rules.budget)
    return Content(network.document(), warnings=network.warnings)


_SUMMARY = "A dense, convolutional or recurrent network of another framework."
IMPORTER = Importer(Format("onnx", "ONNX network", _SUMMARY, "onnx", BYTES), looks, read, extra="onnx")
