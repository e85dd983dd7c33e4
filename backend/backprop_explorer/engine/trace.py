"""The trace: every tensor and every step of one iteration, before its update."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from backprop_explorer.engine.compiling import program_of
from backprop_explorer.engine.listing import Line
from backprop_explorer.engine.picture import Picture, drawn, picture_of
from backprop_explorer.engine.plan import Plan
from backprop_explorer.graph.node import Node, closed_box
from backprop_explorer.graph.walk import written_out
from backprop_explorer.language.notation import notation


def trace(plan: Plan, *, values: bool = True, open: bool = False) -> dict[str, Any]:
    """One iteration of the plan as the contract describes it; arrays stay arrays. Runs the plan.

    With `open`, composites are written out and what is inside them is listed, too.
    """
    if open:
        plan = opened(plan)
    loss = plan.run()
    plan.propose()
    program = plan.program
    names = program.names
    return {
        "loss": program.graph.dtype.type(loss),
        "tensors": _tensors(plan, values),
        "steps": [_step(plan, index, line, names, values) for index, line in enumerate(program.lines)],
        "warnings": list(program.graph.warnings),
        **({"batch": batch} if (batch := plan.batch) else {}),
        **({"rates": _rates(plan)} if program.rates else {}),
    }


def _rates(plan: Plan) -> dict[str, float]:
    """What the optimizer's expressions give at this iteration, by option."""
    return {name.rpartition(".")[2]: float(plan[name]) for name in plan.program.rates}


def opened(plan: Plan) -> Plan:
    """The same iteration with composites written out; it has not run."""
    copy = Plan(program_of(plan.document, plan.program.graph.meter.budget, open_boxes=True), plan.document)
    copy.restore(plan.snapshot())
    return copy


def _tensors(plan: Plan, values: bool) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, info in plan.tensors.items():
        entry: dict[str, Any] = {
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
    shapes = {str(node.name): node.shape for node in (line.node, *written_out(line.node)) if node.name is not None}
    return picture_of(line.node), *notation(statement, shapes)


def _step(plan: Plan, index: int, line: Line, names: Mapping[Node, tuple[str, str]], values: bool) -> dict[str, Any]:
    node, box = line.node, closed_box(line.node)
    picture, latex, mathml = _drawing(line)
    numbers = plan.array if values else None
    step: dict[str, Any] = {
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
