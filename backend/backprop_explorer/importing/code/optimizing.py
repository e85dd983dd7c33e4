"""How a script trains: its optimizer, or the update that it writes out, as the document's optimizer."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from backprop_explorer.engine.update import checked_options
from backprop_explorer.importing.code.bindings import calls_in
from backprop_explorer.importing.code.notes import Notes, excerpt
from backprop_explorer.importing.code.script import Piece
from backprop_explorer.importing.code.steps import Step
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


def optimizer_of(pieces: list[Piece], steps: list[Step], value: Value, notes: Notes) -> dict[str, Any] | None:
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
    return _written(steps, notes)


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


def _written(steps: list[Step], notes: Notes) -> dict[str, Any] | None:
    """Plain gradient descent that the text writes out: `w -= lr * dw`, all with one rate."""
    if not steps:
        return None
    rates = {step.rate for step in steps}
    rate = steps[0].rate
    if len(rates) > 1 or rate is None or not rate > 0:
        said = "The updates are none of plain gradient descent with one rate: the document begins without an optimizer"
        notes.add(steps[0].line, "training", said)
        return None
    notes.add(steps[0].line, "training", f"The updates become the optimizer sgd with the rate {rate:g}")
    return {"name": "sgd", "lr": rate}
