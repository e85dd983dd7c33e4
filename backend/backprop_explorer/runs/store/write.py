"""What a store answers to whoever has something written."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Write(Protocol[R_co]):
    """A change that was asked for: it is on disk once one has waited for it."""

    def wait(self) -> None:
        """Returns once it is on disk, or refused."""

    async def awaited(self) -> None:
        """The same for the event loop, which waits in no thread."""

    def result(self) -> R_co:
        """What it answers, on disk. Raises why it was refused."""


class Written(Generic[R]):
    """One that is on disk when it is asked for."""

    def __init__(self, found: R) -> None:
        self._found = found

    def wait(self) -> None:
        """Nothing is left to wait for."""

    async def awaited(self) -> None:
        """The same."""

    def result(self) -> R:
        """What the change answers."""
        return self._found
