"""A backward pass that a text writes out: the numbers of its gradients, ready for the checker."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backprop_explorer.engine.document import Document
from backprop_explorer.graph.node import Node
from backprop_explorer.importing.code.reading import Reading
from backprop_explorer.importing.code.steps import Step
from backprop_explorer.importing.record import WrittenGradient
from backprop_explorer.problem import Problem, shortened

PATTERNS = ("d{}", "g{}", "grad_{}", "grad{}", "{}_grad", "nabla_{}")
"""What a gradient is called, by the name of its tensor."""


def written_backward(reading: Reading, steps: list[Step], document: Document) -> list[WrittenGradient]:
    """The gradients of parameters that the text calculates behind its loss, in its order: those that its updates use,
    and those that are called after a parameter."""
    _begin(reading, document)
    names = {leaf: one.name for leaf, one in reading.material.lifted.items() if one.name in document.parameters}
    found: dict[str, WrittenGradient] = {}
    for leaf, line, code, gradient in (*_moved(steps), *_called(reading, names)):
        if leaf not in names or names[leaf] in found or gradient.shape != leaf.shape or not gradient.given:
            continue
        try:
            numbers = reading.material.numbers(reading.evaluator.seen(gradient))
        except Problem:
            continue
        found[names[leaf]] = {
            "line": line,
            "name": names[leaf],
            "code": shortened(code),
            "numbers": numbers.tolist(),
        }
    return list(found.values())


def _begin(reading: Reading, document: Document) -> None:
    """Gives the tensors the numbers of the document."""
    reading.material.clear()
    for leaf, lifted in reading.material.lifted.items():
        if lifted.name in document.tensors:
            kind = {"whole": np.int64, "bool": np.bool_}.get(leaf.kind.name, np.float64)
            reading.material.set_numbers(leaf, document.tensors[lifted.name].astype(kind))


def _moved(steps: list[Step]) -> Iterator[tuple[Node, int, str, Node]]:
    for step in steps:
        if step.gradient is not None and step.rate is not None:
            yield step.leaf, step.line, step.code, step.gradient


def _called(reading: Reading, names: dict[Node, str]) -> Iterator[tuple[Node, int, str, Node]]:
    for leaf, name in names.items():
        for pattern in PATTERNS:
            value = reading.scope.names.get(pattern.format(name))
            if isinstance(value, Node) and value.line is not None:
                yield leaf, value.line, pattern.format(name), value
