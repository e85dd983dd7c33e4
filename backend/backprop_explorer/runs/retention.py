"""Runs that nobody has changed or looked at for a long time are removed, a few at a time, while the server works."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta

from backprop_explorer.problem import Problem
from backprop_explorer.runs.runs import Runs

EVERY_SECONDS = 3600.0
"""So often all runs are gone through."""
AT_ONCE = 500
"""So many runs are looked at in one transaction."""
PAUSE_SECONDS = 0.05
"""After each of these, and after each run that was removed, others have their turn."""
_log = logging.getLogger(__name__)


class Retention:
    """Goes through the runs of a server, from its start on; `stop` it in the end.

    Several servers may do so beside each other: each removal is decided in one transaction, by what the run says then.
    """

    def __init__(self, runs: Runs, days: int) -> None:
        self._runs = runs
        self._days = days
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="retention", daemon=True)
        if days:
            self._thread.start()

    def stop(self) -> None:
        """Returns when nothing is removed any more."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        wait = PAUSE_SECONDS
        while not self._stopping.wait(wait):
            try:
                number = remove_untouched(self._runs, datetime.now(UTC), self._days, self._stopping)
            except Problem as problem:
                _log.warning("Old runs are not removed at the moment: %s", problem)
            else:
                if number:
                    _log.warning("%s removed that nobody has touched for %s days.", counted(number), self._days)
            wait = EVERY_SECONDS


def counted(number: int) -> str:
    """`1 run`, `2,000 runs`"""
    return f"{number:,} run{'' if number == 1 else 's'}"


def remove_untouched(runs: Runs, moment: datetime, days: int, stopping: threading.Event | None = None) -> int:
    """Removes the runs that, at that moment, nobody has touched for so many days; how many these were.

    That a run is looked at is written down once a day, hence a day later. Raises a `Problem` where the database fails.
    """
    stopping = stopping or threading.Event()
    since = moment - timedelta(days=days + 1)
    number, after = 0, ""
    while True:
        old, last = runs.untouched(since, after, AT_ONCE)
        for run in old:
            if stopping.is_set():
                return number
            number += runs.remove_untouched(run, since)
            stopping.wait(PAUSE_SECONDS)
        if last is None or stopping.wait(PAUSE_SECONDS):
            return number
        after = last
