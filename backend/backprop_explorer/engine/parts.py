"""A step of many operations cut into parts, each with a name, so that one can go through them.

A part begins where an expression does more than go element by element: at a product, a sum, a mask, a call, at what is
used several times, and at what the function's text gives a name to. What an optimizer does to a parameter is one row of
parts, over all steps of its update.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, NotRequired, TypedDict

import numpy as np

from backprop_explorer.answers import Extent, Tensor
from backprop_explorer.engine.listing import Line
from backprop_explorer.engine.picture import SOURCE_LIMIT, Picture, StepPicture, drawn, picture_of
from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.program import Name, Program
from backprop_explorer.engine.references import Token, tokens
from backprop_explorer.graph.calculation import as_numbers
from backprop_explorer.graph.code import part
from backprop_explorer.graph.node import CONSTANT, Box, Node, closed_box
from backprop_explorer.graph.walk import in_order
from backprop_explorer.library.optimizers import KEPT, LOCAL
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem

FEWEST = {"forward": 4, "backward": 5, "update": 3}
"""An expression of fewer operations than that is not cut."""
MOST = 24
"""Neither is one into more parts."""


class StepPart(TypedDict):
    """A part of a step: what it computes, out of tensors of the program and of parts before it."""

    step: Annotated[int, "the step that it is a part of"]
    name: str
    code: str
    tokens: list[Token]
    shape: Extent
    picture: StepPicture
    value: NotRequired[Annotated[Tensor, "where no tensor of the trace holds it"]]
    summary: NotRequired[Annotated[str, "what it is, in a sentence"]]


class Parts(TypedDict):
    """The parts of a step in their order; the last one of each step makes what the step makes."""

    step: int
    parts: list[StepPart]


@dataclass(frozen=True)
class _Cut:
    """A part: the node whose numbers it has, and the same node as it is written, made of tensors and other parts."""

    step: int
    name: str
    node: Node
    written: Node
    sources: Mapping[Node, Node]
    """The node of the program for each that is written in the parts' place."""
    summary: str

    @property
    def is_last(self) -> bool:
        return not self.written.shown


def parts_of(plan: Plan, step: int) -> Parts:
    """The parts of a step of a plan that has run, with their numbers. Raises a `Problem` for an unknown step."""
    lines = plan.program.lines
    if step >= len(lines):
        raise Problem("unknown_step", f"There is no step {step}: the last one is {len(lines) - 1}", status=404)
    plan.propose()
    known: dict[Node, Array] = {}
    return {
        "step": step,
        "parts": [_told(plan, step, position, known) for position in range(part_count(plan.program, step))],
    }


def part_count(program: Program, step: int) -> int:
    """How many parts a step has; 1 for one that is not cut."""
    return len(_row(program, step))


@lru_cache(maxsize=4096)
def _row(program: Program, step: int) -> tuple[_Cut, ...]:
    group = _group(program, step)
    return tuple(cut for at in group for cut in _cuts(program, at))


def _group(program: Program, step: int) -> list[int]:
    """The steps whose parts are one row: of an update all that belong to the same parameter."""
    line = program.lines[step]
    owner = _owner(program, line)
    if owner is None:
        return [step]
    return [at for at, other in enumerate(program.lines) if _owner(program, other) == owner]


def _owner(program: Program, line: Line) -> str | None:
    """The parameter whose update a step is a part of."""
    if line.phase != "update":
        return None
    return next(
        (name for name in program.parameters if line.output == name or line.output.startswith(f"{name}.")), None
    )


def _cuts(program: Program, step: int) -> list[_Cut]:
    line = program.lines[step]
    inside, same = _without_repeats(_expression(program, line))
    names = _local_names(program, line)
    stations = _stations(line, inside, same, names)
    count = sum(node.operation.family != "movement" for node in inside)
    if count < FEWEST[line.phase] or len(stations) > MOST:
        stations = []
    used = {*program.tensors}
    labels: dict[Node, str] = {}
    for node in stations:
        labels[node] = _unique(names.get(node.id) or _word(node, line), used)
    copies = _written(line, inside, same, labels)
    sources = {copy: node for node, copy in copies.items()}
    made = [
        _Cut(step, labels[node], node, copies[node], sources, _summary(labels[node], node, line)) for node in stations
    ]
    state = line.output.rpartition(".")[2] if line.phase == "update" else ""
    return [*made, _Cut(step, line.output, line.node, copies[line.node], sources, KEPT.get(state, ""))]


def _expression(program: Program, line: Line) -> list[Node]:
    """The nodes that a step's own expression consists of, in the order in which they are calculated."""
    box = closed_box(line.node)
    ends = {*box.operands} if box is not None and line.phase == "forward" else set()

    def operands(node: Node) -> tuple[Node, ...]:
        ends_here = _ends(node, line, ends) or _is_call(node, line)
        return () if node is not line.node and ends_here else node.operands

    return [node for node in in_order(line.node, operands=operands) if node is line.node or not _ends(node, line, ends)]


def _without_repeats(inside: list[Node]) -> tuple[list[Node], dict[Node, Node]]:
    """The nodes without those that calculate what an earlier one does, such as a mean within a variance; and the
    earlier one of each that is left out."""
    same: dict[Node, Node] = {}
    first: dict[tuple[object, ...], Node] = {}
    for node in inside:
        operands = tuple(
            repr(one.parameters) if one.operation is CONSTANT else same.get(one, one) for one in node.operands
        )
        key = (node.operation.name, operands, repr(node.parameters), node.shape, node.text)
        if first.setdefault(key, node) is not node:
            same[node] = first[key]
    return [node for node in inside if node not in same], same


def _ends(node: Node, line: Line, ends: set[Node]) -> bool:
    has_step = line.phase == "forward" and node.phase == "forward" and not node.hidden
    return node in ends or node.shown or not node.operands or has_step


def _is_call(node: Node, line: Line) -> bool:
    """A call that is written in a gradient stays one."""
    return line.phase != "forward" and closed_box(node) is not None


def _local_names(program: Program, line: Line) -> Mapping[int, str]:
    """What the texts of the functions call the nodes of a step."""
    if line.phase == "update" and program.update is not None:
        return program.update.locals
    found: dict[int, str] = {}
    for box in line.node.boxes:
        found |= box.names
    return found


def _stations(line: Line, inside: list[Node], same: Mapping[Node, Node], names: Mapping[int, str]) -> list[Node]:
    within = set(inside)
    users: dict[Node, list[Node]] = {}
    for node in inside:
        read = [same.get(operand, operand) for operand in node.operands]
        for operand in dict.fromkeys(read if not _is_call(node, line) or node is line.node else ()):
            if operand in within:
                users.setdefault(operand, []).append(node)
    within_folds = {one for node in inside if (box := _folding(node, line)) is not None for one in box.inside} - {
        node for node in inside if _folding(node, line) is not None
    }
    return [
        node
        for node in inside
        if node is not line.node
        and node.given
        and node not in within_folds
        and (_folding(node, line) is not None or _is_station(node, line, users.get(node, []), named=node.id in names))
    ]


def _folding(node: Node, line: Line) -> Box | None:
    """The function within a forward step whose result the node is, if that has fewer elements than what it is of: a
    mean, a variance or a norm is one part, with its name."""
    if line.phase != "forward" or node is line.node:
        return None
    outer = {id(box) for box in line.node.boxes}
    inner = (box for box in reversed(node.boxes) if id(box) not in outer and box.operands)
    return next((box for box in inner if node.size < max(operand.size for operand in box.operands)), None)


def _is_station(node: Node, line: Line, users: list[Node], *, named: bool) -> bool:
    if named or _is_call(node, line):
        return node.ndim > 0
    family = node.operation.family
    if family == "reduction":
        return True
    if family in ("contraction", "scatter", "axiswise") or node.kind.name == "bool":
        return node.ndim > 0
    if family != "elementwise":
        return False
    return len(users) > 1 or any(user.operation.family in ("contraction", "scatter") for user in users)


def _word(node: Node, line: Line) -> str:
    box = _folding(node, line) or closed_box(node)
    if box is not None:
        return box.name
    return "mask" if node.kind.name == "bool" else node.operation.name


def _unique(word: str, used: set[str]) -> str:
    name, count = word, 1
    while name in used:
        count += 1
        name = f"{word}_{count}"
    used.add(name)
    return name


def _summary(label: str, node: Node, line: Line) -> str:
    if line.phase == "update":
        return LOCAL.get(label, "")
    box = _folding(node, line) or closed_box(node)
    if box is not None and box.record is not None:
        return box.record.summary
    return "" if node.kind.name == "bool" else node.operation.summary


def _written(line: Line, inside: list[Node], same: Mapping[Node, Node], labels: Mapping[Node, str]) -> dict[Node, Node]:
    """Each node of the expression as it is written where the parts have names."""
    copies: dict[Node, Node] = {}
    for node in inside:
        call = _is_call(node, line) and node is not line.node
        operands = (
            node.operands if call else [copies.get(same.get(operand, operand), operand) for operand in node.operands]
        )
        copy = Node(node.operation, operands, node.parameters, node.shape, node.kind, "backward", node.line)
        copy.id, copy.text, copy.precedence, copy.qualified = node.id, node.text, node.precedence, node.qualified
        copy.boxes = [*node.boxes] if call else []
        if node in labels:
            copy.name, copy.shown = labels[node], True
        copies[node] = copy
    return copies


def _code(cut: _Cut) -> str:
    written = cut.written
    if written.shown:  # by its expression, not by its name
        written.shown = False
        try:
            return part(written, root=True)[0]
        finally:
            written.shown = True
    return part(written, root=True)[0]


@dataclass(frozen=True)
class _Drawing:
    code: str
    picture: Picture
    cut: list[Token]
    written: frozenset[int]


@lru_cache(maxsize=4096)
def _drawing(program: Program, step: int, position: int) -> _Drawing:
    cut = _row(program, step)[position]
    code = _code(cut)
    picture = picture_of(cut.written)
    pieces = tokens(code, program, [operand.node for operand in picture.operands])
    return _Drawing(code, picture, pieces, frozenset(piece["operand"] for piece in pieces if "operand" in piece))


def _told(plan: Plan, step: int, position: int, known: dict[Node, Array]) -> StepPart:
    program = plan.program
    cut, drawing = _row(program, step)[position], _drawing(program, step, position)

    def source(node: Node) -> Node:
        return cut.sources.get(node, node)

    def name_of(node: Node) -> Name | None:
        return None if node in cut.sources else program.names.get(node)

    told: StepPart = {
        "step": cut.step,
        "name": cut.name,
        "code": str(drawing.code),
        "tokens": drawing.cut,
        "shape": list(cut.node.shape),
        "picture": drawn(drawing.picture, lambda node: _array(plan, source(node), known), name_of, lambda *_: False),
    }
    if not cut.is_last and cut.node.size <= SOURCE_LIMIT:
        told["value"] = _array(plan, cut.node, known)
    if cut.summary:
        told["summary"] = cut.summary
    return told


def _array(plan: Plan, root: Node, known: dict[Node, Array]) -> Array:
    """The numbers of a node inside of a step; each is calculated once."""
    for node in _to_calculate(plan, root, known):
        if plan.holds(node):
            known[node] = plan.array(node)
            continue
        arrays = [known[one] if one in known else plan.array(one) for one in node.operands]
        numbers = as_numbers(node.operation, arrays, plan.program.graph.dtype)
        with np.errstate(all="ignore"):
            known[node] = np.asarray(node.operation.forward(*numbers, **node.parameters))
    return known[root] if root in known else plan.array(root)


def _to_calculate(plan: Plan, root: Node, known: Mapping[Node, Array]) -> Iterator[Node]:
    """What is not known yet, in order."""

    def inside(node: Node) -> tuple[Node, ...]:
        return () if node in known or plan.holds(node) or node.operation is CONSTANT else node.operands

    return (node for node in in_order(root, operands=inside) if node not in known)
