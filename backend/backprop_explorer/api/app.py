"""The app: page and API in one process."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.routing import Route

from backprop_explorer import __version__
from backprop_explorer.api import openapi, problems
from backprop_explorer.api.access import Access, Templated, write_line
from backprop_explorer.api.clients import Clients
from backprop_explorer.api.elsewhere import pool_of
from backprop_explorer.api.http import AnswerLimit, Head
from backprop_explorer.api.idempotency import Idempotency
from backprop_explorer.api.later import Later
from backprop_explorer.api.limits import BodyLimit
from backprop_explorer.api.pages import Pages
from backprop_explorer.api.plotly import INSTALLED
from backprop_explorer.api.security import Guard
from backprop_explorer.api.service import Service
from backprop_explorer.bundle import page_folder
from backprop_explorer.engine import catalogue
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Database, Runs, open_database, use_threads
from backprop_explorer.runs.retention import Retention
from backprop_explorer.settings import Settings, throttled

DESCRIPTION = "See, edit and step through a training iteration. Errors are application/problem+json throughout."


def create_app(
    settings: Settings | None = None, database: Database | None = None, *, api_later: bool = False
) -> FastAPI:
    """The app over that database, by default the one that the settings name, which is opened at once; a `Problem` when
    it is refused. With `api_later` the API's routes are loaded once the server is up."""
    settings = settings or Settings()
    if database is None:
        database = open_database(settings.database, settings.database_connections, settings.statement_seconds)
    pages = Pages(page_folder(), INSTALLED, settings.embed_origins)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        warming = threading.Thread(target=_warm_up, args=(database, pages, api, app.state.when_warm), daemon=True)
        warming.start()
        retention = Retention(app.state.service.runs, settings.retention_days)
        yield
        app.state.service.stop()
        retention.stop()
        warming.join()
        database.close()

    app = FastAPI(
        title="Backprop Explorer",
        version=__version__,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.api_routes = []
    use_threads(settings.blas_threads)
    app.state.when_warm = lambda: None
    app.state.service = Service(settings, Runs(database, settings.limits), pool_of(settings, database))
    templates: list[Templated] = []
    api = Later(app, templates)
    app.router.routes.insert(0, api)
    if not api_later:
        api.load()
    app.state.listeners = [write_line] if settings.access_log else []
    if settings.metrics:
        from backprop_explorer.api.metrics import Metrics

        metrics = Metrics(app.state.service)
        app.state.listeners.append(metrics.note)
        app.router.routes.append(metrics.route)
    pages.install(app)
    openapi.install(app)
    problems.install(app)
    app.add_middleware(Idempotency, most=settings.key_bytes)
    app.add_middleware(AnswerLimit, answer_bytes=settings.answer_bytes)
    app.add_middleware(BodyLimit, body_bytes=settings.body_bytes, body_seconds=settings.body_seconds)
    app.add_middleware(Head)
    if throttled(settings):
        from backprop_explorer.api.throttle import Throttle

        app.add_middleware(Throttle, settings=settings)
    app.add_middleware(Clients, trusted=settings.trusted_proxies)
    app.add_middleware(Guard, allow_host=[settings.host, *settings.allow_host])
    templates += [route for route in app.routes if isinstance(route, Route)]
    app.add_middleware(Access, routes=templates, listeners=app.state.listeners)
    return app


def _warm_up(database: Database, pages: Pages, api: Later, then: Callable[[], None]) -> None:
    """Loads, once the server is up, what is asked for first: the page, then its run, then what draws it."""
    pages.warm_up()
    api.load()
    with suppress(Problem):  # whoever asks for a run is told
        database.open()
    catalogue()
    pages.compress()
    then()
