"""Labels: whole numbers that say which class or row is meant, checked against what the program makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from backprop_explorer.engine.numbers import place
from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem

USUALLY_IGNORED = -100
IGNORED_HINT = "F.cross_entropy(…, ignore_index=-100) leaves such labels out"
"""The label that PyTorch's losses take as none, and how to say that it is none."""


def check_labels(nodes: Iterable[Node], numbers: Mapping[Node, Array]) -> None:
    """Raises a `Problem` that names the first label which is out of bounds; `numbers` are the given tensors'."""
    for node, labels, low, high in _bounded(nodes):
        if labels.operation.extent is not None:
            _check_extent(node, labels, low, high)
        elif labels.operation is not CONSTANT:
            _check_numbers(node, labels, numbers[labels], low, high)


def label_bounds(nodes: Iterable[Node]) -> dict[str, tuple[int, int]]:
    """The least and greatest label that each given tensor of labels may hold, by its name."""
    found: dict[str, tuple[int, int]] = {}
    for _, labels, low, high in _bounded(nodes):
        if not labels.operands and labels.operation is not CONSTANT:
            least, most = found.get(str(labels.name), (low, high))
            found[str(labels.name)] = max(least, low), min(most, high)
    return found


def _bounded(nodes: Iterable[Node]) -> Iterator[tuple[Node, Node, int, int]]:
    """Each use of labels: the operation, where the labels come from, the least and the greatest that it accepts."""
    for node in nodes:
        if node.operation.bounds is None:
            continue
        found = node.operation.bounds([operand.shape for operand in node.operands], node.parameters)
        holders = [one for i, one in enumerate(node.operands) if node.operation.operand_name(i) in node.operation.whole]
        limits = found if isinstance(found, list) else [found] * len(holders)
        for holder, (low, high) in zip(holders, limits, strict=True):
            yield from ((node, labels, low, high) for labels in _sources(holder))


def _check_numbers(node: Node, labels: Node, numbers: Array, low: int, high: int) -> None:
    wrong = (numbers < low) | (numbers > high)
    ignored = node.parameters.get("ignore")
    if ignored is not None:
        wrong &= numbers != ignored
    if wrong.any():
        index = tuple(int(position) for position in zip(*wrong.nonzero(), strict=True).__next__()) if wrong.ndim else ()
        name = str(labels.name)
        got = f"{place(name, index)} is {numbers[index]:g}"
        hint = IGNORED_HINT if numbers[index] == USUALLY_IGNORED else None
        raise _out_of_bounds(node, low, high, got, tensor=name, index=index, hint=hint)


def _check_extent(node: Node, labels: Node, low: int, high: int) -> None:
    assert labels.operation.extent is not None
    least, most = labels.operation.extent([operand.shape for operand in labels.operands], labels.parameters)
    if least < low or most > high:
        raise _out_of_bounds(node, low, high, f"{labels.operation.name} gives numbers from {least} to {most}")


def _out_of_bounds(
    node: Node,
    low: int,
    high: int,
    got: str,
    tensor: str | None = None,
    index: tuple[int, ...] | None = None,
    hint: str | None = None,
) -> Problem:
    name = node.boxes[-1].name if node.boxes else node.operation.name
    return Problem(
        "bad_label",
        f"{name} needs labels from {low} to {high}; {got}",
        tensor=tensor,
        index=index,
        hint=hint,
        line=node.line if tensor is None else None,
    )


def _sources(labels: Node) -> Iterator[Node]:
    """Where labels come from: they are only ever moved, and joined, on the way."""
    seen, stack = set(), [labels]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if not node.operands or node.operation.extent is not None:
            yield node
            continue
        moved = [
            one for i, one in enumerate(node.operands) if node.operation.operand_name(i) not in node.operation.whole
        ]
        stack.extend(reversed(moved))
