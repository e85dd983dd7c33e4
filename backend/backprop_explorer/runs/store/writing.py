"""The lock by which one process of a group writes to a database file at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backprop_explorer.runs.store.file import refusal


class WriteLock:
    """Held while one process of a group writes to the file or moves its log into it.

    SQLite 3.40.1 can corrupt a log that two connections write or reset at the same time, its own locks or not. The
    system releases this one when a process ends, however it ends.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = os.open(f"{path}.write", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise refusal(path, f"cannot be written ({error.strerror})") from None

    @contextmanager
    def held(self) -> Iterator[None]:
        """While this process holds it, of whose threads one at a time may ask for it."""
        import fcntl

        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Lets go of its file."""
        os.close(self._file)
