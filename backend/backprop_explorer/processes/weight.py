"""How much work something is, known before it begins: what is much is not done in the server's own process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

MOST = 1_000_000
"""So many numbers are computed, or written as text, in about 50 ms."""
_movable: ContextVar[bool] = ContextVar("movable", default=False)


class Heavy(Exception):
    """The work that was about to begin belongs into another process."""


@contextmanager
def movable() -> Iterator[None]:
    """Meanwhile work that is much is not done but raises `Heavy`: whoever asked for it has another process for it."""
    token = _movable.set(True)
    try:
        yield
    finally:
        _movable.reset(token)


def weigh(numbers: float) -> None:
    """Says how many numbers are about to be computed. Raises `Heavy` where these are too many for this process."""
    if numbers > MOST and _movable.get():
        raise Heavy
