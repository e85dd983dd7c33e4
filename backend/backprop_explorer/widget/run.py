"""A run on a server as the source of a widget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from backprop_explorer.client import RemoteRun


class RunSource:
    """A run: what a widget asks is asked at its server."""

    def __init__(self, run: RemoteRun) -> None:
        self._run = run

    def read(self) -> dict[str, Any]:
        """Its state and the trace of its present iteration."""
        state = {name: value for name, value in self._run.state().items() if name not in ("document", "losses")}
        return {"run": state, "trace": self._run.trace(state["iteration"])}

    def has_moved(self) -> bool:
        """Never of itself: what is asked names the iteration that is shown."""
        return False

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Any) -> bytes:
        """The server's own answer; a `Problem` where it refuses. `path` follows the run's own: `/explain`."""
        own = f"/runs/{quote(self._run.id, safe='')}"
        return self._run.client.answer(method, own + path, body, **query).content
