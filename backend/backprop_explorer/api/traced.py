"""The trace in the answer to a change, so that a change and what is shown of it cost one request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NotRequired

from backprop_explorer.api import wire
from backprop_explorer.api.http import check_bytes
from backprop_explorer.api.query import ChangeQuery, read_listed
from backprop_explorer.engine.trace import Listed, Trace, check_listed, opened_program
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
    if query.trace is not None:
        _listed(run, query.trace, is_open=query.open == "true")


def traced(run: Run, query: ChangeQuery, state: Mapping[str, Any]) -> dict[str, Any]:
    """The state of a run that has just been changed, and its trace if that is asked for."""
    if query.trace is None:
        return {**state}
    try:
        is_open = query.open == "true"
        return {**state, "trace": run.trace(values=_listed(run, query.trace, is_open=is_open), open=is_open)}
    except Problem:  # the change is made, so an error would be wrong
        return {**state, "trace": None}


def _listed(run: Run, asked: str, *, is_open: bool) -> Listed:
    """Whose numbers the trace lists. Raises a `Problem` where they are too many, or of a tensor that is not there."""
    plan = run.present.plan
    program = opened_program(plan) if is_open else plan.program
    listed = read_listed(asked, plan)
    if not isinstance(listed, bool):
        check_listed(program, listed)
    check_bytes(wire.numbers_bytes(program.tensors.values(), listed), _LESS)
    return listed
