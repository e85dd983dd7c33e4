"""Functions and classes without what the loss does not need of them: a backward pass written behind the loss, methods
that nobody calls."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable

from backprop_explorer.importing.code.bindings import free_names
from backprop_explorer.importing.code.needed import Needed
from backprop_explorer.importing.code.notes import Notes, excerpt
from backprop_explorer.importing.code.script import Piece

KEPT = frozenset({"forward", "extra_repr"})
"""Methods that are called by another name than their own."""


def trim(needed: Needed, notes: Notes) -> None:
    """Cuts the kept functions and classes of a script down to what is needed of them."""
    pieces = [needed.pieces[position] for position in sorted(needed.kept)]
    for piece in pieces:
        if isinstance(piece.statement, ast.ClassDef):
            _cut_methods(piece, pieces, notes)
    wanted = _wanted(needed)
    for piece in pieces:
        definition = piece.statement
        if isinstance(definition, ast.FunctionDef) and wanted.get(definition.name) is not None:
            _cut_body(piece, definition, wanted[definition.name] or set(), notes)
        elif isinstance(definition, ast.ClassDef):
            for method in definition.body:
                if isinstance(method, ast.FunctionDef) and wanted.get(f".{method.name}") is not None:
                    _cut_body(piece, method, wanted[f".{method.name}"] or set(), notes)


# -- methods that nobody calls


def _cut_methods(piece: Piece, pieces: list[Piece], notes: Notes) -> None:
    definition = piece.statement
    assert isinstance(definition, ast.ClassDef)
    methods = {one.name: one for one in definition.body if isinstance(one, ast.FunctionDef)}
    called = {name for one in pieces if one is not piece for name in _attributes(one.statement)}
    called |= {name for one in definition.body if not isinstance(one, ast.FunctionDef) for name in _attributes(one)}
    stack = [name for name in methods if name in called or name in KEPT or name.startswith("__")]
    found: set[str] = set()
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack.extend(one for one in _attributes(methods[name]) if one in methods)
    for name, method in methods.items():
        if name not in found:
            _cut(piece, method, notes, f"{definition.name}.{name}: the loss does not need the method", "left_out")
    kept = [one for one in definition.body if not isinstance(one, ast.FunctionDef) or one.name in found]
    if len(kept) < len(definition.body):
        piece.statement = _with_body(definition, kept or [ast.copy_location(ast.Pass(), definition)])


def _attributes(tree: ast.AST) -> Iterable[str]:
    """The attributes that a piece of the text names, also as a text: `getattr(self, "act")`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


# -- results that nobody uses


def _wanted(needed: Needed) -> dict[str, set[int] | None]:
    """By function (`f`, or `.f` for a method) the places of its results that are used; None where it is called in
    another way than `a, b = f(x)`."""
    found: dict[str, set[int] | None] = {}
    for position in sorted(needed.kept):
        piece = needed.pieces[position]
        statement = piece.statement
        taken = needed.taken.get(position)
        own = None
        if taken is not None and isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            own = statement.value.func
            name = _called(own)
            if found.get(name, set()) is not None:
                found[name] = (found.get(name) or set()) | taken
        for node in ast.walk(statement):
            if node is not own and isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
                found[_called(node)] = None
    return found


def _called(tree: ast.expr) -> str:
    """The name of a function, with a dot in front of a method's."""
    return f".{tree.attr}" if isinstance(tree, ast.Attribute) else getattr(tree, "id", "")


def _cut_body(piece: Piece, definition: ast.FunctionDef, wanted: set[int], notes: Notes) -> None:
    """Leaves out of a function what only results need that are not wanted."""
    last = definition.body[-1]
    if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Tuple) or not wanted:
        return
    results = last.value.elts
    if max(wanted) >= len(results) or any(isinstance(one, ast.Starred) for one in results):
        return
    live = set().union(*(free_names(results[place]) for place in wanted))
    body = [Piece(one) for one in definition.body[:-1]]
    inside = Needed(body, dict.fromkeys(live, len(body)), frozenset())
    cut = [one.statement for position, one in enumerate(body) if position not in inside.kept]
    cut = [one for one in cut if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    if not cut:
        return
    for one in cut:
        _cut(piece, one, notes, f"{excerpt(one)}: the loss does not depend on it", "training")
    given = [one if place in wanted else ast.Constant(None) for place, one in enumerate(results)]
    returned = ast.copy_location(ast.Return(ast.Tuple(given, ast.Load())), last)
    ast.fix_missing_locations(returned)
    piece.cuts.append((last.lineno, last.end_lineno or last.lineno, " " * last.col_offset + ast.unparse(returned)))
    trimmed = [one for one in definition.body[:-1] if one not in cut] + [returned]
    if piece.statement is definition:
        piece.statement = _with_body(definition, trimmed)
    else:
        of = piece.statement
        assert isinstance(of, ast.ClassDef)
        new = _with_body(definition, trimmed)
        piece.statement = _with_body(of, [new if one is definition else one for one in of.body])


def _with_body(definition: ast.stmt, body: list[ast.stmt]) -> ast.stmt:
    """The same definition with another body; the text's own tree stays as it is."""
    made = copy.copy(definition)
    made.body = body  # type: ignore[attr-defined]
    return made


def _cut(piece: Piece, statement: ast.stmt, notes: Notes, message: str, code: str) -> None:
    piece.full = piece.full or piece.statement
    lines = [statement.lineno, *(one.lineno for one in getattr(statement, "decorator_list", []))]
    piece.cuts.append((min(lines), statement.end_lineno or statement.lineno, ""))
    notes.add(statement.lineno, "training" if code == "training" else "left_out", message)
