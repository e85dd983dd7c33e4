"""What a store answers to whoever has something written."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from backprop_explorer.runs.pausing import Pending

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Write(Pending, Protocol[R_co]):
    """A change that was asked for: once one has waited for it, it is on disk or refused."""

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
