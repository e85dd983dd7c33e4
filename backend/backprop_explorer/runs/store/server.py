"""The runs on a PostgreSQL server, which any number of processes share. It may be away for a while."""

from __future__ import annotations

import importlib.util
import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from backprop_explorer.problem import Problem
from backprop_explorer.runs.store.database import Database
from backprop_explorer.runs.store.problems import database_failed

if TYPE_CHECKING:
    from backprop_explorer.runs.store.store import Store

SCHEMES = ("postgresql://", "postgresql+psycopg://", "postgres://")
WAIT_SECONDS = 1.0
"""After it could not be reached it is left alone for so long."""
_READER_CONNECTIONS = 1
_log = logging.getLogger(__name__)


class ServerDatabase(Database):
    """The server is asked for at once, so that a wrong one is refused. While it is away, opening is tried again in the
    background, and whoever asks for a run is told so (503)."""

    shared = True

    def __init__(self, address: str, connections: int, statement_seconds: float) -> None:
        super().__init__()
        if importlib.util.find_spec("psycopg") is None:
            hint = "pip install 'backprop-explorer[postgres]'"
            raise Problem("unknown_database", "PostgreSQL needs the package psycopg", status=503, hint=hint)
        self._address = address
        self._connections = connections
        self._statement_seconds = statement_seconds
        self._failed = -WAIT_SECONDS
        self._closed = threading.Event()
        self._waiting: threading.Thread | None = None
        try:
            self.open()
        except Problem as problem:
            if problem.code != database_failed().code:
                raise
            self._wait(problem)

    def reader(self) -> Callable[[], Database]:
        return partial(ServerDatabase, self._address, _READER_CONNECTIONS, self._statement_seconds)

    def _connect(self) -> Store:
        from backprop_explorer.runs.store.postgres import ServerStore

        if time.monotonic() - self._failed < WAIT_SECONDS:
            raise database_failed()
        try:
            return ServerStore(self._address, self._connections, self._statement_seconds)
        except Problem:
            self._failed = time.monotonic()
            raise

    def _wait(self, problem: Problem) -> None:
        reason = str(problem.__cause__ or problem.detail).partition("\n")[0]
        _log.warning("The runs' database cannot be reached yet, so runs are answered 503 until it can: %s", reason)
        self._waiting = threading.Thread(target=self._keep_trying, daemon=True)
        self._waiting.start()

    def _keep_trying(self) -> None:
        while not self._closed.wait(WAIT_SECONDS):
            try:
                self.open()
            except Problem as problem:
                if problem.code != database_failed().code:
                    _log.error("%s", problem)
                    return
            else:
                _log.warning("The runs' database is there now.")
                return

    def close(self) -> None:
        self._closed.set()
        if self._waiting is not None:
            self._waiting.join()
        super().close()
