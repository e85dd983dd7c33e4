"""What names mean at a place of the program."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backprop_explorer.graph.node import Node

LEGACY = "0.1"
"""The dialect of version 0.1.0, in which a module in front of a name means nothing."""


@dataclass
class Scope:
    """Names and what they stand for: nodes, numbers, strings, tuples.

    An `internal` scope (rules, composites, optimizers) also knows the operations that only backward code needs, and
    static choices. `gradient` gives a tensor's gradient where formulas may use it; `backward` allows the operations
    that occur only in backward code, as it is printed. The `dialect` says whose meaning a word has that NumPy and
    PyTorch mean differently.
    """

    names: dict[str, Any] = field(default_factory=dict)
    internal: bool = False
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    gradient: Callable[[Node], Node] | None = None
    calls: tuple[str, ...] = ()
    backward: bool = False
    dialect: str = LEGACY
    imports: dict[str, str] = field(default_factory=dict)
    """What names stand for by an import: `np` for `numpy`."""

    def inner(self, names: dict[str, Any], function: str, *, internal: bool) -> Scope:
        """The scope of a function's body."""
        return Scope(
            names,
            internal,
            self.functions,
            None,
            (*self.calls, function),
            dialect=self.dialect,
            imports=self.imports,
        )
