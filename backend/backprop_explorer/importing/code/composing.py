"""The document of a script that was read: its program's text, its tensors, their names, and notes on all of it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.graph.number import Number
from backprop_explorer.importing.code.material import Lifted, Material
from backprop_explorer.importing.code.notes import Notes
from backprop_explorer.importing.code.script import Piece
from backprop_explorer.language.given import Recipe
from backprop_explorer.language.names import check_tensor_name, spelled
from backprop_explorer.problem import Problem, suggestion

CANONICAL = frozenset(
    {"import numpy as np", "import torch", "import math", "import torch.nn as nn", "from torch import nn",
     "import torch.nn.functional as F", "from torch.nn import functional as F", "import torch.optim as optim",
     "from torch import optim"}
)  # fmt: skip
"""Imports that bring what a program has by that name anyway."""


@dataclass(frozen=True)
class Roles:
    """Which tensors are to be parameters, and which inputs, whatever the text says."""

    parameters: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()


def named_tensors(lifted: list[Lifted], roles: Roles) -> None:
    """Gives every tensor its name: PyTorch's, without the variable of the module, unless several would be called so.
    Raises a `Problem` for a name that no tensor can have, or one in `roles` that there is none of."""
    roots = {one.long.partition(".")[0] for one in lifted if one.of_module}
    shorts = Counter(one.short for one in lifted)
    taken: set[str] = {one.name for one in lifted if one.name}
    counts: Counter[str] = Counter()
    for one in lifted:
        if one.name:
            continue
        several = len(roots) > 1 and one.of_module or shorts[one.short] > 1
        wanted = one.long if several else one.short
        name = wanted
        while name in taken:
            counts[wanted] += 1
            name = f"{wanted}_{counts[wanted] + 1}"
        try:
            check_tensor_name(name)
        except Problem as problem:
            raise problem.at(one.line, None) from None
        taken.add(name)
        one.name = name
        one.leaf.name, one.leaf.text = name, spelled(name)
    for name in (*roles.parameters, *roles.inputs):
        if name not in taken:
            raise Problem(
                "unknown_tensor",
                f"The text makes no tensor {name[:60]}",
                tensor=name[:60],
                hint=suggestion(name, taken),
            )


def is_parameter(one: Lifted, roles: Roles, *, evidence: bool) -> bool:
    """Whether a tensor is a parameter: asked for, trained, or drawn at random where nothing says what is trained."""
    if one.name in roles.parameters:
        return True
    if one.name in roles.inputs or one.frozen:
        return False
    return one.trained or one.drawn and not evidence


def entry_of(one: Lifted, material: Material, *, parameter: bool) -> Any:
    """The tensor as a document has it: how it is drawn, or its numbers."""
    if one.entry is not None:
        return one.entry
    recipe = one.recipe
    if recipe.init != "numbers" and not recipe.shift and not recipe.whole:
        entry: dict[str, Any] = {"shape": list(recipe.shape), "init": recipe.init}
        if recipe.scale != 1 and recipe.init != "zeros":
            entry["scale"] = recipe.scale
        if recipe.layout:
            entry["layout"] = recipe.layout
        return entry
    numbers = material.numbers(one.leaf)
    return numbers.astype(float) if parameter else numbers


def note_tensor(one: Lifted, notes: Notes, *, parameter: bool) -> None:
    """Says what became of a tensor of the text."""
    shape = f"{one.recipe.shape}".replace(",)", ",)")
    said = f"{one.name} {shape} is {'a parameter' if parameter else 'an input'}"
    notes.add(one.line, "parameter" if parameter else "input", said)
    if one.recipe.init in ("normal", "uniform", "xavier_uniform") and one.entry is None:
        about = f" about {one.recipe.shift:g}" if one.recipe.shift else ""
        spread = "" if one.recipe.init == "xavier_uniform" else f", scale {one.recipe.scale:.4g}{about}"
        notes.add(
            one.line,
            "init",
            f"{one.name} is drawn anew ({one.recipe.init}{spread}): the same distribution, other numbers than there",
        )


def written(value: Any) -> str:
    """A value as program text."""
    if isinstance(value, Node):
        return str(value.text or value.name) if value.operation is not CONSTANT else value.text
    if isinstance(value, Number):
        return value.text
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, tuple):
        return "(" + "".join(f"{written(item)}, " for item in value).rstrip() + ")"
    return repr(value)


class Lines:
    """The text that pieces have in their script."""

    def __init__(self, text: str, body: Collection[ast.stmt]) -> None:
        self.lines = text.encode().splitlines()
        starts: Counter[int] = Counter()
        for statement in ast.walk(ast.Module(list(body), [])):
            if isinstance(statement, ast.stmt):
                starts[statement.lineno] += 1
        self.shared = {line for line, count in starts.items() if count > 1}

    def of(self, piece: Piece) -> str:
        """The statement as it stands there, where it has its lines to itself; else written anew."""
        statement = piece.statement
        first, last = getattr(statement, "lineno", None), getattr(statement, "end_lineno", None)
        cut_within = any(line in self.shared for from_, to, _ in piece.cuts for line in range(from_, to + 1))
        if (
            not piece.plain
            or first is None
            or last is None
            or first in self.shared
            or statement.col_offset
            or cut_within
        ):
            return ast.unparse(ast.fix_missing_locations(statement))
        decorators = getattr(statement, "decorator_list", [])
        first = min([first, *(one.lineno for one in decorators)])
        kept = list(self.lines[first - 1 : last])
        for from_, to, instead in sorted(piece.cuts, reverse=True):
            kept[from_ - first : to - first + 1] = [instead.encode()] if instead else []
        if len(self.lines[last - 1]) > statement.end_col_offset:  # type: ignore[operator]
            rest = self.lines[last - 1][statement.end_col_offset :].strip()
            if rest and not rest.startswith(b"#"):
                return ast.unparse(statement)
        return b"\n".join(kept).decode().rstrip()


def recipe_line(recipe: Recipe) -> str:
    """What a recipe is called in a note."""
    return recipe.init
