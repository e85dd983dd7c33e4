"""The API's routes, which may be loaded while the first page is served: it needs none of them, and FastAPI takes a
while to make each out of its types."""

from __future__ import annotations

import threading

from anyio import to_thread
from fastapi import FastAPI
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from backprop_explorer.api.access import Templated

PREFIX = "/api"


class Later(BaseRoute):
    """Stands for the API's routes until they are there: whoever asks for one of them before waits."""

    def __init__(self, app: FastAPI, templates: list[Templated]) -> None:
        self._app = app
        self._templates = templates
        self._loading = threading.Lock()
        self.loaded = False

    def load(self) -> None:
        """Adds the routes, unless they are there."""
        with self._loading:
            if self.loaded:
                return
            from backprop_explorer.api.routes.every import ROUTERS

            # As they are: each router by itself would look for an address twice, and so would the app.
            routes = [route for router in ROUTERS for route in router.routes]
            self._app.router.routes += routes
            self._app.state.api_routes += routes
            self._templates[:0] = routes
            for route in self._app.router.routes:
                route.matches({"type": "http", "method": "GET", "path": PREFIX})  # FastAPI makes the rest by then
            self.loaded = True

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Every address of the API, as long as nothing else can say what is there."""
        path = scope["path"]
        asked = not self.loaded and (path == PREFIX or path.startswith(f"{PREFIX}/"))
        return (Match.FULL if asked else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Waits for the routes, and asks them."""
        await to_thread.run_sync(self.load)
        await self._app.router(scope, receive, send)
