"""What was sent: Python text by itself, a notebook's cells, or an object with the text and tensors that it uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backprop_explorer.importing.code.notes import Notes
from backprop_explorer.importing.record import Rules, bad_file
from backprop_explorer.problem import Problem, shortened, suggestion

WHAT = "Python text"
KEYS = ("code", "inputs", "parameters", "loss", "dialect", "dtype", "seed", "title")
_SHOWN = re.compile(rb"(?m)^[ \t]*(import |from |def |class |[A-Za-z_][A-Za-z_0-9, ]*=|@|%|#)")


@dataclass
class Source:
    """The text, and what came beside it."""

    text: str
    tensors: dict[str, dict[str, Any]] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


def looks(content: bytes) -> bool:
    """Whether the bytes are text that reads like Python."""
    beginning = content[:4096].lstrip(b"\xef\xbb\xbf")
    if b"\0" in beginning or beginning.lstrip()[:1] in (b"{", b"["):
        return _is_sent(content)
    return _SHOWN.search(beginning) is not None and _is_text(content)


def _is_sent(content: bytes) -> bool:
    head = content[:20_000]
    return head.lstrip()[:1] == b"{" and (b'"code"' in head or b'"cells"' in head) and b'"program"' not in head


def _is_text(content: bytes) -> bool:
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True


def source_of(content: bytes, rules: Rules, notes: Notes) -> Source:
    """The text that was sent. Raises a `Problem` for what is none."""
    if content.lstrip()[:1] == b"{":
        return _of_object(content, rules, notes)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise bad_file(WHAT, "it is no text in UTF-8") from None
    return Source(without_magics(_lines(text), notes))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")


def _of_object(content: bytes, rules: Rules, notes: Notes) -> Source:
    given = rules.decode(content)
    if not isinstance(given, dict):
        raise Problem("not_an_object", "the body must be a JSON object: {…}")
    if "cells" in given:
        return Source(_notebook(given, notes))
    for key in given:
        if key not in KEYS:
            raise Problem(
                "bad_document",
                f"Code has no key {str(key)[:40]!r} beside it",
                hint=suggestion(str(key), KEYS) or f"its keys are {', '.join(KEYS)}",
            )
    code = given.get("code")
    if not isinstance(code, str):
        raise Problem("bad_document", "code must be a text", hint='{"code": "loss = ((x @ w) ** 2).mean()"}')
    tensors = {kind: given.get(kind) or {} for kind in ("inputs", "parameters")}
    for kind, entries in tensors.items():
        if not isinstance(entries, Mapping):
            raise Problem("bad_document", f"{kind} must be an object of tensors by name")
    loss = given.get("loss")
    if loss is not None and not isinstance(loss, str):
        raise Problem("bad_document", "loss must be a text, the name of a variable")
    options = {key: given[key] for key in ("loss", "dialect", "dtype", "seed", "title") if given.get(key) is not None}
    return Source(without_magics(_lines(code), notes), {kind: dict(one) for kind, one in tensors.items()}, options)


def _notebook(given: dict[str, Any], notes: Notes) -> str:
    """The code cells of a notebook, one after another."""
    cells = given["cells"]
    if not isinstance(cells, list):
        raise bad_file("notebook", "its cells are no list")
    texts: list[str] = []
    for cell in cells:
        if not isinstance(cell, dict):
            raise bad_file("notebook", "a cell of it is no object")
        if cell.get("cell_type") != "code":
            continue
        source = cell.get("source", "")
        text = "".join(map(str, source)) if isinstance(source, list) else source
        if not isinstance(text, str):
            raise bad_file("notebook", "the source of a cell is no text")
        texts.append(_lines(text).rstrip("\n"))
    joined = "\n\n".join(texts)
    return without_magics(joined, notes)


def without_magics(text: str, notes: Notes) -> str:
    """The text with the lines of a notebook that are no Python (`%matplotlib inline`, `!pip install`) left empty."""
    lines = text.split("\n")
    rest_of_cell = False
    for number, line in enumerate(lines, 1):
        bare = line.strip()
        magic = bare[:1] in ("%", "!") or bare.endswith("?") and bare[:1].isalpha() and "#" not in bare
        if bare.startswith("%%") and not bare.startswith(("%%time", "%%capture")):
            notes.add(number, "left_out", f"{shortened(bare)}: a cell of another language is left out")
            rest_of_cell = bare.startswith(("%%bash", "%%sh", "%%html", "%%javascript", "%%writefile", "%%latex"))
            lines[number - 1] = ""
        elif rest_of_cell and bare:
            lines[number - 1] = ""
        elif magic and not _continues(lines, number - 1):
            notes.add(number, "left_out", f"{shortened(bare)} is a command of the notebook, and no Python")
            lines[number - 1] = line[: len(line) - len(line.lstrip())] + "pass" if line[:1].isspace() else ""
        rest_of_cell = rest_of_cell and bool(bare)
    return "\n".join(lines)


def _continues(lines: list[str], position: int) -> bool:
    """Whether a line goes on with the one before, as `% n` after an open bracket does."""
    before = lines[position - 1].rstrip() if position else ""
    return before.endswith(("(", "[", "{", ",", "\\", "+", "-", "*", "/"))
