"""A database file that the workers of one server share: one of them writes at a time, and no other server comes in."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backprop_explorer.runs.store.database import Database
from backprop_explorer.runs.store.writing import WriteLock

if TYPE_CHECKING:
    from backprop_explorer.runs.store.store import Store


class GroupDatabase(Database):
    """The file, in one process of a group. The group's own lock, which keeps foreign servers out, is `held` by each of
    its processes, so it lasts as long as one of them does."""

    shared = True
    beside = True

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
