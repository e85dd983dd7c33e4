"""The record of an operation: everything about one primitive, in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from numpy.typing import NDArray

Array = NDArray[Any]
Shape = tuple[int, ...]
Family = Literal["elementwise", "contraction", "reduction", "movement", "scatter", "leaf", "composite"]
Call = Callable[[], object]
Read = Callable[[int, Shape], int]
"""The label at an index of an operand, by the operand's position."""

REQUIRED: Final = object()
"""The default of a parameter that has none."""

# How tightly a piece of code binds, as in Python's grammar; an operand that binds less tightly gets parentheses.
COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = 3, 4, 5, 6, 7, 9


class Requirement(Exception):
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


@dataclass(frozen=True, eq=False)
class Operation:
    """A primitive operation.

    `shape(*shapes, **parameters)` gives the result's shape or raises `Requirement`; `forward(*arrays, out=None,
    **parameters)` computes it with NumPy (a `view` takes no `out`). `rules` hold, per operand, the backward rule as
    program text over the operands, `g` (the incoming gradient), `y` (the result), the parameters and what `derive`
    adds. An operand `*parts` stands for any number of tensors; its rule is evaluated once each, `i` being the
    position. `code` is how the call reads (a template over the operands, or a function of shapes and parameters that
    gives one). `kernel(arrays, out, constants)` gives the bound NumPy calls of a plan where `forward` with `out`
    would be slower. `whole` names operands that are labels, `bounds(shapes, parameters)` their least and greatest
    value, `extent(shapes, parameters)` those of a result that can be a label. One that only `casts` is left out for
    what are numbers already. `origin` gives the one element that an element of a movement is a copy of; `origins` all
    that a scatter adds up, or the one that a lookup finds: it may read operands that are labels. Where none is moved
    to, a number `fills` the place. `indexed(shapes, parameters, index, fresh)` writes the operand's index with
    letters, and those letters, `fresh(length)`, over which it is summed; outside of the operand stands what fills.
    `arrange` brings unusual calls into the order
    operands, parameters; `canonical(shapes, parameters)` makes the parameters explicit.
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
    parameters: Mapping[str, Any] = field(default_factory=dict)
    precedence: int = ATOM
    symbol: str = ""
    notation: str = "function"
    kink: Kink | None = None
    source: str = "NumPy"
    view: bool = False
    casts: bool = False
    result: Literal["float", "bool", "same", "open", "whole"] = "float"
    whole: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    internal: bool = False
    arrange: Callable[[list[Any], dict[str, Any]], tuple[list[Any], dict[str, Any]]] | None = None
    canonical: Callable[[Sequence[Shape], dict[str, Any]], dict[str, Any]] | None = None
    derive: Callable[[Sequence[Any], Mapping[str, Any]], Mapping[str, Any]] | None = None
    labels: Callable[[Sequence[Shape], Mapping[str, Any]], tuple[str, list[list[str]]]] | None = None
    flop: Callable[..., int] | None = None
    bounds: Callable[[Sequence[Shape], Mapping[str, Any]], tuple[int, int]] | None = None
    extent: Callable[[Sequence[Shape], Mapping[str, Any]], tuple[int, int]] | None = None
    script: str = ""
    origin: Callable[[Sequence[Shape], Mapping[str, Any], Shape], tuple[int, Shape] | None] | None = None
    origins: Callable[[Sequence[Shape], Mapping[str, Any], Shape, Read], Iterator[tuple[int, Shape]]] | None = None
    indexed: Callable[..., tuple[list[str], list[str]] | None] | None = None
    fills: Callable[[Mapping[str, Any]], float] | None = None
    element: Callable[[str, Sequence[object]], tuple[str, int]] | None = None
    kernel: Callable[..., list[Call]] | None = None
    samples: tuple[Sample, ...] = ()
    rejects: tuple[Reject, ...] = ()

    @property
    def variadic(self) -> bool:
        """Whether the operation takes any number of tensors."""
        return bool(self.operands) and self.operands[-1].startswith("*")

    def operand_name(self, position: int) -> str:
        """The operand's name in the record: the last one stands for all that follow when it is variadic."""
        return self.operands[min(position, len(self.operands) - 1)].lstrip("*")
