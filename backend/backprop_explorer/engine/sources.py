"""Where the lines of a program come from: the file, line and module of the code that they were captured from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

from backprop_explorer.problem import Problem

LONGEST = 400
"""The most characters of a file's or a module's path."""
SOURCES = "for each line of the program the line of code that it was captured from, or null"


class Source(TypedDict):
    """The line of code that a step was captured from."""

    file: str
    line: int
    module: Annotated[str, "the path of the module whose forward it stands in, empty for the model itself"]


Sources = tuple[Source | None, ...]


def checked_sources(given: Any, program: str) -> Sources:
    """The sources of a document's lines. Raises a `Problem` for what is none."""
    if given is None:
        return ()
    if not isinstance(given, (list, tuple)) or len(given) > program.count("\n") + 1:
        raise Problem("bad_document", "sources has an entry for each line of the program")
    return tuple(_checked(entry, number) for number, entry in enumerate(given, 1))


def _checked(entry: Any, number: int) -> Source | None:
    if entry is None:
        return None
    known = isinstance(entry, Mapping) and entry.keys() == {"file", "line", "module"}
    if not known or not all(isinstance(entry[key], str) and len(entry[key]) <= LONGEST for key in ("file", "module")):
        raise Problem("bad_document", f'Entry {number} of sources must be {{"file", "line", "module"}} or null')
    line = entry["line"]
    if isinstance(line, bool) or not isinstance(line, int) or not 0 < line < 2**31:
        raise Problem("bad_document", f"The line of entry {number} of sources must be a whole number from 1")
    return {"file": entry["file"], "line": line, "module": entry["module"]}


def moved_sources(sources: Sources, before: str, after: str) -> Sources:
    """The sources of an edited program: of the lines above and below the edit, which are the same."""
    old, new = before.split("\n"), after.split("\n")
    known = [*sources, *(None for _ in range(len(old) - len(sources)))]
    room = min(len(old), len(new))
    top = next((i for i in range(room) if old[i] != new[i]), room)
    end = next((i for i in range(room - top) if old[-1 - i] != new[-1 - i]), room - top)
    return (*known[:top], *(None for _ in range(len(new) - top - end)), *known[len(old) - end :])


def source_of(sources: Sources, line: int | None) -> Source | None:
    """The source of a line of the program, counted from 1."""
    return sources[line - 1] if line is not None and 0 < line <= len(sources) else None
