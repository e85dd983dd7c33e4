"""The record of a format in which a run leaves as a file.

The list of formats, the route, its query parameter and the choices on the page derive from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backprop_explorer.engine import Plan

BYTES = "application/octet-stream"
JSON = "application/json"
PYTHON = "text/x-python"


@dataclass(frozen=True)
class Subject:
    """A run at one moment: its plan, which has run, its iteration, and what gives all events of the run in order.

    A file of several iterations has them from `first` on, up to that moment. `plans` then gives the plan at each in
    order, after it has run; it may be the same object, moved on.
    """

    plan: Plan
    iteration: int
    events: Callable[[], Iterable[Mapping[str, Any]]]
    first: int | None = None
    plans: Callable[[], Iterable[Plan]] | None = None


@dataclass(frozen=True)
class Rules:
    """How JSON is written, and how large a file may be.

    json_bytes    about how many bytes a content has as JSON, found without writing it
    to_json       a content as JSON: arrays as nested lists, numbers that are not finite by their names
    check_bytes   raises a `Problem` (413) for a file of too many bytes; the text says what to ask for instead
    """

    json_bytes: Callable[[Any], int]
    to_json: Callable[[Any], bytes]
    check_bytes: Callable[[int, str], None]


@dataclass(frozen=True)
class Format:
    """A kind of file: its name in the API, its title and contents in words, the ending of a file's name, its type, and
    whether it may hold several iterations."""

    name: str
    title: str
    summary: str
    ending: str
    media_type: str
    several: bool = False


@dataclass(frozen=True)
class Exporter:
    """A format, and the function that writes such a file.

    `write` raises a `Problem` for a program that the format cannot express. It calls `rules.check_bytes` before it
    makes anything of the file's size.
    """

    format: Format
    write: Callable[[Subject, Rules], bytes]
