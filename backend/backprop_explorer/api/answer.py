"""What goes out when all is well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from backprop_explorer.api import wire

JSON = "application/json"


def answer(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """The content as JSON."""
    return Response(wire.encode(content), status, headers, JSON)


def state_answer(state: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A run's state (and what is added to it), its version as ETag."""
    return answer(state, status, {"ETag": f'"{state["version"]}"', **(headers or {})})
