"""Makes backward and update code read as a person would write it. Every rule keeps the value.

Constants are folded and keep their text, they stand in front, a factor of 1 is left out, and so is a broadcast that
the next operation makes anyway. Named nodes are never looked through: what the reader sees by name is what is
calculated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from backprop_explorer.graph.node import Node
from backprop_explorer.graph.number import Number, arithmetic, negated
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.record import Operation, Shape


class Maker(Protocol):
    """What a rule makes its simpler nodes with: the graph, which simplifies these in turn."""

    def constant(self, number: Number | float) -> Node: ...

    def make(
        self, operation: Operation, operands: Sequence[Node], parameters: Mapping[str, Any] | None = None
    ) -> Node: ...


Rule = Callable[[Maker, list[Node], dict[str, Any]], Node | None]


def simplified(
    graph: Maker, operation: Operation, operands: Sequence[Node], parameters: dict[str, Any], shape: Shape
) -> Node | None:
    """A simpler node of the same value and shape, or None."""
    if operation.family == "elementwise":
        shorter = _without_broadcasts(operands, shape)
        if shorter is not None:
            return graph.make(operation, shorter, parameters)
    rule = _RULES.get(operation.name)
    result = rule(graph, list(operands), parameters) if rule else None
    return result if result is not None and result.shape == shape else None


def _without_broadcasts(operands: Sequence[Node], shape: Shape) -> list[Node] | None:
    """The operands with the first needless broadcast left out: the operation stretches them by itself."""
    if len(operands) < 2:
        return None
    for position, operand in enumerate(operands):
        if operand.operation.name != "broadcast_to" or operand.shown:
            continue
        shorter = [*operands[:position], operand.operands[0], *operands[position + 1 :]]
        if _stretched(shorter) == shape:
            return shorter
    return None


def _stretched(operands: Sequence[Node]) -> Shape:
    rank = max(operand.ndim for operand in operands)
    padded = [(1,) * (rank - operand.ndim) + operand.shape for operand in operands]
    return tuple(max(lengths) for lengths in zip(*padded, strict=True))


def _number(node: Node) -> Number | None:
    return None if node.constant is None else Number(_whole(node), node.text, node.precedence)


def _whole(node: Node) -> int | float:
    value = node.parameters["value"]
    return int(value) if node.text.isdigit() else float(value)


def _fold(graph: Maker, name: str, operands: Sequence[Node]) -> Node | None:
    left, right = (_number(operand) for operand in operands)
    return None if left is None or right is None else graph.constant(arithmetic(name, left, right))


def _scaled(node: Node) -> tuple[Number, Node] | None:
    """A product with a constant in front as the constant and the rest; a negative as -1 and the rest."""
    if node.shown or node.boxes:
        return None
    if node.operation.name == "multiply" and (number := _number(node.operands[0])) is not None:
        return number, node.operands[1]
    return None


def _multiply(graph: Maker, operands: list[Node], _: dict[str, Any]) -> Node | None:
    a, b = operands
    first, second = _number(a), _number(b)
    if first is not None and second is not None:
        return graph.constant(arithmetic("multiply", first, second))
    if second is not None:
        return _times(graph, second, a, constant_last=True)
    return _times(graph, first, b, constant_last=False) if first is not None else None


def _times(graph: Maker, factor: Number, node: Node, *, constant_last: bool) -> Node | None:
    """factor * node, with the constant in front and merged with one that is there already."""
    if factor.value == 1:
        return node
    scaled = _scaled(node)
    if scaled is not None:
        inner, rest = scaled
        merged = arithmetic("multiply", inner, factor) if constant_last else arithmetic("multiply", factor, inner)
        return graph.make(OPERATIONS["multiply"], [graph.constant(merged), rest])
    if factor.value == -1:
        return graph.make(OPERATIONS["negative"], [node])
    return graph.make(OPERATIONS["multiply"], [graph.constant(factor), node]) if constant_last else None


def _negative(graph: Maker, operands: list[Node], _: dict[str, Any]) -> Node | None:
    operand = operands[0]
    number = _number(operand)
    if number is not None:
        return graph.constant(negated(number))
    if operand.operation.name == "negative" and not operand.shown:
        return operand.operands[0]
    scaled = _scaled(operand)
    if scaled is None:
        return None
    return graph.make(OPERATIONS["multiply"], [graph.constant(negated(scaled[0])), scaled[1]])


def _add(graph: Maker, operands: list[Node], _: dict[str, Any]) -> Node | None:
    a, b = operands
    if a.constant == 0:
        return b
    return a if b.constant == 0 else _fold(graph, "add", operands)


def _subtract(graph: Maker, operands: list[Node], _: dict[str, Any]) -> Node | None:
    return operands[0] if operands[1].constant == 0 else _fold(graph, "subtract", operands)


def _divide(graph: Maker, operands: list[Node], _: dict[str, Any]) -> Node | None:
    return operands[0] if operands[1].constant == 1 else _fold(graph, "divide", operands)


def _power(graph: Maker, operands: list[Node], _: dict[str, Any]) -> Node | None:
    exponent = operands[1].constant
    if exponent == 0:
        return graph.constant(1)
    return operands[0] if exponent == 1 else _fold(graph, "power", operands)


def _only_movement(graph: Maker, operands: list[Node], _: dict[str, Any]) -> Node | None:
    """A change of shape that changes nothing: `simplified` compares the shapes."""
    return operands[0]


def _reshape(graph: Maker, operands: list[Node], parameters: dict[str, Any]) -> Node | None:
    operand = operands[0]
    if operand.shape == parameters["shape"]:
        return operand
    if operand.constant is not None:
        return graph.make(OPERATIONS["broadcast_to"], [operand], parameters)
    if operand.operation.name == "reshape" and not operand.shown and not operand.boxes:
        return graph.make(OPERATIONS["reshape"], [operand.operands[0]], parameters)
    return None


def _transpose(graph: Maker, operands: list[Node], _: dict[str, Any]) -> Node | None:
    """Transposed twice is not transposed; `(x.T @ g).T` is `g.T @ x`, which is how people write it."""
    operand = operands[0]
    if operand.shown:
        return None
    if operand.operation.name == "mT":
        return operand.operands[0]
    if operand.operation.name != "matmul" or operand.operands[0].operation.name != "mT" or operand.operands[0].shown:
        return None
    (x,), g = operand.operands[0].operands, operand.operands[1]
    if g.ndim < 2:
        return None
    return graph.make(OPERATIONS["matmul"], [graph.make(OPERATIONS["mT"], [g]), x])


def _index(graph: Maker, operands: list[Node], parameters: dict[str, Any]) -> Node | None:
    return operands[0] if all(entry == slice(None) for entry in parameters["index"]) else None


_RULES: dict[str, Rule] = {
    "multiply": _multiply,
    "negative": _negative,
    "add": _add,
    "subtract": _subtract,
    "divide": _divide,
    "power": _power,
    "broadcast_to": _only_movement,
    "reshape": _reshape,
    "mT": _transpose,
    "index": _index,
}
