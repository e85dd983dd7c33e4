"""What was changed by hand on the way to a moment."""

from __future__ import annotations

from collections.abc import Mapping

from backprop_explorer.runs.event import EDIT, REPLACE
from backprop_explorer.runs.history import told
from backprop_explorer.runs.log import Path


def marks(path: Path, payloads: Mapping[int, bytes]) -> list[tuple[int, str]]:
    """The iteration of each such change, and what it was in words; `payloads` are the first bytes of each event's."""
    changes = [event for event in path.events if event.kind in (EDIT, REPLACE)]
    return [(event.iteration, told(event, payloads[event.number])) for event in changes]
