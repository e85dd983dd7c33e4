"""The record of a format in which a run leaves as a file.

The list of formats, the route, its query parameter and the choices on the page derive from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from backprop_explorer.engine import Plan

BYTES = "application/octet-stream"
PYTHON = "text/x-python"


class Subject(Protocol):
    """A run at one moment, as an exporter sees it, and what the files of its service may take."""

    @property
    def plan(self) -> Plan:
        """The plan at that moment, which has run; its document has the numbers of that moment."""

    @property
    def iteration(self) -> int:
        """How many iterations led to that moment."""

    def events(self) -> Iterator[Mapping[str, Any]]:
        """All that happened to the run, in order."""

    def json_bytes(self, content: Any) -> int:
        """About how many bytes the content has as JSON, without writing it."""

    def to_json(self, content: Any) -> bytes:
        """The content as JSON; arrays are nested lists, and numbers that are not finite are their names."""

    def check_bytes(self, count: int, instead: str) -> None:
        """Raises a `Problem` (413) where a file may not have so many bytes; `instead` says what to ask for."""


@dataclass(frozen=True)
class Format:
    """A kind of file: its name in the API, its title and contents in words, the ending of a file's name, its type."""

    name: str
    title: str
    summary: str
    ending: str
    media_type: str


@dataclass(frozen=True)
class Exporter:
    """A format, and the function that writes a run at one moment as such a file.

    `write` raises a `Problem` for a program that the format cannot express. It calls `subject.check_bytes` before it
    makes anything of the file's size.
    """

    format: Format
    write: Callable[[Subject], bytes]
