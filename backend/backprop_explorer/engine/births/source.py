"""From an element to those of its operands that it owes being NaN or infinite to, one operation at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np

from backprop_explorer.engine.origin import Place, origins
from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.ops.elementwise import aligned
from backprop_explorer.ops.record import Array, Shape

MANY = 64
"""So many elements that were moved to one place are looked at."""


class Source:
    """Looks elements of a plan up that has run; `array` gives the numbers of any node."""

    def __init__(self, array: Callable[[Node], Array]) -> None:
        self._array = array
        self._known: dict[Node, Array] = {}

    def array(self, node: Node) -> Array:
        """The numbers of a node, calculated once."""
        if node not in self._known:
            self._known[node] = self._array(node)
        return self._known[node]

    def number(self, node: Node, index: Shape) -> float:
        """One element."""
        return float(self.array(node)[index])

    def inherited(self, node: Node, index: Shape) -> Place | None:
        """The element of an operand that made this one what it is: NaN of NaN, infinite of infinite; None where the
        operation made it so."""
        value = self.number(node, index)
        alike = np.isnan if np.isnan(value) else np.isinf
        return next(self._among(node, index, alike), None)

    def infinite(self, node: Node, index: Shape) -> Iterator[Place]:
        """The infinite elements of operands that met here: those that NaN was made of."""
        for operand, at, _ in self.met(node, index):
            if operand.operation is not CONSTANT and np.isinf(self.number(operand, at)):
                yield operand, at

    def met(self, node: Node, index: Shape) -> list[tuple[Node, Shape, float]]:
        """The elements of operands that the operation made this one of, with their numbers: of an elementwise
        operation all, of a sum of products the factors that do not go together, of a sum two terms that do not."""
        family = node.operation.family
        if family == "elementwise" and node.operation.element is None:
            places = [(operand, aligned(operand.shape, index)) for operand in node.operands]
        elif family == "contraction":
            places = self._factors(node, index)
        elif family == "reduction":
            places = self._summands(node, index)
        else:
            places = list(islice(self._among(node, index, lambda array: ~np.isfinite(array)), 2))
        return [(operand, at, self.number(operand, at)) for operand, at in places]

    def _among(self, node: Node, index: Shape, wanted: Callable[[Array], Array]) -> Iterator[Place]:
        """The elements of operands that take part here and are what is wanted."""
        if node.operation.family in ("movement", "scatter"):
            found = islice(origins(node, index, lambda one, at: self.number(one, at)), MANY)
            yield from ((one, at) for one, at in found if one.operation is not CONSTANT and wanted(self.array(one)[at]))
            return
        for operand, part in self._parts(node, index):
            place = _first(wanted(self.array(operand)[part])) if operand.operation is not CONSTANT else None
            if place is not None:
                yield operand, _whole(part, place)

    def _parts(self, node: Node, index: Shape) -> Iterator[tuple[Node, tuple[int | slice, ...]]]:
        """The part of each operand that takes part in an element: along axes that are summed, all of it."""
        operation, operands = node.operation, node.operands
        if operation.name == "where":
            chosen = operands[1] if self.number(operands[0], aligned(operands[0].shape, index)) else operands[2]
            yield chosen, aligned(chosen.shape, index)
        elif operation.element is not None:
            yield operands[0], index[: operands[0].ndim]
        elif operation.family == "elementwise":
            yield from ((operand, aligned(operand.shape, index)) for operand in operands)
        elif operation.labels is not None:
            letters, inputs = node.axis_labels
            fixed: dict[str, int | slice] = dict(zip(letters, index, strict=True))
            for operand, own in zip(operands, inputs, strict=True):
                yield (
                    operand,
                    tuple(
                        0 if not letter else fixed.get(letter, slice(None)) if length > 1 else 0
                        for letter, length in zip(own, operand.shape, strict=True)
                    ),
                )
        else:
            yield from ((operand, (slice(None),) * operand.ndim) for operand in operands)

    def _factors(self, node: Node, index: Shape) -> list[Place]:
        """The factors of the first product that is not finite; of no product, the sum itself was too large."""
        letters, inputs = node.axis_labels
        summed = list(dict.fromkeys(letter for own in inputs for letter in own if letter and letter not in letters))
        products = np.ones((1,) * len(summed))
        for (operand, part), own in zip(self._parts(node, index), inputs, strict=True):
            left = [letter for letter, at in zip(own, part, strict=True) if isinstance(at, slice)]
            array = self.array(operand)[part].transpose([left.index(one) for one in summed if one in left])
            wide = [
                array.shape[[one for one in summed if one in left].index(one)] if one in left else 1 for one in summed
            ]
            with np.errstate(all="ignore"):
                products = products * array.reshape(wide)
        place = _first(~np.isfinite(products))
        if place is None:
            return []
        at = dict(zip(summed, place, strict=True)) | dict(zip(letters, index, strict=True))
        return [
            (
                operand,
                tuple(
                    at[letter] if letter and length > 1 else 0
                    for letter, length in zip(own, operand.shape, strict=True)
                ),
            )
            for operand, own in zip(node.operands, inputs, strict=True)
        ]

    def _summands(self, node: Node, index: Shape) -> list[Place]:
        """The first term of each infinite sign; where all are finite, the largest."""
        [(operand, part)] = self._parts(node, index)
        array = self.array(operand)[part]
        signs = [place for sign in (np.inf, -np.inf) if (place := _first(array == sign)) is not None]
        if not signs:
            largest = np.unravel_index(int(np.argmax(np.nan_to_num(np.abs(array)))), array.shape)
            signs = [tuple(int(one) for one in largest)]
        return [(operand, _whole(part, place)) for place in signs]


def _first(wanted: Array | np.bool_) -> Shape | None:
    """The index of the first element that is true."""
    found = np.asarray(wanted)
    if not found.any():
        return None
    return tuple(int(one) for one in np.unravel_index(int(np.argmax(found)), found.shape))


def _whole(part: tuple[int | slice, ...], place: Shape) -> Shape:
    """An index into a part of an operand as one into the operand."""
    rest = iter(place)
    return tuple(next(rest) if isinstance(one, slice) else one for one in part)
