"""The API in a browser's worker: requests in, answers out, and the rows of runs for whoever keeps them.

Import it after `standins.install()`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar, cast
from urllib.parse import unquote

import numpy as np

from backprop_explorer.api import problems
from backprop_explorer.api.http import limit_answers
from backprop_explorer.api.routes.first import FIRST
from backprop_explorer.api.service import Service
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Pausing, Run, Runs
from backprop_explorer.runs.identity import new_identity, view_of
from backprop_explorer.runs.store.memory import Journal, MemoryDatabase
from backprop_explorer.settings import Settings
from backprop_explorer.site.standins.fastapi import APIRoute, FastAPI, RequestValidationError
from backprop_explorer.site.standins.starlette import ClientDisconnect, HTTPException, Message, Request, Response

Tell = Callable[[Message], None]
"""Is told of an answer, message by message: its start, then its body in pieces."""
R = TypeVar("R")
T = TypeVar("T")
EXPECTED = (Problem, RequestValidationError, HTTPException)


class Alone(Service):
    """Where there is one thread for all: a training makes way now and then."""

    def __init__(self, settings: Settings, runs: Runs) -> None:
        super().__init__(settings, runs)
        self._training = asyncio.Lock()

    async def train(
        self, identity: str, work: Callable[[Run], Pausing[T]], make: Callable[[T], R], iterations: int | None
    ) -> R:
        turn = self.runs.known(identity) or identity
        async with self._training, self._turns.setdefault(turn, asyncio.Lock()):
            with self.runs.borrow(identity) as run:
                training = work(run)
                try:
                    while True:
                        pending = next(training)
                        await (asyncio.sleep(0) if pending is None else pending.awaited())
                except StopIteration as end:
                    return make(end.value)
                finally:
                    training.close()


class Engine:
    """One for a worker."""

    def __init__(self) -> None:
        settings = Settings(processes=0)
        self._database = MemoryDatabase()
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._answer_bytes = settings.answer_bytes
        self._app = cast(Any, FastAPI())  # problems knows the other one
        self._next: str | None = None
        self._app.state.service = Alone(settings, Runs(self._database, settings.limits, self._identity))
        self._app.state.api_routes = [route for router in FIRST for route in router.routes]
        problems.install(self._app)

    def load(self, run: str, rows: Mapping[str, bytes | memoryview]) -> None:
        """Takes the rows of a run as they are kept by now."""
        self._database.store.load(run, {name: bytes(content) for name, content in rows.items()})

    def take(self) -> Journal:
        """The rows that were written since this was called last, to be kept before the answers are told."""
        return self._database.store.take()

    def revision(self, run: str) -> int | None:
        """How often the run was written, as far as it is known here; None where it is not."""
        return self._database.store.revision(run)

    def foretell(self, count: int) -> list[tuple[str, str]]:
        """Ids for runs to come, each with the one to look at it."""
        identities = [new_identity() for _ in range(count)]
        return [(identity, view_of(identity)) for identity in identities]

    def name_next(self, identity: str) -> None:
        """Has the run that is begun next take that id."""
        self._next = identity

    def _identity(self) -> str:
        named, self._next = self._next, None
        return named or new_identity()

    def leave(self, number: int) -> None:
        """Nobody waits for the answer to that request any more: a training ends after its iteration."""
        waiting = self._waiting.get(number)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    async def answer(
        self, number: int, method: str, address: str, headers: Iterable[tuple[str, str]], body: bytes, tell: Tell
    ) -> None:
        """Answers a request, which goes by that number; the address begins with `/api`."""
        gone = self._waiting[number] = asyncio.get_running_loop().create_future()
        pending: list[dict[str, Any]] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def receive() -> Message:
            if not pending:
                await gone
            return pending.pop() if pending else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            tell(message)

        path, _, query = address.partition("?")
        scope = {
            "type": "http",
            "app": self._app,
            "method": method,
            "path": unquote(path),
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        }
        limit_answers(self._answer_bytes)
        try:
            with np.errstate(all="ignore"):
                response = await self._answered(Request(scope, receive))
                await response(scope, receive, send)
        except ClientDisconnect:
            pass
        finally:
            gone.cancel()
            del self._waiting[number]

    async def _answered(self, request: Request) -> Response:
        try:
            return await self._route(request).answer(request)
        except EXPECTED as error:
            handler = next(self._app.handlers[kind] for kind in type(error).__mro__ if kind in self._app.handlers)
            answer: Response = await handler(request, error)
            return answer
        except ClientDisconnect:
            raise
        except Exception as error:
            return cast(Response, problems.unexpected(error))

    def _route(self, request: Request) -> APIRoute:
        for known in (lambda: self._app.state.api_routes, self._all_routes):
            fitting = [route for route in known() if route.path_regex.match(request.url.path) is not None]
            for route in fitting:
                if request.method in route.methods:
                    return route
        allowed = ", ".join(sorted(method for route in fitting for method in route.methods))
        missing = HTTPException(HTTPStatus.NOT_FOUND)
        raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": allowed}) if fitting else missing

    def _all_routes(self) -> list[APIRoute]:
        """With those that no page asks when it opens: what they need is loaded now."""
        from backprop_explorer.api.routes.every import ROUTERS

        routes: list[APIRoute] = [route for router in ROUTERS for route in router.routes]
        self._app.state.api_routes = routes
        return routes
