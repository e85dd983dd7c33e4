"""Files that are never opened, told by how they begin or what is packed in them, and what to do instead."""

from __future__ import annotations

from collections.abc import Iterable

from backprop_explorer.importing import archive

Foreign = tuple[str, str]
"""What a file is, and the way from it to one that can be opened."""
_PYTORCH = (
    "It holds Python objects, which are never loaded. In Python, bx.torch.open(model, x) opens the model as it is; "
    "or write it as a file: torch.onnx.export(model, (x,), 'model.onnx'), its weights alone by "
    "safetensors.torch.save_file(model.state_dict(), 'weights.safetensors')"
)
_PICKLE = "A pickle may run anything, so none is opened. Save its arrays with numpy.savez, or tensors as safetensors"
_KERAS = (
    "In Keras, write the network as a file: model.export('model.onnx', format='onnx'); or its weights alone: "
    "numpy.savez('weights.npz', **{weight.path: weight.numpy() for weight in model.weights})"
)
_TENSORFLOW = "Convert its folder: python -m tf2onnx.convert --saved-model FOLDER --output model.onnx"
_LITE = "Convert it: python -m tf2onnx.convert --tflite model.tflite --output model.onnx"
_PICTURE = "Save it as PNG or JPEG"
_SHEET = "Save the sheet as CSV"
_UNPACK = "Unpack it, and open what is in it"

_BEGINNINGS = (
    (b"\x89HDF\r\n", "an HDF5 file (.h5), as Keras writes it", _KERAS),
    (b"GIF8", "a GIF picture", _PICTURE),
    (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P", "a PyTorch checkpoint (.pt)", _PYTORCH),
    (b"\x08\x01\x12", "a TensorFlow saved model (saved_model.pb)", _TENSORFLOW),
    (b"GGUF", "a GGUF file", "Save its tensors as safetensors, in float32 or float16"),
    (b"PAR1", "a Parquet file", "Save its columns as CSV"),
    (b"\xd0\xcf\x11\xe0", "a file of Excel", _SHEET),
    *((bytes([128, version]), "a pickle", _PICKLE) for version in range(2, 6)),
    *((beginning, "a pickle", _PICKLE) for beginning in (b"(dp0\n", b"(lp0\n", b"ccopy_reg\n", b"cnumpy.")),
    *((beginning, "a compressed file", _UNPACK) for beginning in (b"\x1f\x8b", b"BZh91AY", b"\xfd7zXZ", b"7z\xbc\xaf")),
)
_LITE_MARK = (4, b"TFL3")
OWN = (".npy", ".onnx")
"""How the names of those entries end that can be read."""
_ENTRIES = (
    ("code/__torch__", "a TorchScript program of PyTorch", _PYTORCH),
    ("archive_format", "an exported program of PyTorch (.pt2)", _PYTORCH),
    (".pkl", "a PyTorch checkpoint (.pt)", _PYTORCH),
    (".weights.h5", "a Keras model (.keras)", _KERAS),
    ("saved_model.pb", "a TensorFlow saved model", _TENSORFLOW),
    ("[Content_Types].xml", "a file of Excel", _SHEET),
)
"""Parts of the names of entries in an archive, those that decide first."""


def foreign(content: bytes) -> Foreign | None:
    """What a file is that is never opened, and the way to one that is; None for bytes that are not known."""
    if archive.looks(content):
        return _packed(archive.names(content))
    place, mark = _LITE_MARK
    if content[place : place + len(mark)] == mark:
        return "a TensorFlow Lite model", _LITE
    return next(((what, way) for beginning, what, way in _BEGINNINGS if content.startswith(beginning)), None)


def _packed(names: Iterable[str]) -> Foreign | None:
    given = list(names)
    if any(name.endswith(OWN) for name in given):
        return None
    return next(((what, way) for part, what, way in _ENTRIES if any(part in name for name in given)), None)
