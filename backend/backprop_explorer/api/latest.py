"""What is asked of the database by whoever watches the server: often, and without waiting for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from anyio import CapacityLimiter, to_thread

from backprop_explorer.problem import Problem

R = TypeVar("R")
PATIENCE_SECONDS = 0.9
"""So long an answer is waited for."""
FRESH_SECONDS = 1.0
"""So long an answer serves everybody who asks, however often they do."""


class Latest(Generic[R]):
    """The newest result of some work, of which no more than one piece is under way, in a thread of its own."""

    def __init__(self, work: Callable[[], R]) -> None:
        self._work = work
        self._thread = CapacityLimiter(1)
        self._task: asyncio.Task[R] | None = None
        self._ended = 0.0

    async def get(self) -> R:
        """The result, or the error, of at most a second ago. Raises a `Problem` (503) where it takes longer."""
        loop = asyncio.get_running_loop()
        if self._task is None or self._task.done() and loop.time() - self._ended > FRESH_SECONDS:
            self._task = asyncio.create_task(self._run(loop))
            self._task.add_done_callback(_hear)
        done, _ = await asyncio.wait([self._task], timeout=PATIENCE_SECONDS)
        if not done:
            detail = f"The database did not answer within {PATIENCE_SECONDS:g} seconds"
            raise Problem("database_slow", detail, status=503)
        return self._task.result()

    async def _run(self, loop: asyncio.AbstractEventLoop) -> R:
        try:
            return await to_thread.run_sync(self._work, limiter=self._thread, abandon_on_cancel=True)
        finally:
            self._ended = loop.time()


def _hear(task: asyncio.Task[Any]) -> None:
    """Takes note of an error that nobody waits for any more."""
    if not task.cancelled():
        task.exception()
