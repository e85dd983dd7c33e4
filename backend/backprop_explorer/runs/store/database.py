"""What a place for runs has to offer."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from backprop_explorer.runs.limits import Limits

if TYPE_CHECKING:
    from backprop_explorer.runs.store.store import Store


_waiting = threading.local()


class NotHere(Exception):
    """The database was asked for where nobody may wait for it."""


@contextmanager
def without_waiting() -> Iterator[None]:
    """Meanwhile this thread, that of the event loop, may not ask any database: `open` raises `NotHere`."""
    _waiting.forbidden = True
    try:
        yield
    finally:
        _waiting.forbidden = False


class Database(ABC):
    """Where the runs are; `close` it in the end."""

    shared = False
    """Whether other processes may change the same runs."""
    beside = False
    """Whether the store can write changes in a thread of its own."""

    def __init__(self) -> None:
        self._opening = threading.Lock()
        self._limits = Limits()

    def open(self) -> Store:
        """The store, opened when it is first asked for; a `Problem` when it cannot be used."""
        if getattr(_waiting, "forbidden", False):
            raise NotHere
        with self._opening:
            return self._store

    def to_write(self) -> Store:
        """The same for a change that the event loop, too, may ask for, since another thread makes it (`beside`); it
        raises `NotHere` there until the store is open."""
        return self._store if self.beside and "_store" in self.__dict__ else self.open()

    @cached_property
    def _store(self) -> Store:
        store = self._connect()
        store.limits = self._limits
        return store

    def limit(self, limits: Limits) -> None:
        """Holds the runs to these limits of their bytes from now on."""
        with self._opening:
            self._limits = limits
            if "_store" in self.__dict__:
                self._store.limits = limits

    @abstractmethod
    def _connect(self) -> Store:
        """The store."""

    @abstractmethod
    def reader(self) -> Callable[[], Database]:
        """What opens the same place in another process, to be read there: it can be pickled."""

    def member(self) -> Callable[[], Database] | None:
        """What opens it in each of several servers that work together, where these cannot just open the same place: it
        can be sent to a process that begins. This one then only keeps others away."""
        return None

    def close(self) -> None:
        """Lets go of it."""
        if "_store" in self.__dict__:
            self._store.close()
