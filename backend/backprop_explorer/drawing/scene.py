"""What the picture of a step shows: its operands and its result with their numbers, and its code between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backprop_explorer.engine import Plan, trace_of_run
from backprop_explorer.engine.picture import Kind, StepOperand, picture_of
from backprop_explorer.engine.program import Field, Program
from backprop_explorer.engine.references import Token
from backprop_explorer.engine.trace import Step, Trace
from backprop_explorer.lessons.places import step_of
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem, shortened

MOST_OPERANDS = 8
"""So many operands are drawn; of a step with more it is said how many more it has."""
_AXES = "ijklmnpqrstuvw"


@dataclass(frozen=True)
class Matrix:
    """A tensor of a step: how it is called, its numbers, a letter for each axis ("" for none), and the number that
    has the strongest tint."""

    code: str
    field: Field | None
    numbers: Array
    letters: Sequence[str]
    largest: float


@dataclass(frozen=True)
class Scene:
    """A step as it is drawn. `between` is the code before each operand and after the last one; None where the code
    does not name them in their order."""

    index: int
    count: int
    phase: str
    output: str
    code: str
    tokens: Sequence[Token]
    made: Field
    kind: Kind
    operands: Sequence[Matrix]
    more: int
    between: Sequence[str] | None
    result: Matrix
    gone: Sequence[int]
    """Of a reduction, the axes of the operand that the result lacks."""


def step_at(program: Program, asked: str) -> int:
    """The index of a step, by that or by the name of what it computes: `l1`, `w1.g`; of what updates w1, `w1.next`.

    Raises a `Problem` (404) that names the nearest step there is.
    """
    if asked.isascii() and asked.isdecimal():
        last = len(program.lines) - 1
        if len(asked) > len(str(last)) or int(asked) > last:
            detail = f"There is no step {shortened(asked)}: the last one is {last}"
            raise Problem("unknown_step", detail, status=404)
        return int(asked)
    try:
        return step_of(program, asked)
    except Problem as problem:
        raise Problem(problem.code, problem.detail, status=404, hint=problem.hint) from None


def scenes(plan: Plan, indices: Sequence[int]) -> list[Scene]:
    """The scenes of those steps of a plan that has run."""
    lines = plan.program.lines
    found = trace_of_run(plan, tuple(dict.fromkeys(lines[at].output for at in indices if lines[at].phase != "update")))
    largest = _largest(plan)
    return [_scene(plan, found, index, largest) for index in indices]


def _scene(plan: Plan, found: Trace, index: int, largest: dict[Field, float]) -> Scene:
    step = found["steps"][index]
    picture = step["picture"]
    made: Field = "gradient" if step["of"]["field"] == "gradient" else "value"
    drawn = [at for at, operand in enumerate(picture["operands"]) if not _is_number(operand)]
    shown = drawn[:MOST_OPERANDS]
    letters = _letters(step)
    operands = [
        Matrix(
            operand["code"],
            operand["field"],
            _numbers(plan, operand, index, at),
            [letters.get(label, "") for label in operand["labels"] or ()],
            largest[operand["field"] or "value"],
        )
        for at, operand in enumerate(picture["operands"])
        if at in shown
    ]
    axes = [letters.get(label, "") for label in picture["labels"] or ()]
    labels = picture["operands"][0]["labels"] if picture["operands"] else None
    return Scene(
        index,
        len(found["steps"]),
        step["phase"],
        step["output"],
        step["code"],
        step["tokens"],
        made,
        picture["kind"],
        operands,
        len(drawn) - len(shown),
        between(step["tokens"], shown),
        Matrix(step["output"], made, _made(plan, step), axes, largest[made]),
        [axis for axis, label in enumerate(labels or ()) if label == "" or label not in (picture["labels"] or ())],
    )


def _is_number(operand: StepOperand) -> bool:
    """Whether it is a number of the formula, which its code says already."""
    return operand.get("constant", False) and not operand["shape"]


def _letters(step: Step) -> dict[str, str]:
    """A letter for each axis: those of the result first, in their order; of a sum those of what is summed."""
    picture = step["picture"]
    labels = [picture["labels"] or (), *(operand["labels"] or () for operand in picture["operands"])]
    if picture["kind"] == "reduction":
        labels.reverse()
    seen = dict.fromkeys(label for group in labels for label in group if label)
    return dict(zip(seen, _AXES, strict=False))


def _numbers(plan: Plan, operand: StepOperand, index: int, at: int) -> Array:
    name = operand["tensor"]
    if name is not None:
        array = plan[f"{name}.g" if operand["field"] == "gradient" else name]
        return np.swapaxes(array, -1, -2) if operand.get("transposed") else array
    if "value" in operand:
        return np.asarray(operand["value"])
    return plan.array(picture_of(plan.program.lines[index].node).operands[at].node)


def _made(plan: Plan, step: Step) -> Array:
    return plan.update_value(step["output"]) if step["phase"] == "update" else plan[step["output"]]


def _largest(plan: Plan) -> dict[Field, float]:
    """The magnitude with the strongest tint: one for all values, one for all gradients, so that the same number has
    the same tint in each picture. Labels and single numbers have no say."""
    found: dict[Field, float] = {"value": 0.0, "gradient": 0.0}
    several = any(info.shape for info in plan.tensors.values())
    for name, info in plan.tensors.items():
        if not info.dtype.startswith("float") or (several and not info.shape):
            continue
        found["value"] = max(found["value"], _span(plan[name]))
        if info.differentiable:
            found["gradient"] = max(found["gradient"], _span(plan[f"{name}.g"]))
    return found


def _span(array: Array) -> float:
    """The largest finite magnitude."""
    with np.errstate(invalid="ignore"):
        high = float(np.abs(array).max(initial=0))
        return high if np.isfinite(high) else float(np.abs(array[np.isfinite(array)]).max(initial=0))


def between(tokens: Sequence[Token], shown: Sequence[int]) -> list[str] | None:
    """The code before each of the operands and after the last one; None unless each stands there once, in order."""
    cut, order = [""], list[int]()
    for token in tokens:
        operand = token.get("operand")
        if operand is None or operand not in shown:
            cut[-1] += token["text"]
        elif not order or order[-1] != operand or cut[-1]:
            order.append(operand)
            cut.append("")
    return cut if order == list(shown) else None
