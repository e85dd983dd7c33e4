"""A database file that the workers of one server share: one of them writes at a time, and no other server comes in."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backprop_explorer.runs.store.database import Database
from backprop_explorer.runs.store.file import refusal

if TYPE_CHECKING:
    from backprop_explorer.runs.store.store import Store


class WriteLock:
    """Held while one process of a group writes to the file or moves its log into it.

    SQLite 3.40.1 can corrupt a log that two connections write or reset at the same time, its own locks or not. The
    system releases this one when a process ends, however it ends.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        try:
            self._file = os.open(f"{path}.write", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise refusal(path, f"cannot be written ({error.strerror})") from None

    @contextmanager
    def held(self) -> Iterator[None]:
        """While it is held, by this thread of this process."""
        import fcntl

        with self._lock:
            if not self._depth:
                fcntl.flock(self._file, fcntl.LOCK_EX)
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if not self._depth:
                    fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Lets go of its file."""
        os.close(self._file)


class GroupDatabase(Database):
    """The file, in one process of a group. The group's own lock, which keeps foreign servers out, is `held` by each of
    its processes, so it lasts as long as one of them does."""

    shared = True

    def __init__(self, path: Path, held: int) -> None:
        super().__init__()
        self.path = path
        self._held = held
        self._writing = WriteLock(path)

    def _connect(self) -> Store:
        from backprop_explorer.runs.store.sqlite import FileStore

        return FileStore(self.path, self._writing)

    def reader(self) -> Callable[[], Database]:
        from backprop_explorer.runs.store.reader import SoundFile

        return partial(SoundFile, self.path)

    def close(self) -> None:
        super().close()
        self._writing.close()
        os.close(self._held)


class Member:
    """Makes the database in a process of the group, to which it can be sent when that begins."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    def __call__(self) -> Database:
        return GroupDatabase(self._path, self._descriptor)

    def __reduce__(self) -> tuple[Any, ...]:
        return _member, (self._path, DupFd(self._descriptor))


def _member(path: Path, descriptor: Any) -> Member:
    return Member(path, descriptor.detach())
