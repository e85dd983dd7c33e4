"""A document for data of one's own, made at the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import typer

from backprop_explorer.api import wire
from backprop_explorer.engine import Document, compile_document
from backprop_explorer.importing.own_file import document_of
from backprop_explorer.problem import Problem
from backprop_explorer.settings import Settings


def begin(
    file: Path,
    model: Literal["linear", "mlp"],
    label: str | None,
    validation: float | None,
    output: Path | None,
    settings: Settings,
) -> None:
    """Writes the document, and what there is to know about it to standard error. Raises a `Problem` for a file that
    cannot be read, or that no model can be made for."""
    told: list[str] = []
    try:
        made = document_of(
            file, model, budget=settings.budget, unpacked_bytes=settings.unpacked_bytes, told=told, label=label
        )
    except OSError as error:
        raise Problem("unreadable", f"cannot be read: {error.strerror}") from None
    split = {} if validation is None else {"validation": {"fraction": validation}}
    document = Document.parse({**made, **split}, settings.budget)
    compile_document(document, settings.budget)
    text = wire.encode(document.to_json_dict()).decode() + "\n"
    if output is None:
        sys.stdout.write(text)
    else:
        try:
            output.write_text(text, "utf-8")
        except OSError as error:
            raise Problem("unwritable", f"{output} cannot be written: {error.strerror}") from None
    for note in told:
        typer.secho(f"backprop-explorer: {note}", err=True)
