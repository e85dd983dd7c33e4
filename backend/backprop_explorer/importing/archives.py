"""Zip files: what is in one is known before anything of it is unpacked."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError

from backprop_explorer.importing.record import bad_file
from backprop_explorer.problem import Problem

ZIP, ZIP_ENTRY = b"PK\x03\x04", b"PK\x01\x02"
ENCRYPTED = 0x1
BROKEN = (
    *(BadZipFile, ZlibError, EOFError, OSError, NotImplementedError),
    *(ValueError, RuntimeError, OverflowError, struct.error),
)
"""What Python's reader of zip files raises for broken ones."""


def checked_entries(archive: ZipFile, what: str, unpacked_bytes: int) -> Iterator[ZipInfo]:
    """The entries. Names are never paths to write to. A `Problem` before anything is unpacked that is too much: what an
    entry announces is the most that is read of it."""
    seen: set[str] = set()
    total = 0
    for entry in archive.infolist():
        name = entry.filename
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or entry.flag_bits & ENCRYPTED:
            raise bad_file(what, f"its entry {name[:60]!r} is encrypted or compressed in another way than NumPy does")
        if name in seen:
            raise bad_file(what, f"it has the entry {name[:60]!r} twice")
        seen.add(name)
        total += entry.file_size
        if total > unpacked_bytes:
            raise _too_large(name, total, unpacked_bytes)
        yield entry


def _too_large(name: str, total: int, allowed: int) -> Problem:
    return Problem(
        "unpacks_too_large",
        f"the archive would unpack to {total:,} bytes or more (at its entry {name[:60]!r}); the limit "
        f"unpacked_bytes is {allowed:,}",
        status=413,
        hint="leave tensors out, or raise the setting BACKPROP_UNPACKED_BYTES",
    )
