"""Zip archives: what is in one is known, and how large it would be, before any of it is unpacked."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError

from backprop_explorer.importing.record import bad_file
from backprop_explorer.problem import Problem

ZIP, ZIP_ENTRY = b"PK\x03\x04", b"PK\x01\x02"
MOST_ENTRIES = 10_000
ENCRYPTED = 0x1
_BROKEN = (
    *(BadZipFile, ZlibError, EOFError, OSError, NotImplementedError),
    *(ValueError, RuntimeError, OverflowError, struct.error),
)
"""What Python's reader of zip files raises for broken ones."""


def looks(content: bytes) -> bool:
    """Whether the bytes begin as a zip archive does."""
    return content.startswith(ZIP)


@contextmanager
def opened(content: bytes, what: str, most_entries: int = MOST_ENTRIES) -> Iterator[ZipFile]:
    """The archive. A `Problem` for one that is broken, also where that shows later, in the block; for a `what`."""
    if content.count(ZIP_ENTRY) > most_entries:
        raise bad_file(what, f"it has more than {most_entries:,} entries")
    try:
        with ZipFile(BytesIO(content)) as archive:
            yield archive
    except _BROKEN as error:
        raise bad_file(what, str(error)[:200] or "it ends too early") from None


def names(content: bytes, most_entries: int = MOST_ENTRIES) -> list[str]:
    """The names of its entries; none for what is no archive, a broken one, or one with more than so many."""
    if not looks(content):
        return []
    try:
        with opened(content, "", most_entries) as archive:
            return archive.namelist()
    except Problem:
        return []


def entries(archive: ZipFile, unpacked_bytes: int, what: str) -> dict[str, ZipInfo]:
    """The entries by name. Names are never paths to write to. A `Problem` before anything is unpacked that is too much:
    what an entry announces is the most that is read of it."""
    found: dict[str, ZipInfo] = {}
    total = 0
    for entry in archive.infolist():
        name = entry.filename
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or entry.flag_bits & ENCRYPTED:
            raise bad_file(what, f"its entry {name[:60]!r} is encrypted, or compressed in another way than by deflate")
        if name in found:
            raise bad_file(what, f"it has the entry {name[:60]!r} twice")
        found[name] = entry
        total += entry.file_size
        if total > unpacked_bytes:
            raise _too_large(name, total, unpacked_bytes)
    return found


def with_others(file: Path, others: Sequence[Path] = ()) -> bytes:
    """A file's bytes, or an archive of it and others: of a network and the files that it keeps its numbers in, by
    default the one beside it that PyTorch writes, `net.onnx.data`."""
    beside = file.with_name(f"{file.name}.data")
    every = [file, *(others or ([beside] if file.suffix == ".onnx" and beside.exists() else []))]
    if len(every) == 1:
        return file.read_bytes()
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for one in every:
            archive.write(one, one.name)
    return packed.getvalue()


def _too_large(name: str, total: int, allowed: int) -> Problem:
    return Problem(
        "unpacks_too_large",
        f"the archive would unpack to {total:,} bytes or more (at its entry {name[:60]!r}); the limit "
        f"unpacked_bytes is {allowed:,}",
        status=413,
        hint="leave tensors out, or raise the setting BACKPROP_UNPACKED_BYTES",
    )
