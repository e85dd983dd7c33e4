"""Whose turn it is where only a few can be served at once: no client, and no run of a client, goes before others
because more is asked for it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backprop_explorer.problem import Problem

Waiting = asyncio.Future[None]


class Turns:
    """So many are served at once, and at most `waiting` others wait. When one is done, the next client's next run has
    its turn."""

    def __init__(self, served: int, waiting: int) -> None:
        self._free = served
        self._most = waiting
        self._queues: OrderedDict[str, OrderedDict[str, deque[Waiting]]] = OrderedDict()
        self.waiting = 0
        """How many wait."""

    @asynccontextmanager
    async def turn(self, client: str, run: str) -> AsyncIterator[None]:
        """While one is served. Raises a `Problem` (503) where too many wait already."""
        await self._wait(client, run)
        try:
            yield
        finally:
            self._next()

    async def _wait(self, client: str, run: str) -> None:
        if self._free:
            self._free -= 1
            return
        if self.waiting >= self._most:
            raise Problem(
                "too_many_waiting",
                f"{self.waiting:,} long requests are waiting already, as many as the limit process_queue allows",
                status=503,
                hint="try again in a moment, or raise the setting BACKPROP_PROCESS_QUEUE",
            )
        mine: Waiting = asyncio.get_running_loop().create_future()
        self._queues.setdefault(client, OrderedDict()).setdefault(run, deque()).append(mine)
        self.waiting += 1
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # it was called just before it left
                self._next()
            raise
        finally:
            self.waiting -= 1

    def _next(self) -> None:
        """Calls the next one that still waits."""
        while self._queues:
            client, runs = self._queues.popitem(last=False)
            run, queue = runs.popitem(last=False)
            mine = queue.popleft()
            if queue:
                runs[run] = queue
            if runs:
                self._queues[client] = runs
            if not mine.done():
                mine.set_result(None)
                return
        self._free += 1
