"""Whose turn it is to compute: long computations pass the processors on to one another, a short while each."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

SLICE_SECONDS = 0.02
"""How long a computation goes on while others wait."""
WIDTH = 2
"""So many compute at once. All share one interpreter, in which more would only keep the event loop waiting longer."""


class Turn:
    """What a computation has while it computes."""

    def __init__(self, gate: Gate | None) -> None:
        """`gate` is None for one so short that nobody need wait for it."""
        self._gate = gate
        self._begun = time.monotonic()

    def pass_on(self, moment: float) -> bool:
        """Lets those who wait compute first, if this one has had its time by that moment (`time.monotonic`); whether it
        has."""
        if self._gate is None or moment - self._begun < SLICE_SECONDS:
            return False
        if self._gate.crowded:
            self._gate.leave()
            self._gate.enter(new=False)
        self._begun = time.monotonic()
        return True


class Gate:
    """So many may be inside; others wait, and enter in the order in which they came, those first that are new: what
    is short is done soon, however many long computations there are."""

    def __init__(self, width: int) -> None:
        self._free = width
        self._new: deque[threading.Lock] = deque()
        self._waiting: deque[threading.Lock] = deque()
        self._lock = threading.Lock()

    @property
    def crowded(self) -> bool:
        """Whether somebody waits."""
        return bool(self._new or self._waiting)

    @contextmanager
    def turn(self, *, brief: bool = False) -> Iterator[Turn]:
        """While one computes; for what is brief nobody has to wait, nor has it."""
        if brief:
            yield Turn(None)
            return
        self.enter(new=True)
        try:
            yield Turn(self)
        finally:
            self.leave()

    def enter(self, *, new: bool) -> None:
        """Waits until there is room."""
        mine = threading.Lock()
        with self._lock:
            if self._free:
                self._free -= 1
                return
            mine.acquire()
            (self._new if new else self._waiting).append(mine)
        mine.acquire()

    def leave(self) -> None:
        """Lets the next one in."""
        with self._lock:
            waiting = self._new or self._waiting
            if waiting:
                waiting.popleft().release()
            else:
                self._free += 1


COMPUTING = Gate(WIDTH)
"""Of this process."""
