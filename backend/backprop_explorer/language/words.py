"""Whose word a function's name is: a library's, or the language's own."""

from __future__ import annotations

import ast
from collections.abc import Callable

from backprop_explorer.language.callee import Callee
from backprop_explorer.language.scope import LEGACY
from backprop_explorer.library import COMPOSITE_SYNONYMS, COMPOSITES
from backprop_explorer.library.spellings import MODULES, Spelling, function_of, functions, method_of, place
from backprop_explorer.ops import OPERATIONS, SYNONYMS

DRAW = "random"
"""Draws random numbers between 0 and 1: given with every iteration, new ones after every update."""
GRAD = "grad"
"""The derivative of a part of the program."""
TORCHS = "autograd.grad"
"""Where PyTorch has it."""
DIALECTS_OWN = ("dot", "flatten", "std", "take", "clip", "clamp")
"""The language's own names that are, without a module in front, what the program's library means by them."""


def callee_of(function: ast.expr) -> Callee:
    """A function as program text names it that has no names of its own for modules, as printed steps have not."""
    if isinstance(function, ast.Name):
        return Callee(function.id)
    assert isinstance(function, ast.Attribute)
    root = function.value
    while isinstance(root, ast.Attribute):
        root = root.value
    of_module = isinstance(root, ast.Name) and root.id in MODULES
    return Callee(ast.unparse(function)) if of_module else Callee(function.attr, method=True)


def is_own(name: str) -> bool:
    """Whether a program may call a function of the language by that name."""
    composite = COMPOSITES.get(COMPOSITE_SYNONYMS.get(name, name))
    operation = OPERATIONS.get(SYNONYMS.get(name, name))
    records = [record for record in (composite, operation) if record is not None]
    return name in (DRAW, GRAD) or any(not record.internal for record in records)


def is_derivative(callee: Callee) -> bool:
    """Whether a call is the derivative of a part of the program."""
    return callee.path == GRAD and not callee.method or place(callee.path) == ("torch", TORCHS)


def spelling_of(callee: Callee, dialect: str, own: Callable[[str], bool] = is_own) -> Spelling | None:
    """What a library means by a name in a program of that dialect; None for what is not a library's word.

    With a module in front it is that library's. A method, or a bare name that the language has not as its `own`, is
    the one of the dialect, else the other library's.
    """
    if dialect == LEGACY:
        return None
    if "." in callee.path:
        return function_of(callee.path)
    name = callee.name
    if callee.method:
        return method_of(name, dialect, [name] if own(name) else ())
    other = "torch" if dialect == "numpy" else "numpy"
    first = functions(dialect).get(name) or functions(dialect).get(f"nn.functional.{name}")
    if own(name) and not (first and name in DIALECTS_OWN):
        return None
    return first or functions(other).get(name) or functions(other).get(f"nn.functional.{name}")
