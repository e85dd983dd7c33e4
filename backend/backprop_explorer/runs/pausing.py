"""Work that makes way for others: it yields now and then, and wherever it has to wait for the disk."""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol, TypeVar

R = TypeVar("R")


class Pending(Protocol):
    """Something that was asked for, and is needed before the work goes on."""

    def wait(self) -> None:
        """Returns once it is done; whether that went well is for the work to ask."""

    async def awaited(self) -> None:
        """The same for the event loop, which waits in no thread."""


Pausing = Generator[Pending | None, None, R]
"""Work that yields None where others may have their turn, or what it waits for, and in the end returns that."""


def finished(work: Pausing[R]) -> R:
    """What the work returns, in this thread, without a pause."""
    while True:
        try:
            pending = next(work)
        except StopIteration as end:
            found: R = end.value
            return found
        if pending is not None:
            pending.wait()
