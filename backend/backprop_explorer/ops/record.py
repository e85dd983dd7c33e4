"""The record of an operation: everything about one primitive, in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Shape = tuple[int, ...]
Family = Literal["elementwise", "contraction", "reduction", "movement", "scatter", "axiswise", "leaf", "composite"]
Call = Callable[[], object]
Read = Callable[[int, Shape], int]
"""The label at an index of an operand, by the operand's position."""

Result = Literal["float", "bool", "same", "open", "whole"]

REQUIRED: Final = object()
"""The default of a parameter that has none."""

# How tightly a piece of code binds, as in Python's grammar; an operand that binds less tightly gets parentheses.
COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = 3, 4, 5, 6, 7, 9


class OperandError(Exception):
    """What an operation requires of its operands and what it got.

    The text may name operands in braces (`{a}'s columns (4)`); the graph fills in the names that the user knows and
    puts the operation's name and "needs" in front.
    """


@dataclass(frozen=True)
class Sample:
    """An expression that uses the operation, with the shapes of its operands, for the tests and the docs page.

    `domain` is the interval the operands' numbers are drawn from; `whole` names operands that are labels below the
    given number, `blocked` those whose gradient is deliberately not the derivative.
    """

    code: str
    shapes: Mapping[str, Shape]
    domain: tuple[float, float] = (-2.0, 2.0)
    whole: Mapping[str, int] = field(default_factory=dict)
    blocked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reject:
    """An expression that the operation refuses, and a part of the sentence that it must say."""

    code: str
    shapes: Mapping[str, Shape]
    says: str


@dataclass(frozen=True)
class Kink:
    """What the gradient is where the derivative does not exist: at `x` the gradient of the sum of `code` is
    `gradient`."""

    text: str
    code: str
    at: Mapping[str, Any]
    gradient: Mapping[str, Any]


@dataclass(frozen=True)
class Hazard:
    """Finite or infinite numbers for which an operation's result, or its `slope`, is not finite.

    `at` says of the operands whether they are such, element by element, where the result is not finite; `says` is what
    that is called. `cure` is what to do, in words, and `code` how it is written: a template over the operands.
    `example` has such numbers, by operand.
    """

    at: Callable[..., Array | np.bool_]
    says: str
    cure: str
    code: str = ""
    slope: bool = False
    example: Mapping[str, Any] | None = None


@dataclass(frozen=True, eq=False)
class Operation:
    """A primitive operation: everything about it, a line for each field.

    `shapes` are the operands' shapes in order, `parameters` a mapping by name, an `index` a tuple of whole numbers.

    name: how a program calls it.
    family: one of the six families, or `leaf`; it decides how the operation is explained and drawn.
    operands: the names of the tensors that it takes; a last one `*parts` stands for any number of tensors, which a
        template of `code` may name together, `{parts}`, or one by one, `{parts0}`.
    shape: `shape(*shapes, **parameters)`, the result's shape; raises `OperandError` for shapes that do not fit.
    forward: `forward(*arrays, out=None, **parameters)`, the result computed by NumPy; a `view` takes no `out`.
    code: how a call reads: a template over the operands, or `code(shapes, parameters)` that gives one.
    summary: what it computes, in a sentence.
    formula: what it computes, as a formula over the operands and parameters; `y` is the result.
    rules: the backward rule of each operand as program text, over the operands, `g` (the incoming gradient), `y`
        (the result), the parameters and what `derive` adds. That of `*parts` is evaluated once for each part, `i`
        being its position. An operand without a rule gets no gradient.
    why: why the gradient of an operand is what it is, in a sentence or two; `{x}` stands for what the operand is
        called, `{y}` for the result and `{g}` for its gradient.
    parameters: what it takes besides tensors, with defaults; `REQUIRED` for one that has none.
    precedence: how tightly its `code` binds, for parentheses.
    symbol: what the graph shows in its node; the name where it is empty.
    notation: how `language/notation` typesets a call.
    kink: what the gradient is where there is no derivative.
    source: the library or function whose meaning it has.
    view: whether the result shares its operand's memory.
    casts: whether it only changes the type, so that it is left out for what are numbers already.
    result: the type of the result: `float`, `bool`, `whole`, the `same` as the operands', or `open`: whole numbers
        that become floats unless they are used as labels; a function of the parameters where they decide.
    whole: the operands that are labels or indices: whole numbers without a gradient.
    synonyms: other names for it.
    internal: whether only backward rules and composites may call it.
    arrange: `arrange(arguments, options)`, an unusual call brought into the order operands, parameters.
    canonical: `canonical(shapes, parameters)`, the parameters made explicit, such as an axis below 0.
    derive: `derive(operands, parameters)`, more names for the rules, such as an einsum's transposed specification.
    labels: `labels(shapes, parameters)`, a letter for each axis of the result and of the operands; "" for an axis of
        length 1 that is broadcast.
    flop: `flop(*shapes, **parameters)`, the floating-point operations of one call; by default one an element.
    bounds: `bounds(shapes, parameters)`, the least and greatest label that it accepts; a list of such pairs where the
        operands that are labels differ in them.
    extent: `extent(shapes, parameters)`, the least and greatest number of a result that can be used as labels.
    script: the definition that an exported script needs where NumPy has no such function.
    origin: `origin(shapes, parameters, index)`, the operand's position and the index of the one element of which an
        element of a movement is a copy; None where a number stands that was moved from nowhere.
    origins: `origins(shapes, parameters, index, read)`, all elements that a scatter sums at an index, or the one that
        a lookup finds; `read` gives an operand's label at an index.
    indexed: `indexed(shapes, parameters, index, fresh)`, the operand's index in letters, and those letters, made by
        `fresh(length)`, over which it is summed; None where it cannot be said. Outside the operand is what `fills`.
    fills: `fills(parameters)`, the number where no element is moved to; 0 without it.
    element: `element(code, index)`, the code of one element of the result and how tightly it binds; both are text, or
        names in braces that are replaced later.
    kernel: `kernel(arrays, out, constants, **parameters)`, the bound NumPy calls of a plan where `forward` with `out`
        would be slower.
    hazards: the numbers for which its result, or its slope, is not finite, and what to write instead.
    samples: calls with the shapes of their operands, for the tests and the reference.
    rejects: calls that it refuses, and what it must say.
    """

    name: str
    family: Family
    operands: tuple[str, ...]
    shape: Callable[..., Shape]
    forward: Callable[..., Array]
    code: str | Callable[[Sequence[Shape], Mapping[str, Any]], str]
    summary: str
    formula: str
    rules: Mapping[str, str] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    precedence: int = ATOM
    symbol: str = ""
    notation: str = "function"
    kink: Kink | None = None
    source: str = "NumPy"
    view: bool = False
    casts: bool = False
    result: Result | Callable[[Mapping[str, Any]], Result] = "float"
    whole: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    internal: bool = False
    arrange: Callable[[list[Any], dict[str, Any]], tuple[list[Any], dict[str, Any]]] | None = None
    canonical: Callable[[Sequence[Shape], dict[str, Any]], dict[str, Any]] | None = None
    derive: Callable[[Sequence[Any], Mapping[str, Any]], Mapping[str, Any]] | None = None
    labels: Callable[[Sequence[Shape], Mapping[str, Any]], tuple[str, list[list[str]]]] | None = None
    flop: Callable[..., int] | None = None
    bounds: Callable[[Sequence[Shape], Mapping[str, Any]], tuple[int, int] | list[tuple[int, int]]] | None = None
    extent: Callable[[Sequence[Shape], Mapping[str, Any]], tuple[int, int]] | None = None
    script: str = ""
    origin: Callable[[Sequence[Shape], Mapping[str, Any], Shape], tuple[int, Shape] | None] | None = None
    origins: Callable[[Sequence[Shape], Mapping[str, Any], Shape, Read], Iterator[tuple[int, Shape]]] | None = None
    indexed: Callable[..., tuple[list[str], list[str]] | None] | None = None
    fills: Callable[[Mapping[str, Any]], float] | None = None
    element: Callable[[str, Sequence[object]], tuple[str, int]] | None = None
    kernel: Callable[..., list[Call]] | None = None
    hazards: tuple[Hazard, ...] = ()
    samples: tuple[Sample, ...] = ()
    rejects: tuple[Reject, ...] = ()

    @property
    def variadic(self) -> bool:
        """Whether the operation takes any number of tensors."""
        return bool(self.operands) and self.operands[-1].startswith("*")

    def operand_name(self, position: int) -> str:
        """The operand's name in the record: the last one stands for all that follow when it is variadic."""
        return self.operands[min(position, len(self.operands) - 1)].lstrip("*")
