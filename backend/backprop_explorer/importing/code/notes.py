"""What became of each line of a program that was brought along."""

from __future__ import annotations

import ast

from backprop_explorer.importing.record import Note, NoteCode
from backprop_explorer.problem import shortened


class Notes:
    """The notes in the order of the lines."""

    def __init__(self) -> None:
        self._found: dict[tuple[int | None, str, str], Note] = {}

    def add(self, line: int | None, code: NoteCode, message: str) -> None:
        """Adds a note, once."""
        self._found.setdefault((line, code, message), {"line": line, "code": code, "message": message})

    def to_json(self) -> list[Note]:
        """All notes, those of the whole text first."""
        return sorted(self._found.values(), key=lambda note: note["line"] or 0)


def excerpt(statement: ast.AST) -> str:
    """The beginning of a statement's text."""
    return shortened(ast.unparse(statement).strip().partition("\n")[0])
