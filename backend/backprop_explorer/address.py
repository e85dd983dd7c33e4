"""Addresses: a server's, and those at which its page shows a run."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from backprop_explorer.problem import Problem

ADDRESS = "http://127.0.0.1:8000"
"""Of the server on this machine."""


def server_address(url: str) -> str:
    """A server's address without what a browser's has besides: `?run=…`, `#…`. Raises a `Problem` for what is none."""
    whole = url if "://" in url else f"http://{url}"
    try:
        parts = urlsplit(whole)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise Problem("bad_address", f"{url[:200]!r} is no address of a server", hint=f"such as {ADDRESS}")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def run_address(server: str, identity: str) -> str:
    """Where the page shows the run of that id; behind `#`, which no browser sends and no proxy logs."""
    return f"{server}/#run={quote(identity, safe='')}"


def view_address(server: str, view: str) -> str:
    """Where the page shows the run of that `view_id`, to look at it."""
    return f"{server}/#view={quote(view, safe='')}"
