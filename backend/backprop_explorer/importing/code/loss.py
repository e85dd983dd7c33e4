"""Which number of a script is its loss, and where in it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from backprop_explorer.importing.code.bindings import calls_in
from backprop_explorer.importing.code.script import Piece, Script
from backprop_explorer.importing.code.updates import LOSSES, is_loss_name
from backprop_explorer.language.functions import assigned_names
from backprop_explorer.problem import Problem

_GRADS = ("torch.autograd.grad", "autograd.grad", "torch.autograd.backward", "grad")
NAME = "loss"


@dataclass(frozen=True)
class Loss:
    """The variable of the loss, and the number of pieces after which it has its value."""

    name: str
    after: int


def loss_of(script: Script, wanted: str | None, *, torch: bool) -> Loss:
    """The loss of a script: what goes backward first, else what is called a loss. Raises a `Problem` for none."""
    for position, piece in enumerate(script.pieces):
        if wanted is None and (found := _backward_of(piece, torch=torch)) is not None:
            if isinstance(found, ast.Name):
                return Loss(found.id, position)
            name = NAME if not _is_given(script, NAME) else "total_loss"
            assigned = ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], found), piece.statement)
            script.pieces.insert(
                position, Piece(ast.fix_missing_locations(assigned), plain=False, training=piece.training)
            )
            return Loss(name, position + 1)
    return _by_name(script, wanted)


def _backward_of(piece: Piece, *, torch: bool) -> ast.expr | None:
    """What goes backward in a piece: the receiver of `backward()`, or what `torch.autograd.grad` is given."""
    for call in calls_in(piece.statement) if not isinstance(piece.statement, (ast.FunctionDef, ast.ClassDef)) else ():
        if isinstance(call.func, ast.Attribute) and call.func.attr == "backward" and not call.args:
            own = isinstance(call.func.value, ast.Name) and call.func.value.id in ("self", "super")
            alone = isinstance(piece.statement, ast.Expr) and piece.statement.value is call
            if not own and (torch or alone):
                return call.func.value
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func) in _GRADS and call.args:
            return call.args[0].elts[0] if isinstance(call.args[0], (ast.List, ast.Tuple)) else call.args[0]
    return None


def _is_given(script: Script, name: str) -> bool:
    return any(name in assigned_names(piece.statement) for piece in script.pieces)


def _by_name(script: Script, wanted: str | None) -> Loss:
    last: dict[str, int] = {}
    in_training = any(piece.training for piece in script.pieces)
    for position, piece in enumerate(script.pieces):
        if isinstance(piece.statement, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)):
            continue
        for name in assigned_names(piece.statement):
            if not in_training or piece.training or name not in last:
                last[name] = position
    names = (
        [wanted]
        if wanted is not None
        else [NAME, *sorted(filter(_is_likely, last), key=last.__getitem__, reverse=True)]
    )
    for name in names:
        if name in last:
            return Loss(name, last[name] + 1)
    if wanted is not None:
        raise Problem("unknown_loss", f"The text gives no variable {wanted[:40]} a value, which was to be the loss")
    if not last:
        raise Problem(
            "no_loss",
            "The text calculates nothing that could be a loss",
            hint="write a line such as loss = ((pred - y) ** 2).mean()",
        )
    name = max(last, key=last.__getitem__)
    return Loss(name, last[name] + 1)


def _is_likely(name: str) -> bool:
    lowered = name.lower()
    plural = lowered.endswith(("losses", "costs", "errors", "_history", "_fn", "_func"))
    return (
        is_loss_name(name) and not plural and (lowered.endswith(LOSSES) or lowered.startswith(LOSSES) or len(name) == 1)
    )
