"""Threads where there is only one: what is to be done in another is done at once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

R = TypeVar("R")


class CapacityLimiter:
    """Of nothing that could be crowded."""

    borrowed_tokens = 0

    def __init__(self, total_tokens: float) -> None:
        self.total_tokens = total_tokens


async def run_sync(work: Callable[..., R], *given: Any, limiter: CapacityLimiter | None = None) -> R:
    """What the work returns."""
    return work(*given)


to_thread = sys.modules[__name__]
