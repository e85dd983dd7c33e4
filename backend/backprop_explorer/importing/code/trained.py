"""What a script trains: the variables and attributes that its updates move."""

from __future__ import annotations

import ast

from backprop_explorer.importing.code.bindings import root_of
from backprop_explorer.importing.code.loss import Loss
from backprop_explorer.importing.code.needed import Needed
from backprop_explorer.importing.code.script import Script
from backprop_explorer.importing.code.updates import updated_by
from backprop_explorer.language.functions import assigned_names


def trained_names(script: Script, needed: Needed, loss: Loss) -> set[str]:
    """The variables that the training moves a step, and that have a value before it."""
    begins = script.begins
    if begins is None:
        return _with_gradients(needed)
    before = {name for piece in script.pieces[:begins] for name in assigned_names(piece.statement)}
    found: set[str] = set()
    for piece in script.pieces[begins:]:
        if piece.training:
            found |= updated_by(piece.statement, needed.updaters)
    read = {name for position in needed.kept for name in needed.uses[position].reads}
    rebound = {
        name
        for position, piece in enumerate(script.pieces)
        if position >= max(loss.after, begins) and piece.training and isinstance(piece.statement, ast.Assign)
        for name in assigned_names(piece.statement)
    }
    made_inside = {
        name
        for position, piece in enumerate(script.pieces[begins : loss.after], begins)
        for name in needed.uses[position].surely
    }
    moved = (found | (rebound & read)) & (before | _objects(script)) - made_inside
    return moved | (set() if moved else _with_gradients(needed))


def _objects(script: Script) -> set[str]:
    return set()


def _with_gradients(needed: Needed) -> set[str]:
    """Where nothing is moved: what the text has a gradient of, as `dW` is that of `W`."""
    assigned = {name for piece in needed.pieces for name in assigned_names(piece.statement)}
    return {
        name
        for name in assigned
        if any(one in assigned for one in (f"d{name}", f"grad_{name}", f"{name}_grad", f"g{name}", f"grad{name}"))
    }


def trained_attributes(body: list[ast.stmt]) -> frozenset[str]:
    """The attributes that methods of the text's classes move a step: `self.w -= lr * dw`."""
    found: set[str] = set()
    for statement in body:
        for method in statement.body if isinstance(statement, ast.ClassDef) else ():
            if not isinstance(method, ast.FunctionDef) or method.name == "__init__":
                continue
            for node in ast.walk(method):
                found |= _moved(node)
        for node in ast.walk(statement):
            if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Sub):
                found |= _moved(node)
    return frozenset(found)


def _moved(node: ast.AST) -> set[str]:
    if isinstance(node, ast.AugAssign) and isinstance(node.op, (ast.Sub, ast.Add)):
        targets, reads = [node.target], True
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.Sub):
        targets = [one for one in node.targets if ast.unparse(node.value.left) == ast.unparse(one)]  # type: ignore[misc]
        reads = bool(targets)
    else:
        return set()
    found: set[str] = set()
    for target in targets if reads else ():
        while isinstance(target, ast.Subscript):
            if isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str):
                found.add(target.slice.value)
            target = target.value  # type: ignore[assignment]
        if isinstance(target, ast.Attribute) and root_of(target) is not None:
            found.add(target.attr)
    return found
