"""The formats of files, in the order of a menu: what they are called on the page and on a disk."""

from __future__ import annotations

from dataclasses import dataclass

from backprop_explorer.api.http import JSON

BYTES = "application/octet-stream"
_PYTHON = "text/x-python"


@dataclass(frozen=True)
class Format:
    """What it is called, what is in it, how a file's name ends, its media type."""

    title: str
    summary: str
    ending: str
    media_type: str


FORMATS = {
    "json": Format(
        "Document and history", "The program with its numbers, and all that happened to the run.", "json", JSON
    ),
    "numpy": Format(
        "NumPy script", "The iteration line by line: runs with NumPy alone, prints every step.", "py", _PYTHON
    ),
    "pytorch": Format("PyTorch script", "The model as a module, its data, one training step.", "py", _PYTHON),
    "npz": Format("NumPy arrays", "Every value, gradient and the optimizer's own tensors, by name.", "npz", BYTES),
    "safetensors": Format("Safetensors", "The same, as other frameworks read it.", "safetensors", BYTES),
    "onnx": Format("ONNX network", "A dense or convolutional network of another framework.", "onnx", BYTES),
}
"""Formats by name."""
