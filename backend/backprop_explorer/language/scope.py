"""What names mean at a place of the program."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from backprop_explorer.graph.node import Node

LEGACY = "0.1"
"""The dialect of version 0.1.0, in which a module in front of a name means nothing."""
MISSING: Final = object()
"""What an unknown name stands for."""


@dataclass(eq=False)
class Function:
    """A function of the user's, a def or a lambda: its text, the scope that it stands in, and its defaults."""

    definition: ast.FunctionDef
    scope: Scope
    defaults: Mapping[str, Any]
    local: frozenset[str] = field(default_factory=frozenset)

    @property
    def name(self) -> str:
        """What it is called; `anonymous` for a lambda."""
        return self.definition.name


@dataclass
class Scope:
    """Names and what they stand for: nodes, numbers, strings, lists, functions; what has no meaning here is looked up
    in the scope `outer`.

    An `internal` scope (rules, composites, optimizers) also knows the operations that only backward code needs. Its
    lists are tuples. `gradient` gives a tensor's gradient where formulas may use it; `backward` allows the operations
    that occur only in backward code, as it is printed. `local` names belong to a function from its first line to its
    last, as in Python. `imports` has the dotted path of what an import brought, by its name. The `dialect` says whose
    meaning a word has that NumPy and PyTorch mean differently.
    """

    names: dict[str, Any] = field(default_factory=dict)
    internal: bool = False
    gradient: Callable[[Node], Node] | None = None
    calls: tuple[object, ...] = ()
    backward: bool = False
    outer: Scope | None = None
    local: frozenset[str] = frozenset()
    imports: dict[str, str] = field(default_factory=dict)
    dialect: str = LEGACY

    def inner(self, names: dict[str, Any], function: object, *, internal: bool) -> Scope:
        """The scope of the body of a function of the library, in which the program's imports mean nothing."""
        return Scope(names, internal, None, (*self.calls, function), dialect=self.dialect)

    def within(self, names: dict[str, Any], local: frozenset[str] = frozenset(), function: object = None) -> Scope:
        """A scope inside of this one, of a function of the user's or a comprehension."""
        calls = self.calls if function is None else (*self.calls, function)
        around = self.imports, self.dialect
        return Scope(names, self.internal, self.gradient, calls, self.backward, self, local, *around)

    def get(self, name: str) -> Any:
        """What a name stands for; MISSING for one that has no meaning here, or none yet."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = None if name in scope.local else scope.outer
        return MISSING

    def is_local(self, name: str) -> bool:
        """Whether a name belongs to the function that is running, though it may stand for nothing yet."""
        return name in self.local

    @property
    def known(self) -> dict[str, Any]:
        """Every name that means something here, the innermost first."""
        found: dict[str, Any] = {}
        for scope in self.chain():
            found |= {name: value for name, value in scope.names.items() if name not in found}
        return found

    def chain(self) -> Iterator[Scope]:
        """This scope and those around it."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    @property
    def functions(self) -> dict[str, Function]:
        """The user's own functions that can be called here."""
        return {name: value for name, value in self.known.items() if isinstance(value, Function)}
