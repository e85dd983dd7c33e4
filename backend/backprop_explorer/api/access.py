"""What is known of every request, for whoever runs the server: an id, and once it is answered a line in a log.

Nothing of it names a run: of an address there is only the template of its route, `/api/runs/{id}`.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from random import Random
from typing import Protocol

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backprop_explorer.api import wire

HEADER = "X-Request-ID"
OTHER = "other"
"""What a method or an address is called that is none of ours: a stranger may make up any number of them."""
METHODS = ("GET", "HEAD", "POST", "PATCH", "DELETE", "PUT", "OPTIONS")
_RANDOM = Random()
_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass
class Exchange:
    """A request and its answer. `status` is None while there is no answer, `problem` the code of an error."""

    request_id: str
    method: str
    find_route: Callable[[], str] = lambda: OTHER
    time: datetime = field(default_factory=lambda: datetime.now(UTC))
    status: int | None = None
    problem: str | None = None
    bytes: int = 0
    seconds: float = 0.0

    @cached_property
    def route(self) -> str:
        """The template of its route, looked for once somebody wants to know."""
        return self.find_route()


Listener = Callable[[Exchange], None]
"""Is told of every request that has been answered, or whose client has gone."""
_current: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


def current() -> Exchange | None:
    """The request that is being answered here; None outside of any."""
    return _current.get()


def new_request_id() -> str:
    """16 random characters, by which nothing is opened: asking the system for them takes a quarter of a millisecond."""
    return f"{_RANDOM.getrandbits(64):016x}"


@contextmanager
def answering(exchange: Exchange, listeners: Iterable[Listener]) -> Iterator[None]:
    """While this request is answered; then the listeners are told."""
    began = time.perf_counter()
    token = _current.set(exchange)
    try:
        yield
    finally:
        _current.reset(token)
        exchange.seconds = time.perf_counter() - began
        for listener in listeners:
            listener(exchange)


class Templated(Protocol):
    """What is read of a route."""

    path_format: str
    path_regex: re.Pattern[str]


class Access:
    """The outermost layer: gives each request its id, which the answer has in a header, and tells the listeners."""

    def __init__(self, app: ASGIApp, routes: Iterable[Templated] = (), listeners: Sequence[Listener] = ()) -> None:
        self.app = app
        self.routes = routes
        self.listeners = listeners

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = self._begin(scope)

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                MutableHeaders(scope=message)[HEADER] = exchange.request_id
            exchange.bytes += len(message.get("body", b""))
            await send(message)

        with answering(exchange, self.listeners):
            await self.app(scope, receive, noted)

    def _begin(self, scope: Scope) -> Exchange:
        given = Headers(scope=scope).get(HEADER, "")
        return Exchange(
            given if _PLAIN.fullmatch(given) else new_request_id(),
            scope["method"] if scope["method"] in METHODS else OTHER,
            partial(self._template, scope),
        )

    def _template(self, scope: Scope) -> str:
        """Of the route that has answered; of what was refused before, or by none, of the one that it is for."""
        known: str | None = getattr(scope.get("route"), "path_format", None)
        return known or next(
            (route.path_format for route in self.routes if route.path_regex.match(scope["path"])), OTHER
        )


def write_line(exchange: Exchange) -> None:
    """Writes the line of a request, a JSON object, to standard output."""
    line = {
        "time": exchange.time.isoformat(timespec="milliseconds"),
        "method": exchange.method,
        "route": exchange.route,
        "status": exchange.status,
        "problem": exchange.problem,
        "milliseconds": round(exchange.seconds * 1000, 1),
        "bytes": exchange.bytes,
        "request_id": exchange.request_id,
    }
    with suppress(OSError, ValueError):  # a log that nobody reads any more stops no answer
        sys.stdout.write(f"{wire.encode(line).decode()}\n")
        sys.stdout.flush()
