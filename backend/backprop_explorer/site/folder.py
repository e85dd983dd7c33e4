"""Writes the page and all that it needs as static files, for any host and below any address."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path
from typing import Any

from backprop_explorer.api import wire
from backprop_explorer.api.app import create_app
from backprop_explorer.api.delivery import Delivery
from backprop_explorer.api.pages import PAGES, PLACEHOLDER
from backprop_explorer.api.plotly import INSTALLED
from backprop_explorer.api.security import COMMON_HEADERS, page_policy
from backprop_explorer.bundle import page_folder, short_script, with_imports, without_remarks
from backprop_explorer.problem import Problem
from backprop_explorer.runs.store.memory import MemoryDatabase
from backprop_explorer.settings import Settings
from backprop_explorer.site import pyodide
from backprop_explorer.site.archive import archive, snapshot_archive

LISTS = ("ops", "reference", "optimizers", "examples", "exercises", "formats", "datasets", "layers", "lessons")
"""Answers that are the same for everybody, and so are files: `frontend/service/lists.js` asks for these."""
SELDOM = ("assets/ops-", "assets/snapshot-", "ops", "reference.json")
"""What is kept when it is first used: the first visit is large enough."""
WRITTEN = "site-files.json"
"""The list of what was written: it is how a folder is known that may be written anew."""
Files = dict[str, bytes]
_KEEPER = "keeper.js"
_OPS = '<!doctype html>\n<meta charset="utf-8">\n<title>Operations</title>\n<script src="./forward.js"></script>\n'
_FORWARD = 'location.replace("../{page}" + location.hash);\n'
"""To the page of that address on a server. A refresh by `<meta>` would lose which operation is meant."""


def write(folder: Path, python: str = pyodide.ADDRESS, first: Mapping[str, Any] | None = None) -> int:
    """Writes the site into the folder, which must be new, empty, or a site; how many bytes its files have.

    `python` is an address or a folder with Pyodide, `first` what is opened where the address names nothing: a document
    or the name of an example, as it is posted to /runs, or `{"lesson": NAME}`. Raises a `Problem` where a folder cannot
    be used.
    """
    files = site_files(python, first)
    _clear(folder)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / WRITTEN).write_text(json.dumps(sorted(files), indent=1) + "\n", "utf-8")
    return sum(map(len, files.values()))


def site_files(python: str = pyodide.ADDRESS, first: Mapping[str, Any] | None = None) -> Files:
    """The files by name."""
    files: Files = {}
    place = python if pyodide.is_address(python) else _add_python(files, Path(python))
    words = {
        "content": _hashed(files, "worker.js", _script("service/worker.js")),
        "data-archive": _hashed(files, "engine.tar.bz2", archive()),
        "data-snapshot": _hashed(files, "snapshot.tar.bz2", snapshot_archive()),
        "data-python": place if place.endswith("/") else f"{place}/",
        "data-lists": _add_lists(files),
    }
    if first is not None:
        words["data-first"] = _hashed(files, "first.json", wire.encode(first))
    files |= _plots()
    files[f"vendor/{INSTALLED.file}"] = INSTALLED.script
    for file in page_folder().glob("*.svg"):
        files[file.name] = file.read_bytes()
    pages = _pages(files)
    files["ops/index.html"] = _OPS.encode()
    files["ops/forward.js"] = _FORWARD.format(page=PAGES["ops"]).encode()
    listed = [name for name in (*files, *pages) if name != PAGES[""] and not _is_seldom(name)]
    kept = _hashed(files, "files.json", json.dumps(sorted(listed)).encode())
    files[_KEEPER] = _script("service/keeper.js")
    words["data-keeper"] = f"./{_KEEPER}?files={kept.removeprefix('./')}"
    head = _head(words)
    return files | {name: content.replace(b"<title>", head + b"<title>", 1) for name, content in pages.items()}


def _is_seldom(name: str) -> bool:
    return name.startswith(SELDOM) or name.endswith(SELDOM)


def _clear(folder: Path) -> None:
    """Removes what an earlier site left. Raises a `Problem` where there are files of others."""
    if folder.exists() and not folder.is_dir():
        raise Problem("bad_folder", f"{folder} is not a folder")
    try:
        old = json.loads((folder / WRITTEN).read_text("utf-8"))
    except FileNotFoundError:
        if folder.exists() and any(folder.iterdir()):
            detail = f"{folder} contains files that are not of a site of Backprop Explorer"
            raise Problem("bad_folder", detail, hint="name a new or an empty folder") from None
        return
    for name in old:
        path = (folder / name).resolve()
        if path.is_relative_to(folder.resolve()):
            path.unlink(missing_ok=True)


def _pages(files: Files) -> Files:
    """The pages, and beside them the scripts and styles that they name."""
    delivery = Delivery(page_folder(), short_script)  # a visitor waits for each byte, who writes the folder does not
    pages = {}
    for name in PAGES.values():
        pages[name] = delivery.page(name).replace(PLACEHOLDER, INSTALLED.address.encode())
    for asset in delivery.assets:
        files[f"assets/{asset.name}"] = asset.content
    return pages


def _plots() -> Files:
    """The modules of plots, each of which the page loads when it is first drawn."""
    page = page_folder()
    drawn = (path.relative_to(page).as_posix() for path in page.glob("views/plots/*.js"))
    return {name: without_remarks((page / name).read_text("utf-8")).encode() for name in with_imports(page, drawn)}


def _head(words: Mapping[str, str]) -> bytes:
    """The policies, which a static host does not send, and where the engine is."""
    policy = page_policy(INSTALLED.style_hash).rpartition("; frame-ancestors")[0]  # which only a header can say
    said = " ".join(f'{name}="{escape(value)}"' for name, value in words.items())
    metas = (
        f'http-equiv="Content-Security-Policy" content="{escape(policy)}"',
        f'name="referrer" content="{COMMON_HEADERS["Referrer-Policy"]}"',
        f'name="engine" {said}',
    )
    return "".join(f"<meta {meta}>\n  " for meta in metas).encode()


def _script(entry: str) -> bytes:
    return short_script(page_folder(), entry).encode()


def _hashed(files: Files, name: str, content: bytes) -> str:
    """Adds a file under a name that changes with its content; its address relative to the page."""
    stem, _, ending = name.partition(".")
    named = f"assets/{stem}-{_digest(content)}.{ending}"
    files[named] = content
    return f"./{named}"


def _add_python(files: Files, folder: Path) -> str:
    found = dict(pyodide.files_of(folder))
    place = f"python-{_digest(*found.values())}"
    files.update({f"{place}/{name}": content for name, content in found.items()})
    return f"./{place}/"


def _add_lists(files: Files) -> str:
    with ThreadPoolExecutor(1) as thread:  # whoever calls may have an event loop of their own
        found = thread.submit(lambda: asyncio.run(_lists())).result()
    place = f"assets/lists-{_digest(*found.values())}"
    files.update({f"{place}/{name}.json": content for name, content in found.items()})
    return f"./{place}"


async def _lists() -> Files:
    """The lists as the service answers them."""
    app = create_app(Settings(processes=0, database=None), MemoryDatabase())
    return {name: b"".join([piece async for piece in _asked(app, f"/api/{name}")]) for name in LISTS}


async def _asked(app: Any, path: str) -> AsyncIterator[bytes]:
    """The body that the app answers, in pieces."""
    told: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    headers = [(b"host", b"localhost")]
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b""}
    await app({**scope, "root_path": "", "scheme": "http", "headers": headers, "client": None}, receive, send)
    for message in told[1:]:
        yield message["body"]


def _digest(*contents: bytes) -> str:
    digest = hashlib.sha256()
    for content in contents:
        digest.update(content)
    return digest.hexdigest()[:16]
