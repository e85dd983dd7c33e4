"""Why an operation passes back what it does: its record's sentence, with the names of the user's own network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from backprop_explorer.engine.program import Program
from backprop_explorer.explain.why.chain import Link
from backprop_explorer.explain.why.indexform import IndexForm
from backprop_explorer.graph.code import atomic, part
from backprop_explorer.graph.node import Box, Node
from backprop_explorer.graph.number import Number
from backprop_explorer.library import Composite
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.elementwise import broadcast
from backprop_explorer.wording import counted

SHORT = 24
"""Longer expressions are called by the name of their step."""


@dataclass(frozen=True)
class Reason:
    """The sentence, and the record that says it: a composite's call, or none for a primitive operation."""

    text: str
    box: Box | None


def reason(program: Program, form: IndexForm, link: Link) -> Reason | None:
    """Why a tensor gets what it gets of the one operation that uses it: said by the outermost composite that takes the
    tensor, else by the operation; None where the record needs no words."""
    for box in _around(program).get(link.user, ()):
        name = next((name for name, bound in box.bound.items() if bound is link.tensor), "")
        assert isinstance(box.record, Composite)
        if name in box.record.why:
            return Reason(_of_box(program, form, box, box.record.why[name]), box)
    operation = link.user.operation
    sentence = operation.why.get(link.contribution.operand) if link.contribution.box is None else None
    if sentence is None:
        return None
    names = {
        operation.operand_name(position): form.name(operand) for position, operand in enumerate(link.user.operands)
    }
    names[link.contribution.operand] = form.name(link.tensor)  # of many parts the one that is asked about
    return Reason(sentence.format_map({**names, "y": form.name(link.user), "g": _incoming(link)}), None)


@lru_cache(maxsize=64)
def _around(program: Program) -> Mapping[Node, Sequence[Box]]:
    """The closed calls of composites that say why, by what is inside: the outermost first."""
    found: dict[Node, list[Box]] = {}
    boxes = [
        box
        for node in program.graph.nodes
        for box in node.boxes
        if box.closed and isinstance(box.record, Composite) and box.record.why
    ]
    for box in sorted(boxes, key=lambda box: -len(box.inside)):
        for node in {*box.inside, box.output}:
            found.setdefault(node, []).append(box)
    return found


def _of_box(program: Program, form: IndexForm, box: Box, sentence: str) -> str:
    bound = {**box.defaults, **box.bound}
    names = {name: _called(form, value) for name, value in bound.items() if isinstance(value, Node)}
    gradient = program.backward.gradient.get(box.output)
    given = f"{form.name(box.output)}.g"
    incoming = given if gradient is None or gradient.constant is not None else atomic(part(gradient))
    count, noun = _averaged(bound)
    mean = f" The loss is the mean over {counted(count, noun)}, so all of this is divided by {count:,}." if noun else ""
    words = {"y": form.name(box.output), "g": incoming, "line": _line(bound), "mean": mean}
    return sentence.format_map({**names, **words, "over": f" / {count:,}" if noun else ""})


def _called(form: IndexForm, node: Node) -> str:
    """What the reader wrote, as long as that is short."""
    written = part(node)[0]
    return written if len(written) <= SHORT else form.name(node)


def _incoming(link: Link) -> str:
    incoming = link.contribution.incoming
    return f"{link.user.name}.g" if incoming.constant is not None else atomic(part(incoming))


def _line(bound: Mapping[str, Any]) -> str:
    """What the numbers along the axis are called."""
    given, x = bound.get("axis", -1), next(value for value in bound.values() if isinstance(value, Node))
    axis = given.value if isinstance(given, Number) else given
    if not isinstance(axis, (int, float)) or x.ndim == 0:
        return "group"
    place = int(axis) % x.ndim
    return "row" if place == x.ndim - 1 else "column" if x.ndim == 2 else f"line along axis {place}"


def _averaged(bound: Mapping[str, Any]) -> tuple[int, str]:
    """Over how many the mean runs that a loss is, and of what; an empty word where it is none."""
    if bound.get("reduction") != "mean":
        return 1, ""
    labels = bound.get("labels")
    if isinstance(labels, Node):
        return labels.size, "sample"
    return size(broadcast(*(value.shape for value in bound.values() if isinstance(value, Node)))), "number"
