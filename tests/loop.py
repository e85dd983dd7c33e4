"""Coroutines in tests that run beside a browser's."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def run(work: Callable[[], Coroutine[Any, Any, Any]], loop: asyncio.AbstractEventLoop | None = None) -> Any:
    """What the coroutine returns, on that loop, which is closed, or on a new one, in a thread of its own: a browser's
    tests before may have left a loop running in this one."""

    def alone() -> Any:
        if loop is None:
            return asyncio.run(work())
        try:
            return loop.run_until_complete(work())
        finally:
            loop.close()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(alone).result()
