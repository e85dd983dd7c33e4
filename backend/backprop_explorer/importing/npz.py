"""NumPy's archive: a zip file of .npy files. Nothing of it is unpacked before its size is known, and no pickle is."""

from __future__ import annotations

import re
import struct
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError

import numpy as np

from backprop_explorer.export.embedded_document import ENTRY, given_name
from backprop_explorer.export.npz import EXPORTER
from backprop_explorer.importing.embedded_document import decoded, document_of, numbers, wanted
from backprop_explorer.importing.foreign_files import way_of_archive
from backprop_explorer.importing.record import Content, Importer, Rules, bad_file
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem

WHAT = "npz file"
ENDING = ".npy"
MAGIC = b"\x93NUMPY"
ZIP, ZIP_ENTRY = b"PK\x03\x04", b"PK\x01\x02"
MOST_ENTRIES = 10_000
HEADER_BYTES = {1: 2, 2: 4}
"""How many bytes hold the header's length, by the format's version."""
LONGEST_HEADER = 10_000
ENCRYPTED = 0x1
_BROKEN = (
    *(BadZipFile, ZlibError, EOFError, OSError, NotImplementedError),
    *(ValueError, RuntimeError, OverflowError, struct.error),
)
"""What Python's reader of zip files raises for broken ones."""
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
    except _BROKEN as error:
        raise bad_file(WHAT, str(error)[:200] or "it ends too early") from None


def _entries(archive: ZipFile, unpacked_bytes: int) -> dict[str, ZipInfo]:
    """The arrays by name. Names are never paths to write to. A `Problem` before anything is unpacked that is too much:
    what an entry announces is the most that is read of it."""
    entries = {}
    total = 0
    for entry in archive.infolist():
        name = entry.filename.removesuffix(ENDING)
        if name == entry.filename:
            hint = way_of_archive(archive.namelist())
            raise bad_file(WHAT, f"its entry {name[:60]!r} is no {ENDING} file", hint)
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or entry.flag_bits & ENCRYPTED:
            raise bad_file(WHAT, f"its entry {name[:60]!r} is encrypted or compressed in another way than NumPy does")
        if name in entries:
            raise bad_file(WHAT, f"it has the entry {name[:60]!r} twice")
        entries[name] = entry
        total += entry.file_size
        if total > unpacked_bytes:
            raise _too_large(name, total, unpacked_bytes)
    return entries


def _too_large(name: str, total: int, allowed: int) -> Problem:
    return Problem(
        "unpacks_too_large",
        f"the archive would unpack to {total:,} bytes or more (at its entry {name[:60]!r}); the limit "
        f"unpacked_bytes is {allowed:,}",
        status=413,
        hint="leave tensors out, or raise the setting BACKPROP_UNPACKED_BYTES",
    )


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
        lengths = tuple(int(part) for part in shape[1].split(",") if part.strip())
    except TypeError:
        raise bad_file(what, f"the array {name[:60]} has an unknown type") from None
    except ValueError:  # of digits with a gap between them, or too many
        raise bad_file(what, f"the array {name[:60]} has a shape that cannot be read") from None
    return dtype, order[1] == "True", lengths, memoryview(file)[start + length :]


def _text(file: bytes) -> bytes:
    """The words of a document, kept as an array of bytes."""
    return array_of(file, ENTRY).astype(np.uint8).tobytes()


IMPORTER = Importer(EXPORTER.format, looks, read)
