"""How a script trains: its optimizer, or the update that it writes out, as the document's optimizer."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from backprop_explorer.engine.update import checked_options
from backprop_explorer.importing.code.bindings import calls_in
from backprop_explorer.importing.code.notes import Notes, excerpt
from backprop_explorer.importing.code.script import Piece
from backprop_explorer.library.optimizers import OPTIMIZERS
from backprop_explorer.problem import Problem

Value = Callable[[ast.expr], Any]
"""The number, truth value or tuple of numbers that an expression of the text stands for; None where it is not known."""
PYTORCHS: dict[str, dict[str, Any]] = {
    "sgd": {"momentum": 0, "weight_decay": 0, "nesterov": False, "dampening": 0},
    "adam": {"lr": 1e-3},
    "adamw": {"lr": 1e-3, "weight_decay": 1e-2},
    "rmsprop": {"lr": 1e-2},
    "adagrad": {"lr": 1e-2},
    "adadelta": {"lr": 1.0},
}
"""PyTorch's own defaults where they must be written into the document."""
PLACES = {"sgd": ("params", "lr", "momentum", "dampening", "weight_decay", "nesterov")}
WITHOUT_EFFECT = frozenset({"foreach", "fused", "capturable", "differentiable", "maximize", "amsgrad", "dampening"})


def optimizer_of(pieces: list[Piece], value: Value, notes: Notes) -> dict[str, Any] | None:
    """The document's optimizer; None where the text has none, or one that the document has not."""
    for piece in pieces:
        if isinstance(piece.statement, (ast.FunctionDef, ast.ClassDef)):
            continue
        for call in calls_in(piece.statement):
            words = ast.unparse(call.func)
            name = words.rpartition(".")[2].lower()
            made = "optim" in words or isinstance(call.func, ast.Name) and call.func.id in _CLASSES
            if made and "scheduler" not in words and words.rpartition(".")[2][:1].isupper():
                return _made(name, call, value, notes)
    return _written(pieces, value, notes)


_CLASSES = frozenset({"SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta"})


def _made(name: str, call: ast.Call, value: Value, notes: Notes) -> dict[str, Any] | None:
    line = call.lineno
    if name not in OPTIMIZERS:
        notes.add(line, "training", f"{excerpt(call)}: the document has no such optimizer, and begins without one")
        return None
    places = PLACES.get(name, ("params", "lr"))
    given = dict(zip(places, call.args, strict=False)) | {one.arg: one.value for one in call.keywords if one.arg}
    options: dict[str, Any] = {**PYTORCHS.get(name, {})}
    for option, tree in given.items():
        if option == "params":
            continue
        found = value(tree)
        known = option in OPTIMIZERS[name].options
        if not known and option in WITHOUT_EFFECT and not found:
            continue
        if not known or found is None:
            why = "is not known before the program runs" if known else "has no counterpart"
            notes.add(
                line, "training", f"{excerpt(call)}: its {option} {why}; the document begins without an optimizer"
            )
            return None
        options[option] = list(found) if isinstance(found, tuple) else found
    known_options = {key: one for key, one in options.items() if key in OPTIMIZERS[name].options}
    return _checked({"name": name, **known_options}, call, notes)


def _checked(optimizer: dict[str, Any], tree: ast.AST, notes: Notes) -> dict[str, Any] | None:
    try:
        _, full = checked_options(optimizer)
    except Problem as problem:
        notes.add(getattr(tree, "lineno", None), "training", f"{excerpt(tree)}: {problem.detail}; left out")
        return None
    told = ", ".join(f"{key} {one}" for key, one in full.items() if key in optimizer and key != "name")
    notes.add(
        getattr(tree, "lineno", None), "training", f"{excerpt(tree)} becomes the optimizer {optimizer['name']}: {told}"
    )
    defaults = dict(OPTIMIZERS[str(optimizer["name"])].options)
    return {key: one for key, one in optimizer.items() if key == "name" or key == "lr" or one != defaults.get(key)}


def _written(pieces: list[Piece], value: Value, notes: Notes) -> dict[str, Any] | None:
    """Plain gradient descent that the text writes out: `w -= lr * dw`, all with one rate."""
    rates: list[tuple[float, ast.AST]] = []
    for piece in pieces:
        if piece.training:
            for node in ast.walk(piece.statement):
                found = _rate(node, value)
                if found is not None:
                    rates.append((found, node))
    if not rates:
        return None
    numbers = {rate for rate, _ in rates}
    if len(numbers) > 1 or not next(iter(numbers)) > 0:
        notes.add(
            getattr(rates[0][1], "lineno", None),
            "training",
            "The updates have several rates, or none that is greater than 0: the document begins without an optimizer",
        )
        return None
    return _checked({"name": "sgd", "lr": rates[0][0]}, rates[0][1], notes)


def _rate(node: ast.AST, value: Value) -> float | None:
    step: ast.expr | None = None
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Sub):
        step = node.value
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and _is_weight(node.left):
        step = node.right if isinstance(node.right, (ast.BinOp, ast.Name)) else None
        if isinstance(step, ast.Name):
            return None
    if step is None:
        return None
    return _factor(step, value)


def _is_weight(tree: ast.expr) -> bool:
    return isinstance(tree, (ast.Name, ast.Subscript, ast.Attribute))


def _factor(tree: ast.expr, value: Value) -> float | None:
    """The number that a gradient is multiplied by; 1 for one that stands alone."""
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, (ast.Mult, ast.Div)):
        left = _number(tree.left, value)
        right = _number(tree.right, value)
        if isinstance(tree.op, ast.Div) and right:
            inner = _factor(tree.left, value)
            return None if inner is None else inner / right
        if left is not None and isinstance(tree.op, ast.Mult):
            inner = _factor(tree.right, value)
            return None if inner is None else left * inner
        if right is not None and isinstance(tree.op, ast.Mult):
            inner = _factor(tree.left, value)
            return None if inner is None else right * inner
        return None
    return 1.0 if isinstance(tree, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)) else None


def _number(tree: ast.expr, value: Value) -> float | None:
    found = value(tree)
    return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else None
