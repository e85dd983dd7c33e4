"""A closed composite's short rule beside the chain rule through all that is inside: the same numbers."""

from __future__ import annotations

from typing import TypedDict

import numpy as np

from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.program import Program
from backprop_explorer.engine.references import Made, Token, made, tokens
from backprop_explorer.explain.why.chain import Link
from backprop_explorer.graph.code import part
from backprop_explorer.graph.node import Node
from backprop_explorer.graph.walk import ancestors


class LongWay(TypedDict):
    """A step of an opened composite."""

    output: str
    of: Made
    code: str
    tokens: list[Token]


class Agreement(TypedDict):
    """A composite's short rule against the chain rule through what is inside."""

    composite: str
    closed: str
    tensor: str
    steps: list[LongWay]
    max_abs_difference: float


def agreement(plan: Plan, opened: Plan, link: Link) -> Agreement | None:
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
        "tensor": str(tensor.name),
        "steps": _inside(opened, str(link.user.name), tensor),
        "max_abs_difference": float(np.fmax.reduce(difference, axis=None, initial=0.0)),
    }


def _inside(opened: Plan, output: str, tensor: Node) -> list[LongWay]:
    """The backward steps of the opened program from the composite's result to the tensor's gradient."""
    name = f"{tensor.name}.g"
    wanted, start = opened.program.nodes[name], opened.program.nodes.get(f"{output}.g")
    needed = set(ancestors(wanted, among=lambda node: node is not start and node.phase == "backward"))
    lines = [line for line in opened.program.lines if line.phase == "backward" and line.node in needed]
    program = opened.program
    steps = [_step(program, line.output, made(program, line), line.code) for line in lines]
    if any(line.node is wanted for line in lines):
        return steps
    return [*steps, _step(program, name, {"tensor": str(tensor.name), "field": "gradient"}, part(wanted)[0])]


def _step(program: Program, output: str, of: Made, code: str) -> LongWay:
    return {"output": output, "of": of, "code": str(code), "tokens": tokens(code, program, inside=True)}
