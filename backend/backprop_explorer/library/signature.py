"""The parameters of a definition."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache


@dataclass(frozen=True)
class Signature:
    """The parameters of a definition: those that may be given by place, a `*rest`, and those by name only."""

    by_place: tuple[str, ...]
    rest: str | None
    by_name: tuple[str, ...]
    defaults: Mapping[str, ast.expr]

    @classmethod
    @lru_cache(maxsize=4096)
    def of(cls, arguments: ast.arguments) -> Signature:
        """The signature that a syntax tree has."""
        listed = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
        named = [argument.arg for argument in arguments.kwonlyargs]
        trees = zip(listed[len(listed) - len(arguments.defaults) :], arguments.defaults, strict=True)
        further = {name: tree for name, tree in zip(named, arguments.kw_defaults, strict=True) if tree is not None}
        rest = arguments.vararg.arg if arguments.vararg is not None else None
        return cls(tuple(listed), rest, tuple(named), {**dict(trees), **further})

    @cached_property
    def named(self) -> tuple[str, ...]:
        """The parameters that may be given by name."""
        return (*self.by_place, *self.by_name)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All parameters in their order."""
        return (*self.by_place, *((self.rest,) if self.rest else ()), *self.by_name)
