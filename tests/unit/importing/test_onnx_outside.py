"""Networks that keep their numbers in a second file: both come together, in an archive."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from backprop_explorer.graph.budget import Budget
from backprop_explorer.importing import Content, Rules, read
from backprop_explorer.problem import Problem
from tests.amount import count
from tests.onnx_network import WEIGHTS, network, network_in_two
from tests.together import each

RULES = Rules(json.loads, 1_000_000, Budget())
FILES = network_in_two()


def zipped(files: dict[str, bytes], **options: Any) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def parameters(content: Content) -> dict[str, np.ndarray]:
    return {name: np.asarray(array) for name, array in dict(content.document or {})["parameters"].items()}


def changed(place: int = 0, **entries: str) -> dict[str, bytes]:
    """The files, with other entries about where the numbers of a tensor are."""
    model = onnx.load_model_from_string(FILES["network.onnx"])
    tensor = model.graph.initializer[place]
    kept = {entry.key: entry.value for entry in tensor.external_data} | entries
    del tensor.external_data[:]
    for key, value in kept.items():
        tensor.external_data.add(key=key, value=value)
    return {**FILES, "network.onnx": model.SerializeToString()}


@each("folder", ["", "exported/", "a/b/"])
@each("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_both_files_are_the_network_in_one(folder: str, method: int) -> None:
    files = {folder + name: content for name, content in FILES.items()}
    name, content = read(zipped({**files, "__MACOSX/._network.onnx": b"x"}, compression=method), RULES)
    assert name == "onnx"
    whole = read(network(), RULES)[1]
    assert dict(content.document or {})["program"] == dict(whole.document or {})["program"]
    for tensor, numbers in parameters(whole).items():
        assert np.array_equal(parameters(content)[tensor], numbers), tensor


def test_one_network_alone_may_be_packed_too() -> None:
    assert parameters(read(zipped({"network.onnx": network()}), RULES)[1]).keys() == {"fc_weight", "fc_bias"}


def test_a_constant_of_a_node_may_stand_in_the_second_file() -> None:
    numbers = np.array([1.5, -2.0, 4.0], np.float32)
    tensor = TensorProto(name="c", data_type=TensorProto.FLOAT, dims=[3], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="numbers.bin")
    nodes = [helper.make_node("Constant", [], ["c"], value=tensor), helper.make_node("Mul", ["x", "c"], ["y"])]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2, 3]) for name in "xy"]
    graph = helper.make_graph(nodes, "network", ends[:1], ends[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    content = read(zipped({"m.onnx": model.SerializeToString(), "numbers.bin": numbers.tobytes()}), RULES)[1]
    assert np.array_equal(dict(content.document or {})["inputs"]["c"], numbers)


def overlapping() -> dict[str, bytes]:
    """Ten tensors that are all the same bytes."""
    files = changed()
    model = onnx.load_model_from_string(files["network.onnx"])
    for number in range(10):
        another = model.graph.initializer.add()
        another.CopyFrom(model.graph.initializer[0])
        another.name = f"w{number}"
    return {**files, "network.onnx": model.SerializeToString()}


REFUSED = {
    "without it": ({"network.onnx": FILES["network.onnx"]}, "external_data", f"file, '{WEIGHTS}', which is missing"),
    "under another name": ({"network.onnx": FILES["network.onnx"], "b.data": FILES[WEIGHTS]}, "external_data",
                           "given are 'b.data'"),
    "in another folder": ({"a/network.onnx": FILES["network.onnx"], WEIGHTS: FILES[WEIGHTS]}, "external_data", WEIGHTS),
    "a path upwards": (changed(location="../" + WEIGHTS), "external_data", "'../network.onnx.data', which is missing"),
    "a path of this machine": (changed(location="/etc/passwd"), "external_data", "'/etc/passwd', which is missing"),
    "no place": (changed(location=""), "external_data", "'', which is missing"),
    "too short": ({**FILES, WEIGHTS: FILES[WEIGHTS][:20]}, "bad_file", "which has 20"),
    "beyond the end": (changed(offset="999"), "bad_file", "fc.weight ends at byte 1,023"),
    "before the start": (changed(offset="-8"), "bad_file", "is no number: '-8'"),
    "at a word": (changed(offset="here"), "bad_file", "is no number: 'here'"),
    "at a place of many digits": (changed(offset="9" * 5_000), "bad_file", "is no number"),
    "at digits of another script": (changed(offset="\u0661"), "bad_file", "is no number"),
    "of another length": (changed(length="20"), "bad_file", "has 24 bytes, but is said to have 20"),
    "the same bytes again and again": (overlapping(), "bad_file", "larger than the files"),
    "two networks": ({**FILES, "b.onnx": network()}, "bad_file", "it holds 'network.onnx', 'b.onnx'"),
}  # fmt: skip


@each(("files", "code", "words"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused_in_words(files: dict[str, bytes], code: str, words: str) -> None:
    with pytest.raises(Problem) as raised:
        read(zipped(files), RULES)
    assert raised.value.code == code, raised.value.detail
    assert words in raised.value.detail


def test_what_unpacks_to_too_much_is_refused_before_it_is() -> None:
    small = Rules(json.loads, 1000, Budget())
    with pytest.raises(Problem, match="would unpack to 100,") as raised:
        read(zipped({**FILES, "zeros": bytes(100_000)}, compression=zipfile.ZIP_DEFLATED), small)
    assert raised.value.status == 413


def test_an_archive_of_arrays_is_still_one() -> None:
    packed = io.BytesIO()
    np.savez(packed, **{"m.onnx": np.ones(3)})
    assert read(packed.getvalue(), RULES)[0] == "npz"


def test_numbers_of_every_type_are_read() -> None:
    for dtype in ("float32", "float64", "float16", "int64", "int32", "int8", "uint8", "bool"):
        array = np.arange(3).astype(dtype)
        tensor = numpy_helper.from_array(array, "c")
        raw = tensor.raw_data
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="c")
        nodes = [
            helper.make_node("Cast", ["c"], ["f"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["x", "f"], ["y"]),
        ]
        ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [3]) for name in "xy"]
        graph = helper.make_graph(nodes, "network", ends[:1], ends[1:], [tensor])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        document = dict(read(zipped({"m.onnx": model.SerializeToString(), "c": raw}), RULES)[1].document or {})
        own = {**document["inputs"], **document["parameters"]}
        found = next(own[name] for name in own if name not in ("x", "target"))
        assert np.array_equal(found, array), dtype


@settings(max_examples=count(60, 2_000), deadline=None)
@given(st.sampled_from(["network.onnx", WEIGHTS, ""]), st.data())
def test_bytes_that_were_changed_are_read_or_refused(name: str, data: st.DataObject) -> None:
    files = {**FILES}
    file = bytearray(files[name] if name else zipped(files))
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, max(0, len(file) - 1)))
        file[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    if data.draw(st.booleans()):
        del file[data.draw(st.integers(0, len(file))) :]
    packed = bytes(file) if not name else zipped({**files, name: bytes(file)})
    with contextlib.suppress(Problem):
        assert read(packed, RULES, "onnx")[1].document is not None
