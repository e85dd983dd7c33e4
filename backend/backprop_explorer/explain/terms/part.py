"""The part of a step that belongs to one sample: its elements of the result, and those of the input beside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backprop_explorer.engine.batch_axes import batch_axes
from backprop_explorer.engine.listing import Line
from backprop_explorer.engine.program import Program
from backprop_explorer.graph.node import Node, closed_box
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem


@dataclass(frozen=True)
class Part:
    """Places in row order: `rows` of the result, `columns` of the input. `sample` is None where it is all of both."""

    sample: int | None
    rows: Array
    columns: Array

    @property
    def size(self) -> int:
        return self.rows.size * self.columns.size


def whole(line: Line, moved: Node) -> Part:
    """All of the step."""
    return Part(None, np.arange(line.node.size), np.arange(moved.size))


def of_sample(program: Program, line: Line, moved: Node, sample: int) -> Part:
    """The part of one sample. Raises a `Problem` for a result without an axis of samples, and for a sample that is
    not there (404)."""
    axes = batch_axes(program)
    axis = axes.get(line.node)
    if axis is None:
        raise Problem("no_samples", f"{line.output} {line.node.shape} has no axis of samples", tensor=line.output)
    count = line.node.shape[axis]
    if sample >= count:
        raise Problem("unknown_sample", f"{line.output} has the samples 0 to {count - 1}; got {sample}", status=404)
    return Part(sample, _places(line.node, axis, sample), _places(moved, axes.get(moved), sample))


def _places(node: Node, axis: int | None, sample: int) -> Array:
    places = np.arange(node.size).reshape(node.shape)
    return (places if axis is None else places.take(sample, axis)).ravel()


def keeps_samples_apart(program: Program, line: Line, moved: Node) -> bool:
    """Whether it is certain that no element of the result depends on another sample's element of the input."""
    axes, node = batch_axes(program), line.node
    if moved not in axes or node.operation.labels is None or moved not in node.operands or closed_box(node) is not None:
        return False
    letters, inputs = node.axis_labels
    return inputs[node.operands.index(moved)][axes[moved]] == letters[axes[node]]
