"""A node of the computation graph: one operation applied to operands, or a leaf, or a constant; and a box, the call of
a composite, which is shown as one step while it is closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from backprop_explorer.ops.record import ATOM, Array, Operation, Shape

Phase = Literal["leaf", "unset", "constant", "forward", "backward", "update"]


def _no_value(*_: Array, **__: Any) -> Array:
    raise TypeError("a leaf has no forward function, its numbers are given")


def _shape_of_leaf(*_: Shape, **__: Any) -> Shape:
    raise TypeError("a leaf's shape is given")


LEAF = Operation("leaf", "leaf", (), _shape_of_leaf, _no_value, "leaf", "A tensor that is given.", "")
CONSTANT = Operation("constant", "leaf", (), _shape_of_leaf, _no_value, "constant", "A number of the program.", "")


class Kind:
    """What numbers a tensor holds. It is `open` for a list of whole numbers until an operation uses it.

    Tensors that are moved copies of one another share one `Kind`, so that the first use decides for all of them. Whole
    numbers that are `made` by the program itself can be used as labels and as numbers at once.
    """

    __slots__ = ("made", "name", "was_open")

    def __init__(self, name: Literal["float", "bool", "whole", "open"], *, made: bool = False) -> None:
        self.name = name
        self.made = made and name == "open"
        self.was_open = name == "open" and not made


FLOAT = Kind("float")
"""What most tensors hold; a kind that is not open never changes, so that they can share it."""


class Node:
    """One value of the program. `shape` is static; the numbers stand in a plan's buffers, never here.

    `name` is its key for the outside (`l1`, `l1.matmul`, `l1.g`). Where it is `shown`, code refers to it by that
    name, else by its expression. `hidden` are the nodes inside a closed box, `given` those that depend on a
    tensor of the document. A `qualified` node's operation is written with `np.` in front.
    """

    __slots__ = (
        "boxes",
        "given",
        "hidden",
        "id",
        "kind",
        "line",
        "name",
        "operands",
        "operation",
        "parameters",
        "phase",
        "precedence",
        "qualified",
        "shape",
        "shown",
        "text",
    )

    def __init__(
        self,
        operation: Operation,
        operands: Sequence[Node],
        parameters: Mapping[str, Any],
        shape: Shape,
        kind: Kind,
        phase: Phase,
        line: int | None = None,
    ) -> None:
        self.operation = operation
        self.operands = tuple(operands)
        self.parameters = parameters
        self.shape = shape
        self.kind = kind
        self.phase = phase
        self.line = line
        self.given: bool = operation is LEAF
        for operand in operands:
            if operand.given:
                self.given = True
                break
        self.id = -1
        self.name: str | None = None
        self.shown = False
        self.hidden = False
        self.text = ""
        self.precedence = ATOM
        self.qualified = False
        self.boxes: list[Box] = []

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        count = 1
        for length in self.shape:
            count *= length
        return count

    @property
    def axis_labels(self) -> tuple[str, list[list[str]]]:
        """The letters of the result's axes and, per operand, those of its axes, "" for one that is stretched; only
        for an operation that has `labels`."""
        assert self.operation.labels is not None
        return self.operation.labels([operand.shape for operand in self.operands], self.parameters)

    @property
    def constant(self) -> float | None:
        """The number of a constant, else None."""
        return float(self.parameters["value"]) if self.operation is CONSTANT else None

    @property
    def differentiable(self) -> bool:
        """Whether the tensor can have a gradient: masks, labels and what is made of constants alone have none."""
        return self.kind.name in ("float", "open") and self.given

    def __repr__(self) -> str:
        return f"<{self.name or self.operation.name} {self.shape}>"


class Described(Protocol):
    """What the record of a called function says of it."""

    @property
    def summary(self) -> str:
        """What it computes, in a sentence or two; empty where the name says it."""


@dataclass(eq=False)
class Box:
    """The call of a composite: its name, what its parameters are bound to, its locals, the nodes inside and the
    result.

    `gradients` hold the simplified backward rule per operand, as program text over parameters, locals, `g` and `y`;
    empty where the composite has none, so that the gradient flows through the nodes inside. `record` describes the
    function, None for one of the user's. `prefix` is the library's name in front, such as `torch.`; the parameters
    `by_name` can be given by name only, and `rest` takes any number of arguments.
    """

    name: str
    method: bool
    bound: Mapping[str, Any]
    defaults: Mapping[str, Any]
    output: Node
    inside: tuple[Node, ...]
    scope: Mapping[str, Any]
    gradients: Mapping[str, str]
    closed: bool
    symbol: str = ""
    names: dict[int, str] = field(default_factory=dict)
    record: Described | None = None
    prefix: str = ""
    by_name: Collection[str] = ()
    rest: str | None = None

    @property
    def operands(self) -> list[Node]:
        """The tensors that the composite was called with, in the order of its parameters."""
        return list(_nodes(self.bound.values()))


def _nodes(values: Iterable[Any]) -> Iterator[Node]:
    for value in values:
        if isinstance(value, Node):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from _nodes(value)


def closed_box(node: Node) -> Box | None:
    """The outermost closed box whose result the node is, or None."""
    return next((box for box in reversed(node.boxes) if box.closed), None)
