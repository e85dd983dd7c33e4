"""Changes that come at once are committed together: one wait for the disk does for all of them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import copy_context
from typing import Any, TypeVar

from sqlalchemy import Connection

R = TypeVar("R")
TOGETHER = 64
"""So many changes are committed together at most: whoever comes first does not wait for more."""


class Change:
    """Something to write, and what came of it. It is done in the context of whoever asks for it."""

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self.done = False
        self._work = work
        self._context = copy_context()
        self._answer: Any = None
        self._error: BaseException | None = None

    def make(self, connection: Connection) -> None:
        """Writes it. Raises what the work raises, and nothing of it may be kept then."""
        self._answer = self._context.run(self._work, connection)

    def refuse(self, error: BaseException) -> None:
        """Nothing of it was kept, for that reason."""
        self._error = error

    def answer(self) -> Any:
        """What the work answered. Raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._answer


class Commits:
    """One after the other, each with all changes that were asked for while the one before was written.

    What one change raises undoes that change alone. `transaction` gives a transaction, and commits it at its end.
    """

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._transaction = transaction
        self._waiting: deque[Change] = deque()
        self._turn = threading.Lock()

    def written(self, work: Callable[[Connection], R]) -> R:
        """What the work answers, once it is on disk. Raises what it raises, or the commit: nothing is kept then."""
        own = Change(work)
        self._waiting.append(own)
        with self._turn:
            while not own.done:
                self._write([self._waiting.popleft() for _ in range(min(len(self._waiting), TOGETHER))])
        answer: R = own.answer()
        return answer

    def _write(self, changes: list[Change]) -> None:
        try:
            if len(changes) == 1 or not self._written_together(changes):
                for change in changes:
                    self._written_alone(change)
        finally:
            for change in changes:
                change.done = True

    def _written_together(self, changes: list[Change]) -> bool:
        """Whether the changes are on disk, each or its error; else nothing is, such as where the disk is full."""
        refused: list[tuple[Change, Exception]] = []
        try:
            with self._transaction() as connection:
                for change in changes:
                    try:
                        with connection.begin_nested():
                            change.make(connection)
                    except Exception as error:
                        refused.append((change, error))
        except Exception:
            return False
        for change, reason in refused:
            change.refuse(reason)
        return True

    def _written_alone(self, change: Change) -> None:
        try:
            with self._transaction() as connection:
                change.make(connection)
        except BaseException as error:
            change.refuse(error)
