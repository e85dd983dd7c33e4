"""The runs in memory: as many as the limits admit, of the others those that were used last."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from backprop_explorer.runs.identity import view_of
from backprop_explorer.runs.limits import Limits
from backprop_explorer.runs.run import Run


class Shelf:
    """Runs by id, found by their view ids too. What somebody has at the moment stays, however much it is."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._runs: OrderedDict[str, Run] = OrderedDict()
        """The least recently used first."""
        self._users: dict[str, int] = {}
        self._viewed: dict[str, str] = {}
        """Their ids by their view ids."""
        self._weights: dict[str, int] = {}
        """How many numbers each kept when it was last given back."""
        self._weight = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        with self._lock:
            return len(self._runs)

    @property
    def weight(self) -> int:
        """How many numbers they keep, those in use as of when they were last given back."""
        with self._lock:
            return self._weight

    def get(self, identity: str) -> Run | None:
        """The run of that id, as if nobody had asked for it; None where it is not here."""
        with self._lock:
            return self._runs.get(identity)

    def known(self, identity: str) -> str | None:
        """The id of the run here whose id or view id that is; None where there is none."""
        with self._lock:
            known = identity if identity in self._runs else self._viewed.get(identity)
            return known if known in self._runs else None

    def put(self, run: Run) -> None:
        """Adds a run that nobody else has yet."""
        with self._lock:
            self._add(run)
            self._weigh(run)
            self._tidy()

    def take(self, identity: str, made: Callable[[], Run]) -> Run:
        """The run of that id, made where it is not here; it stays until it is given back as often as it was taken."""
        with self._lock:
            run = self._runs.get(identity)
            if run is None:
                run = made()
                self._add(run)
            self._runs.move_to_end(identity)
            self._users[identity] = self._users.get(identity, 0) + 1
            return run

    def give_back(self, run: Run) -> None:
        """Ends one use of it. A run that turned out not to exist is dropped."""
        with self._lock:
            self._users[run.id] -= 1
            if not self._users[run.id]:
                del self._users[run.id]
                if run.elements is None:
                    self._drop(run.id)
            if run.id in self._runs:
                self._weigh(run)
            self._tidy()

    def drop(self, identity: str) -> bool:
        """Drops that run unless somebody has it; whether nobody does."""
        with self._lock:
            if identity in self._users:
                return False
            self._drop(identity)
            return True

    def in_use(self, identity: str) -> bool:
        """Whether somebody has that run."""
        with self._lock:
            return identity in self._users

    # How; whoever calls these holds the lock.

    def _add(self, run: Run) -> None:
        self._runs[run.id] = run
        self._viewed[view_of(run.id)] = run.id

    def _weigh(self, run: Run) -> None:
        weight = run.kept
        self._weight += weight - self._weights.get(run.id, 0)
        self._weights[run.id] = weight

    def _tidy(self) -> None:
        """Drops those that were not used for longest, as long as there is too much; the one used last stays."""
        if not self._crowded():
            return
        for identity in list(self._runs)[:-1]:
            if identity not in self._users:
                self._drop(identity)
                if not self._crowded():
                    return

    def _crowded(self) -> bool:
        return len(self._runs) > self._limits.live_runs or self._weight > self._limits.live_elements

    def _drop(self, identity: str) -> None:
        if self._runs.pop(identity, None) is not None:
            self._viewed.pop(view_of(identity), None)
            self._weight -= self._weights.pop(identity, 0)
