"""Files that were exported here and files of others: the same bits come back, and what is unsound is refused."""

import io
import json
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backprop_explorer as bx
from backprop_explorer.api import wire
from backprop_explorer.engine import Document, Plan
from backprop_explorer.examples import examples
from backprop_explorer.export import EXPORTERS
from backprop_explorer.export import record as export
from backprop_explorer.export.embedded_document import ENTRY, words_of
from backprop_explorer.export.npz import npz
from backprop_explorer.export.safetensors import safetensors
from backprop_explorer.export.tensors import tensors_of
from backprop_explorer.graph.budget import Budget
from backprop_explorer.importing import IMPORTERS, Content, Rules, formats, read
from backprop_explorer.problem import Problem
from tests.amount import count, some
from tests.together import each
from tests.unit.importing.changed import changed

RULES = Rules(lambda text: decoded(text), 10_000_000, Budget())
ODD = {
    "title": 'of "words" and \\ # document: and ünïcode\u2028',
    "program": "h = x @ w\nloss = mse(h, y) + sum(w)",
    "inputs": {"x": [[1.0, "NaN"], ["-Infinity", 0.1]], "y": [1, 2]},
    "parameters": {"w": [0.1, "Infinity"]},
    "dtype": "float32",
    "seed": 7,
    "batch": {"size": 1, "shuffle": True},
    "optimizer": {"name": "adam", "lr": "0.01 / (1 + iteration)"},
}


def exported(plan: Plan, format: str, check_bytes: Callable[[int, str], None] = lambda count, instead: None) -> bytes:
    """The file of a plan that is no run's, with two events that say nothing."""
    writing = export.Rules(wire.json_bytes, lambda content: b"".join(wire.pieces(content)), check_bytes)
    return EXPORTERS[format].write(export.Subject(plan, 1, lambda: ({}, {})), writing)


def trained(document: Any) -> Plan:
    plan = bx.compile(document)
    with np.errstate(all="ignore"):
        plan.step()
        plan.run()
    return plan


def assert_same(found: Document, wanted: Document) -> None:
    assert found.whole == wanted.whole
    for name, array in wanted.tensors.items():
        assert found.tensors[name].shape == array.shape
        assert np.array_equal(found.tensors[name].astype(array.dtype), array, equal_nan=True), name
    plain = [
        {**one.to_json_dict(), "inputs": [*one.inputs], "parameters": [*one.parameters]} for one in (found, wanted)
    ]
    assert plain[0] == plain[1]


@each("format", EXPORTERS)
@each("name", some([*examples, "odd"], "lesson13", "odd"))
def test_what_was_exported_is_the_same_document_again(name: str, format: str) -> None:
    plan = trained(ODD if name == "odd" else examples[name])
    recognised, content = read(exported(plan, format), RULES)
    assert recognised == format
    assert content.document is not None
    assert_same(Document.parse(content.document), plan.document)
    assert len(content.warnings) == (format == "json")


def test_every_format_is_a_record_of_its_own() -> None:
    for records in (EXPORTERS, IMPORTERS):
        assert all(record.format.name == name for name, record in records.items())
    for name in EXPORTERS.keys() & IMPORTERS.keys():
        assert EXPORTERS[name].format is IMPORTERS[name].format
    listing = formats()
    assert {entry["name"] for entry in listing if entry["exports"]} == {*EXPORTERS}
    assert {entry["name"] for entry in listing if entry["imports"]} == {*IMPORTERS}
    assert len({entry["title"] for entry in listing}) == len(listing)
    assert {entry["name"]: entry["extra"] for entry in listing if entry["extra"]} == {"onnx": "onnx"}


@each("format", EXPORTERS)
def test_how_large_a_file_may_be_is_asked_before_it_is_written(format: str) -> None:
    def refuse(count: int, instead: str) -> None:
        raise Problem("too_large", f"{count} bytes", hint=instead)

    plan = trained(examples["lesson13"])
    given = sum(array.nbytes for array in plan.given.values())
    with pytest.raises(Problem, match=r"\d+ bytes") as raised:
        exported(plan, format, refuse)
    assert int(raised.value.detail.split()[0]) >= given
    assert raised.value.hint


def test_a_script_that_was_changed_says_so() -> None:
    script = exported(trained(examples["lesson13"]), "numpy").decode()
    assert not read(script.replace("\n", "\r\n").encode(), RULES)[1].warnings
    _, content = read(script.replace("0.5", "0.7", 1).encode(), RULES)
    assert "was changed after its export" in content.warnings[0]
    assert content.document is not None


def numpys(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def test_arrays_of_others_come_in_every_type_and_order() -> None:
    square = np.arange(6.0).reshape(2, 3)
    file = numpys(plain=square, fortran=np.asfortranarray(square), big=square.astype(">f4"), half=square.astype("f2"),
                  whole=square.astype("u1"), yes=square > 2, point=np.float64(2.5))  # fmt: skip
    tensors = read(file, RULES)[1].tensors
    assert {name: str(array.dtype) for name, array in tensors.items()} == {
        "plain": "float64", "fortran": "float64", "big": "float32", "half": "float32", "whole": "int64", "yes": "int64",
        "point": "float64",
    }  # fmt: skip
    for name in ("plain", "fortran", "big", "half", "whole"):
        assert np.array_equal(tensors[name], square), name
    assert tensors["point"].shape == ()


def test_brain_floats_are_read() -> None:
    numbers = np.array([1.5, -0.25], np.float32)
    header = {"w": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}
    file = laid_out(header, (numbers.view("<u4") >> 16).astype("<u2").tobytes())
    assert np.array_equal(read(file, RULES)[1].tensors["w"], numbers)


def laid_out(header: Any, raw: bytes = b"", length: int | None = None) -> bytes:
    text = json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + raw


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def npy(header: str, raw: bytes = b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + raw


def entry(offsets: Any, shape: Any = (2,), dtype: str = "F64") -> dict[str, Any]:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": offsets}


BOMB = zipped({"a.npy": b"\0" * 6_000_000, "b.npy": b"\0" * 6_000_000})
FLOATS = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }"
UNSOUND = {
    "nothing": (b"", "empty_file", "empty"),
    "a text": (b"hello", "unknown_format", "in no format"),

    "half a zip": (numpys(w=np.ones(9))[:60], "bad_file", "npz"),
    "a zip bomb": (BOMB, "unpacks_too_large", "12,000,000 bytes or more"),
    "a pickle in an npz": (numpys(w=np.array([{}])), "bad_file", "pickle of Python objects"),
    "bzip2": (zipped({"w.npy": npy(FLOATS, bytes(16))}, zipfile.ZIP_BZIP2), "bad_file", "another way"),
    "no array": (zipped({"w.npy": b"hello"}), "bad_file", "no .npy file"),
    "words": (numpys(w=np.array(["a"])), "bad_file", "no numbers"),
    "records": (numpys(w=np.zeros(2, "f8,i4")), "bad_file", "no plain numbers"),
    "complex numbers": (numpys(w=np.ones(2, complex)), "bad_file", "complex128"),
    "an empty array": (numpys(w=np.ones((0, 3))), "bad_file", "at least one element"),
    "too many axes": (numpys(w=np.ones((1,) * 9)), "bad_file", "at most 8 axes"),
    "too few bytes": (zipped({"w.npy": npy(FLOATS, bytes(8))}), "bad_file", "has 8 bytes"),
    "2**60 elements": (zipped({"w.npy": npy(FLOATS.replace("2,", "1152921504606846976,"))}), "bad_file", "0 bytes"),
    "a header of 2**60": (laid_out({}, length=2**60), "bad_file", "header should have 1,152,921,504,606,846,976 bytes"),
    "a header that is no JSON": (b"\x02" + bytes(7) + b"{x", "bad_file", "its header is not JSON"),
    "offsets outside": (laid_out({"w": entry([0, 16])}, bytes(8)), "bad_file", "does not lie inside"),
    "offsets backwards": (laid_out({"w": entry([16, 0])}, bytes(16)), "bad_file", "does not lie inside"),
    "offsets that overlap": (
        laid_out({"a": entry([0, 16]), "b": entry([8, 24])}, bytes(24)), "bad_file", "the tensors a and b overlap",
    ),
    "offsets of words": (laid_out({"w": entry(["0", 16])}, bytes(16)), "bad_file", "does not lie inside"),
    "another shape": (laid_out({"w": entry([0, 16], (3,))}, bytes(16)), "bad_file", "has 16 bytes"),
    "a type that we lack": (laid_out({"w": entry([0, 2], (2,), "F8_E4M3")}, bytes(2)), "bad_file", "F8_E4M3"),
    "a script of somebody": (b"import numpy as np\nprint(1)\n", "no_loss", "could be a loss"),
    "a list": (b"[1]", "not_an_object", "object"),
    "a document that is none": (b'{"document": 7}', "bad_document", "must be an object"),
}  # fmt: skip


@each(("file", "code", "words"), UNSOUND.values(), ids=UNSOUND)
def test_what_is_unsound_is_refused_in_words(file: bytes, code: str, words: str) -> None:
    with pytest.raises(Problem) as raised:
        read(file, RULES)
    assert raised.value.code == code
    assert words in raised.value.detail


@pytest.mark.parametrize("format", ["npz", "safetensors"])
def test_a_document_whose_tensors_are_missing(format: str) -> None:
    plan = trained(examples["lesson13"])
    words = words_of(plan.document)
    tensors = {name: array for name, array in tensors_of(plan).items() if name != "w2"}
    file = npz(tensors, words) if format == "npz" else safetensors(tensors, {ENTRY: words})
    with pytest.raises(Problem, match="the tensor w2 of its document is missing"):
        read(file, RULES)


def test_a_format_that_is_named_is_the_one_that_is_read() -> None:
    with pytest.raises(Problem, match="no sound npz file"):
        read(b'{"program": "loss = 1"}', RULES, "npz")
    with pytest.raises(Problem) as raised:
        read(b"x", RULES, "safetensor")
    assert raised.value.hint == 'did you mean "safetensors"?'


SMALL = {
    "program": "loss = sum(x * w)",
    "inputs": {"x": [1, 2]},
    "parameters": {"w": [0.5, -1.0]},
    "optimizer": {"name": "sgd"},
}
PACKED = {
    "arrays": numpys(w=np.ones((2, 3)), b=np.arange(3)),
    "stored": zipped({"w.npy": npy(FLOATS, bytes(16))}, zipfile.ZIP_STORED),
}


@cache
def valid(name: str) -> bytes:
    """A file that can be read; a page takes seconds, which is no matter of whoever imports this module."""
    return PACKED[name] if name in PACKED else exported(trained(SMALL), name)


@settings(max_examples=count(80, 400), deadline=None)
@given(st.sampled_from(sorted([*EXPORTERS, *PACKED])), st.data())
def test_bytes_that_were_changed_are_read_or_refused(name: str, data: st.DataObject) -> None:
    file = data.draw(changed(valid(name)))
    try:
        _, content = read(file, Rules(decoded, 10_000, Budget(tensor_elements=1000)))
        assert isinstance(content, Content)
        if content.document is not None:
            bx.compile(dict(content.document))
    except Problem:
        pass


def decoded(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Problem("not_json", str(error)) from None
