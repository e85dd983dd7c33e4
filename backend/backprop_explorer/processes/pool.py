"""A few processes for long work, started when they are first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from backprop_explorer.problem import Problem
from backprop_explorer.processes.transfer import Ended
from backprop_explorer.processes.worker import Worker

R = TypeVar("R")


class Job:
    """A task of somebody who may go away meanwhile."""

    def __init__(self) -> None:
        self.begun = False
        """Whether it is more than waiting for its turn, as whoever keeps these says."""
        self.cancelled = False
        self._worker: Worker | None = None
        self._lock = threading.Lock()

    def cancel(self) -> None:
        """Ends it, from any thread, by ending the process that does it."""
        with self._lock:
            self.cancelled = True
            if self._worker is not None:
                self._worker.kill()

    @contextmanager
    def done_by(self, worker: Worker) -> Iterator[None]:
        """While that process does it. Raises a `Problem` where nobody waits for it any more."""
        with self._lock:
            self.check()
            self._worker = worker
        try:
            yield
        finally:
            with self._lock:
                self._worker = None

    def check(self) -> None:
        """Raises a `Problem` where nobody waits for it any more."""
        if self.cancelled:
            raise Problem("cancelled", "Nobody waits for this any more", status=409)


class Pool:
    """At most `size` processes, which do a task in at most so many seconds with so much memory more than they begin
    with. `begin` is called first in each of them; where processes are copied, `preload` names modules to load before.

    Tasks are callables that can be pickled, as their results must be.
    """

    def __init__(
        self,
        size: int,
        seconds: float,
        memory: int | None,
        begin: Callable[[], None],
        preload: Sequence[str] = (),
    ) -> None:
        self.size = size
        self._seconds = seconds
        self._memory = memory
        self._begin = begin
        self._preload = preload
        self._room = threading.BoundedSemaphore(size)
        self._workers: set[Worker] = set()
        self._idle: list[Worker] = []
        self._lock = threading.Lock()
        self._closed = False

    def run(self, task: Callable[[], R], job: Job | None = None) -> R:
        """What the task returns, done in one of the processes. Waits for it, so call it in a thread.

        Raises the task's own `Problem`; one of status 413 where it takes too long or needs too much memory, 409 where
        the job was cancelled, and 503 where the process ended otherwise or the pool is closed.
        """
        job = job or Job()
        with self._room:
            job.check()
            worker = self._taken()
            sound = False
            try:
                with job.done_by(worker):
                    result: R = worker.run(task, self._seconds)
                sound = True
                return result
            except TimeoutError:
                raise self._too_long() from None
            except (Ended, OSError):
                job.check()
                raise self._ended() from None
            except Problem:
                sound = not job.cancelled
                raise
            finally:
                self._given_back(worker, sound)

    @property
    def pids(self) -> list[int]:
        """The numbers of the processes that there are."""
        with self._lock:
            return [worker.pid for worker in self._workers if worker.pid is not None]

    def close(self) -> None:
        """Ends all processes, whatever they are doing."""
        with self._lock:
            self._closed = True
            workers = list(self._workers)
            self._idle.clear()
        for worker in workers:
            worker.close()

    def _taken(self) -> Worker:
        with self._lock:
            if self._closed:
                raise _stopping()
            worker = self._idle.pop() if self._idle else None
        if worker is not None and worker.alive:
            return worker
        if worker is not None:
            self._discard(worker)
        return self._started()

    def _started(self) -> Worker:
        worker = Worker(self._begin, self._memory, self._preload)
        with self._lock:
            self._workers.add(worker)
            closed = self._closed
        if closed:
            self._discard(worker)
            raise _stopping()
        return worker

    def _given_back(self, worker: Worker, sound: bool) -> None:
        with self._lock:
            if sound and not self._closed:
                self._idle.append(worker)
                return
        self._discard(worker)

    def _discard(self, worker: Worker) -> None:
        with self._lock:
            self._workers.discard(worker)
        worker.close()

    def _too_long(self) -> Problem:
        return Problem(
            "too_long",
            f"This took longer than the limit process_seconds of {self._seconds:g} and was ended",
            status=413,
            hint="ask for less at once, or raise the setting BACKPROP_PROCESS_SECONDS",
        )

    def _ended(self) -> Problem:
        if self._closed:
            return _stopping()
        return Problem(
            "process_ended",
            "The process that computed this ended before it was done, perhaps for want of memory",
            status=503,
            hint="ask for less at once, or raise the setting BACKPROP_PROCESS_BYTES",
        )


def _stopping() -> Problem:
    return Problem("stopping", "The server is stopping", status=503)
