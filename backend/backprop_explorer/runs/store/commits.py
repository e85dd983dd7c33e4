"""Changes that come at once are committed together: one wait for the disk does for all of them."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from contextvars import copy_context
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

R = TypeVar("R")
Waiting = tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]
Transaction = Callable[[], AbstractContextManager[Connection]]
TOGETHER = 64
"""So many changes are committed together at most: whoever comes first does not wait for more."""


class Change(Generic[R]):
    """Something to write, and what came of it. It is done in the context of whoever asks for it, and `then` is called
    when its result is asked for."""

    def __init__(self, commits: Commits, work: Callable[[Connection], R], then: Callable[[], None]) -> None:
        self.done = False
        self.waiting: Waiting | None = None
        self._commits = commits
        self._work = work
        self._then = then
        self._context = copy_context()
        self._answer: Any = None
        self._error: BaseException | None = None

    def make(self, connection: Connection) -> None:
        """Writes it. Raises what the work raises, and nothing of it may be kept then."""
        self._answer = self._context.run(self._work, connection)

    def refuse(self, error: BaseException) -> None:
        """Nothing of it was kept, for that reason."""
        self._error = error

    def wait(self) -> None:
        """Returns once it is on disk, or refused."""
        self._commits.finish(self)

    async def awaited(self) -> None:
        """The same for the event loop: another thread writes it."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self.waiting = loop, future
        if not self.done:  # else it may have been done before anybody knew of the future
            loop.call_soon(self._commits.begin)  # together with what others have asked for by then
            await future

    def result(self) -> R:
        """What the work answered, once it is on disk. Raises what it raised, or the commit."""
        if not self.done:
            self.wait()
        if self._error is not None:
            raise self._error
        self._then()
        answer: R = self._answer
        return answer


class Commits:
    """One after the other, each with all changes that were asked for while the one before was written.

    What one change raises undoes that change alone. `transaction` gives a transaction, and commits it at its end;
    `savepoint` one within it.
    """

    def __init__(self, transaction: Transaction, savepoint: Callable[[], AbstractContextManager[object]]) -> None:
        self._transaction = transaction
        self._savepoint = savepoint
        self._waiting: deque[Change[Any]] = deque()
        self._turn = threading.Lock()
        self._calls: SimpleQueue[bool] = SimpleQueue()
        self._called = False
        self._writer: threading.Thread | None = None

    def ask(self, work: Callable[[Connection], R], then: Callable[[], None] = lambda: None) -> Change[R]:
        """Has the work done with the next commit."""
        change = Change(self, work, then)
        self._waiting.append(change)
        return change

    def finish(self, change: Change[Any]) -> None:
        """Writes in this thread until that change is done."""
        with self._turn:
            while not change.done:
                self._write_some()

    def begin(self) -> None:
        """Has another thread write what was asked for."""
        if self._called:
            return
        self._called = True
        self._calls.put(True)
        if self._writer is None:
            self._writer = threading.Thread(target=self._go_on, name="commits", daemon=True)
            self._writer.start()

    def close(self) -> None:
        """Ends that thread, once all that was asked for is written."""
        if self._writer is not None:
            self._calls.put(False)
            self._writer.join()
            self._writer = None

    def _go_on(self) -> None:
        while self._calls.get():
            self._called = False  # before it looks: who comes later calls again
            with self._turn:
                while self._waiting:
                    self._write_some()

    def _write_some(self) -> None:
        self._write([self._waiting.popleft() for _ in range(min(len(self._waiting), TOGETHER))])

    def _write(self, changes: list[Change[Any]]) -> None:
        try:
            if len(changes) == 1 or not self._written_together(changes):
                for change in changes:
                    self._written_alone(change)
        finally:
            for change in changes:
                change.done = True
            _tell(change.waiting for change in changes)

    def _written_together(self, changes: list[Change[Any]]) -> bool:
        """Whether the changes are on disk, each or its error; else nothing is, such as where the disk is full.

        Hardly ever is one refused, so savepoints are only made once one was.
        """
        return self._written_whole(changes) or self._written_in_parts(changes)

    def _written_whole(self, changes: list[Change[Any]]) -> bool:
        try:
            with self._transaction() as connection:
                for change in changes:
                    change.make(connection)
        except BaseException:  # whatever it was, nothing is kept: each is told when it is tried alone
            return False
        return True

    def _written_in_parts(self, changes: list[Change[Any]]) -> bool:
        refused: list[tuple[Change[Any], Exception]] = []
        try:
            with self._transaction() as connection:
                for change in changes:
                    try:
                        with self._savepoint():
                            change.make(connection)
                    except Exception as error:
                        refused.append((change, error))
        except BaseException:
            return False
        for change, reason in refused:
            change.refuse(reason)
        return True

    def _written_alone(self, change: Change[Any]) -> None:
        try:
            with self._transaction() as connection:
                change.make(connection)
        except BaseException as error:
            change.refuse(error)


def _tell(waiting: Iterable[Waiting | None]) -> None:
    """Wakes each event loop once, however many changes it waits for."""
    futures: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for one in waiting:
        if one is not None:
            futures.setdefault(one[0], []).append(one[1])
    for loop, own in futures.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_resolve, own)


def _resolve(futures: list[asyncio.Future[None]]) -> None:
    for future in futures:
        if not future.done():
            future.set_result(None)
