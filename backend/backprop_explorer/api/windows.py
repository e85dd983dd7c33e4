"""How much of something each client, or run, has had in the present window of time."""

from __future__ import annotations

import time
from collections import OrderedDict
from math import ceil
from typing import Any

from limits import RateLimitItemPerSecond
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

KEYS = 50_000
"""So many are remembered at once; of more, those are forgotten whose window is the oldest."""
_SWEPT = 4


class Allowance:
    """An amount for each key in each window of so many seconds; a window begins with the first that is taken."""

    def __init__(self, amount: int, seconds: int) -> None:
        self.amount = amount
        self.seconds = seconds
        self._item = RateLimitItemPerSecond(amount, seconds)
        self._windows = _Windows()
        self._limiter = FixedWindowRateLimiter(self._windows)

    def take(self, key: str, cost: int = 1) -> bool:
        """Counts it; whether it was still within the amount."""
        return self._limiter.hit(self._item, key, cost=cost)

    def is_spent(self, key: str) -> bool:
        """Whether there is nothing left."""
        return not self._limiter.test(self._item, key)

    def wait(self, key: str) -> int:
        """In how many whole seconds the next window begins."""
        return max(1, ceil(self._limiter.get_window_stats(self._item, key).reset_time - time.time()))


class _Windows(Storage):
    """Counts in memory, of a bounded number of keys.

    The library's own storage of this kind looks at all keys a hundred times a second: with 100,000 of them, whom one
    stranger can make up, each look takes a quarter of a second. Here all windows have the same length, so that the
    oldest comes first.
    """

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._windows: OrderedDict[str, tuple[int, float]] = OrderedDict()

    @property
    def base_exceptions(self) -> type[Exception]:
        return KeyError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        count, end = self._window(key)
        if not end:
            self._tidy()
            end = time.time() + expiry
            self._windows.pop(key, None)
        self._windows[key] = count + amount, end
        return count + amount

    def get(self, key: str) -> int:
        return self._window(key)[0]

    def get_expiry(self, key: str) -> float:
        return self._window(key)[1] or time.time()

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        count = len(self._windows)
        self._windows.clear()
        return count

    def clear(self, key: str) -> None:
        self._windows.pop(key, None)

    def _window(self, key: str) -> tuple[int, float]:
        """The count in the present window and when it ends; nothing where there is none."""
        count, end = self._windows.get(key, (0, 0.0))
        return (count, end) if end > time.time() else (0, 0.0)

    def _tidy(self) -> None:
        """Forgets a few that are over, and the oldest where there are too many."""
        for _ in range(_SWEPT):
            first: Any = next(iter(self._windows.values()), None)
            if first is None or first[1] > time.time() and len(self._windows) < KEYS:
                return
            self._windows.popitem(last=False)
