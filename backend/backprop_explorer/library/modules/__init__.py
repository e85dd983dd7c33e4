"""The classes of torch.nn in the words of the language, by their names: found in the modules of this package."""

from __future__ import annotations

import ast
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from backprop_explorer.syntax import tree_of


@cache
def classes() -> dict[str, ast.ClassDef]:
    """The class statements by name. Each takes the arguments of PyTorch's and starts its tensors as PyTorch does."""
    found: dict[str, ast.ClassDef] = {}
    for module in sorted(module.name for module in iter_modules(__path__)):
        for statement in tree_of(import_module(f"{__name__}.{module}").TABLE).body:
            if not isinstance(statement, ast.ClassDef) or statement.name in found:
                raise ValueError(f"{module} has something else than classes, or one twice")
            found[statement.name] = _placeless(statement)
    return found


def _placeless(statement: ast.ClassDef) -> ast.ClassDef:
    """The statement without its lines, which are none of a program's."""
    for part in ast.walk(statement):
        if hasattr(part, "lineno"):
            part.lineno = None
    return statement


__all__ = ["classes"]
