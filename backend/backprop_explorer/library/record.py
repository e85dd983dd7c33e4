"""The record of a composite: a function written in the language itself, which the user can open and step into."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from backprop_explorer.ops.record import Kink, Reject, Sample


def definition_of(text: str) -> ast.FunctionDef:
    """The one function that a text of ours defines."""
    statement = ast.parse(text.strip()).body[0]
    assert isinstance(statement, ast.FunctionDef)
    return statement


def defaults_of(definition: ast.FunctionDef) -> dict[str, Any]:
    """The parameters that may be left out, with their defaults."""
    trees = definition.args.defaults
    names = [argument.arg for argument in definition.args.args]
    return dict(zip(names[len(names) - len(trees) :], map(ast.literal_eval, trees), strict=True))


@dataclass(frozen=True, eq=False)
class Composite:
    """A composite operation.

    `text` is its definition. `gradients` hold a simplified backward rule per operand in the same language, over the
    parameters, the locals, `g` and `y`; a test proves them against the expansion. `choices` are the values that a
    parameter may take, `check(arguments)` raises `Requirement` (arguments by name: a shape for a tensor, the value
    for anything else). A `method` is printed behind its first argument. `internal` ones are for rules and other
    composites and make no box.
    """

    text: str
    summary: str
    formula: str
    gradients: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    check: Callable[[Mapping[str, Any]], None] | None = None
    method: bool = False
    internal: bool = False
    symbol: str = ""
    notation: str = "function"
    kink: Kink | None = None
    source: str = "NumPy"
    synonyms: tuple[str, ...] = ()
    samples: tuple[Sample, ...] = ()
    rejects: tuple[Reject, ...] = ()

    @cached_property
    def definition(self) -> ast.FunctionDef:
        """The definition as a syntax tree."""
        return definition_of(self.text)

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """The parameters that may be left out, with their defaults."""
        return defaults_of(self.definition)

    @property
    def required(self) -> list[str]:
        """The parameters that must be given: the first ones."""
        names = [argument.arg for argument in self.definition.args.args]
        return names[: len(names) - len(self.defaults)]

    @property
    def name(self) -> str:
        """The function's name."""
        return self.definition.name
