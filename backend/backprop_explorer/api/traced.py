"""The trace in the answer to a change, so that a change and what is shown of it cost one request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NotRequired

from backprop_explorer.api import wire
from backprop_explorer.api.http import check_bytes
from backprop_explorer.api.query import ChangeQuery
from backprop_explorer.engine.trace import Trace, check_listed, opened_program
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Run, State, TrainingAnswer

TraceAfter = Annotated[
    Trace | None,
    "the trace, after a change that after it, where the query asks for it; null where it would be too large, or a "
    "tensor that is asked for is not there",
]
_LESS = "ask for the trace of fewer tensors, or for none; no change was made"


class ChangedState(State):
    """The state after a change."""

    trace: NotRequired[TraceAfter]


class TrainedState(TrainingAnswer):
    """The state after a training, and what the training did."""

    trace: NotRequired[TraceAfter]


def check_traced(run: Run, query: ChangeQuery) -> None:
    """Raises a `Problem` where the trace cannot be answered, before a change that keeps the program is made."""
    if query.listed:
        plan = run.present.plan
        program = opened_program(plan) if query.open == "true" else plan.program
        if not isinstance(query.listed, bool):
            check_listed(program, query.listed)
        check_bytes(wire.numbers_bytes(program.tensors.values(), query.listed), _LESS)


def traced(run: Run, query: ChangeQuery, state: Mapping[str, Any]) -> dict[str, Any]:
    """The state of a run that has just been changed, and its trace if that is asked for."""
    if query.listed is None:
        return {**state}
    try:
        check_traced(run, query)
        return {**state, "trace": run.trace(values=query.listed, open=query.open == "true")}
    except Problem:  # the change is made, so an error would be wrong
        return {**state, "trace": None}
