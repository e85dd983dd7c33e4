"""What a value of the graph is while its program is written: a tensor of the program, or numbers that are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from backprop_explorer.importing.onnx.model import Operation
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.problem import Problem


@dataclass(frozen=True)
class Tensor:
    """A tensor of the program, and what its numbers are in the file: "float", "whole" or "bool"."""

    name: str
    shape: Shape
    kind: str = "float"


@dataclass(frozen=True)
class Known:
    """Numbers that stand in the file or follow from shapes. A `weight` becomes a parameter when it is used."""

    numbers: Array
    weight: bool = False


Value = Tensor | Known
Result = str | Value | Sequence[str | Value | None]
"""What an operator gives: an expression, a value that is there already, or a list with one for each of its outputs,
None for one that is left out with all that comes of it."""


class Writer(Protocol):
    """Where tensors come from."""

    def tensor(self, name: str, *, fixed: bool) -> Tensor: ...

    def warn(self, warning: str) -> None: ...

    def name(self, wanted: str) -> str: ...

    def parameter(self, wanted: str, array: Array, *, fixed: bool = False) -> Tensor: ...

    def check_shape(self, shape: Shape) -> None: ...

    def run(self, text: str, call: Call) -> None: ...


@dataclass(frozen=True)
class Call:
    """An operator applied to operands."""

    operation: Operation
    operands: Sequence[Value | None]
    opset: int
    writer: Writer

    def refuse(self, reason: str) -> Problem:
        """The problem that this node cannot be written in the language."""
        return self.operation.problem("unsupported_operator", reason)

    def has(self, position: int) -> bool:
        """Whether there is such an operand."""
        return position < len(self.operands) and self.operands[position] is not None

    def __getitem__(self, position: int) -> str:
        """An operand as it is written in the program: a name or a number."""
        value = self.value(position)
        if (
            isinstance(value, Known)
            and value.numbers.size == 1
            and not value.weight
            and value.numbers.ndim <= self._rank
        ):
            return number(value.numbers.item(), value.numbers.dtype.type)
        return self.tensor(position).name

    def tensor(self, position: int, *, fixed: bool = False) -> Tensor:
        """An operand as a tensor of the program; `fixed` numbers are inputs, weights else parameters."""
        value = self.value(position)
        return value if isinstance(value, Tensor) else self.writer.tensor(self.operation.inputs[position], fixed=fixed)

    def shape(self, position: int = 0) -> Shape:
        """The shape of an operand."""
        value = self.value(position)
        return value.shape if isinstance(value, Tensor) else value.numbers.shape

    def is_whole(self, position: int) -> bool:
        """Whether an operand holds whole numbers, or 1 and 0 for yes and no."""
        return kind_of(self.value(position)) != "float"

    def kind(self, place: int) -> str:
        """What numbers the output at that place holds."""
        kind = self.operation.kind
        if kind in YES_OR_NO or (kind, place) == ("Dropout", 1):
            return "bool"
        if (kind, place) in COUNTED:
            return "whole"
        source = TYPED_BY.get(kind, 0)
        return kind_of(self.value(source)) if self.has(source) else "float"

    def write(self, wanted: str, text: str) -> str:
        """Adds a statement to the program; the name that it gives to what is computed."""
        name = self.writer.name(wanted)
        self.writer.run(f"{name} = {text}", self)
        return name

    def wants(self, position: int) -> bool:
        """Whether anyone reads that output."""
        return position < len(self.operation.outputs) and bool(self.operation.outputs[position])

    def known(self, position: int) -> Array:
        """The numbers of an operand, which must be known."""
        value = self.value(position)
        if not isinstance(value, Known):
            raise self.refuse(f"computes its input {position + 1} from the data; it must be fixed")
        return value.numbers

    def whole(self, position: int) -> list[int]:
        """An operand as a list of known whole numbers."""
        given = self.known(position)
        if given.dtype.kind != "i" or given.ndim > 1:
            raise self.refuse(f"needs whole numbers as its input {position + 1}")
        return [int(one) for one in np.atleast_1d(given)]

    def option(self, name: str, default: Any, check: Callable[[Any], bool] = lambda _: True) -> Any:
        """An attribute of the type of its default, or that default."""
        given = self.operation.options.get(name, default)
        given = given.decode(errors="replace") if isinstance(given, bytes) else given
        given = list(given) if isinstance(default, list) and isinstance(given, Iterable) else given
        if type(given) is not type(default) and default is not None or not check(given):
            raise self.operation.problem("bad_attribute", f"has a wrong value of its attribute {name}")
        return given

    def fraction(self, name: str, default: float) -> str:
        """An attribute that is a number with a fraction, as it is written."""
        return number(self.option(name, default), np.float32)

    def axes(self, name: str, position: int) -> list[int] | None:
        """Axes, which stand in an attribute or (in newer files) in an operand; None where they are left out."""
        if self.has(position):
            return self.whole(position)
        given: list[int] = self.option(name, [], are_whole)
        return given if name in self.operation.options else None

    def axis(self, default: int, name: str = "axis") -> int:
        """An axis of the first operand, counted from its front."""
        axis, rank = self.option(name, default), len(self.shape())
        if not -rank <= axis < max(rank, 1):
            raise self.refuse(f"has the axis {axis}, but its input has {rank} axes")
        return int(axis) % max(rank, 1)

    @property
    def _rank(self) -> int:
        """The most axes of those operands that are tensors."""
        return max((len(one.shape) for one in self.operands if isinstance(one, Tensor)), default=0)

    def value(self, position: int) -> Value:
        """An operand; a `Problem` where the node lacks it."""
        value = self.operands[position] if position < len(self.operands) else None
        if value is None:
            raise self.operation.problem("bad_node", f"lacks its input {position + 1}")
        return value


YES_OR_NO = (
    *("Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Not", "And", "Or", "Xor", "IsNaN", "IsInf"),
)
"""Operators whose results are yes or no."""
COUNTED = (("TopK", 1), ("MaxPool", 1), ("ArgMax", 0), ("ArgMin", 0))
"""Outputs that are places."""
TYPED_BY = {"Where": 1, "OneHot": 2, "DequantizeLinear": 1}
"""The operand whose type the outputs have, where that is not the first."""


def kind_of(value: Value | Array) -> str:
    """What numbers those are in the file: "float", "whole" or "bool"; known ones of yes and no are whole, too."""
    if isinstance(value, Tensor):
        return value.kind
    numbers = value.numbers if isinstance(value, Known) else value
    return "float" if numbers.dtype.kind == "f" else "whole"


Operator = str | Callable[[Call], Result]
"""A text with `{0}`, `{1}` … in the place of operands, or a function of the call."""


def are_whole(given: object) -> bool:
    """Whether an attribute is a list of whole numbers."""
    return isinstance(given, list) and all(isinstance(one, int) for one in given)


def number(value: float, kind: Callable[[float], Any] = float) -> str:
    """A number as it is written in a program, with as few digits as its type needs."""
    if isinstance(value, int):
        text = str(value)
    elif not np.isfinite(value):
        text = "np.nan" if np.isnan(value) else "np.inf" if value > 0 else "-np.inf"
    else:
        with np.errstate(all="ignore"):
            short = kind(value)
        text = str(float(value) if not np.isfinite(short) else short)
    return f"({text})" if text.startswith("-") else text
