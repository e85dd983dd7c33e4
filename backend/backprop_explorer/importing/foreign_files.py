"""Files that are never opened, told by how they begin, and what to do instead."""

from __future__ import annotations

from collections.abc import Iterable

_PYTORCH = "a PyTorch checkpoint is a pickle, which is never opened; save its tensors as safetensors"
_PICKLE = "a pickle may run anything, so none is opened; save its arrays with numpy.savez, or tensors as safetensors"
_KERAS = "save the weights with numpy.savez, a name for each, or export the network as ONNX, by model.export or tf2onnx"
_PICTURE = "save it as PNG or JPEG"
_SHEET = "save the sheet as CSV"

_BEGINNINGS = (
    (b"\x89HDF\r\n", "an HDF5 file (.h5), as Keras writes it", _KERAS),
    (b"GIF8", "a GIF picture", _PICTURE),
    (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P", "a PyTorch checkpoint (.pt)", _PYTORCH),
    (b"GGUF", "a GGUF file", "save its tensors as safetensors, in float32 or float16"),
    (b"PAR1", "a Parquet file", "save its columns as CSV"),
    (b"\xd0\xcf\x11\xe0", "a file of Excel", _SHEET),
    *((bytes([128, version]), "a pickle", _PICKLE) for version in range(2, 6)),
)
_ENTRIES = (
    (".pkl", _PYTORCH),
    (".weights.h5", _KERAS),
    ("config.json", _KERAS),
    ("metadata.json", _KERAS),
    ("[Content_Types].xml", _SHEET),
)


def foreign(content: bytes) -> tuple[str, str] | None:
    """What a file is that is never opened, and the way to one that is; None for bytes that are not known."""
    return next(((what, way) for beginning, what, way in _BEGINNINGS if content.startswith(beginning)), None)


def way_of_archive(names: Iterable[str]) -> str | None:
    """The way from a zip file with entries of these names, which is no archive of NumPy's."""
    given = list(names)
    return next((way for ending, way in _ENTRIES if any(name.endswith(ending) for name in given)), None)
