"""Room beside the database that is given up when a run is to be deleted and the disk is full."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

DISK_FULL = 507
"""The status of a change that was not made because there was no room for it."""
BYTES = 4_000_000
"""A deletion writes about a thousandth of what it frees."""


class Reserve:
    """A file of nothing. Deleting needs room itself, for the log of what is changed: without a reserve a full disk
    could not be emptied."""

    def __init__(self, path: Path) -> None:
        self._path = Path(f"{path}.reserve")

    def hold(self) -> None:
        """Takes the room, where there is so much."""
        with suppress(OSError):
            if not self._path.exists() or self._path.stat().st_size < BYTES:
                self._fill()

    def _fill(self) -> None:
        with self._path.open("wb") as file:
            try:
                _allocate(file.fileno())
            except OSError:
                file.truncate(0)

    def give_up(self) -> bool:
        """Leaves the room to others; whether there was any."""
        with suppress(OSError):
            if self._path.stat().st_size:
                os.truncate(self._path, 0)
                return True
        return False


def _allocate(descriptor: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, BYTES)
    else:
        os.write(descriptor, bytes(BYTES))
