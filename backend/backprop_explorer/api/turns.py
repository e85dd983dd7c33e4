"""Who is worked for right now: at most so many requests of one client at once, and how much of the work is whose."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from math import inf
from weakref import WeakValueDictionary

from backprop_explorer.problem import Problem
from backprop_explorer.runs.usage import TOO_MANY

ALONE_SECONDS = 10.0
"""A client is alone when nobody else has asked for so long."""
QUEUE = 4
"""For each request that is worked on so many may wait."""


class Turns:
    """Of each client so many requests at once; the others wait, those first that came first."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._there: Counter[str] = Counter()

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """While it is this client's turn. Raises a `Problem` (429) where too many of its requests wait already."""
        if self._there[client] >= self._at_once * (1 + QUEUE):
            detail = f"{self._there[client]:,} requests of your network address are still being answered"
            hint = "wait for these answers before sending more"
            raise Problem("too_many_at_once", detail, status=TOO_MANY, hint=hint, retry_after=1)
        self._there[client] += 1
        turns = self._turns.get(client) or self._turns.setdefault(client, asyncio.Semaphore(self._at_once))
        try:
            async with turns:
                yield
        finally:
            self._there[client] -= 1
            if not self._there[client]:
                del self._there[client]


class Shares:
    """How long the processors work for each of the requests under way: all of them together use up the time of all
    processors, each an equal part, and no more than one processor's."""

    def __init__(self, processors: int | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._processors = processors or os.cpu_count() or 1
        self._clock = clock
        self._number = 0
        self._since = clock()
        self._each = 0.0

    def enter(self) -> float:
        """A request begins; what to `leave` with."""
        each = self._advance()
        self._number += 1
        return each

    def leave(self, entered: float) -> float:
        """It ends; the seconds that were worked for it."""
        each = self._advance()
        self._number -= 1
        return each - entered

    def _advance(self) -> float:
        now = self._clock()
        if self._number:
            self._each += (now - self._since) * min(1.0, self._processors / self._number)
        self._since = now
        return self._each


class Others:
    """When somebody else asked last: a client that is alone may have all the time that there is."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._latest: tuple[str, float] = ("", -inf)
        self._before: tuple[str, float] = ("", -inf)
        """Of the latest client that is another one than the latest."""

    def note(self, client: str) -> None:
        """The client asks now."""
        if client != self._latest[0]:
            self._before = self._latest
        self._latest = client, self._clock()

    def are_there(self, client: str) -> bool:
        """Whether another one has asked a moment ago."""
        _, moment = self._before if self._latest[0] == client else self._latest
        return self._clock() - moment < ALONE_SECONDS


class Held:
    """The bytes in memory of bodies that have come and answers that are not read yet, by client; 0 is without limit."""

    def __init__(self, most: int, most_each: int) -> None:
        self._most = most
        self._most_each = most_each
        self._by_client: Counter[str] = Counter()
        self._all = 0

    def add(self, client: str, size: int) -> None:
        """So many more, or fewer."""
        self._all += size
        self._by_client[client] += size
        if not self._by_client[client]:
            del self._by_client[client]

    def refusal(self, client: str, more: int) -> Problem | None:
        """The `Problem` of so many more bytes: 429 where they are too many for this client, 503 for all; else None."""
        if 0 < self._most_each < self._by_client[client] + more:
            detail = (
                f"The request bodies and unread answers of your network address would need more than "
                f"{self._most_each:,} bytes of memory"
            )
            return Problem(
                "too_much_at_once",
                detail,
                status=TOO_MANY,
                hint="read the answers first, then ask again",
                retry_after=2,
            )
        if 0 < self._most < self._all + more:
            detail = "The server is busy with large requests and answers of others"
            return Problem("busy", detail, status=503, hint="ask again in a few seconds", retry_after=2)
        return None
