"""The trace: every tensor and every step of one iteration, before its update."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, NotRequired, TypedDict

from backprop_explorer.answers import Extent, Tensor
from backprop_explorer.engine.batches import BatchRows
from backprop_explorer.engine.compiling import program_of
from backprop_explorer.engine.listing import Line, Phase
from backprop_explorer.engine.picture import Picture, StepPicture, drawn, picture_of
from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.program import Field, Role
from backprop_explorer.graph.graph import Warned
from backprop_explorer.graph.node import Node, closed_box
from backprop_explorer.language.notation import notation


class TraceTensor(TypedDict):
    """A tensor of a trace; `value` and `gradient` are left out by `values=none`."""

    role: Role
    shape: Extent
    dtype: str
    named: bool
    line: int | None
    value: NotRequired[Tensor]
    gradient: NotRequired[Tensor | None]
    alias: NotRequired[Annotated[str, "the tensor's other name, where it has two"]]


class Step(TypedDict):
    """One line of the iteration's program; `value` where no tensor of the trace has it."""

    index: int
    phase: Phase
    line: int | None
    op: str
    family: str
    inputs: list[str]
    output: str
    code: str
    latex: str
    mathml: str
    shape: Extent
    picture: StepPicture
    value: NotRequired[Tensor]


class Trace(TypedDict):
    """One iteration, before its update: every tensor and every step; `batch` where the data is cut into batches."""

    loss: float
    tensors: dict[str, TraceTensor]
    steps: list[Step]
    warnings: list[Warned]
    batch: NotRequired[BatchRows]
    rates: NotRequired[
        Annotated[
            dict[str, float],
            "the optimizer's options that are expressions of the iteration, where there are such",
        ]
    ]


def trace(plan: Plan, *, values: bool = True, open: bool = False) -> Trace:
    """One iteration of the plan as the contract describes it; arrays stay arrays. Runs the plan.

    With `open`, composites are written out and what is inside them is listed, too.
    """
    if open:
        plan = opened(plan)
    loss = plan.run()
    plan.propose()
    program = plan.program
    names = program.names
    found: Trace = {
        "loss": program.graph.dtype.type(loss),
        "tensors": _tensors(plan, values),
        "steps": [_step(plan, index, line, names, values) for index, line in enumerate(program.lines)],
        "warnings": list(program.graph.warnings),
    }
    if plan.batch:
        found["batch"] = plan.batch
    if program.rates:
        found["rates"] = _rates(plan)
    return found


def _rates(plan: Plan) -> dict[str, float]:
    """What the optimizer's expressions give at this iteration, by option."""
    return {name.rpartition(".")[2]: float(plan[name]) for name in plan.program.rates}


def opened(plan: Plan) -> Plan:
    """The same iteration with composites written out; it has not run."""
    copy = Plan(program_of(plan.document, plan.program.graph.meter.budget, open_boxes=True), plan.document)
    copy.restore(plan.snapshot())
    return copy


def _tensors(plan: Plan, values: bool) -> dict[str, TraceTensor]:
    result: dict[str, TraceTensor] = {}
    for name, info in plan.tensors.items():
        entry: TraceTensor = {
            "role": info.role,
            "shape": list(info.shape),
            "dtype": info.dtype,
            "named": info.named,
            "line": info.line,
        }
        if values:
            entry["value"] = plan[name]
            entry["gradient"] = plan[f"{name}.g"] if info.differentiable else None
        result[name] = entry
    for alias, node in plan.program.forward.aliases.items():
        if alias not in result and node.name in result:
            result[alias] = {**result[node.name], "alias": node.name, "named": True}
    return result


@lru_cache(maxsize=4096)
def _drawing(line: Line) -> tuple[Picture, str, str]:
    statement = f"{line.output} = {line.code}"
    shapes = {str(node.name): node.shape for node in _reachable_names(line.node)}
    return picture_of(line.node), *notation(statement, shapes)


def _reachable_names(root: Node) -> list[Node]:
    found, stack = [root], list(root.operands)
    while stack:
        node = stack.pop()
        if node.name is not None:
            found.append(node)
        if not node.shown:
            stack.extend(node.operands)
    return found


def _step(plan: Plan, index: int, line: Line, names: Mapping[Node, tuple[str, Field]], values: bool) -> Step:
    node, box = line.node, closed_box(line.node)
    picture, latex, mathml = _drawing(line)
    numbers = plan.array if values else None
    step: Step = {
        "index": index,
        "phase": line.phase,
        "line": line.line,
        "op": box.name if box else node.operation.name,
        "family": "composite" if box else node.operation.family,
        "inputs": line.inputs,
        "output": line.output,
        "code": line.code,
        "latex": latex,
        "mathml": mathml,
        "shape": list(node.shape),
        "picture": drawn(picture, line.phase, numbers, names),
    }
    if line.phase == "update" and values:
        step["value"] = plan.update_value(line.output)
    elif line.phase == "backward" and values and node not in names:
        step["value"] = plan[line.output]  # a contribution, which no tensor of the trace holds
    return step
