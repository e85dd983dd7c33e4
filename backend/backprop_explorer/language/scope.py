"""What names mean at a place of the program."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from backprop_explorer.graph.node import Node

LEGACY = "0.1"
"""The dialect of version 0.1.0, in which a module in front of a name means nothing."""
CONTAINERS = ("Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict")
KEYED = ("ModuleDict", "ParameterDict")
"""Containers that a loop goes through by their keys."""
MISSING: Final = object()
"""What an unknown name stands for."""


@dataclass(eq=False)
class Function:
    """A function of the user's, a def or a lambda: its text, the scope that it stands in, and its defaults. One that
    stands in a class has that as its `owner`, its `kind` (method, property, static, class), and `this`, the object that
    it was taken from."""

    definition: ast.FunctionDef
    scope: Scope
    defaults: Mapping[str, Any]
    local: frozenset[str] = field(default_factory=frozenset)
    owner: Class | None = None
    kind: str = "method"
    this: Any = None

    @property
    def name(self) -> str:
        """What it is called; `anonymous` for a lambda."""
        return self.definition.name

    def __repr__(self) -> str:
        return f"the function {self.name}"


@dataclass(eq=False)
class Class:
    """A class: the program's own, or a module of torch.nn's. `names` are its methods and attributes."""

    name: str
    bases: tuple[Class, ...]
    names: dict[str, Any]

    @cached_property
    def order(self) -> tuple[Class, ...]:
        """The class and those that it is derived from, the nearest first."""
        found: dict[Class, None] = {self: None}
        for base in self.bases:
            found |= dict.fromkeys(base.order)
        return tuple(found)

    def get(self, name: str, behind: Class | None = None) -> Any:
        """What a name stands for in the class, looked for `behind` one of its order; MISSING where nothing."""
        order = self.order if behind is None else self.order[self.order.index(behind) + 1 :]
        return next((one.names[name] for one in order if name in one.names), MISSING)

    def is_a(self, name: str) -> bool:
        """Whether it is derived from a class of that name."""
        return any(one.name == name for one in self.order)

    def __repr__(self) -> str:
        return f"the class {self.name}"


@dataclass(eq=False)
class Instance:
    """An object: what its attributes stand for, and the `label` of the place where it was kept first."""

    of: Class
    names: dict[str, Any] = field(default_factory=dict)
    label: str = ""
    bound: dict[tuple[Class, str], Function] = field(default_factory=dict)

    @property
    def is_container(self) -> bool:
        """Whether it is one of torch.nn's lists or dicts of modules."""
        return any(self.of.is_a(name) for name in CONTAINERS)

    @property
    def kept(self) -> dict[str, Any]:
        """What a container holds, by name: a list's items by their position."""
        return {name: value for name, value in self.names.items() if name != "training"}

    def __repr__(self) -> str:
        return f"an object of {self.of.name}"


@dataclass
class Scope:
    """Names and what they stand for: nodes, numbers, strings, lists, functions; what has no meaning here is looked up
    in the scope `outer`.

    An `internal` scope (rules, composites, optimizers) also knows the operations that only backward code needs. Its
    lists are tuples. `gradient` gives a tensor's gradient where formulas may use it; `backward` allows the operations
    that occur only in backward code, as it is printed. `local` names belong to a function from its first line to its
    last, as in Python. A scope of `ours` is that of a class of torch.nn's. `imports` has the dotted path of what an
    import brought, by its name. The `dialect` says whose meaning a word has that NumPy and PyTorch mean differently.
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
    ours: bool = False

    def inner(self, names: dict[str, Any], function: object, *, internal: bool) -> Scope:
        """The scope of the body of a function of the library, in which the program's imports mean nothing."""
        return Scope(names, internal, None, (*self.calls, function), dialect=self.dialect)

    def within(self, names: dict[str, Any], local: frozenset[str] = frozenset(), function: object = None) -> Scope:
        """A scope inside of this one, of a function of the user's or a comprehension."""
        calls = self.calls if function is None else (*self.calls, function)
        around = self.imports, self.dialect
        return Scope(names, self.internal, self.gradient, calls, self.backward, self, local, *around, ours=self.ours)

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
