"""What a lesson points at: a step by what it computes, a tensor, or one element of it."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from backprop_explorer.answers import Extent
from backprop_explorer.engine.program import Aim, Program
from backprop_explorer.explain.terms.place import checked_index, named_node
from backprop_explorer.graph.node import Node
from backprop_explorer.problem import LONGEST_WORD, Problem, shortened, suggestion

_ENDS: tuple[tuple[str, Aim], ...] = ((".g", "gradient"), (".next", "next"))


class Place(TypedDict):
    """A tensor's value, gradient or next value, or one element of it."""

    tensor: str
    field: Aim
    index: NotRequired[Extent]


def place_of(program: Program, text: str) -> Place:
    """`w1.g[2, 1]` is an element of a gradient, `w1` a value, `w1.next` what the update makes of it. Raises a
    `Problem` where there is nothing of that name."""
    found = _tensor(program, text)
    if found is not None:
        return found
    name, bracket, rest = text.strip().rpartition("[")
    found = _tensor(program, name) if bracket and rest.endswith("]") else None
    if found is None:
        raise _unknown(program, text)
    index = _index(rest[:-1])
    if index is None:
        raise Problem("bad_index", f"{shortened(text)} has no whole numbers in its brackets", hint="such as w1.g[2, 1]")
    return {**found, "index": list(checked_index(index, node_at(program, found), name))}


def node_at(program: Program, place: Place) -> Node:
    """The node that a place is in."""
    return named_node(program, place["tensor"], place["field"])


def step_of(program: Program, text: str) -> int:
    """The index of the step that computes `l1`, `w1.g`, or `w1.next` in the update. Raises a `Problem` where no step
    does."""
    target = program.forward.aliases.get(text)
    wanted = text if target is None else str(target.name)
    for index, line in enumerate(program.lines):
        output = f"{line.output}.next" if line.phase == "update" else line.output
        if output == wanted:
            return index
    outputs = [f"{line.output}.next" if line.phase == "update" else line.output for line in program.lines]
    raise Problem(
        "unknown_step",
        f"no step computes {shortened(text)!r}",
        hint=suggestion(text, outputs) or "name a step by what it computes, such as l1, w1.g or w1.next",
    )


def _tensor(program: Program, text: str) -> Place | None:
    """A whole tensor; None where it is none."""
    name = text.strip()
    if len(name) > LONGEST_WORD:
        return None
    for end, field in (("", "value"), *_ENDS):
        tensor = name.removesuffix(end) if end else name
        if end and tensor == name or tensor not in program.nodes or tensor.endswith(".g"):
            continue
        found: Place = {"tensor": tensor, "field": field}
        node_at(program, found)
        return found
    return None


def _index(text: str) -> tuple[int, ...] | None:
    parts = [part.strip() for part in text.split(",")]
    return tuple(map(int, parts)) if all(part.isdecimal() and len(part) < 9 for part in parts) else None


def _unknown(program: Program, text: str) -> Problem:
    known = [name for name in program.nodes if not name.endswith(".g")]
    return Problem(
        "unknown_tensor",
        f"there is no tensor {shortened(text)!r}",
        status=404,
        hint=suggestion(text.partition("[")[0].removesuffix(".g"), known),
    )
