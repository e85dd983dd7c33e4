"""The safetensors format: the header's length in 8 bytes (little-endian), a header of JSON, the raw numbers.

The header names for each tensor its type, its shape and where its bytes begin and end, counted from the header's end;
there are no gaps. It is padded with blanks to a multiple of 8 bytes, and the widest types come first, so that every
tensor stands where a program that maps the file may read it in place.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from backprop_explorer.engine import Document
from backprop_explorer.engine.numbers import is_array
from backprop_explorer.export.embedded_document import ENTRY, KINDS, words_of
from backprop_explorer.export.record import BYTES, Exporter, Format, Rules, Subject
from backprop_explorer.export.tensors import exported_tensors
from backprop_explorer.ops.record import Array

TYPES = {"F64": "<f8", "F32": "<f4", "I64": "<i8", "BOOL": "|b1"}
"""The types that an iteration has, and NumPy's name for each."""

_NAMES = {np.dtype(dtype): name for name, dtype in TYPES.items()}
_ALIGNMENT = 8
LENGTH_BYTES = 8
MANY = 500_000
"""Of so many numbers a document is sent as a file: 4 or 8 bytes each instead of about 20."""
METADATA = "__metadata__"


def safetensors(tensors: Mapping[str, Array], words: Mapping[str, str]) -> bytes:
    """The tensors as a file; `words` become its `__metadata__`."""
    header: dict[str, object] = {METADATA: dict(words)}
    parts: list[bytes] = []
    start = 0
    for name, array in sorted(tensors.items(), key=lambda item: -item[1].dtype.itemsize):
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        raw = little.tobytes()
        end = start + len(raw)
        header[name] = {"dtype": _NAMES[little.dtype], "shape": list(array.shape), "data_offsets": [start, end]}
        parts.append(raw)
        start = end
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    return b"".join([len(text).to_bytes(LENGTH_BYTES, "little"), text, *parts])


def large_document(document: Mapping[str, Any]) -> bytes | None:
    """A document of many numbers as a file, which takes a fraction of the room that they take as JSON; None where they
    are few. Raises a `Problem` for what is wrong with it."""
    given = [document.get(kind) for kind in KINDS]
    entries = [entry for one in given if isinstance(one, Mapping) for entry in one.values()]
    arrays = filter(is_array, entries)
    if sum(math.prod(getattr(array, "shape", ())) for array in arrays) < MANY:
        return None
    parsed = Document.parse(document)
    content = parsed.to_json_dict()
    tensors = {
        name: array.astype(parsed.dtype) if array.dtype.kind == "f" else array
        for kind in KINDS
        for name, array in content[kind].items()
    }
    return safetensors(tensors, {ENTRY: words_of(parsed)})


def _write(subject: Subject, rules: Rules) -> bytes:
    tensors, document = exported_tensors(subject.plan, rules), subject.plan.document
    words = {"program": document.program, "iteration": str(subject.iteration), ENTRY: words_of(document)}
    return safetensors(tensors, words)


_SUMMARY = "The same, as other frameworks read it."
EXPORTER = Exporter(Format("safetensors", "Safetensors", _SUMMARY, "safetensors", BYTES), _write)
