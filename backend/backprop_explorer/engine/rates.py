"""What an optimizer's expressions give over many iterations, calculated in one go."""

from __future__ import annotations

import numpy as np

from backprop_explorer.engine.program import Program
from backprop_explorer.engine.schedule import ITERATION
from backprop_explorer.graph.calculation import calculate
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem

AT_ONCE = 100_000
"""So many iterations are checked in one piece."""


def rates(program: Program, iterations: Array) -> dict[str, Array]:
    """Each rate that is an expression, at those iterations."""
    leaf = program.state.get(ITERATION)
    if leaf is None:
        return {}
    dtype = program.graph.dtype
    with np.errstate(all="ignore"):
        known = calculate(program.scheduled, {leaf: iterations.astype(dtype)}, dtype)
    return {name: np.broadcast_to(known[node], iterations.shape) for name, node in program.rates.items()}


def check_rates(program: Program, first: int, count: int) -> None:
    """Raises a `Problem` of code bad_optimizer that names the first of these iterations at which a rate is negative or
    no finite number: such an update would climb, or spoil every weight. At 0 an update changes nothing."""
    end = first + count if program.rates else first
    for start in range(first, end, AT_ONCE):
        _check_piece(program, np.arange(start, min(start + AT_ONCE, end)))


def _check_piece(program: Program, iterations: Array) -> None:
    for name, values in rates(program, iterations).items():
        wrong = ~(np.isfinite(values) & (values >= 0))
        if wrong.any():
            at = int(wrong.argmax())
            option = name.rpartition(".")[2]
            raise Problem(
                "bad_optimizer",
                f"{option} is {float(values[at]):g} at iteration {iterations[at]}; a rate is a finite number of at "
                "least 0",
                hint="keep it in bounds: maximum(0, …), minimum(…, 1), or 1 + iteration where it is divided by",
            )
