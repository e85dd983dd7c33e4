"""What the routes share: the settings, the runs, and how work gets done without keeping others waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakValueDictionary

from anyio import CapacityLimiter, to_thread
from fastapi import Request

from backprop_explorer.runs import Run, Runs
from backprop_explorer.settings import Settings

R = TypeVar("R")
TRAININGS = 32
"""So many runs may be trained at once; others wait for these."""


class Service:
    """One for an app."""

    def __init__(self, settings: Settings, runs: Runs) -> None:
        self.settings = settings
        self.runs = runs
        self._trainings = CapacityLimiter(TRAININGS)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @classmethod
    def of(cls, request: Request) -> Service:
        """The service of the app that got this request."""
        service = request.app.state.service
        assert isinstance(service, cls)
        return service

    async def on_run(
        self, identity: str, work: Callable[[Run], R], iterations: int | None = 1, *, training: bool = False
    ) -> R:
        """The work on that run: here and now when it is small, else in a thread when it is its turn.

        `iterations` is how often the work passes over the run's tensors, None if that cannot be said. Whatever waits
        for a run waits without a thread, and trainings, which may take minutes, have threads of their own: all else
        goes on.
        """
        if iterations is not None:
            with self.runs.borrow_if_quick(identity, iterations) as run:
                if run is not None:
                    return work(run)
        limiter = self._trainings if training else None
        async with self._turns.setdefault(identity, asyncio.Lock()):
            return await to_thread.run_sync(self._on_run, identity, work, limiter=limiter)

    def _on_run(self, identity: str, work: Callable[[Run], R]) -> R:
        with self.runs.borrow(identity) as run:
            return work(run)
