"""The births of an iteration: each step that made numbers which are not finite; and those behind one element."""

from __future__ import annotations

from typing import Literal

import numpy as np

from backprop_explorer.engine.births.chain import Chain
from backprop_explorer.engine.plan import Plan
from backprop_explorer.graph.graph import Warned
from backprop_explorer.graph.node import Node
from backprop_explorer.ops.record import Array, Shape

MOST = 20
"""So many births are told; the others follow sooner or later."""

LOOKED = 16
"""So many elements of a step are looked at where some of what it reads was not finite before."""

_State = Literal["finite", "infinite", "NaN"]


def births(plan: Plan) -> list[Warned]:
    """The birth in each step that made NaN out of numbers, or an infinity out of finite ones, in the order of the
    steps; an infinity that the program itself names, as masks do, is none. The plan has run, and made its update."""
    found: list[Warned] = []
    known: dict[Node, _State] = {}
    chain: Chain | None = None
    for step, line in enumerate(plan.program.lines):
        if _state(plan, line.node, known) == "finite":
            continue
        chain = chain or Chain(plan)
        read = {_state(plan, node, known) for node in line.tensors}
        most = 1 if "NaN" not in read and (known[line.node] == "NaN" or read <= {"finite"}) else LOOKED
        if (told := _in_step(chain, step, line.node, most)) is not None:
            found.append(told)
        if len(found) == MOST:
            break
    return found


def _in_step(chain: Chain, step: int, node: Node, most: int) -> Warned | None:
    """The first birth among elements of a step's result."""
    array = chain.source.array(node)
    for index in _wrong(array, most):
        told = chain.first_of_step(node, index, step)
        if told is not None:
            return told
    return None


def _wrong(array: Array, most: int) -> list[Shape]:
    """The first elements that are not finite, NaN before infinities."""
    nan, infinite = np.isnan(array), np.isinf(array)
    places = [np.argwhere(one)[:most] for one in (nan, infinite)]
    return [tuple(int(one) for one in place) for found in places for place in found]


def _state(plan: Plan, node: Node, known: dict[Node, _State]) -> _State:
    if node not in known:
        array = plan.array(node)
        known[node] = "finite" if np.isfinite(array).all() else "NaN" if np.isnan(array).any() else "infinite"
    return known[node]


def ancestry(plan: Plan, node: Node, index: Shape, step: int | None = None) -> list[Warned]:
    """The births that one element goes back to, the first one first; none for one that is finite. The plan has run,
    and made its update where the element is of that."""
    if np.isfinite(plan.array(node)[index]):
        return []
    return Chain(plan).births(node, index, step)


def first_place(array: Array) -> Shape | None:
    """The first element that is not finite, NaN before an infinity; None where all are."""
    return next(iter(_wrong(array, 1)), None)


def settled(found: Warned, iteration: int) -> Warned:
    """A birth that happened at an earlier iteration."""
    return {**found, "iteration": iteration, "message": f"At iteration {iteration} {found['message']}"}


def sentences(found: Warned) -> str:
    """What is told of a warning, and of a birth what cures it."""
    cure = found.get("cure", "")
    return f"{found['message']}. {cure[0].upper()}{cure[1:]}." if cure else found["message"]
