"""The safetensors format, as `export.safetensors` describes it; files of others, too."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, TypeGuard

import numpy as np

from backprop_explorer.export.embedded_document import ENTRY
from backprop_explorer.export.safetensors import EXPORTER, LENGTH_BYTES, METADATA, TYPES
from backprop_explorer.importing.embedded_document import decoded, document_of, numbers
from backprop_explorer.importing.record import Content, Importer, Rules, bad_file
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Array
from backprop_explorer.wording import listed

WHAT = "safetensors file"
READ = {**TYPES, "F16": "<f2", "I32": "<i4", "I16": "<i2", "I8": "<i1", "U32": "<u4", "U16": "<u2", "U8": "<u1"}
"""The types that can be read besides BF16, and NumPy's name for each."""
BRAIN = "BF16"
"""The upper half of a float32, for which NumPy has no type."""


def looks(content: bytes) -> bool:
    return content[LENGTH_BYTES : LENGTH_BYTES + 1] == b"{" and 0 in content[:LENGTH_BYTES]


def read(content: bytes, rules: Rules) -> Content:
    """The document that the file carries, else its tensors."""
    header, raw = _parts(content, rules)
    words = header.pop(METADATA, {})
    _check_offsets(header, len(raw))
    tensors = {name: _tensor(name, entry, raw) for name, entry in header.items()}
    text = words.get(ENTRY) if isinstance(words, dict) else None
    if isinstance(text, str):
        return document_of(decoded(text.encode(errors="replace"), rules, WHAT, "its document"), tensors, WHAT)
    return Content(tensors=tensors)


def _parts(content: bytes, rules: Rules) -> tuple[dict[str, Any], memoryview]:
    """The header, and the raw numbers behind it."""
    length = int.from_bytes(content[:LENGTH_BYTES], "little")
    start = LENGTH_BYTES + length
    if start > len(content):
        raise bad_file(WHAT, f"its header should have {length:,} bytes, but the whole file has {len(content):,}")
    return decoded(content[LENGTH_BYTES:start], rules, WHAT, "its header"), memoryview(content)[start:]


def _check_offsets(header: Mapping[str, Any], total: int) -> None:
    """Each tensor's bytes lie inside of the file, and no two overlap."""
    places: list[tuple[int, int, str]] = []
    for name, entry in header.items():
        offsets = entry.get("data_offsets") if isinstance(entry, dict) else None
        if not _whole(offsets) or len(offsets) != 2 or not offsets[0] <= offsets[1] <= total:
            raise bad_file(WHAT, f"the tensor {name[:60]} does not lie inside of the file's {total:,} bytes of numbers")
        places.append((offsets[0], offsets[1], name))
    places.sort()
    for (_, end, one), (begin, _, other) in pairwise(places):
        if begin < end:
            raise bad_file(WHAT, f"the tensors {listed([one, other])} overlap")


def _tensor(name: str, entry: Mapping[str, Any], raw: memoryview) -> Array:
    kind, shape = entry.get("dtype"), entry.get("shape")
    if kind not in READ and kind != BRAIN:
        known = ", ".join([*READ, BRAIN])
        raise bad_file(WHAT, f"the tensor {name[:60]} has the type {str(kind)[:20]}; known are {known}")
    if not _whole(shape):
        raise bad_file(WHAT, f"the shape of the tensor {name[:60]} is no list of whole numbers")
    begin, end = entry["data_offsets"]
    dtype = np.dtype("<u2" if kind == BRAIN else READ[kind])
    if size(tuple(shape)) * dtype.itemsize != end - begin:
        raise bad_file(
            WHAT, f"the tensor {name[:60]} of shape {tuple(shape[:8])} and type {kind} has {end - begin:,} bytes"
        )
    array = np.frombuffer(raw[begin:end], dtype)
    if kind == BRAIN:
        array = (array.astype("<u4") << 16).view("<f4")
    return numbers(array, tuple(shape), name, WHAT)


def _whole(given: Any) -> TypeGuard[list[int]]:
    return isinstance(given, list) and all(type(number) is int and number >= 0 for number in given)


IMPORTER = Importer(EXPORTER.format, looks, read)
