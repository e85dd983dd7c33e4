"""What there is to find: the gradients of a program in backward order, and which of them were found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypedDict

from backprop_explorer.answers import Extent
from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.program import Program, Role
from backprop_explorer.graph.code import code
from backprop_explorer.graph.node import Node
from backprop_explorer.practice.check import judged
from backprop_explorer.practice.draft import NamedShape
from backprop_explorer.practice.editable_gradient import EditableGradient
from backprop_explorer.practice.namespace import namespace
from backprop_explorer.practice.verdict import VerdictAnswer
from backprop_explorer.problem import Problem


class ToFind(TypedDict):
    """A gradient to find: its shape, and the steps it comes back through."""

    tensor: str
    gradient: str
    shape: Extent
    role: Role
    line: int | None
    steps: list[str]
    earlier: Annotated[int, "how many of the gradients, from the first, may stand in its formula"]
    optional: Annotated[bool, "an input's gradient trains nothing"]
    found: bool
    answer: str | None


class NamedValue(NamedShape):
    """A value that may stand in a formula."""

    role: Role


class Practice(TypedDict):
    """The gradients to find, in backward order, and how many of those that count were found."""

    exercises: list[ToFind]
    values: list[NamedValue]
    gradients: Annotated[list[NamedShape], "in the order in which they are computed"]
    found: int
    total: int
    next: str | None
    done: bool


def to_find(program: Program) -> list[Node]:
    """The tensors whose gradients are to be found, from the loss backward; the loss's own 1 is given."""
    backward = program.backward
    return [
        tensor
        for tensor in namespace(program).in_order()
        if tensor.shown and not tensor.hidden and tensor in backward.reached and tensor is not backward.loss
    ]


def practice(plan: Plan, found: Mapping[str, str | None]) -> Practice:
    """The gradients to find, what may stand in each formula, and how far one has got. The plan has run.

    `found` are the answers so far by tensor, None for one that was given in numbers. `gradients` are in the order in
    which they are computed; the first `earlier` of them may stand in an exercise's formula.
    """
    space = namespace(plan.program)
    named = [tensor for tensor in space.in_order() if tensor.shown and not tensor.hidden]
    entries = [_entry(plan, tensor, named.index(tensor), found) for tensor in to_find(plan.program)]
    wanted = [entry for entry in entries if not entry["optional"]]
    missing = [entry["tensor"] for entry in wanted if not entry["found"]]
    tensors = plan.tensors.items()
    return {
        "exercises": entries,
        "values": [
            {"name": name, "shape": list(info.shape), "role": info.role}
            for name, info in tensors
            if info.named and info.role != "state"
        ],
        "gradients": [{"name": f"{tensor.name}.g", "shape": list(tensor.shape)} for tensor in named],
        "found": len(wanted) - len(missing),
        "total": len(wanted),
        "next": missing[0] if missing else None,
        "done": not missing,
    }


def _entry(plan: Plan, tensor: Node, earlier: int, found: Mapping[str, str | None]) -> ToFind:
    name = str(tensor.name)
    role = plan.tensors[name].role
    return {
        "tensor": name,
        "gradient": f"{name}.g",
        "shape": list(tensor.shape),
        "role": role,
        "line": tensor.line,
        "steps": steps_reading(plan.program, tensor),
        "earlier": earlier,
        "optional": role == "input",
        "found": name in found,
        "answer": found.get(name),
    }


def steps_reading(program: Program, tensor: Node) -> list[str]:
    """The lines of the program that read a tensor: what its gradient comes back through."""
    steps: dict[str, None] = {}
    for one in program.backward.contributions.get(tensor, []):
        user = one.user
        while not user.shown and len(following := program.backward.contributions.get(user, [])) == 1:
            user = following[0].user
        steps[f"{user.name} = {code(user, root=True)}" if user.shown else code(user, root=True)] = None
    return list(steps)


def is_found(verdict: VerdictAnswer) -> bool:
    """Whether an answer counts: it is right, and not only by accident."""
    return verdict["verdict"] == "correct" and "coincidental_numbers" not in verdict["notes"]


def still_found(plan: Plan, found: Mapping[str, str | None]) -> dict[str, str | None]:
    """Of the answers so far those that hold for the program as it is now: it may have changed since."""
    return {name: text for name, text in found.items() if _holds(plan, name, text)}


def _holds(plan: Plan, name: str, text: str | None) -> bool:
    try:
        tensor = namespace(plan.program).target(name)
        return tensor in to_find(plan.program) if text is None else judged(plan, name, text).correct
    except Problem:
        return False


def solution(plan: Plan, tensor: Node) -> str:
    """A right formula for a gradient, over named tensors and gradients that come before it."""
    return code(EditableGradient(plan, tensor).root)
