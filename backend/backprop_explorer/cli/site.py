"""The page as static files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from backprop_explorer.cli.environment import settings_of
from backprop_explorer.cli.files import called, read_document
from backprop_explorer.engine import compile_document
from backprop_explorer.examples.named import named_document
from backprop_explorer.lessons.resolved import named_lesson
from backprop_explorer.problem import Problem
from backprop_explorer.site.folder import write
from backprop_explorer.site.pyodide import ADDRESS


def write_site(
    folder: Path, python: str | None, example: str | None, document: Path | None, lesson: str | None
) -> None:
    """Writes it, and says so. Raises a `Problem` for something named that cannot be used."""
    if sum(one is not None for one in (example, document, lesson)) > 1:
        raise Problem("bad_choice", "The page opens with one thing: give either --example, --document or --lesson")
    size = write(folder, python or ADDRESS, _first(example, document, lesson))
    typer.echo(f"Wrote {size:,} bytes into {folder}. Any static host will do; to look at it here:")
    typer.echo(f"  python -m http.server --directory {folder} --bind 127.0.0.1")


def _first(example: str | None, document: Path | None, lesson: str | None) -> dict[str, Any] | None:
    """What the page begins with; None for what it begins with anyway."""
    if lesson is not None:
        named_lesson(lesson)  # or a problem
        return {"lesson": lesson}
    if example is not None:
        named_document("example", example)  # or a problem
        return {"example": example}
    if document is None:
        return None
    settings = settings_of({})
    try:
        parsed = read_document(document, settings)
        compile_document(parsed, settings.budget)
    except Problem as problem:
        problem.detail = f"{called(document)}: {problem.detail}"
        raise
    return parsed.to_json_dict()
