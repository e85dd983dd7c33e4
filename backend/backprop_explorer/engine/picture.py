"""How a step is drawn: its operands, and which index of an operand is which index of the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import numpy as np

from backprop_explorer.answers import Extent, Tensor
from backprop_explorer.engine.listing import step_operands
from backprop_explorer.engine.program import Field, Name
from backprop_explorer.engine.sliding import Slide
from backprop_explorer.graph.code import part
from backprop_explorer.graph.node import CONSTANT, Node, closed_box
from backprop_explorer.graph.walk import ancestors
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.elementwise import aligned_labels
from backprop_explorer.ops.record import Array, Shape

ORIGIN_LIMIT = 400
"""Results with more elements are drawn as a heatmap, where single cells are not traced by a table."""

SOURCE_LIMIT = 100_000

Origin = Callable[[Sequence[Shape], Mapping[str, Any], Shape], tuple[int, Shape] | None]
"""A record's `origin`."""

Kind = Literal["product", "elementwise", "reduction", "movement", "composite"]


class StepOperand(TypedDict):
    """An operand as it is drawn: which tensor it is, letters per axis ("" where it is stretched), and where a movement
    takes each element of the result from. `value` where no tensor of the trace holds its numbers; `transposed` where
    the last two axes are swapped; `constant` where no tensor of the document goes into it."""

    code: str
    tensor: str | None
    field: Field | None
    shape: Extent
    labels: list[str] | None
    transposed: NotRequired[bool]
    origin: NotRequired[list[int]]
    constant: NotRequired[bool]
    value: NotRequired[Tensor]


class StepPicture(TypedDict):
    """How a step is drawn; `labels` are the letters of the result's axes."""

    kind: Kind
    labels: list[str] | None
    operands: list[StepOperand]
    slide: NotRequired[Annotated[Slide, "of a step that slides one tensor along another, such as a convolution"]]


@dataclass(frozen=True)
class Operand:
    """An operand of a picture; `labels` are letters per axis, "" where it is stretched; `origin` a flat index per
    element of the result."""

    node: Node
    code: str
    transposed: bool = False
    labels: list[str] | None = None
    origin: list[int] | None = None


@dataclass(frozen=True)
class Picture:
    """A step's picture; `labels` are the letters of the result's axes."""

    kind: Kind
    labels: str | None
    operands: list[Operand]


def picture_of(node: Node) -> Picture:
    """The picture of a node's own equation."""
    if closed_box(node) is not None:
        return Picture("composite", None, [_operand(operand) for operand in step_operands(node)])
    while _is_plain_reshape(node):
        inner = node.operands[0]
        if inner.shown or inner.operation is CONSTANT or inner.ndim == 0:
            break
        return _reshaped(picture_of(inner), inner, node)
    return _DRAWN.get(node.operation.family, _generic)(node)


def _is_plain_reshape(node: Node) -> bool:
    return node.operation.name == "reshape" and closed_box(node) is None


def _reshaped(picture: Picture, inner: Node, node: Node) -> Picture:
    """A change of shape that only adds or drops axes of length 1 keeps the picture of what is inside."""
    old, new = [length for length in inner.shape if length != 1], [length for length in node.shape if length != 1]
    if old != new or picture.labels is None:
        return _movement(node)
    letters = [letter for letter, length in zip(picture.labels, inner.shape, strict=True) if length != 1]
    spare = iter(letter for letter in "hgfedcba" if letter not in picture.labels)
    rest = iter(letters)
    return Picture(
        picture.kind, "".join(next(rest) if length != 1 else next(spare) for length in node.shape), picture.operands
    )


def _operand(node: Node, labels: list[str] | None = None, origin: list[int] | None = None) -> Operand:
    transposed = node.operation.name == "mT" and not node.shown and node.operands[0].shown
    return Operand(node, part(node)[0], transposed, labels, origin)


def _generic(node: Node) -> Picture:
    return Picture("composite", None, [_operand(operand) for operand in node.operands])


def _elementwise(node: Node) -> Picture:
    """A chain of elementwise operations as one picture: what goes in, side by side, aligned with what comes out."""
    if node.operation.whole:
        letters, operands = node.axis_labels if node.operation.labels else (None, [])
        return Picture(
            "elementwise",
            letters,
            [_operand(operand, labels) for operand, labels in zip(node.operands, operands, strict=True)],
        )

    def inside(operand: Node) -> bool:
        in_chain = operand.operation.family == "elementwise" and not operand.shown and not _is_step(operand, node)
        # A condition is a tensor that one sees: which elements let something through.
        whole = operand.operation.whole or operand.operation.result == "bool"
        return in_chain and closed_box(operand) is None and not whole

    found = ancestors(*node.operands, operands=lambda operand: operand.operands if inside(operand) else ())
    letters, _ = aligned_labels([node.shape])
    return Picture(
        "elementwise",
        letters,
        [
            _operand(operand, aligned_labels([node.shape, operand.shape])[1][1])
            for operand in found
            if not inside(operand)
        ],
    )


def _is_step(operand: Node, node: Node) -> bool:
    """Whether an operand of a forward step is a forward step itself, which the story has drawn already."""
    return node.phase == "forward" and operand.phase == "forward" and not operand.hidden


def _labelled(kind: Kind) -> Callable[[Node], Picture]:
    def draw(node: Node) -> Picture:
        letters, operands = node.axis_labels
        return Picture(
            kind, letters, [_operand(operand, labels) for operand, labels in zip(node.operands, operands, strict=True)]
        )

    return draw


def _contraction(node: Node) -> Picture:
    flat = (
        len(node.operands) == 2
        and all(operand.ndim == 2 for operand in node.operands)
        and node.ndim == 2
        and node.operation.name == "matmul"
    )
    return _labelled("product" if flat else "composite")(node)


def _movement(node: Node) -> Picture:
    if node.operation.labels is not None:
        return _labelled("movement")(node)
    origins = _origins(node)
    return Picture(
        "movement",
        None,
        [
            _operand(operand, None, origins[position] if origins else None)
            for position, operand in enumerate(node.operands)
        ],
    )


def _origins(node: Node) -> list[list[int]] | None:
    """Per operand, the flat index of the element that each element of the result is a copy of, or -1: by moving the
    indices themselves, unless the record tells it."""
    total = sum(size(operand.shape) for operand in node.operands)
    if node.size > ORIGIN_LIMIT or total > SOURCE_LIMIT or node.operation.origins is not None or not node.operands:
        return None
    if node.operation.origin is not None:
        return _told_origins(node, node.operation.origin)
    result, start = [], 0
    marks: list[Array] = []
    for operand in node.operands:
        marks.append(np.arange(start + 1, start + 1 + operand.size).reshape(operand.shape))
        start += operand.size
    moved = np.asarray(node.operation.forward(*marks, **node.parameters)).reshape(-1)
    for mark in marks:
        low, high = int(mark.min()), int(mark.max())
        result.append([int(index) - low if low <= index <= high else -1 for index in moved])
    return result


def _told_origins(node: Node, origin: Origin) -> list[list[int]]:
    """The same where the record tells it: what fills a padding is a number like any other, so that no mark would be
    safe from it."""
    shapes = [operand.shape for operand in node.operands]
    result = [[-1] * node.size for _ in shapes]
    for flat, index in enumerate(np.ndindex(node.shape)):
        found = origin(shapes, node.parameters, index)
        if found is not None:
            position, place = found
            result[position][flat] = int(np.ravel_multi_index(place, shapes[position])) if place else 0
    return result


_DRAWN: dict[str, Callable[[Node], Picture]] = {
    "elementwise": _elementwise,
    "contraction": _contraction,
    "reduction": _labelled("reduction"),
    "movement": _movement,
    "scatter": _movement,
    "axiswise": _labelled("composite"),
}


Known = Callable[[Node], Name | None]
"""The tensor and field by which a node goes."""


def drawn(
    picture: Picture, values: Callable[[Node], Array] | None, known: Known, written: Callable[[int, Node], bool]
) -> StepPicture:
    """The answer about a picture; `values` gives numbers of inline expressions. An operand whose expression is not
    `written` in the step's code (told by its position) goes by its name."""
    return {
        "kind": picture.kind,
        "labels": None if picture.labels is None else list(picture.labels),
        "operands": [
            _drawn_operand(operand, values, known, written(position, operand.node))
            for position, operand in enumerate(picture.operands)
        ],
    }


def _drawn_operand(
    operand: Operand, values: Callable[[Node], Array] | None, known: Known, written: bool
) -> StepOperand:
    node = operand.node
    own = None if written else known(node)
    source = node.operands[0] if operand.transposed and own is None else node
    name, field = known(source) or (None, None)
    entry: StepOperand = {
        "code": str(operand.code) if own is None else f"{name}.g" if field == "gradient" else str(name),
        "tensor": name,
        "field": field,
        "shape": list(node.shape),
        "labels": operand.labels,
    }
    if source is not node and name is not None:
        entry["transposed"] = True
    if operand.origin is not None:
        entry["origin"] = operand.origin
    if name is None and not node.given:
        entry["constant"] = True
    if name is None and values is not None and node.size <= SOURCE_LIMIT:
        entry["value"] = values(node)
    return entry
