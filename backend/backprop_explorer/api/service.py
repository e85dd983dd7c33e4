"""What the routes share: the settings, the runs, and how work gets done without keeping others waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from anyio import CapacityLimiter, to_thread
from fastapi import Request
from starlette.requests import ClientDisconnect

from backprop_explorer.api.clients import counted_as
from backprop_explorer.api.elsewhere import alone, on_run, retold
from backprop_explorer.api.eventstream import until_gone
from backprop_explorer.api.fairness import Turns
from backprop_explorer.api.latest import Latest
from backprop_explorer.problem import Problem
from backprop_explorer.processes import Heavy, Job, Pool, movable, weigh
from backprop_explorer.runs import QUICK_ELEMENTS, Conflict, NotHere, Pausing, Run, Runs, finished, without_waiting
from backprop_explorer.settings import Settings

R = TypeVar("R")
T = TypeVar("T")
TRAININGS = 32
"""So many runs may be trained at once; others wait for these."""
ATTEMPTS = 20
"""So often a change is tried again where another process has changed the run at the same moment."""
LONG = 4
"""So much other work on runs that is not small is done at once; small work waits for none of it."""
PREVIEWS = 4
"""So many previews of large runs may be computed at once."""


class Service:
    """One for an app."""

    def __init__(self, settings: Settings, runs: Runs, pool: Pool | None = None) -> None:
        self.settings = settings
        self.runs = runs
        self._pool = pool
        size = 1 if pool is None else pool.size
        self._processes = CapacityLimiter(size)
        self._served = Turns(size, settings.process_queue)
        self._trainings = CapacityLimiter(TRAININGS)
        self._previews = CapacityLimiter(PREVIEWS)
        self._long = CapacityLimiter(LONG)
        self.readiness = Latest(runs.probe)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @classmethod
    def of(cls, request: Request) -> Service:
        """The service of the app that got this request."""
        service = request.app.state.service
        assert isinstance(service, cls)
        return service

    @property
    def trainings(self) -> int:
        """How many trainings are under way."""
        return self._trainings.borrowed_tokens

    async def on_run(
        self,
        identity: str,
        work: Callable[[Run], R],
        iterations: int | None = 1,
        *,
        changing: bool = False,
        training: bool = False,
    ) -> R:
        """The work on that run: here and now when it is small and asks the database of nothing, else in a thread when
        it is its turn.

        `iterations` is how often the work passes over the run's tensors, None if that cannot be said. Whatever waits
        for a run waits without a thread, and what takes long has threads of its own, trainings others than the rest:
        all else goes on.
        """
        if iterations is not None and not (changing or training):
            with suppress(NotHere), self.runs.borrow_if_quick(identity, iterations) as run:
                if run is not None:
                    return work(run)
        slow = not self.runs.quick(identity, iterations)
        limiter = (self._trainings if training else self._long) if slow else None
        turn = self.runs.known(identity) or identity  # whoever looks waits with whoever changes
        async with self._turns.setdefault(turn, asyncio.Lock()):
            return await to_thread.run_sync(self._on_run, identity, work, limiter=limiter)

    async def change(
        self, identity: str, work: Callable[[Run], Pausing[T]], make: Callable[[T], R], iterations: int | None
    ) -> R:
        """What `make` makes of a change of that run: here where it is small, else in a thread."""
        found = await self.small_change(identity, work, make, iterations)
        if found is not None:
            return found
        return await self.on_run(identity, partial(_changed, work, make), iterations, changing=True)

    async def train(
        self, identity: str, work: Callable[[Run], Pausing[T]], make: Callable[[T], R], iterations: int | None
    ) -> R:
        """The same of a training, in a thread of those for trainings."""
        return await self.on_run(identity, partial(_changed, work, make), iterations, training=True)

    async def small_change(
        self,
        identity: str,
        work: Callable[[Run], Pausing[T]],
        make: Callable[[T], R],
        iterations: int | None,
        *,
        training: bool = False,
    ) -> R | None:
        """What `make` makes of a change made here and now, while another thread writes it; None, and nothing is
        changed, where it is not small, or turns out to take a while.

        Where other processes change the runs too, a refusal may be about numbers that are no longer the run's.
        """
        if iterations is None:
            return None
        turn = self.runs.known(identity) or identity
        async with self._turns.setdefault(turn, asyncio.Lock()):
            with (
                suppress(NotHere, Conflict, *([Problem] if self.runs.shared else [])),
                self.runs.borrow_to_change(identity, iterations, training=training) as run,
            ):
                return None if run is None else make(await _written_beside(work(run)))
        return None

    def stop(self) -> None:
        """Ends what takes long. Trainings keep what they have done."""
        self.runs.stop()
        if self._pool is not None:
            self._pool.close()

    async def alone(self, request: Request, work: Callable[[], R], *, heavy: bool = False) -> R:
        """Work that needs no run: in a thread, or where it is heavy in another process, for which it can be pickled.

        It may find out itself that it is (`weigh`). Where the client goes away meanwhile, it is ended.
        """
        if not heavy or self._pool is None:
            with suppress(Heavy):
                return await to_thread.run_sync(self._weighed, work)
        found: R = retold(await self._elsewhere(request, partial(alone, work)))
        return found

    async def look(
        self,
        request: Request,
        identity: str,
        work: Callable[[Run], R],
        passes: int | None = 1,
        weight: float | None = 1,
    ) -> R:
        """Work on a run that changes nothing: here, in a thread, or where it is heavy in another process.

        It passes over the run's tensors `passes` times, as in `on_run`, and costs `weight` times as much as that, None
        for so much as all its iterations; it may find out more itself (`weigh`). No change of the run comes between.
        """
        turn = partial(self._weighed_on_run, work, weight)
        with suppress(Heavy):
            return await self.on_run(identity, turn, passes)
        known = self.runs.known(identity) or identity
        async with self._turns.setdefault(known, asyncio.Lock()):
            found: R = retold(await self._elsewhere(request, partial(on_run, identity, work), known))
            return found

    def _weighed_on_run(self, work: Callable[[Run], R], weight: float | None, run: Run) -> R:
        present = run.present
        return self._weighed(partial(work, run), present.elements * (present.iteration if weight is None else weight))

    def _weighed(self, work: Callable[[], R], numbers: float = 0) -> R:
        if self._pool is None:
            return work()
        with movable():
            weigh(numbers)
            return work()

    async def _elsewhere(self, request: Request, task: Callable[[], R], run: str = "") -> R:
        """The task, done in another process when it is its turn, unless the client goes before."""
        job = Job()
        doing = asyncio.ensure_future(self._in_turn(request, task, job, run))
        gone = asyncio.ensure_future(until_gone(request.receive))
        try:
            await asyncio.wait({doing, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not doing.done():
                self._end(doing, job)
            return await doing
        except asyncio.CancelledError:
            self._end(doing, job)
            if not gone.done():
                raise
            raise ClientDisconnect from None
        finally:
            gone.cancel()

    def _end(self, doing: asyncio.Future[Any], job: Job) -> None:
        begun = job.begun
        job.cancel()
        if not begun:
            doing.cancel()

    async def _in_turn(self, request: Request, task: Callable[[], R], job: Job, run: str) -> R:
        assert self._pool is not None
        client = counted_as(request.client)
        async with self._served.turn(client, run):
            job.begun = True
            return await to_thread.run_sync(self._pool.run, task, job, limiter=self._processes)

    def _on_run(self, identity: str, work: Callable[[Run], R]) -> R:
        """The work, begun anew where another process was faster: what it expects of the run is then looked at anew."""
        for _ in range(ATTEMPTS):
            with suppress(Conflict), self.runs.borrow(identity) as run:
                return work(run)
        with self.runs.borrow(identity) as run:
            return work(run)

    async def beside_run(self, identity: str, preview: Callable[[Run], R | None]) -> R:
        """A preview of that run, which waits for no change of it: here and now when it is small, else in a thread.

        It gives None while the run is not in memory; then it is read, and asked again.
        """
        while True:
            with self.runs.beside(identity) as run:
                found = None if run is None else await self._preview(run, preview)
            if found is not None:
                return found
            await self.on_run(identity, lambda run: run.present, None)

    async def _preview(self, run: Run, preview: Callable[[Run], R | None]) -> R | None:
        elements = run.elements
        if not self.runs.shared and elements is not None and elements <= QUICK_ELEMENTS and not run.previewing:
            return preview(run)

        def renewed() -> R | None:
            if self.runs.shared:
                run.renew_if_idle()
            return preview(run)

        async with self._turns.setdefault(f"preview of {run.id}", asyncio.Lock()):
            return await to_thread.run_sync(renewed, limiter=self._previews)


def _changed(work: Callable[[Run], Pausing[T]], make: Callable[[T], R], run: Run) -> R:
    return make(finished(work(run)))


async def _written_beside(work: Pausing[T]) -> T:
    """What the work returns, done on the event loop, which asks no database and waits in no thread."""
    try:
        while True:
            with without_waiting():
                pending = next(work)
            if pending is not None:
                await pending.awaited()
    except StopIteration as end:
        found: T = end.value
        return found
    finally:
        work.close()
