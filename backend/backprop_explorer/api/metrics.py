"""Figures for Prometheus: requests by the template of their route, errors by their code, and what the server holds."""

from __future__ import annotations

import os
from contextlib import suppress

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backprop_explorer.api.access import Exchange
from backprop_explorer.api.counting import FOLDER
from backprop_explorer.api.latest import Latest
from backprop_explorer.api.service import Service
from backprop_explorer.problem import Problem

PATH = "/metrics"
_ROUTE = ("method", "route")
# From what takes no time to the longest training.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """Counts what it is told of, and looks at the service when it is asked. Names, routes and codes are all ours: no
    stranger can make up a new one."""

    def __init__(self, service: Service) -> None:
        self.route = Route(PATH, self.answer)
        self._service = service
        self._database_bytes = Latest(service.runs.database_bytes)
        self._registry = registry = CollectorRegistry()
        self._told = self._registry
        if FOLDER in os.environ:
            self._told = CollectorRegistry()
            MultiProcessCollector(self._told)  # type: ignore[no-untyped-call]
        else:
            ProcessCollector(registry=registry)
        self._requests = Counter(
            "backprop_requests",
            "Requests answered; status 0 where the client had gone",
            (*_ROUTE, "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "backprop_request_seconds", "How long answers took", _ROUTE, registry=registry, buckets=_SECONDS
        )
        self._sent = Counter("backprop_answer_bytes", "Bytes of the answers' bodies", _ROUTE, registry=registry)
        self._errors = Counter("backprop_errors", "Errors answered, by their code", ("code",), registry=registry)
        self._runs = _held("backprop_runs_in_memory", "Runs held in memory", registry)
        self._elements = _held("backprop_elements_in_memory", "Numbers these runs have", registry)
        self._trainings = _held("backprop_trainings", "Trainings under way", registry)
        self._up = _seen("backprop_database_up", "Whether the database answers", registry)
        self._size = _seen("backprop_database_bytes", "Size of the database on disk", registry)

    def note(self, exchange: Exchange) -> None:
        """Counts a request that has been answered."""
        route = exchange.method, exchange.route
        self._requests.labels(*route, exchange.status or 0).inc()
        self._seconds.labels(*route).observe(exchange.seconds)
        self._sent.labels(*route).inc(exchange.bytes)
        if exchange.problem is not None:
            self._errors.labels(exchange.problem).inc()
        self._weigh()

    async def answer(self, request: Request) -> Response:
        """The figures, in the form that is asked for; without the database's where it is away."""
        await self._look()
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(self._told), 200, {"Content-Type": media_type})

    def _weigh(self) -> None:
        """What this process holds, after every request: another process may be asked for the figures next."""
        runs = self._service.runs
        self._runs.set(runs.in_memory)
        self._elements.set(runs.elements_in_memory)
        self._trainings.set(self._service.trainings)

    async def _look(self) -> None:
        self._weigh()
        up, size = False, float("nan")
        with suppress(Problem):
            size = await self._database_bytes.get()
            up = True
        self._up.set(up)
        self._size.set(size)


def _held(name: str, told: str, registry: CollectorRegistry) -> Gauge:
    """What each process has some of, together."""
    return Gauge(name, told, registry=registry, multiprocess_mode="livesum")


def _seen(name: str, told: str, registry: CollectorRegistry) -> Gauge:
    """What all processes see, as it was seen last."""
    return Gauge(name, told, registry=registry, multiprocess_mode="mostrecent")
