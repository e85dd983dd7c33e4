"""NumPy's archive: a zip file of .npy files. Nothing of it is unpacked before its size is known, and no pickle is."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZipFile, ZipInfo

import numpy as np

from backprop_explorer.export.embedded_document import ENTRY, given_name
from backprop_explorer.export.npz import EXPORTER
from backprop_explorer.importing.archives import BROKEN, ZIP, ZIP_ENTRY, checked_entries
from backprop_explorer.importing.embedded_document import decoded, document_of, numbers, wanted
from backprop_explorer.importing.foreign_files import way_of_archive
from backprop_explorer.importing.record import Content, Importer, Rules, bad_file
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Array

WHAT = "npz file"
ENDING = ".npy"
MAGIC = b"\x93NUMPY"
MOST_ENTRIES = 10_000
HEADER_BYTES = {1: 2, 2: 4}
"""How many bytes hold the header's length, by the format's version."""
LONGEST_HEADER = 10_000
_TYPE = re.compile(r"'descr':\s*'([<>|=]?)([a-zA-Z])(\d*)'")
_ORDER = re.compile(r"'fortran_order':\s*(True|False)")
_SHAPE = re.compile(r"'shape':\s*\(([\d\s,]*)\)")


def looks(content: bytes) -> bool:
    return content.startswith(ZIP)


def read(content: bytes, rules: Rules) -> Content:
    """The document that the archive carries, else its tensors."""
    if content.count(ZIP_ENTRY) > MOST_ENTRIES:
        raise bad_file(WHAT, f"it has more than {MOST_ENTRIES:,} entries")
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = _entries(archive, rules.unpacked_bytes)
            if ENTRY in entries:
                text = _text(archive.read(entries[ENTRY]))
                words = decoded(text, rules, WHAT, "its document")
                names = [given_name(name) if given_name(name) in entries else name for name in wanted(words, WHAT)]
                names = [name for name in names if name in entries]
                return document_of(words, {name: array_of(archive.read(entries[name]), name) for name in names}, WHAT)
            return Content(tensors={name: array_of(archive.read(entry), name) for name, entry in entries.items()})
    except BROKEN as error:
        raise bad_file(WHAT, str(error)[:200] or "it ends too early") from None


def _entries(archive: ZipFile, unpacked_bytes: int) -> dict[str, ZipInfo]:
    """The arrays by name."""
    entries = {}
    for entry in checked_entries(archive, WHAT, unpacked_bytes):
        name = entry.filename.removesuffix(ENDING)
        if name == entry.filename:
            hint = way_of_archive(archive.namelist())
            raise bad_file(WHAT, f"its entry {name[:60]!r} is no {ENDING} file", hint)
        entries[name] = entry
    return entries


def array_of(file: bytes, name: str, what: str = WHAT) -> Array:
    """The numbers of an .npy file."""
    dtype, column_first, shape, raw = _described(file, name, what)
    if dtype.kind not in "fiub":
        raise bad_file(what, f"the array {name[:60]} holds {dtype}, which are no numbers")
    if size(shape) * dtype.itemsize != len(raw):
        reason = f"the array {name[:60]} of shape {shape[:8]} and type {dtype} has {len(raw):,} bytes"
        raise bad_file(what, reason)
    return numbers(np.frombuffer(raw, dtype), shape, name, what, "F" if column_first else "C")


def _described(file: bytes, name: str, what: str) -> tuple[np.dtype[np.generic], bool, tuple[int, ...], memoryview]:
    """Type, whether columns come first, shape and raw numbers of an .npy file. Its header is searched, never run."""
    version = file[len(MAGIC)] if len(file) > len(MAGIC) + 2 and file.startswith(MAGIC) else 0
    if version not in HEADER_BYTES:
        raise bad_file(what, f"{name[:60]!r} is no {ENDING} file of version 1 or 2")
    start = len(MAGIC) + 2 + HEADER_BYTES[version]
    length = int.from_bytes(file[len(MAGIC) + 2 : start], "little")
    header = file[start : start + min(length, LONGEST_HEADER)].decode("latin-1")
    kind, order, shape = _TYPE.search(header), _ORDER.search(header), _SHAPE.search(header)
    if kind is not None and kind[2] == "O":
        reason = f"the array {name[:60]} is a pickle of Python objects, which is never opened"
        raise bad_file(what, reason, "save arrays of numbers")
    if kind is None or order is None or shape is None:
        raise bad_file(what, f"the header of its array {name[:60]} cannot be read, or it holds no plain numbers")
    try:
        dtype = np.dtype("".join(kind.groups()))
    except TypeError:
        raise bad_file(what, f"the array {name[:60]} has an unknown type") from None
    lengths = tuple(int(part) for part in shape[1].split(",") if part.strip())
    return dtype, order[1] == "True", lengths, memoryview(file)[start + length :]


def _text(file: bytes) -> bytes:
    """The words of a document, kept as an array of bytes."""
    return array_of(file, ENTRY).astype(np.uint8).tobytes()


IMPORTER = Importer(EXPORTER.format, looks, read)
