"""The record of a composite: a function written in the language itself, which the user can open and step into."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from backprop_explorer.ops.record import Kink, Reject, Sample
from backprop_explorer.syntax import parse


def definition_of(text: str) -> ast.FunctionDef:
    """The one function that a text of ours defines."""
    statement = parse(text.strip()).body[0]
    assert isinstance(statement, ast.FunctionDef)
    return statement


def defaults_of(definition: ast.FunctionDef) -> dict[str, Any]:
    """The parameters that may be left out, with their defaults."""
    trees = definition.args.defaults
    names = [argument.arg for argument in definition.args.args]
    return dict(zip(names[len(names) - len(trees) :], map(ast.literal_eval, trees), strict=True))


@dataclass(frozen=True, eq=False)
class Composite:
    """A composite operation: its definition and what the reference says of it.

    text: the definition, one function in the language; its name is the composite's.
    summary: what it computes, in a sentence or two.
    formula: what it computes, as one formula over the parameters; y is the result.
    symbols: what the formula's other letters mean, and the shapes; empty where they are plain.
    gradients: a simplified backward rule for each operand, over the parameters, the locals, `g` and `y`; a test
        proves each against the expansion of the text.
    why: why the gradient of an operand is what it is, in a sentence or two; `{x}` stands for what the operand is
        called, `{y}` for the result, `{g}` for its gradient, `{line}` for a row or column along the axis, `{mean}` for
        what a mean divides by.
    compared: what the gradient of a loss is the difference of, as a word and its expression each: a prediction and what
        it should be. Empty where the gradient is no such difference.
    choices: the values that a parameter may take, by its name.
    check: raises `OperandError` for arguments that do not fit; gets them by name, a tensor as its shape.
    method: whether it is printed as a method of its first argument.
    training: whether it acts in training alone: where a loss is only measured, its first argument is the result.
    internal: whether only rules and other composites may call it; then it makes no box.
    symbol: what the graph shows in its node.
    notation: how `language/notation` typesets a call.
    kink: what the gradient is where there is no derivative.
    source: the function of NumPy or PyTorch whose meaning it has.
    paper: who described it first: authors, title, year; empty where it is common knowledge.
    synonyms: other names for it.
    samples: calls with the shapes of their operands; tests and the reference use them.
    rejects: calls that it refuses, and what it must say.
    """

    text: str
    summary: str
    formula: str
    symbols: str = ""
    gradients: Mapping[str, str] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)
    compared: tuple[tuple[str, str], ...] = ()
    choices: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    check: Callable[[Mapping[str, Any]], None] | None = None
    method: bool = False
    training: bool = False
    internal: bool = False
    symbol: str = ""
    notation: str = "function"
    kink: Kink | None = None
    source: str = "NumPy"
    paper: str = ""
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

    @cached_property
    def name(self) -> str:
        """The function's name; read off the text, which is parsed only where somebody calls it."""
        return self.text.strip().removeprefix("def ").partition("(")[0]
