"""The page: its HTML, its modules, and the plots' library."""

from __future__ import annotations

import asyncio
import hashlib
import html
from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from backprop_explorer.api.delivery import Delivery
from backprop_explorer.api.plotly import Plotly
from backprop_explorer.api.security import page_policy

PAGES = {"": "index.html", "ops": "ops.html"}
PLACEHOLDER = b"{{plotly}}"
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


NOWHERE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Nothing here · Backprop Explorer</title>
<h1>There is nothing at {path}</h1>
<p><a href="{home}">Open Backprop Explorer</a></p>
</html>
"""


class PagePath(StringConvertor):
    """Any address that is not the API's."""

    regex = "(?!api(?:/|$)).*"


register_url_convertor("page", PagePath())


class Pages:
    """Serves the files of one folder, and nothing else: a name leads to a file of a known type below it or nowhere."""

    def __init__(self, folder: Path, plotly: Plotly, embed_origins: Sequence[str] = ()) -> None:
        self.folder = folder.resolve()
        self.plotly = plotly
        self.embed_origins = embed_origins
        self.delivery = Delivery(self.folder)
        self.routes = [
            Route("/vendor/{name}", self.vendor),
            Route("/assets/{name}", self.asset),
            Route("/{path:page}", self.file),
        ]

    def install(self, app: FastAPI) -> None:
        """Adds its routes, which take every address that is not the API's."""
        app.router.routes += self.routes

    def warm_up(self) -> None:
        """Makes what the first page is made of."""
        self._content(self.folder / PAGES[""])

    def compress(self) -> None:
        """Makes what the page is drawn with as it is sent."""
        self.plotly.compress()

    async def vendor(self, request: Request) -> Response:
        """The plots' library under its address, compressed where the browser takes that."""
        if request.path_params["name"] != await run_in_threadpool(lambda: self.plotly.file):
            raise HTTPException(404)
        compressed = await run_in_threadpool(self.plotly.compress) if _takes_gzip(request) else None
        return _kept_for_ever(self.plotly.script, compressed, ".js")

    async def asset(self, request: Request) -> Response:
        """The page's script or its styles under the address that the page has for them."""
        asset = await run_in_threadpool(self.delivery.asset, request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        compressed = await run_in_threadpool(lambda: asset.compressed) if _takes_gzip(request) else None
        return _kept_for_ever(asset.content, compressed, asset.suffix)

    async def file(self, request: Request) -> Response:
        """A file as it is on disk now; the browser asks each time, and is told when nothing has changed."""
        path = self._find(request.path_params["path"])
        if path is None:
            return self._missing(request)
        content = await asyncio.to_thread(self._content, path)
        headers = {"Cache-Control": "no-cache", "ETag": f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'}
        if path.suffix == ".html":
            headers["Content-Security-Policy"] = page_policy(self.plotly.style_hash, self.embed_origins)
        if headers["ETag"] in request.headers.get("if-none-match", ""):
            return Response(None, 304, headers)
        return Response(content, 200, headers, MEDIA_TYPES[path.suffix])

    def _missing(self, request: Request) -> Response:
        """For a browser's window a page with the way home; for all others the problem that any address answers."""
        if not request.headers.get("accept", "").startswith("text/html"):
            raise HTTPException(404)
        levels = request.path_params["path"].count("/")
        content = NOWHERE.format(path=html.escape(request.url.path[:200]), home="../" * levels or "./")
        return Response(content, 404, {"Content-Security-Policy": "default-src 'none'"}, MEDIA_TYPES[".html"])

    def _find(self, name: str) -> Path | None:
        """`/` is the explorer, `/ops` the page of that name; all else has its own, or is none of the page's."""
        try:
            path = (self.folder / PAGES.get(name, name)).resolve()
            known = path.suffix in MEDIA_TYPES and path.is_relative_to(self.folder) and path.is_file()
        except (OSError, ValueError):
            known = False
        return path if known else None

    def _content(self, path: Path) -> bytes:
        if path.suffix != ".html":
            return path.read_bytes()
        return self.delivery.page(path.name).replace(PLACEHOLDER, self.plotly.address.encode())


def _takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")


def _kept_for_ever(content: bytes, compressed: bytes | None, suffix: str) -> Response:
    """A file whose address changes with its content; compressed where the browser takes that."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if compressed is not None:
        headers["Content-Encoding"] = "gzip"
    return Response(content if compressed is None else compressed, 200, headers, MEDIA_TYPES[suffix])
