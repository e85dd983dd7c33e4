"""Several server processes on one listening socket: started, started again when one dies, and stopped together."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import Any

from backprop_explorer.api.counting import counted_together, forget_process
from backprop_explorer.problem import Problem
from backprop_explorer.processes import after_parent
from backprop_explorer.runs import Database, open_database
from backprop_explorer.settings import Settings

STOP_SECONDS = 15
"""A worker that has not stopped by then is killed: a little more than it takes to answer what is under way."""
AGAIN_SECONDS = 1.0
"""So long after one that did not come up the next one is tried."""
_REFUSED = 2
_log = logging.getLogger(__name__)
_context = multiprocessing.get_context("spawn")


class _Worker:
    """A server process, and what it says: that it is up, or why it will not be."""

    def __init__(self, settings: Settings, listening: socket.socket, database: Callable[[], Database] | None) -> None:
        self.up = False
        self.heard, theirs = _context.Pipe(duplex=False)
        self.process = _context.Process(target=_serve, args=(settings, listening, database, theirs))
        self.process.start()
        theirs.close()

    def hear(self) -> Problem | None:
        """Takes note of what it said; the problem, where it will not come up."""
        with suppress(EOFError, OSError):
            said = self.heard.recv()
            if isinstance(said, Problem):
                return said
            self.up = True
        return None

    def close(self) -> None:
        """After its end."""
        self.process.join()
        self.heard.close()


def serve(settings: Settings, listening: socket.socket, when_up: Callable[[], None]) -> None:
    """Serves with `settings.workers` processes until it is told to stop; calls `when_up` once the first one answers.

    Raises a `Problem` where the database is refused or no worker comes up.
    """
    if os.name != "posix":
        raise Problem("no_workers", "Several workers need Linux or macOS", status=503, hint="leave out --workers")
    database = open_database(settings.database, settings.database_connections, settings.statement_seconds)
    try:
        with counted_together(settings.metrics), _told_to_stop() as stop:
            _Group(settings, listening, database.member(), when_up).run(stop)
    finally:
        database.close()


class _Group:
    """The workers, of which one that dies is replaced."""

    def __init__(
        self,
        settings: Settings,
        listening: socket.socket,
        database: Callable[[], Database] | None,
        when_up: Callable[[], None],
    ) -> None:
        self._make = partial(_Worker, settings, listening, database)
        self._count = settings.workers
        self._when_up = when_up
        self._workers: list[_Worker] = []
        self._was_up = False
        self._retry: float | None = None

    def run(self, stop: Connection) -> None:
        try:
            self._fill()
            while stop not in (news := self._news(stop)):
                for worker in list(self._workers):
                    if worker.heard in news and not worker.up:
                        self._hear(worker)
                    if worker.process.sentinel in news:
                        self._replace(worker)
                if self._retry is not None and time.monotonic() >= self._retry:
                    self._fill()
        finally:
            self._stop()

    def _news(self, stop: Connection) -> list[Any]:
        silent = [worker.heard for worker in self._workers if not worker.up]
        watched: list[Any] = [stop, *silent, *(worker.process.sentinel for worker in self._workers)]
        return wait(watched, None if self._retry is None else max(0.0, self._retry - time.monotonic()))

    def _fill(self) -> None:
        self._retry = None
        while len(self._workers) < self._count:
            self._workers.append(self._make())

    def _hear(self, worker: _Worker) -> None:
        problem = worker.hear()
        if problem is not None and not self._was_up:
            raise problem
        if worker.up and not self._was_up:
            self._was_up = True
            self._when_up()

    def _replace(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.close()
        forget_process(worker.process.pid)
        _log.error("A worker (process %s) ended with the code %s", worker.process.pid, worker.process.exitcode)
        if not (worker.up or self._was_up):
            raise Problem("no_workers", "The workers do not come up; the log says why", status=503)
        if worker.up:
            self._fill()
        else:
            self._retry = time.monotonic() + AGAIN_SECONDS

    def _stop(self) -> None:
        for worker in self._workers:
            worker.process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for worker in self._workers:
            worker.process.join(max(0.0, until - time.monotonic()))
            worker.process.kill()
            worker.close()


@contextmanager
def _told_to_stop() -> Iterator[Connection]:
    """What can be read from once the process was told to stop."""
    heard, say = _context.Pipe(duplex=False)

    def told(number: int, frame: object) -> None:
        with suppress(OSError):
            say.send(number)

    before = {number: signal.signal(number, told) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        heard.close()
        say.close()


# In a worker


def _serve(
    settings: Settings, listening: socket.socket, database: Callable[[], Database] | None, say: Connection
) -> None:
    from backprop_explorer.api.app import create_app
    from backprop_explorer.api.server import Server

    after_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
    try:
        app = create_app(settings, None if database is None else database())
    except Problem as problem:
        say.send(Problem(problem.code, problem.detail, status=problem.status, hint=problem.hint))
        raise SystemExit(_REFUSED) from None
    with suppress(KeyboardInterrupt):
        Server(app, settings, lambda: say.send("up")).run([listening])
