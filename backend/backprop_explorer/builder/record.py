"""The record of a type of layer: its options, the weights it needs, and the lines it is written with.

How a layer changes the shape of what goes through it is not said here: the operations that it is written with know.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from backprop_explorer.ops.record import Shape

Options = Mapping[str, Any]
OptionKind = Literal["whole", "number", "flag", "choice"]
KINDS = {"whole": "a whole number", "number": "a number", "flag": "true or false", "choice": "one of"}


@dataclass(frozen=True)
class Option:
    """Something to choose about a layer. A default of None means that it follows from the rest, as the summary says."""

    name: str
    kind: OptionKind
    default: Any
    summary: str
    least: float = -math.inf
    most: float = math.inf
    choices: tuple[str, ...] = ()

    def complaint(self, value: Any) -> str | None:
        """What the option must be, where the value is not that."""
        if self._allows(value):
            return None
        return f"{self.name} must be {self.allowed}; got {str(value)[:40]}"

    def _allows(self, value: Any) -> bool:
        if value is None:
            return self.default is None
        if self.kind in ("flag", "choice"):
            return isinstance(value, bool) if self.kind == "flag" else value in self.choices
        number = isinstance(value, int) or (self.kind == "number" and isinstance(value, float))
        return number and not isinstance(value, bool) and self.least <= value <= self.most and math.isfinite(value)

    @property
    def allowed(self) -> str:
        """What the value may be, in words."""
        words = KINDS[self.kind]
        if self.kind == "choice":
            return f"{words} {', '.join(self.choices)}"
        if math.isfinite(self.least) and math.isfinite(self.most):
            return f"{words} from {self.least} to {self.most}"
        return words


@dataclass(frozen=True)
class Weight:
    """A parameter of a layer: its letter, which is numbered in the program, its shape, and how it is drawn.

    Without an `init` of its own it is drawn as the network's weights are.
    """

    letter: str
    shape: Shape
    init: str | None = None


def no_weights(shape: Shape, options: Options) -> tuple[Weight, ...]:
    """Of a layer that learns nothing."""
    return ()


@dataclass(frozen=True)
class LayerType:
    """A type of layer.

    `lines(shape, options)` is its program text, in which `{x}` stands for what comes in, `{out}` for the result, and
    the letters of its weights and `locals` for their names. `weights(shape, options)` are what it learns, by the shape
    of a sample that comes in; `sized` names the option that counts its outputs, whose default the loss decides in the
    last such layer. `needs` are the operations it is written with, one of
    the type's own name where nothing is said: it is offered where all of them exist.
    `view(shape, views)` is the shape in which a first layer wants to read a sample; without it any will do. `form` are
    the axes that a sample must have, where it cannot be any.
    """

    type: str
    title: str
    group: str
    summary: str
    lines: Callable[[Shape, Options], Sequence[str]]
    needs: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    weights: Callable[[Shape, Options], tuple[Weight, ...]] = no_weights
    locals: tuple[str, ...] = ()
    view: Callable[[Shape, Sequence[Shape]], Shape] | None = None
    form: tuple[str, ...] = ()
    sized: str | None = None


def keywords(options: Options, **defaults: Any) -> str:
    """Arguments of a call by name, without those that have the operation's own default."""
    return "".join(f", {name}={options[name]!r}" for name, default in defaults.items() if options[name] != default)
