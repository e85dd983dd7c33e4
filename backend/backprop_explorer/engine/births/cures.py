"""What made a number that is not finite, in words, and what to write instead: out of the operations' records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

import numpy as np

from backprop_explorer.engine.births.source import Source
from backprop_explorer.engine.program import Program
from backprop_explorer.graph.code import Part, atomic, fill, filled, operation_code, part, template_of
from backprop_explorer.graph.node import CONSTANT, Node, closed_box
from backprop_explorer.graph.walk import ancestors
from backprop_explorer.language.rules import Contribution
from backprop_explorer.ops.elementwise import aligned
from backprop_explorer.ops.record import ATOM, Array, Hazard, Operation, Shape

LONGEST = 200
"""Longer code is left out of a cure."""

REACH = 64
"""So many operations after a birth are looked through for a `where` that leaves its number out."""

HARMLESS = (1, 0, 2)
"""Numbers of which most functions give a finite one; which, the records' samples say."""

OVERFLOW = "an overflow: more than {dtype} can hold"
SMALLER = "keep the numbers smaller: a smaller learning rate, smaller weights, inputs that are normalised"
DOUBLE_WHERE = (
    "where computes both branches, and 0 times what is not finite is NaN: give the branch that is not taken harmless "
    "numbers, too (a double where)"
)


class Cures:
    """Knows of a birth what it is called and what cures it; `source` has the numbers of a plan that has run."""

    def __init__(self, program: Program, source: Source) -> None:
        self.program, self.source = program, source

    def of(self, node: Node, index: Shape, numbers: Sequence[float]) -> tuple[str, str]:
        """Cause and cure of the element that `node` made out of these numbers."""
        owner = self.owner(node) if node.phase == "backward" else None
        found = self._met(owner) if owner is not None else None
        if owner is not None and found is not None:
            return self._told(*found, index, owner.user)
        own = _hazard(node.operation, [np.asarray(one) for one in numbers], slope=False)
        if own is not None:
            return self._told(node, own, index, node)
        if np.isfinite(numbers).all() and not np.isnan(self.source.number(node, index)):
            return OVERFLOW.format(dtype=self.program.graph.dtype), SMALLER
        return "an operation that has no result for these numbers", ""

    def _told(self, node: Node, hazard: Hazard, index: Shape, start: Node) -> tuple[str, str]:
        """What is said of a hazard of a node; `start` is the forward operation whose branch may be left out."""
        twice = self._left_out(start, index) if start.phase == "forward" else None
        if twice is not None:
            return hazard.says, _with_code(DOUBLE_WHERE, self._double_where(node, hazard, *twice))
        return hazard.says, _with_code(hazard.cure, _cured(node, hazard))

    # -- derivatives

    def owner(self, node: Node) -> Contribution | None:
        """The use of a tensor whose rule made a node of the backward pass."""
        return _owners(self.program).get(node)

    def _met(self, owner: Contribution) -> tuple[Node, Hazard] | None:
        """The forward operation, of a composite one inside of it, whose slope or value is not finite."""
        inside = [owner.user] if owner.box is None else [*owner.box.inside]
        for slope in (True, False):
            for node in inside:
                arrays = [self.source.array(operand) for operand in node.operands]
                wrong = slope or not np.isfinite(self.source.array(node)).all()
                hazard = _hazard(node.operation, arrays, slope=slope) if wrong else None
                if hazard is not None:
                    return node, hazard
        return None

    # -- branches that are not taken

    def _left_out(self, start: Node, index: Shape) -> tuple[Node, int] | None:
        """The `where` that leaves out what follows from an element, and by which of its operands."""
        for node, position, where in islice(_branches(self.program, start), REACH):
            mask = self.source.array(where.operands[0]) != 0
            if node.shape == where.shape == start.shape:
                mask = mask[aligned(mask.shape, index)]
            if bool((~mask if position == 1 else mask).any()):
                return where, position
        return None

    def _double_where(self, node: Node, hazard: Hazard, where: Node, position: int) -> str:
        """The operation that is left out, on an operand that is harmless where it is."""
        operation = node.operation
        if not (_is_written(node) and _is_written(where)) or operation.family != "elementwise":
            return ""
        least, most = operation.samples[0].domain if operation.samples else (-2.0, 2.0)
        harmless = next((one for one in HARMLESS if least <= one <= most), 1)
        arrays = [self.source.array(operand) for operand in node.operands]
        at = _dangerous(hazard, arrays, harmless)
        pieces = [_written(operand) for operand in node.operands]
        condition, inner = _written(where.operands[0])[0], pieces[at][0]
        branches = (inner, str(harmless)) if position == 1 else (str(harmless), inner)
        pieces[at] = (f"where({condition}, {', '.join(branches)})", ATOM)
        return fill(operation, template_of(node), pieces, node.parameters)


def _hazard(operation: Operation, arrays: Sequence[Array], *, slope: bool) -> Hazard | None:
    """The first hazard of a record that numbers are an instance of, in any element."""
    for hazard in operation.hazards:
        if hazard.slope == slope and _holds(hazard, arrays):
            return hazard
    return None


def _holds(hazard: Hazard, arrays: Sequence[Array]) -> bool:
    if len(arrays) != hazard.at.__code__.co_argcount:
        return False
    with np.errstate(all="ignore"):
        return bool(np.any(hazard.at(*arrays)))


def _dangerous(hazard: Hazard, arrays: Sequence[Array], harmless: float) -> int:
    """The operand whose numbers make the hazard: with harmless ones there is none."""
    for at in reversed(range(len(arrays))):
        others = [np.full_like(one, harmless) if i == at else one for i, one in enumerate(arrays)]
        if not _holds(hazard, others):
            return at
    return 0


def _cured(node: Node, hazard: Hazard) -> str:
    """A hazard's code over a node's operands; empty for one that cannot be written where the node stands."""
    if not _is_written(node):
        return ""
    template = hazard.code
    operands: dict[str, list[str]] = {}
    for at, operand in enumerate(node.operands):
        name, piece = node.operation.operand_name(at), _written(operand)
        operands |= {name: [atomic(piece)], f"whole_{name}": [piece[0]]}
        for after in (",", ")"):  # an argument by itself
            template = template.replace(f"({{{name}}}{after}", f"({{whole_{name}}}{after}")
    return filled(template, operands, node.parameters)


def _is_written(node: Node) -> bool:
    """Whether the operation stands in the program itself, and not inside of a composite or of the backward pass."""
    return node.phase == "forward" and not node.hidden and closed_box(node) is None


def _written(node: Node) -> Part:
    """A node's expression in the names of the program alone, without those that its steps have by themselves."""
    named = node.shown and node.name is not None and "." not in node.name
    if named or not node.operands or closed_box(node) is not None:
        return part(node)
    return operation_code(node.operation, node, [_written(operand) for operand in node.operands])


def _with_code(words: str, written: str) -> str:
    return f"{words}: `{written}`" if 0 < len(written) <= LONGEST else words


@lru_cache(maxsize=16)
def _owners(program: Program) -> dict[Node, Contribution]:
    """The use of a tensor whose rule made a node: of several the last in the program, whose rule comes first."""
    found: dict[Node, Contribution] = {}
    uses = [one for many in program.backward.contributions.values() for one in many]
    for one in sorted(uses, key=lambda each: -each.user.id):
        for node in ancestors(one.raw, among=lambda each: each.phase == "backward" and each not in found):
            found[node] = one
    return found


@lru_cache(maxsize=16)
def _users(program: Program) -> dict[Node, list[Node]]:
    found: dict[Node, list[Node]] = {}
    for node in program.graph.nodes:
        if node.phase == "forward":
            for operand in node.operands:
                if operand.operation is not CONSTANT:
                    found.setdefault(operand, []).append(node)
    return found


def _branches(program: Program, start: Node) -> Iterator[tuple[Node, int, Node]]:
    """Where values that follow from a node are chosen from: the value, its position there, and the `where`."""
    users = _users(program)
    for node in ancestors(start, operands=lambda one: users.get(one, ())):
        for user in users.get(node, ()):
            if user.operation.name == "where" and node in user.operands[1:]:
                yield node, 1 + user.operands[1:].index(node), user
