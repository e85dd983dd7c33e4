"""A closed composite's short rule beside the chain rule through all that is inside: the same numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from backprop_explorer.engine.plan import Plan
from backprop_explorer.explain.why.chain import Link
from backprop_explorer.graph.code import part
from backprop_explorer.graph.walk import ancestors


def agreement(plan: Plan, opened: Plan, link: Link) -> dict[str, Any] | None:
    """The gradient that the short rule gives, against the opened program's, whose steps are listed."""
    box = link.contribution.box
    tensor, program = link.tensor, plan.program
    name = f"{tensor.name}.g"
    if box is None or tensor not in program.backward.gradient or name not in opened.program.nodes:
        return None
    closed, long = plan.array(program.backward.gradient[tensor]), opened[name]
    with np.errstate(all="ignore"):
        difference = np.abs(closed - long)
    return {
        "composite": box.name,
        "closed": part(link.contribution.raw, root=True)[0],
        "tensor": tensor.name,
        "steps": _inside(opened, str(link.user.name), name),
        "max_abs_difference": float(np.nanmax(difference, initial=0.0)),
    }


def _inside(opened: Plan, output: str, name: str) -> list[dict[str, str]]:
    """The backward steps of the opened program from the composite's result to the tensor's gradient."""
    wanted, start = opened.program.nodes[name], opened.program.nodes.get(f"{output}.g")
    needed = set(ancestors(wanted, among=lambda node: node is not start and node.phase == "backward"))
    lines = [line for line in opened.program.lines if line.phase == "backward" and line.node in needed]
    steps = [{"output": line.output, "code": line.code} for line in lines]
    named = any(line.node is wanted for line in lines)
    return steps if named else [*steps, {"output": name, "code": part(wanted)[0]}]
