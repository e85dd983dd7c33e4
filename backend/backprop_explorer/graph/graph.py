"""The graph: nodes in the order in which they can be computed, made one at a time and checked as they are made."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict

import numpy as np

from backprop_explorer.graph.budget import Budget, Meter
from backprop_explorer.graph.code import atomic, code, part
from backprop_explorer.graph.node import CONSTANT, FLOAT, LEAF, Kind, Node, Phase
from backprop_explorer.graph.number import Number
from backprop_explorer.graph.simplify import simplified
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import OperandError, Operation, Result, Shape
from backprop_explorer.problem import Problem

_ARTICLE = {"whole": "labels (whole numbers)", "float": "numbers to calculate with"}


class Operand(TypedDict):
    """A number that an element was computed from."""

    code: str
    value: float


class Warned(TypedDict):
    """Something that is allowed, and probably a mistake.

    Of the code `not_finite`: an operation that made a number which is not finite out of numbers that are, or NaN out of
    infinities. `tensor`, `field` and `index` are the element of the step in which it did, or of a tensor that is given;
    `expression` is the operation in numbers, `operands` the same by name, `cause` what that is called, `cure` what to
    write instead. `sample` is its place in the batch, `iteration` the earlier iteration at which it happened.

    Of the code `dead_unit`: `units` is how many the layer has, the dead ones among them.
    """

    line: int | None
    code: str
    message: str
    tensor: NotRequired[str]
    field: NotRequired[Literal["value", "gradient", "next"]]
    index: NotRequired[list[int]]
    units: NotRequired[int]
    value: NotRequired[float]
    step: NotRequired[int]
    phase: NotRequired[Literal["given", "forward", "backward", "update"]]
    op: NotRequired[str]
    expression: NotRequired[str]
    operands: NotRequired[list[Operand]]
    cause: NotRequired[str]
    cure: NotRequired[str]
    sample: NotRequired[int]
    iteration: NotRequired[int]


class Graph:
    """A program of primitive operations. In the backward and update phases what is made is simplified, and made only
    once.

    So is what a derivative inside the program is made of, while the graph `derives` it. The operations named in
    `qualified` are written with `np.` in front, since the program's own words for them mean
    something else. Where it is for `measuring` the loss, what acts in training alone is off.
    """

    def __init__(
        self, dtype: str = "float64", budget: Budget | None = None, *, formula: bool = False, whole: bool = False
    ) -> None:
        self.formula = formula
        self.qualified: Collection[str] = ()
        self.nodes: list[Node] = []
        self.dtype = np.dtype(dtype)
        self.meter = Meter(budget or Budget.unlimited(), whole=whole)
        self.phase: Phase = "forward"
        self.derives = False
        self.measuring = False
        self.line: int | None = None
        self.warnings: list[Warned] = []
        self.draws: dict[str, Node] = {}
        self._known: dict[tuple[object, ...], Node] = {}
        self._keys: dict[Node, tuple[object, ...]] = {}

    def leaf(self, name: str, shape: Shape, kind: Kind) -> Node:
        """A tensor that is given: an input, a parameter or the optimizer's state."""
        self.meter.charge(name, shape, 0)
        node = Node(LEAF, (), {}, shape, kind, "leaf")
        node.name, node.shown = name, True
        return self._append(node)

    def unset(self, shape: Shape, kind: Kind) -> Node:
        """A tensor that something given is to take the place of; it costs nothing."""
        return self._append(Node(LEAF, (), {}, shape, kind, "unset"))

    def stand_in(self, node: Node) -> Node:
        """A leaf in the place of another graph's node, called as that is written."""
        return self.leaf(atomic(part(node)), node.shape, Kind(node.kind.name))

    def draw(self, shape: Shape) -> Node:
        """Random numbers between 0 and 1: given with the iteration, as the optimizer's state is, so that a replay has
        them again."""
        if self.formula or self.phase != "forward":
            raise Problem("random_here", "random numbers can be drawn in the program alone, in no formula")
        name = "random.draw" + (f"_{len(self.draws) + 1}" if self.draws else "")
        leaf = self.draws[name] = self.leaf(name, shape, Kind("float"))
        leaf.given = False
        return leaf

    def constant(self, number: Number | float) -> Node:
        """A number of the program as a node without axes."""
        written = number if isinstance(number, Number) else Number.of(number)
        node = Node(CONSTANT, (), {"value": float(written.value)}, (), FLOAT, "constant")
        node.text, node.precedence = written.text, written.precedence
        return node

    def make(self, operation: Operation, operands: Sequence[Node], parameters: Mapping[str, Any] | None = None) -> Node:
        """The operation applied to operands. Raises a `Problem` that names what it requires and what it got."""
        shapes = [operand.shape for operand in operands]
        given = dict(parameters or {})
        try:
            if operation.canonical is not None:
                given = operation.canonical(shapes, given)
            shape = operation.shape(*shapes, **given)
        except OperandError as requirement:
            raise self.refusal(operation.name, operands, requirement) from None
        kind = self._kind(operation, operands, given)
        if self.phase == "forward" and not self.derives:
            if operation.family == "elementwise" and len(shapes) == 2:
                on_purpose = not any(operand.given for operand in operands)  # a mask, made of nothing but positions
                if not on_purpose:
                    self._warn_of_broadcast(operation, *shapes)
        else:
            node = simplified(self, operation, operands, given, shape)
            if node is not None:
                return node
        return self._made(operation, operands, given, shape, kind)

    def _made(
        self, operation: Operation, operands: Sequence[Node], parameters: dict[str, Any], shape: Shape, kind: Kind
    ) -> Node:
        key = (
            operation.name,
            *(operand.id if operand.id >= 0 else operand.text for operand in operands),
            repr(parameters) if parameters else "",
        )
        known = self._known.get(key)
        if known is not None and self.phase != "forward" and not operation.internal:
            return known
        cost = flop(operation, [operand.shape for operand in operands], parameters, shape)
        self.meter.charge(operation.name, shape, cost, made=True, view=operation.view)
        node = self._append(Node(operation, operands, parameters, shape, kind, self.phase, self.line))
        node.qualified = operation.name in self.qualified
        if known is None:
            self._known[key] = node
            self._keys[node] = key
        return node

    def _append(self, node: Node) -> Node:
        node.id = len(self.nodes)
        self.nodes.append(node)
        return node

    def settle(self, node: Node) -> None:
        """Keeps the node to itself: what is made later and looks the same becomes a node of its own."""
        key = self._keys.pop(node, None)
        if key is not None:
            del self._known[key]

    def forget(self, first: int) -> None:
        """Takes back all nodes from an id on, which nothing needs."""
        del self.nodes[first:]
        self._known = {key: node for key, node in self._known.items() if node.id < first}
        self._keys = {node: key for key, node in self._known.items()}
        self.draws = {name: node for name, node in self.draws.items() if node.id < first}

    def _kind(self, operation: Operation, operands: Sequence[Node], parameters: Mapping[str, Any]) -> Kind:
        if operation.result == "bool" and any(operand.kind.name == "whole" for operand in operands):
            return self._compared(operation, operands)
        if operation.result == "same":
            moved = self._moved_kind(operation, operands)
            return self._number_kind(operation, operands, "float") if moved is None else moved
        result = operation.result(parameters) if callable(operation.result) else operation.result
        return self._number_kind(operation, operands, result)

    def _moved_kind(self, operation: Operation, operands: Sequence[Node]) -> Kind | None:
        """The kind of what is moved out of tensors that hold the same kind of numbers; None for a mixture."""
        labels = [i for i in range(len(operands)) if operation.operand_name(i) in operation.whole]
        for position in labels:
            self._use(operation, operands[position], "whole")
        operands = [operand for i, operand in enumerate(operands) if i not in labels]
        first, names = operands[0].kind, {operand.kind.name for operand in operands}
        if all(operand.kind is first for operand in operands):
            return first
        if names == {"open"}:
            joined = {operand.kind for operand in operands}
            first = next((kind for kind in joined if not kind.made), first)
            for node in self.nodes:
                node.kind = first if node.kind in joined else node.kind
            return first
        if names == {"bool"}:
            return Kind("bool")
        if names <= {"open", "whole"}:
            for operand in operands:
                self._use(operation, operand, "whole")
            return Kind("whole")
        return None

    def _number_kind(self, operation: Operation, operands: Sequence[Node], result: Result) -> Kind:
        labels = operation.whole
        for position, operand in enumerate(operands):
            kind = operand.kind
            if not labels and kind.name == "float" and not kind.was_open:
                continue  # by far the most
            if operation.casts and kind.name == "whole":
                continue
            self._use(operation, operand, "whole" if operation.operand_name(position) in operation.whole else "float")
        return FLOAT if result == "float" or result == "same" else Kind(result, made=True)

    def _compared(self, operation: Operation, operands: Sequence[Node]) -> Kind:
        """Labels are compared with labels, and with numbers of the program."""
        for operand in operands:
            if operand.operation is not CONSTANT:
                self._use(operation, operand, "whole")
        return Kind("bool")

    def _use(self, operation: Operation, operand: Node, wanted: str) -> None:
        kind = operand.kind
        if kind.name == "open" or (kind.made and wanted == "whole"):
            kind.name = "whole" if wanted == "whole" else "float"
        elif wanted == "whole" != kind.name and _is_of_labels(operand):
            raise Problem(
                "wrong_kind",
                f"{operation.name} needs labels that are given, and {code(operand)} is calculated from some",
                tensor=operand.name,
                hint=f"give {code(operand)} as an input of its own, a list of whole numbers; or move what is looked "
                "up: np.roll(x, 1, 0)[labels] is x[labels - 1]",
            )
        elif wanted == "whole" != kind.name and not kind.was_open:
            raise Problem(
                "wrong_kind",
                f"{operation.name} needs {code(operand)} to be {_ARTICLE['whole']}",
                tensor=operand.name,
                hint="give them as an input that is a list of whole numbers",
            )
        elif kind.was_open and (kind.name == "whole") != (wanted == "whole"):
            raise Problem(
                "wrong_kind",
                f"{code(operand)} is used both as {_ARTICLE['whole']} and as {_ARTICLE['float']}",
                tensor=operand.name,
                hint="give the numbers twice, as two inputs",
            )

    def refusal(self, name: str, operands: Sequence[Node], requirement: OperandError) -> Problem:
        """The sentence about an operation that cannot be applied, with the operands' names filled in."""
        names = [code(operand) for operand in operands]
        try:
            told = str(requirement).format(*names)
        except (LookupError, ValueError, AttributeError):  # what was got has braces of its own
            told = str(requirement)
        return Problem("wrong_shape", f"{name} needs {told}")

    def _warn_of_broadcast(self, operation: Operation, a: Shape, b: Shape) -> None:
        """(n, 1) with (n,) gives (n, n): legal in NumPy, and almost always a missing or superfluous axis."""
        long, short = (a, b) if len(a) > len(b) else (b, a)
        if len(long) == len(short) + 1 and len(long) >= 2 and long[-1] == 1 < short[-1] == long[-2]:
            result = (*long[:-1], short[-1])
            expression = str(operation.code).format(**dict(zip(operation.operands, (a, b), strict=True)))
            self.warnings.append(
                {"line": self.line, "code": "broadcast", "message": f"{expression} broadcasts to {result}"}
            )


def _is_of_labels(node: Node) -> bool:
    """Whether a tensor is calculated from whole numbers that are given, as `labels - 1` is."""
    return node.operation.family == "elementwise" and any(one.kind.was_open for one in node.operands)


def flop(operation: Operation, shapes: Sequence[Shape], parameters: Mapping[str, Any], shape: Shape) -> int:
    """The floating-point operations of a call: what its record says, else one per element; views cost nothing."""
    if operation.flop is not None:
        return operation.flop(*shapes, **parameters)
    return 0 if operation.view else size(shape)
