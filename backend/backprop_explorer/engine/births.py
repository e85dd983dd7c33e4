"""Where numbers that are not finite come from: the first steps that made one out of finite numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from backprop_explorer.engine.listing import Line
from backprop_explorer.engine.numbers import place
from backprop_explorer.engine.plan import Plan
from backprop_explorer.graph.graph import Operand, Warned
from backprop_explorer.graph.node import Node
from backprop_explorer.graph.walk import written_out
from backprop_explorer.ops.record import Array

MOST = 20
"""So many births are told; the others follow sooner or later."""


def births(plan: Plan) -> list[Warned]:
    """A warning for each step that made NaN out of numbers, or an infinity out of finite ones, in the order of the
    steps; an infinity that the program itself names, as masks do, is none. The plan has run."""
    found: list[Warned] = []
    known: dict[Node, _State] = {}
    for index, line in enumerate(plan.program.lines):
        own = _state(plan, line.node, known)
        if own is _FINITE:
            continue
        read = [_state(plan, node, known) for node in line.tensors]
        wanted = _NAN if own is _NAN and _NAN not in read else _INFINITE
        born = wanted is _NAN or own is _INFINITE and set(read) <= {_FINITE} and not _names_infinity(line.node)
        if born:
            found.append(_birth(plan, index, line, wanted))
        if len(found) == MOST:
            break
    return found


_State = Literal["finite", "infinite", "NaN"]
_FINITE: _State = "finite"
_INFINITE: _State = "infinite"
_NAN: _State = "NaN"


def _state(plan: Plan, node: Node, known: dict[Node, _State]) -> _State:
    if node not in known:
        array = plan.array(node)
        known[node] = _FINITE if np.isfinite(array).all() else _NAN if np.isnan(array).any() else _INFINITE
    return known[node]


def _names_infinity(node: Node) -> bool:
    """Whether an infinity stands in the expression of a step."""
    parts = written_out(node, among=lambda one: True)
    return any(one.constant is not None and not np.isfinite(one.constant) for one in parts)


def _birth(plan: Plan, step: int, line: Line, wanted: _State) -> Warned:
    array = plan.array(line.node)
    wrong = np.isnan(array) if wanted is _NAN else ~np.isfinite(array)
    index = tuple(int(one) for one in np.argwhere(wrong)[0])
    operands: list[Operand] = [{"code": code, "value": value} for code, value in _operands(plan, line, array, index)]
    tensor, dot, field = line.output.rpartition(".")
    is_gradient = bool(dot) and field.partition("__")[0] == "g"
    made = ", ".join(f"{one['code']} = {one['value']:.6g}" for one in operands)
    message = f"{place(line.output, index)} is {_word(float(array[index]))}: {line.code}" + (
        f" with {made}" if made else ""
    )
    return {
        "line": line.line,
        "code": "not_finite",
        "message": message,
        "tensor": tensor if is_gradient else line.output,
        "field": "gradient" if is_gradient else "value",
        "index": list(index),
        "step": step,
        "operands": operands,
    }


def _operands(plan: Plan, line: Line, result: Array, index: tuple[int, ...]) -> Iterator[tuple[str, float]]:
    """The numbers at the same place, of the tensors that are broadcast to the result."""
    for node in line.tensors:
        array = plan.array(node)
        lead = result.ndim - array.ndim
        if lead < 0 or any(own not in (1, wide) for own, wide in zip(array.shape, result.shape[lead:], strict=True)):
            continue
        own = tuple(0 if length == 1 else at for length, at in zip(array.shape, index[lead:], strict=True))
        yield place(str(node.name), own), float(array[own])


def _word(value: float) -> str:
    return "NaN" if np.isnan(value) else "infinite" if value > 0 else "minus infinity"
