"""The formats that can be opened, which of them a file is in, and the list of all formats."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated, TypedDict

from backprop_explorer.engine import Document
from backprop_explorer.export import EXPORTERS
from backprop_explorer.importing import (
    code,
    document,
    html,
    npy,
    npz,
    onnx,
    pictures,
    safetensors,
    script,
    tables,
    text,
)
from backprop_explorer.importing.foreign_files import foreign
from backprop_explorer.importing.record import Content, Importer, Rules
from backprop_explorer.problem import Problem, suggestion

_IMPORTERS = (
    *(
        safetensors.IMPORTER,
        onnx.IMPORTER,
        *pictures.IMPORTERS,
        npz.IMPORTER,
        npy.IMPORTER,
        html.IMPORTER,
        *script.IMPORTERS,
    ),
    *(*tables.IMPORTERS, code.IMPORTER, document.IMPORTER, text.IMPORTER),
)
IMPORTERS: dict[str, Importer] = {importer.format.name: importer for importer in _IMPORTERS}
"""The importers by the name of their format, in the order in which a file is compared with them."""
LOOSE = tuple(one.format.name for one in (onnx.IMPORTER, pictures.ARCHIVE, npz.IMPORTER, text.IMPORTER))
"""Formats whose files begin like those of others."""


class FormatEntry(TypedDict):
    """A format of files: what is in it, how a file's name ends, and whether a run leaves and comes as one."""

    name: str
    title: str
    summary: str
    ending: str
    media_type: str
    exports: bool
    imports: bool
    several: Annotated[bool, "whether such a file may hold several iterations"]
    data: Annotated[bool, "whether it holds data, which goes into a run or begins one, and no program"]
    extra: Annotated[str | None, "the extra that must be installed to open such a file; null for none"]


def formats() -> list[FormatEntry]:
    """Every format, those in which a run leaves first."""
    records = EXPORTERS | {name: importer for name, importer in IMPORTERS.items() if name not in EXPORTERS}
    return [
        {
            "name": name,
            "title": record.format.title,
            "summary": record.format.summary,
            "ending": record.format.ending,
            "media_type": record.format.media_type,
            "exports": name in EXPORTERS,
            "imports": name in IMPORTERS,
            "several": record.format.several,
            "data": name in IMPORTERS and IMPORTERS[name].data,
            "extra": IMPORTERS[name].extra if name in IMPORTERS else None,
        }
        for name, record in records.items()
    ]


def read(content: bytes, rules: Rules, format: str | None = None) -> tuple[str, Content]:
    """The name of the file's format, by default the one that it looks like, and what the file holds.

    Raises a `Problem` for a file that is in no format that can be opened, or not sound.
    """
    if not content:
        raise Problem("empty_file", "the file is empty")
    name = format or recognised(content)
    other = foreign(content) if not format and name in ("", *LOOSE) else None
    if other is not None:
        raise Problem("unknown_format", f"This is {other[0]}, which cannot be opened", hint=other[1])
    if name not in IMPORTERS:
        raise Problem(
            "unknown_format",
            f"there is no format {name[:40]!r}" if format else "the file is in no format that can be opened",
            hint=(suggestion(name, IMPORTERS) if format else None) or f"known are {', '.join(IMPORTERS)}",
        )
    importer = IMPORTERS[name]
    if importer.extra and find_spec(importer.extra) is None:
        raise Problem(
            "extra_missing",
            f"reading {importer.format.title} files needs the package {importer.extra}, which is not installed here",
            hint=f"pip install 'backprop-explorer[{importer.extra}]', and start again",
        )
    return name, importer.read(content, rules)


def recognised(content: bytes) -> str:
    """The name of the first format that the bytes look like; empty for none."""
    return next((name for name, importer in IMPORTERS.items() if importer.looks(content)), "")


def begins_anew(document: Document) -> list[str]:
    """Words about what follows the number of the iteration, which is 0 in a new run."""
    optimizer = document.optimizer or {}
    parts = ["its batches"] if document.batch else []
    parts += [f"its {option}" for option, value in optimizer.items() if option != "name" and isinstance(value, str)]
    if not parts:
        return []
    verb = "follows" if parts == ["its lr"] else "follow"
    return [f"{' and '.join(parts)} {verb} the number of the iteration, and a new run begins at 0"]
