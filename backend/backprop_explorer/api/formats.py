"""The formats of files, in the order of a menu: what they are called on the page and on a disk."""

from __future__ import annotations

from dataclasses import dataclass

from backprop_explorer.api.answer import JSON

BYTES = "application/octet-stream"
_PYTHON = "text/x-python"


@dataclass(frozen=True)
class Format:
    """How a file's name ends, and its media type."""

    title: str
    ending: str
    media_type: str


FORMATS = {
    "json": Format("document and history", "json", JSON),
    "numpy": Format("NumPy script", "py", _PYTHON),
    "pytorch": Format("PyTorch script", "py", _PYTHON),
    "npz": Format("NumPy arrays", "npz", BYTES),
    "safetensors": Format("safetensors", "safetensors", BYTES),
    "onnx": Format("ONNX network", "onnx", BYTES),
}
"""Formats by name."""
