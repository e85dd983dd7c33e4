"""The whole Jacobian of one step, and why it is never built: the rule gives its product with the incoming gradient."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

import numpy as np

from backprop_explorer.answers import Extent, Finite, Indices, Matrix, Vector
from backprop_explorer.engine.listing import Line
from backprop_explorer.engine.plan import Plan
from backprop_explorer.explain.jacobian.local import local
from backprop_explorer.explain.terms.part import Part, keeps_samples_apart, of_sample, whole
from backprop_explorer.graph.code import part
from backprop_explorer.graph.graph import flop
from backprop_explorer.graph.node import Node, closed_box
from backprop_explorer.graph.walk import ancestors
from backprop_explorer.language.rules import Contribution
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem
from backprop_explorer.wording import counted, percent

LAYER = (64, 784, 50)
"""Samples, features and units of a layer of usual size: a batch of images with 28 × 28 pixels."""
BYTES = 8


class Contraction(TypedDict):
    """The incoming gradient times the Jacobian, both as one row, beside the rule that gives the same."""

    incoming: str
    rule: str
    result: str | None
    incoming_value: Vector
    result_value: Vector
    max_abs_difference: float


class Cost(TypedDict):
    """Numbers, bytes and floating-point operations: of the Jacobian and its product, and of the rule."""

    jacobian_elements: int
    jacobian_bytes: int
    jacobian_flop: int
    rule_elements: int
    rule_bytes: int
    rule_flop: int


class Jacobian(TypedDict):
    """All derivatives of one step: a row per element of the result, a column per element of the input."""

    step: int
    output: str
    input: str
    code: str
    output_shape: Extent
    input_shape: Extent
    value: NotRequired[Matrix]
    zeros: NotRequired[Annotated[Finite, "the share of derivatives that are 0"]]
    sample: NotRequired[Annotated[int, "the sample whose part it is; missing: all of them"]]
    rows: NotRequired[Annotated[Indices, "of a part: the places of its rows in row order"]]
    columns: NotRequired[Annotated[Indices, "of a part: the places of its columns"]]
    contraction: NotRequired[Contraction | None]
    cost: Cost
    at_scale: Annotated[str | None, "what it would cost in a layer of usual size; null where it is no layer's"]
    limit: Annotated[int | None, "the most elements that are calculated; null: any number"]
    text: str


def jacobian(plan: Plan, step: int, name: str, *, values: bool = True, sample: int | None = None) -> Jacobian:
    """The derivatives of every element of a step's result by every element of one of its inputs.

    Rows are the result's elements, columns the input's, both in row order. The plan has run. Without `values` only
    what it costs. With `sample` it is that sample's part alone: `rows` and `columns` are the places in row order of
    what is left. Raises a `Problem`: 404 for a step, input or sample that does not exist, 413 above the budget
    `jacobian_elements`.
    """
    line = step_line(plan, step)
    moved = _input(plan, line, name)
    output = line.node
    rows, columns = output.size, moved.size
    contributions = _contributions(plan, line, moved)
    answer: Jacobian = {
        "step": step, "output": line.output, "input": name, "code": line.code,
        "output_shape": list(output.shape), "input_shape": list(moved.shape),
        "cost": _cost(plan, rows, columns, contributions), "at_scale": _at_scale(line, moved),
        "limit": plan.program.graph.meter.budget.jacobian_elements, "text": "",
    }  # fmt: skip
    limits = ""
    if values:
        part = whole(line, moved) if sample is None else of_sample(plan.program, line, moved, sample)
        matrix = _matrix(plan, line, moved, name, part)
        answer["value"], answer["zeros"] = matrix, float(np.mean(matrix == 0))
        answer["contraction"] = _contraction(plan, contributions, matrix) if sample is None else None
        if sample is not None:
            answer["sample"], answer["rows"], answer["columns"] = sample, part.rows, part.columns
            limits = _limits(plan, part, line, moved)
    answer["text"] = _text(answer, line, moved, contributions) + limits
    return answer


def _matrix(plan: Plan, line: Line, moved: Node, name: str, part: Part) -> Array:
    what = f"the Jacobian of {line.output} {line.node.shape} by {name} {moved.shape}"
    size = f"{part.rows.size:,} × {part.columns.size:,}"
    plan.program.graph.meter.budget.check("jacobian_elements", part.size, f"{what} with its {size} elements")
    return local(line, moved, str(plan.program.graph.dtype)).jacobian(plan, part.rows, part.columns)


def step_line(plan: Plan, step: int) -> Line:
    """The step of that index; a `Problem` (404) where there is none."""
    lines = plan.program.lines
    if not 0 <= step < len(lines):
        raise Problem("unknown_step", f"the iteration has the steps 0 to {len(lines) - 1}; got {step}", status=404)
    return lines[step]


def names_read(plan: Plan, line: Line) -> dict[str, Node]:
    """The tensors that a step reads, by the name that a trace knows, a gradient's with `.g`."""
    named = {}
    for node in line.tensors:
        name, field = plan.program.names.get(node, (str(node.name), "value"))
        named[f"{name}.g" if field == "gradient" else name] = node
    return named


def _input(plan: Plan, line: Line, name: str) -> Node:
    known = names_read(plan, line)
    if name not in known:
        raise Problem(
            "unknown_input",
            f"the step {line.output} = {line.code} does not read {name[:60]}",
            status=404,
            tensor=name[:60],
            hint=f"it reads {', '.join(known)}" if known else "it reads nothing",
        )
    node = known[name]
    if not node.differentiable or not line.node.differentiable:
        raise Problem(
            "no_gradient", f"{name} holds labels or truth values, by which nothing can be differentiated", tensor=name
        )
    return node


def _contributions(plan: Plan, line: Line, moved: Node) -> list[Contribution]:
    """What this step, going back, adds to the input's gradient; nothing where the step is not of the forward pass."""
    if line.phase != "forward":
        return []
    known = plan.program.backward.contributions.get(moved, [])
    return [contribution for contribution in known if contribution.user is line.node]


def _contraction(plan: Plan, contributions: list[Contribution], matrix: Array) -> Contraction | None:
    """The incoming gradient times the Jacobian, beside what the rule gives."""
    if not contributions:
        return None
    incoming = plan.array(contributions[0].incoming).ravel()
    product = incoming @ matrix
    paid = np.sum([plan.array(contribution.value).ravel() for contribution in contributions], axis=0)
    return {
        "incoming": _incoming(contributions[0]),
        "rule": _rule(contributions),
        "result": _result(contributions),
        "incoming_value": incoming,
        "result_value": product,
        "max_abs_difference": float(np.max(np.abs(product - paid), initial=0.0)),
    }


def _incoming(contribution: Contribution) -> str:
    incoming = contribution.incoming
    return f"{contribution.user.name}.g" if incoming.constant is not None else part(incoming)[0]


def _rule(contributions: list[Contribution]) -> str:
    return " + ".join(part(contribution.value, root=True)[0] for contribution in contributions)


def _result(contributions: list[Contribution]) -> str | None:
    return contributions[0].value.name if len(contributions) == 1 else None


def _cost(plan: Plan, rows: int, columns: int, contributions: list[Contribution]) -> Cost:
    """Numbers, bytes and floating-point operations: of the Jacobian and its product, and of the rule."""
    size = plan.program.graph.dtype.itemsize
    return {
        "jacobian_elements": rows * columns,
        "jacobian_bytes": rows * columns * size,
        "jacobian_flop": 2 * rows * columns,
        "rule_elements": columns,
        "rule_bytes": columns * size,
        "rule_flop": sum(_rule_flop(contribution) for contribution in contributions),
    }


def _rule_flop(contribution: Contribution) -> int:
    """The operations of the rule's expression, down to what has a name."""

    def own(node: Node) -> bool:
        here = node.phase == "backward" and node is not contribution.incoming
        return here and (node is contribution.value or not node.shown)

    return sum(
        flop(node.operation, [operand.shape for operand in node.operands], node.parameters, node.shape)
        for node in ancestors(contribution.value, among=own)
    )


def _text(answer: Jacobian, line: Line, moved: Node, contributions: list[Contribution]) -> str:
    rows, columns, cost = line.node.size, moved.size, answer["cost"]
    output, name = f"`{line.output}`", f"`{answer['input']}`"
    sentences = [
        f"The Jacobian of {output} by {name} has {counted(rows, 'row')}, one for each number of {output} "
        f"{line.node.shape}, and {counted(columns, 'column')}, one for each of {name} {moved.shape}: {rows:,} × "
        f"{columns:,} = {counted(rows * columns, 'derivative')}, {_bytes(cost['jacobian_bytes'])}."
    ]
    if answer.get("zeros") and "sample" not in answer:
        sentences += [f"{_sentence(percent(answer['zeros']))} of them are 0.", *_meeting(line, moved, name, output)]
    if contributions:
        sentences += [
            f"Training needs only its product with the incoming gradient `{_incoming(contributions[0])}` "
            f"({counted(rows, 'number')}), and `{_rule(contributions)}` gives that product, "
            f"{counted(columns, 'number')} ({_bytes(cost['rule_bytes'])}), straight from the tensors: "
            f"{cost['rule_flop']:,} arithmetic operations. With the whole Jacobian these would be "
            f"{cost['jacobian_flop']:,}, a multiplication and an addition for each derivative.",
            "That is why the Jacobian is never built.",
        ]
    return " ".join(sentences)


def _at_scale(line: Line, moved: Node) -> str | None:
    """The same Jacobian in a first layer for small images, where its size is felt."""
    node = line.node
    if node.operation.name != "matmul" or closed_box(node) is not None or moved not in node.operands:
        return None
    if any(operand.ndim != 2 for operand in node.operands):
        return None
    samples, features, units = LAYER
    rows, columns = samples * units, (samples * features, features * units)[node.operands.index(moved)]
    return (
        f"In a layer with {features:,} features, {units:,} units and a batch of {samples:,}, the same Jacobian would "
        f"have {rows:,} × {columns:,} = {rows * columns:,} derivatives, {_bytes(rows * columns * BYTES)}; the rule "
        f"computes the {columns:,} numbers that are needed, {_bytes(columns * BYTES)}."
    )


def _limits(plan: Plan, part: Part, line: Line, moved: Node) -> str:
    """What a part does not show."""
    shown = f" Shown is the part of sample {part.sample}."
    if part.columns.size == moved.size:
        return shown
    if keeps_samples_apart(plan.program, line, moved):
        return f"{shown} No sample depends on another one here: all derivatives between two of them are 0."
    return f"{shown} Derivatives between different samples, if there are any, are left out."


def _meeting(line: Line, moved: Node, name: str, output: str) -> list[str]:
    """Why most of it is zero: the axes that an element of the result and of the input must have in common."""
    node = line.node
    if node.operation.labels is None or moved not in node.operands or closed_box(node) is not None:
        return []
    letters, inputs = node.axis_labels
    common = [
        f"axis {axis} of {name} and axis {letters.index(letter)} of {output}"
        for axis, letter in enumerate(inputs[node.operands.index(moved)])
        if letter and letter in letters
    ]
    if not common:
        return []
    return [f"A number depends on another only where the index is the same along {', and along '.join(common)}."]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _bytes(count: int) -> str:
    amount, unit = float(count), "bytes"
    for larger in ("KB", "MB", "GB", "TB", "PB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:,.0f} {unit}" if unit == "bytes" or amount >= 100 else f"{amount:.1f} {unit}"
