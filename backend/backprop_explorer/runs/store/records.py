"""What is told of that which is kept, whatever keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from backprop_explorer.runs.event import Event
from backprop_explorer.runs.serialization import Array


class Recorded(NamedTuple):
    """A run as it is on disk at one moment: its events without payloads, and where there are checkpoints."""

    revision: int
    events: list[Event]
    checkpoints: list[tuple[int, int]]


class Head(NamedTuple):
    """What training changes, by name, at the end of that event, a training."""

    event: int
    iteration: int
    arrays: Mapping[str, Array]


class Remembered(NamedTuple):
    """A request that has changed something: the digest of all it asked, the run and event that came of it, and its
    answer, empty where it is not known."""

    request: bytes
    run: str
    event: int
    answer: bytes
