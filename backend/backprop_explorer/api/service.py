"""What the routes share: the settings, the runs, and how work gets done without keeping others waiting."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from backprop_explorer.runs import Run, Runs
from backprop_explorer.settings import Settings

R = TypeVar("R")


class Service:
    """One for an app."""

    def __init__(self, settings: Settings, runs: Runs) -> None:
        self.settings = settings
        self.runs = runs

    @classmethod
    def of(cls, request: Request) -> Service:
        """The service of the app that got this request."""
        service = request.app.state.service
        assert isinstance(service, cls)
        return service

    async def on_run(self, identity: str, work: Callable[[Run], R], iterations: int | None = 1) -> R:
        """The work on that run: here and now when it is small, else in a thread, where it may wait for its turn.

        `iterations` is how often the work passes over the run's tensors, None if that cannot be said.
        """
        if iterations is not None:
            with self.runs.borrow_if_quick(identity, iterations) as run:
                if run is not None:
                    return work(run)
        return await run_in_threadpool(self._on_run, identity, work)

    def _on_run(self, identity: str, work: Callable[[Run], R]) -> R:
        with self.runs.borrow(identity) as run:
            return work(run)
