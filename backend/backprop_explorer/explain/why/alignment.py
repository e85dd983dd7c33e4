"""How the axes of a step's operands meet: which are the same, which are stretched, which are summed away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

from backprop_explorer.answers import Extent
from backprop_explorer.explain.why.indexform import IndexForm
from backprop_explorer.graph.node import CONSTANT, Node, closed_box


class Axis(TypedDict):
    """An axis of a step: its letter, its length, and what becomes of it."""

    letter: str
    length: int
    role: Literal["kept", "summed", "stretched"]


class OwnAxis(TypedDict):
    """An axis of one tensor; stretched where it has the length 1 and meets a longer one."""

    letter: str
    stretched: bool


class AxesRow(TypedDict):
    """A tensor of a step: its axes in order, and the axes of others along which it is repeated."""

    code: str
    shape: Extent
    axes: list[OwnAxis]
    repeated: list[str]
    result: bool


class Alignment(TypedDict):
    """How the axes of a step's tensors meet; the result is the last row."""

    axes: list[Axis]
    rows: list[AxesRow]


def alignment(node: Node, output: str, form: IndexForm) -> Alignment | None:
    """The axes by letter, and the operands and the result as rows of a table; None where the axes do not meet."""
    core = _core(node)
    labels = core.operation.labels
    if labels is None or closed_box(core) is not None:
        return None
    outer, inputs = labels([operand.shape for operand in core.operands], core.parameters)
    known: dict[str, str] = {}
    _named(form, known, core, list(outer))
    for operand, letters in zip(core.operands, inputs, strict=True):
        _named(form, known, operand, letters)
    lengths = {label: core.shape[axis] for axis, label in enumerate(outer)}
    for operand, letters in zip(core.operands, inputs, strict=True):
        lengths |= {label: operand.shape[axis] for axis, label in enumerate(letters) if label}
    elementwise = core.operation.family == "elementwise"
    rows = [
        _row(form.name(operand), operand, letters, outer, known, repeats=elementwise)
        for operand, letters in zip(core.operands, inputs, strict=True)
        if operand.operation is not CONSTANT
    ]
    repeated = {letter for row in rows for letter in row["repeated"]}
    result: AxesRow = {
        **_row(output, core, outer, outer, known, repeats=False),
        "shape": list(node.shape),
        "result": True,
    }
    axes: list[Axis] = [
        {"letter": known[label], "length": length, "role": _role(known[label], label in outer, repeated)}
        for label, length in lengths.items()
    ]
    return {"axes": axes, "rows": [*rows, result]} if axes else None


def _role(letter: str, kept: bool, repeated: set[str]) -> Literal["kept", "summed", "stretched"]:
    return "summed" if not kept else "stretched" if letter in repeated else "kept"


def _core(node: Node) -> Node:
    """A change of shape around an unnamed expression only adds or drops axes: the expression is what is drawn."""
    while node.operation.name in ("reshape", "identity") and node.operands[0].operands and not node.operands[0].shown:
        node = node.operands[0]
    return node


def _named(form: IndexForm, known: dict[str, str], node: Node, labels: Sequence[str]) -> None:
    for axis, label in enumerate(labels):
        if label and label not in known:
            known[label] = form.letter_of(node, axis, always=True)


def _row(
    code: str, node: Node, labels: Sequence[str], outer: Sequence[str], known: dict[str, str], *, repeats: bool
) -> AxesRow:
    lead = len(outer) - len(labels)
    axes: list[OwnAxis] = [
        {"letter": known[label or outer[lead + axis]], "stretched": not label} for axis, label in enumerate(labels)
    ]
    missing = [known[label] for label in outer if label not in labels] if repeats else []
    return {"code": code, "shape": list(node.shape), "axes": axes, "repeated": missing, "result": False}
