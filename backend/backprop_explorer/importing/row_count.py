"""Data with another number of rows than before: what else has to have as many, and where the program says how many."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from backprop_explorer.engine import Budget, Document, Plan, compile_document
from backprop_explorer.language.source import parsed
from backprop_explorer.ops.record import Array
from backprop_explorer.practice.dimensions import Dimensions
from backprop_explorer.problem import Problem
from backprop_explorer.wording import listed

_SHAPED = frozenset(("zeros", "ones", "full", "reshape", "view", "broadcast_to", "expand", "eye", "arange", "random"))
"""The functions and methods whose arguments are lengths."""

LEAST_TOLD = 3
"""A smaller number in a program is too often something else: an axis, a power."""


def with_rows(
    plan: Plan, changes: dict[str, Mapping[str, Array]], new: Mapping[str, Array], budget: Budget
) -> str | None:
    """The program for inputs of other lengths, None where it may stay. Raises a `Problem` for a tensor that has to have
    as many rows and is not among the `new` ones."""
    document = plan.document
    changed = {name: array for name, array in new.items() if array.shape != document.tensors[name].shape}
    if not changed:
        return None
    _check_companions(plan, changed, new)
    if document.batches is not None:
        return None
    name = next(iter(changed))
    before = document.tensors[name].shape[0]
    length = f"{name}.shape[0]"
    for first in (False, True):
        program = _rewritten(document.program, before, length, first=first)
        if program == document.program:
            return None
        try:
            compile_document(Document.parse({**document.to_json_dict(), **changes, "program": program}), budget)
        except Problem:
            continue
        return program
    return None


def left_over(document: Document, new: Mapping[str, Array], program: str | None) -> list[str]:
    """A warning where the number of rows that were there before still stands in the program."""
    before = {
        document.tensors[name].shape[0] for name, array in new.items() if array.shape != document.tensors[name].shape
    }
    if not before or document.batches is not None:
        return []
    trees = parsed(document.program if program is None else program)
    numbers = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return [
        f"The program has the number {count}, as many as there were rows: change it if it stands for them"
        for count in sorted(before)
        if count >= LEAST_TOLD and any(type(one) in (int, float) and one == count for one in numbers)
    ]


def _check_companions(plan: Plan, changed: Mapping[str, Array], new: Mapping[str, Array]) -> None:
    """Every given tensor that has an axis as long as the changed rows, because the program joins them, is new, too."""
    dimensions, leaves = Dimensions(plan.program), plan.program.forward.leaves
    rows = {dimensions.of((leaves[name], 0)): name for name in changed if name in leaves}
    left = [
        name
        for name, node in leaves.items()
        if name not in new
        and any(length > 1 and dimensions.of((node, at)) in rows for at, length in enumerate(node.shape))
    ]
    if left:
        name = next(iter(changed))
        before, after = plan.document.tensors[name].shape[0], changed[name].shape[0]
        raise Problem(
            "rows_differ",
            f"{name} has {after:,} rows in the file instead of {before:,}, and {listed(left)} must have as many",
            tensor=left[0],
            hint="put both into one file" if len(left) == 1 else "put all of them into one file",
        )


def _rewritten(program: str, before: int, length: str, *, first: bool) -> str:
    """The program with another text for that length where a shape is written, or `first` in a shape only."""
    lines = [line.encode() for line in program.split("\n")]
    places = {
        (node.lineno - 1, node.col_offset, node.end_col_offset or 0)
        for statement in parsed(program)
        for call in ast.walk(statement)
        if isinstance(call, ast.Call)
        for node in _lengths(call, first=first)
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value == before
    }
    for line, start, end in sorted(places, reverse=True):
        lines[line] = lines[line][:start] + length.encode() + lines[line][end:]
    return b"\n".join(lines).decode()


def _lengths(call: ast.Call, *, first: bool) -> Iterator[ast.expr]:
    """What stands for lengths of axes in a call."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in _SHAPED:
        return
    tuples = [one for one in call.args if isinstance(one, ast.Tuple | ast.List)]
    shape = [element for one in tuples for element in one.elts] if tuples else call.args
    yield from shape[:1] if first and tuples else shape
