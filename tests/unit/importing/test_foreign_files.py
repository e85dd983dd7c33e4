"""Files that are never opened say what they are, and what to write instead."""

from __future__ import annotations

import io
import json
import pickle
import zipfile

import numpy as np
import pytest

from backprop_explorer.graph.budget import Budget
from backprop_explorer.importing import Rules, read
from backprop_explorer.importing.formats import recognised
from backprop_explorer.problem import Problem
from tests.together import each

RULES = Rules(json.loads, 1_000_000, Budget())
HDF = b"\x89HDF\r\n\x1a\n"


def zipped(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, b"{}")
    return packed.getvalue()


def laid_out(length: int) -> bytes:
    """A safetensors file whose header, which is padded, has that length."""
    header = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode().ljust(length)
    return length.to_bytes(8, "little") + header + bytes(4)


FILES = {
    "a checkpoint": (zipped("archive/data.pkl", "archive/version", "archive/data/0"), "PyTorch checkpoint (.pt)",
                     "bx.torch.open(model, x)"),
    "an old checkpoint": (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.", "checkpoint (.pt)",
                          "onnx.export"),
    "TorchScript": (zipped("m/code/__torch__.py", "m/data.pkl"), "TorchScript", "bx.torch.open"),
    "an exported program": (zipped("m/archive_format", "m/models/model.json"), "(.pt2)", "torch.onnx.export(model"),
    "Keras": (zipped("metadata.json", "config.json", "model.weights.h5"), "Keras model (.keras)", "format='onnx'"),
    "Keras, older": (HDF, "HDF5 file (.h5)", "model.export('model.onnx', format='onnx')"),
    "a saved model": (b"\x08\x01\x12\xd8\x04\n\xb1\x01", "TensorFlow saved model", "tf2onnx.convert --saved-model"),
    "a saved model's folder": (zipped("m/saved_model.pb", "m/variables/variables.index"), "TensorFlow saved model",
                               "tf2onnx.convert --saved-model"),
    "TensorFlow Lite": (b"\x1c\0\0\0TFL3" + bytes(40), "TensorFlow Lite", "--tflite"),
    "a pickle": (pickle.dumps({"w": np.ones(3)}), "a pickle", "numpy.savez"),
    "a pickle of old": (pickle.dumps({"w": [1.0]}, 0), "a pickle", "numpy.savez"),
    "compressed": (b"\x1f\x8b\x08" + bytes(20), "compressed", "Unpack it"),
    "a picture that moves": (b"GIF89a", "GIF", "PNG or JPEG"),
    "GGUF": (b"GGUF\x03", "GGUF", "safetensors"),
    "Parquet": (b"PAR1", "Parquet", "CSV"),
    "Excel": (zipped("[Content_Types].xml", "xl/workbook.xml"), "Excel", "CSV"),
    "Excel with a picture": (zipped("[Content_Types].xml", "xl/media/image1.png"), "Excel", "CSV"),
}  # fmt: skip


@each(("file", "what", "way"), FILES.values(), ids=FILES)
def test_what_is_never_opened_says_what_it_is_and_names_the_way(file: bytes, what: str, way: str) -> None:
    with pytest.raises(Problem) as raised:
        read(file, RULES)
    assert raised.value.code == "unknown_format"
    assert what in raised.value.detail
    assert way in (raised.value.hint or "")


@pytest.mark.parametrize("length", [0x280, 0x480, 0x120108, 0x8B1F])
def test_tensors_whose_file_begins_like_another_are_read(length: int) -> None:
    name, content = read(laid_out(length), RULES)
    assert name == "safetensors"
    assert content.tensors["w"].shape == (1,)


def test_arrays_that_are_called_like_other_files_are_read() -> None:
    packed = io.BytesIO()
    np.savez(packed, **{"data.pkl": np.ones(2), "saved_model.pb": np.ones(3)})
    assert read(packed.getvalue(), RULES)[1].tensors.keys() == {"data.pkl", "saved_model.pb"}


def test_a_picture_beside_a_network_leaves_the_archive_a_network() -> None:
    assert recognised(zipped("net.onnx", "net.onnx.data", "preview.png")) == "onnx"
    assert recognised(zipped("daisy/1.png", "rose/1.JPG")) == "pictures"
    assert recognised(zipped("__MACOSX/._1.png", "x.npy")) == "npz"
