"""What of a script the loss depends on: the statements that are kept, and the tensors that the text does not give."""

from __future__ import annotations

import ast
from collections.abc import Container

from backprop_explorer.importing.code.bindings import TRAINS, aliases_of, free_names, use_of
from backprop_explorer.importing.code.loss import Loss
from backprop_explorer.importing.code.notes import Notes, excerpt
from backprop_explorer.importing.code.script import Piece
from backprop_explorer.importing.code.updates import updated_by
from backprop_explorer.problem import Problem


class Needed:
    """The pieces that the loss needs, in their order, and the names that they read before any gives them a value."""

    def __init__(
        self, pieces: list[Piece], live: dict[str, int], setters: frozenset[str], updaters: frozenset[str] = frozenset()
    ) -> None:
        self.pieces, self.updaters = pieces, updaters
        self.uses = [use_of(piece.statement, setters) for piece in pieces]
        self._follow_aliases()
        self.kept: set[int] = set()
        self.open: dict[str, int] = {}
        """By name the piece that reads it first."""
        self.taken: dict[int, set[int]] = {}
        """By piece `a, b = f(x)` the places of the results that are used."""
        self.after = max(live.values(), default=0)
        self._walk(dict(live))
        self._asserts()

    def _follow_aliases(self) -> None:
        """What is changed by another name of it is changed."""
        known: dict[str, str] = {}
        for piece, use in zip(self.pieces, self.uses, strict=True):
            for name in list(use.changes):
                for _ in range(10):
                    if name not in known:
                        break
                    name = known[name]
                    use.changes.add(name)
            for name in use.gives:
                known.pop(name, None)
            known |= aliases_of(piece.statement)

    def _walk(self, live: dict[str, int]) -> None:
        for position in range(min(self.after, len(self.pieces)) - 1, -1, -1):
            piece, use = self.pieces[position], self.uses[position]
            if isinstance(piece.statement, ast.Assert) or self._updates(piece):
                continue
            touched = (use.gives | use.changes) & live.keys()
            if not touched and not _ends(piece.statement):
                continue
            self.kept.add(position)
            self._note_taken(position, piece.statement, live)
            for name in use.surely:
                live.pop(name, None)
            for name in use.reads | use.changes:
                live[name] = position
        self.open = live

    def _note_taken(self, position: int, statement: ast.stmt, live: Container[str]) -> None:
        target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
        if not isinstance(target, ast.Tuple) or not all(isinstance(one, ast.Name) for one in target.elts):
            return
        names = [one.id for one in target.elts if isinstance(one, ast.Name)]
        self.taken[position] = {place for place, name in enumerate(names) if name in live}

    def _asserts(self) -> None:
        """Asserts about what is kept are kept, so that they are checked."""
        known: set[str] = set()
        assigned = {name for use in self.uses for name in use.gives}
        for position in range(min(self.after, len(self.pieces))):
            use = self.uses[position]
            if position in self.kept:
                known |= use.gives | use.changes
            if isinstance(self.pieces[position].statement, ast.Assert) and not (use.reads & assigned) - known:
                self.kept.add(position)

    def _updates(self, piece: Piece) -> bool:
        """Whether a piece is the update of a training."""
        statement = piece.statement
        if not piece.training or not updated_by(statement, self.updaters):
            return False
        return not isinstance(statement, ast.AugAssign) or isinstance(statement.op, ast.Sub)

    def missing(self, known: Container[object]) -> dict[str, int]:
        """The names that are read and that nothing gives, with the line that reads them first."""
        found: dict[str, int] = {}
        given = {name for position in self.kept for name in self.uses[position].gives}
        read = set[str]().union(*(free_names(self.pieces[position].statement) for position in self.kept))
        for name, position in self.open.items():
            if name in read and name not in known and name not in given and position < len(self.pieces):
                found[name] = _line_of(self.pieces[position].statement, name)
        return dict(sorted(found.items(), key=lambda item: item[1]))

    def partly(self, position: int) -> bool:
        """Whether not all results of a piece `a, b = f(x)` are used."""
        statement = self.pieces[position].statement
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        return isinstance(target, ast.Tuple) and len(self.taken.get(position, ())) < len(target.elts)

    def note_others(self, notes: Notes, loss: Loss) -> None:
        """Says what is left out, and why."""
        for position, piece in enumerate(self.pieces):
            statement = piece.statement
            if position in self.kept or isinstance(
                statement, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
            ):
                continue
            if piece.made or _is_step(statement):
                continue
            if piece.training and position >= loss.after or self._updates(piece):
                notes.add(statement.lineno, "training", f"{excerpt(statement)} is part of the training, and left out")
            else:
                notes.add(statement.lineno, "left_out", f"{excerpt(statement)}: the loss does not depend on it")


def _is_step(statement: ast.stmt) -> bool:
    """Whether a statement is a call that is a step of a training, of which others tell."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in TRAINS


def _ends(statement: ast.stmt) -> bool:
    """Whether a statement can end the function that it stands in."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return False
    return any(isinstance(node, (ast.Return, ast.Raise)) for node in ast.walk(statement))


def _line_of(statement: ast.stmt, name: str) -> int:
    lines = [
        node.lineno
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
    ]
    return min(lines, default=getattr(statement, "lineno", 1))


def check_given(missing: dict[str, int]) -> None:
    """Raises a `Problem` that names what the text does not give."""
    if not missing:
        return
    name, line = next(iter(missing.items()))
    others = [one for one in missing if one != name]
    more = f", nor {', '.join(others[:10])}" if others else ""
    example = ", ".join(f'"{one}": …' for one in list(missing)[:4])
    raise Problem(
        "missing_tensor",
        f"The text uses {name} and does not say what it is{more}",
        line=line,
        tensor=name,
        hint='Write its numbers into the text, or send them beside it as application/json: {"code": "…", "inputs": '
        f'{{{example}}}, "parameters": {{…}}}}',
    )
