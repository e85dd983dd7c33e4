"""The formats that can be read, and which of them a file is in."""

from __future__ import annotations

from backprop_explorer.importing import document, npz, onnx, safetensors, script
from backprop_explorer.importing.record import Content, Reader, Rules
from backprop_explorer.problem import Problem, suggestion

READERS = {
    "safetensors": Reader(safetensors.looks, safetensors.read),
    "npz": Reader(npz.looks, npz.read),
    "json": Reader(document.looks, document.read),
    "numpy": Reader(script.of_numpy, script.read),
    "pytorch": Reader(script.of_pytorch, script.read),
    "onnx": Reader(onnx.looks, onnx.read),
}
"""The formats by name, in the order in which bytes are compared with them."""


def read(content: bytes, rules: Rules, format: str | None = None) -> tuple[str, Content]:
    """The format's name and what the file holds. Raises a `Problem` for a file that is not what it says."""
    if not content:
        raise Problem("empty_file", "the file is empty")
    name = format or recognised(content)
    if name not in READERS:
        raise Problem(
            "unknown_format",
            f"there is no format {name[:40]!r}" if format else "the file is in no format that can be opened",
            hint=(suggestion(name, READERS) if format else None) or f"known are {', '.join(READERS)}",
        )
    return name, READERS[name].read(content, rules)


def recognised(content: bytes) -> str:
    """The name of the first format that the bytes look like; empty for none."""
    return next((name for name, reader in READERS.items() if reader.looks(content)), "")
