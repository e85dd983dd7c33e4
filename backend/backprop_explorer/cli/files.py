"""JSON files as the commands read them: in any Unicode encoding, from a folder or standard input, never without end."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from json import detect_encoding
from pathlib import Path
from typing import Any

from backprop_explorer.api import wire
from backprop_explorer.engine import Document
from backprop_explorer.examples.named import kind_of, named_document
from backprop_explorer.problem import Problem
from backprop_explorer.settings import Settings

STANDARD_INPUT = Path("-")


def read_document(file: Path, settings: Settings) -> Document:
    """The document in a file, or the example or exercise that it names. Raises a `Problem` for a file that cannot be
    read or holds none."""
    content = read_object(file, settings)
    kind = kind_of(content)
    if kind is not None and len(content) == 1:
        content = named_document(kind, content[kind])
    return Document.parse(content, settings.budget)


def read_object(file: Path, settings: Settings) -> dict[str, Any]:
    """What stands in a JSON file, by the rules for a request's body; a `Problem` for a file that cannot be read, is
    too large, or holds no object."""
    text = _text(_bytes(file, settings.body_bytes))
    if not text.strip():
        raise Problem("not_json", "is not JSON: it is empty", hint="write an object into it: { }")
    try:
        content = wire.decode(text.encode(), settings.json_depth)
    except UnicodeEncodeError:
        raise Problem("not_json", "is not JSON: it holds half a character (a lone surrogate)") from None
    except Problem as problem:
        told = problem.detail.removeprefix("the body ")
        problem.detail = told if told.startswith("is ") else f"is not JSON that can be used: {told}"
        raise
    if not isinstance(content, dict):
        raise Problem("not_an_object", "is not a document or an answer: both are JSON objects")
    return content


def called(file: Path) -> str:
    """What a sentence calls it."""
    return "standard input" if file == STANDARD_INPUT else str(file)


def files_in(paths: Iterable[Path], but: Path | None = None) -> Iterator[Path]:
    """The files themselves, and of a folder all that end in .json, in order, without that one."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(Path(folder, name) for folder, _, names in os.walk(path) for name in names if _is_json(name))
        yield from (file for file in found if but is None or not _is_same(file, but))


def _is_json(name: str) -> bool:
    return name.lower().endswith(".json")


def _is_same(file: Path, other: Path) -> bool:
    try:
        return file.samefile(other)
    except OSError:
        return False


def _bytes(file: Path, most: int) -> bytes:
    """At most so many bytes: a device, or a link to one, may go on for ever."""
    try:
        with nullcontext(sys.stdin.buffer) if file == STANDARD_INPUT else file.open("rb") as opened:
            content = opened.read(most + 1)
    except OSError as error:
        raise Problem("unreadable", f"cannot be read: {error.strerror}") from None
    if len(content) > most:
        hint = "make it smaller, or raise the setting BACKPROP_BODY_BYTES"
        raise Problem("file_too_large", f"is larger than the limit body_bytes of {most:,}", status=413, hint=hint)
    return content


def _text(content: bytes) -> str:
    encoding = detect_encoding(content)
    try:
        return codecs.decode(content, encoding)
    except UnicodeDecodeError:
        known = "UTF-16" if "16" in encoding else "UTF-32" if "32" in encoding else "UTF-8"
        raise Problem("not_json", f"is not JSON: it is not valid {known}", hint="save it as UTF-8") from None
