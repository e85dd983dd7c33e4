"""Python for the browser: Pyodide, from its public address or out of a folder."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from backprop_explorer.problem import Problem

VERSION = "0.27.7"
ADDRESS = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
"""Where Pyodide itself is published, in the version that is tested here."""
LOCK = "pyodide-lock.json"
_NEEDED = ("pyodide.mjs", "pyodide.asm.wasm", "python_stdlib.zip", LOCK)
_ENGINE = ("pyodide.asm.js", "pyodide.asm.mjs")
"""By which of the two names a version has it."""
_WEB = re.compile(r"https?://[\w.-]+(?::\d+)?/\S*")
OLDEST = (3, 12)
"""The sources are written out by the Python at hand, and may be read by no older one."""


def is_address(place: str) -> bool:
    """Whether this is an address and no folder."""
    return _WEB.fullmatch(place) is not None


def files_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files of Pyodide that are needed, NumPy among them. Raises a `Problem` where one is missing or not what the
    folder's own list says."""
    for name in _NEEDED:
        yield name, _content(folder, name)
    engine = next((name for name in _ENGINE if (folder / name).is_file()), _ENGINE[0])
    yield engine, _content(folder, engine)
    lock = _lock(folder)
    numpy = lock["packages"]["numpy"]
    content = _content(folder, numpy["file_name"])
    if hashlib.sha256(content).hexdigest() != numpy["sha256"]:
        raise _bad(f"{numpy['file_name']} in {folder} is not the file that {LOCK} means: its SHA-256 is another")
    yield numpy["file_name"], content


def _lock(folder: Path) -> dict[str, Any]:
    try:
        lock: dict[str, Any] = json.loads(_content(folder, LOCK))
        python = tuple(map(int, lock["info"]["python"].split(".")[:2]))
        known = {"file_name", "sha256"} <= lock["packages"]["numpy"].keys()
    except (ValueError, LookupError, TypeError, AttributeError):
        raise _bad(f"{LOCK} in {folder} is no list of Pyodide's packages") from None
    if not known or python < OLDEST:
        raise _bad(f"{folder} has Python {lock['info']['python']}, and 3.12 or newer is needed")
    return lock


def _content(folder: Path, name: str) -> bytes:
    try:
        return (folder / Path(name).name).read_bytes()
    except OSError:
        raise _bad(f"{name} is missing in {folder}") from None


def _bad(detail: str) -> Problem:
    hint = f"it needs {', '.join(_NEEDED)}, {_ENGINE[0]} and the wheel of NumPy that {LOCK} names"
    return Problem("bad_pyodide", detail, hint=hint)
