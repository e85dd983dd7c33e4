"""What a place for runs has to offer."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING

from backprop_explorer.runs.limits import Limits

if TYPE_CHECKING:
    from backprop_explorer.runs.store.store import Store


class Database(ABC):
    """Where the runs are; `close` it in the end."""

    shared = False
    """Whether other processes may change the same runs."""

    def __init__(self) -> None:
        self._opening = threading.Lock()
        self._limits = Limits()

    def open(self) -> Store:
        """The store, opened when it is first asked for; a `Problem` when it cannot be used."""
        with self._opening:
            return self._store

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

    def close(self) -> None:
        """Lets go of it."""
        if "_store" in self.__dict__:
            self._store.close()
