"""All runs: created, found by id, kept in memory while they are used."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import numpy as np

from backprop_explorer.engine import Document
from backprop_explorer.problem import Problem
from backprop_explorer.runs.identity import is_identity, new_identity
from backprop_explorer.runs.limits import Limits
from backprop_explorer.runs.requests import Requests
from backprop_explorer.runs.run import Run
from backprop_explorer.runs.shelf import Shelf
from backprop_explorer.runs.state import State
from backprop_explorer.runs.store import Database, without_waiting
from backprop_explorer.runs.store.problems import unknown_run

QUICK_ELEMENTS = 50_000
"""An answer of so many numbers is made in a few milliseconds."""
LOOKED_EVERY = timedelta(days=1)
"""That somebody looks at a run is written down so often at most."""


class Runs:
    """The runs of a database. Whoever knows the id of a run, which cannot be guessed, may change it, and whoever knows
    its view id may look at it; there is no list."""

    def __init__(
        self, database: Database, limits: Limits | None = None, identity: Callable[[], str] = new_identity
    ) -> None:
        """`identity` makes the ids of new runs."""
        self.limits = limits or Limits()
        self._identity = identity
        self._database = database
        database.limit(self.limits)
        self.requests = Requests(database, self.limits.key_seconds, self.limits.keys)
        self._shelf = Shelf(self.limits)
        self._stopping = threading.Event()

    def create(self, document: Document) -> State:
        """Creates a run of that document on disk; its state. Raises a `Problem` where the document is wrong."""
        run = Run(self._identity(), self._database, self.limits, self._stopping)
        with np.errstate(all="ignore"):
            state = run.begin(document)
        run.looked = datetime.now(UTC)
        self._shelf.put(run)
        return state

    @contextmanager
    def borrow(self, identity: str) -> Iterator[Run]:
        """The run of that id or view id, for this thread alone; waits while another thread has it."""
        run = self._take(self.known(identity) or self._found(identity))
        try:
            with run.lock, _viewed(run, identity):
                self._look(run)
                if self._database.shared:
                    run.renew()
                yield run
        finally:
            self._shelf.give_back(run)

    def _look(self, run: Run) -> None:
        """Writes down, once a day, that somebody has the run."""
        if _is_to_be_written(run):
            run.looked = datetime.now(UTC)
            with suppress(Problem):  # on a full disk, or one for reading only
                self._database.open().look(run.id, run.looked - LOOKED_EVERY)

    def untouched(self, since: datetime, after: str, count: int) -> tuple[list[str], str | None]:
        """Among the next `count` runs by id those that nobody has touched since then, and after which to go on."""
        return self._database.open().untouched(since, after, count)

    def remove_untouched(self, identity: str, since: datetime) -> bool:
        """Removes the run unless somebody has touched it since then, or has it right now; whether it did."""
        if self._shelf.in_use(identity) or not self._database.open().delete_untouched(identity, since):
            return False
        self._shelf.drop(identity)
        self._database.open().give_back()
        return True

    @contextmanager
    def borrow_if_quick(self, identity: str, iterations: int) -> Iterator[Run | None]:
        """The run if it is in memory, no thread has it, and that many iterations of it are quick; else None. So it is
        where other processes may have changed it, for asking takes a while.

        It is for the event loop: what asks the database of anything gets a `NotHere`.
        """
        known = None if self._database.shared else self.known(identity)
        with self._borrow_if_free(known, identity) as run, without_waiting():
            yield run if run is not None and _is_quick(run, iterations) else None

    @contextmanager
    def borrow_to_change(self, identity: str, iterations: int, *, training: bool) -> Iterator[Run | None]:
        """The same for a change, a training of so many iterations or another one, that the event loop makes while
        another thread writes it. Where other processes have changed the run meanwhile, that raises a `Conflict`."""
        with self._borrow_if_free(self.known(identity) if self._database.beside else None, identity) as run:
            small = run is not None and _is_quick(run, iterations) and run.is_small_change(iterations * training)
            yield run if small else None

    @contextmanager
    def _borrow_if_free(self, known: str | None, identity: str) -> Iterator[Run | None]:
        """The run of the id `known`, if that is given and no thread has it, and nothing of it has to be written."""
        if known is None:
            yield None
            return
        run = self._take(known)
        try:
            if not run.lock.acquire(blocking=False):
                yield None
                return
            try:
                with _viewed(run, identity):
                    yield None if _is_to_be_written(run) else run
            finally:
                run.lock.release()
        finally:
            self._shelf.give_back(run)

    def quick(self, identity: str, iterations: int | None) -> bool:
        """Whether the run is in memory, and that many iterations of it are quick (None: it cannot be said)."""
        known = self.known(identity)
        run = None if known is None else self._shelf.get(known)
        return run is not None and iterations is not None and _is_quick(run, iterations)

    @contextmanager
    def beside(self, identity: str) -> Iterator[Run | None]:
        """The run without its lock, for what may be asked of it whatever is being done with it; None where it has not
        been in memory."""
        known = self.known(identity)
        if known is None:
            yield None
            return
        run = self._take(known)
        try:
            yield run
        finally:
            self._shelf.give_back(run)

    @property
    def shared(self) -> bool:
        """Whether other processes may change the same runs."""
        return self._database.shared

    def stop(self) -> None:
        """Ends trainings that are under way; the iterations made so far are kept."""
        self._stopping.set()

    @property
    def in_memory(self) -> int:
        """How many runs are in memory."""
        return len(self._shelf)

    @property
    def elements_in_memory(self) -> int:
        """How many numbers these keep."""
        return self._shelf.weight

    def database_bytes(self) -> int:
        """How large the database is on disk. Raises a `Problem` where it does not answer."""
        return self._database.open().size()

    def probe(self) -> None:
        """Raises a `Problem` where runs cannot be written at the moment."""
        if self._stopping.is_set():
            raise Problem("stopping", "The server is stopping", status=503)
        self._database.open().probe()

    def known(self, identity: str) -> str | None:
        """The id of a run in memory whose id or view id that is; None where there is none."""
        return self._shelf.known(identity)

    def _found(self, identity: str) -> str:
        """The id of the run in the database whose id or view id that is; a `Problem` (404) where there is none."""
        found = self._database.open().find(identity) if is_identity(identity) else None
        if found is None:
            raise unknown_run()
        return found

    def _take(self, identity: str) -> Run:
        return self._shelf.take(identity, lambda: Run(identity, self._database, self.limits, self._stopping))


def _is_quick(run: Run, iterations: int) -> bool:
    elements = run.elements  # read once: another thread may forget the run's plan meanwhile
    return elements is not None and elements * iterations + run.length <= QUICK_ELEMENTS


def _is_to_be_written(run: Run) -> bool:
    """Whether it is not known that the run was looked at today."""
    return run.looked is None or datetime.now(UTC) - run.looked > LOOKED_EVERY


@contextmanager
def _viewed(run: Run, identity: str) -> Iterator[None]:
    """While somebody has the run by that id: by its view id they may only look at it."""
    run.viewed = identity != run.id
    try:
        with np.errstate(all="ignore"):
            yield
    finally:
        run.viewed = False
