"""From a document to a plan."""

from __future__ import annotations

import copyreg
from collections.abc import Mapping
from typing import Any

import numpy as np

from backprop_explorer.engine.batches import batch_shape
from backprop_explorer.engine.differentiate import GradientOverride
from backprop_explorer.engine.document import Document
from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.program import CompileKey, Leaves, Program, compile_program, frozen_options
from backprop_explorer.graph.budget import Budget
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem
from backprop_explorer.wording import counted


def compile_document(document: Document | Mapping[str, Any], budget: Budget | None = None) -> Plan:
    """Parses, differentiates and allocates: a plan that is ready to run. Copies the document's numbers.

    Raises a `Problem` for whatever is wrong with the document. Without a budget only memory limits what it may ask
    for.
    """
    checked = document if isinstance(document, Document) else Document.parse(document, budget)
    _check_validation(checked, budget)
    return Plan(program_of(checked, budget), checked)


def held_out(document: Document) -> Document:
    """The document with the rows that are held out, and nothing to train with."""
    assert document.split is not None
    rows = document.split.validation
    return document.measured({name: array[rows] for name, array in document.batched.items()})


def _check_validation(document: Document, budget: Budget | None) -> None:
    """Raises a `Problem` where the program cannot be run with the rows that are held out, or without them."""
    split = document.split
    if split is None:
        return
    count, which = split.count - split.held, "are left to be trained on"
    try:
        if document.batch is None:
            program_of(document, budget)
        count, which = split.held, "are held out"
        program_of(held_out(document), budget, measuring=True)
    except Problem as problem:
        if problem.status != 422:
            raise
        raise Problem(
            "bad_validation",
            f"The program does not run with the {counted(count, 'row')} that {which}: {problem.detail}",
            line=problem.line,
            column=problem.column,
            tensor=problem.tensor,
            hint="where the program says how many rows there are, write x.shape[0] of an input x instead",
        ) from None


def _compiled_again(document: Document, budget: Budget, state: Mapping[str, Array]) -> Plan:
    """A copy of a plan, of its document with the present numbers and what else an iteration starts from. It has run."""
    plan = compile_document(document, budget)
    plan.restore(state, partial=True)
    with np.errstate(all="ignore"):
        plan.run()
    return plan


def _reduced(plan: Plan) -> tuple[Any, ...]:
    """What a copy of a plan, a pickled one too, is made of: its buffers and bound calls cannot travel."""
    if not plan.program.as_written:
        raise Problem(
            "not_copied", "Only a plan of a document can be copied; this one has opened composites or own gradients"
        )
    document = plan.document
    state = {name: array for name, array in plan.snapshot().items() if name not in document.tensors}
    return _compiled_again, (document, plan.program.graph.meter.budget, state)


# Here and not in the class, which is below: a plan does not know how it is compiled.
copyreg.pickle(Plan, _reduced)


def program_of(
    document: Document,
    budget: Budget | None = None,
    *,
    open_boxes: bool = False,
    own: GradientOverride | None = None,
    measuring: bool = False,
) -> Program:
    """The compiled program of a document, which does not depend on its numbers; `own` gradients go before the true
    ones, and with `measuring` there are none: the loss is all that is wanted."""
    if not document.tensors:
        raise Problem("bad_document", "a document needs at least one tensor under inputs or parameters")
    batches = document.batches
    shapes = {name: array.shape for name, array in document.tensors.items()}
    if batches is not None:
        shapes |= {name: batch_shape(array.shape, batches.size) for name, array in document.batched.items()}
    leaves: Leaves = tuple(
        (name, shape, "bool" if name in document.masks else "open" if name in document.whole else "float")
        for name, shape in shapes.items()
    )
    key = CompileKey(
        document.program,
        leaves,
        tuple(document.parameters),
        document.loss,
        document.dtype,
        frozen_options(document.optimizer),
        budget or Budget.unlimited(),
        batch=None if batches is None else batches.size,
        open_boxes=open_boxes,
        dialect=document.dialect,
        doubtful=document.dialect_inferred,
        measuring=measuring,
    )
    return compile_program(key, own)
