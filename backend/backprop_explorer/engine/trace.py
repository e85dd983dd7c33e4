"""The trace: every tensor and every step of one iteration, before its update."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, NotRequired, TypedDict, cast

from backprop_explorer.answers import Extent, Indices, Lasting, Tensor
from backprop_explorer.engine.batches import BatchRows
from backprop_explorer.engine.births import births
from backprop_explorer.engine.compiling import program_of
from backprop_explorer.engine.edges import Edge, Ready, edges_of
from backprop_explorer.engine.gates import blocked
from backprop_explorer.engine.listing import Line, Phase
from backprop_explorer.engine.numbers import norm
from backprop_explorer.engine.parts import part_count
from backprop_explorer.engine.picture import Picture, StepPicture, drawn, picture_of
from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.program import Name, Program, Role, unknown_tensor
from backprop_explorer.engine.references import Made, Token, made, references, tokens
from backprop_explorer.engine.sliding import Slide, slide_of
from backprop_explorer.engine.sources import Source, source_of
from backprop_explorer.graph.graph import Warned
from backprop_explorer.graph.node import Node, closed_box
from backprop_explorer.graph.walk import written_out
from backprop_explorer.language.notation import notation
from backprop_explorer.problem import Problem

Listed = bool | tuple[str, ...]
"""Whose numbers a trace lists: all, none, or those of these names, `l1` for a value and `w1.g` for a gradient. A step's
own numbers are listed with those of what it computes."""


class Norm(TypedDict):
    """The Euclidean norms of all numbers of a tensor and of its gradient."""

    value: float
    gradient: float | None


class TraceTensor(TypedDict):
    """A tensor of a trace; `value` and `gradient` are there where these numbers are listed."""

    role: Role
    shape: Extent
    dtype: str
    named: bool
    line: int | None
    assigned: Annotated[str | None, "the name that the program gives it"]
    ready: Ready
    norm: Norm
    value: NotRequired[Tensor]
    gradient: NotRequired[Tensor | None]
    blocked: NotRequired[
        Annotated[
            Indices,
            "the flat indices of the gradient's elements to which nothing is let through, by a derivative of 0 such as "
            "relu's or by a mask, where there are such",
        ]
    ]
    alias: NotRequired[Annotated[str, "the tensor's other name, where it has two"]]


class Loop(TypedDict):
    """A loop of the program, the outermost where loops are nested: its line, what it assigns last, and which repeat it
    is, from 1."""

    line: int
    name: str
    round: int


class Step(TypedDict):
    """One line of the iteration's program; `value` where no tensor of the trace has it."""

    index: int
    phase: Phase
    line: int | None
    op: str
    family: str
    inputs: list[str]
    output: str
    of: Annotated[Made, "what `output` is"]
    code: str
    tokens: Annotated[list[Token], "the pieces of the code in their order"]
    latex: str
    mathml: str
    shape: Extent
    picture: StepPicture
    loop: NotRequired[Annotated[Loop, "of a forward step that a loop repeats"]]
    source: NotRequired[Annotated[Source, "where the document tells it"]]
    parts: NotRequired[
        Annotated[int, "of a step of many operations: how many named parts it has, see /runs/{id}/parts"]
    ]
    edges: NotRequired[Annotated[list[Edge], "of a forward step: the tensors that it reads"]]
    value: NotRequired[Tensor]


class Trace(TypedDict):
    """One iteration, before its update: every tensor and every step; `batch` where the data is cut into batches."""

    loss: float
    tensors: dict[str, TraceTensor]
    steps: list[Step]
    warnings: list[Warned]
    dialect: Annotated[str, "whose words the program uses where the libraries differ: numpy or torch"]
    batch: NotRequired[BatchRows]
    rates: NotRequired[
        Annotated[
            dict[str, float],
            "the optimizer's options that are expressions of the iteration, where there are such",
        ]
    ]


class _Every(Container[str]):
    """All names."""

    def __contains__(self, name: object) -> bool:
        return True


def _wanted(values: Listed) -> Container[str]:
    if isinstance(values, bool):
        return _Every() if values else ()
    return frozenset(values)


def check_listed(program: Program, names: Iterable[str]) -> None:
    """Raises a `Problem` for a name whose numbers a trace cannot list."""
    for name in names:
        tensor, dot, field = name.rpartition(".")
        if name in program.nodes:
            continue
        if dot and field == "g" and tensor in program.nodes:
            raise Problem("no_gradient", f"{tensor} has no gradient", tensor=tensor)
        raise unknown_tensor(name, program.nodes)


def trace(plan: Plan, *, values: Listed = True, open: bool = False) -> Trace:
    """One iteration of the plan as the contract describes it; arrays stay arrays. Runs the plan.

    With `open`, composites are written out and what is inside them is listed, too. Raises a `Problem` for a name in
    `values` that is not there.
    """
    if open:
        plan = opened(plan)
    plan.run()
    return trace_of_run(plan, values)


def trace_of_run(plan: Plan, values: Listed = True) -> Trace:
    """The same of a plan that has run; its composites are written out where they are in the plan."""
    program = plan.program
    check_listed(program, () if isinstance(values, bool) else values)
    wanted = _wanted(values)
    plan.propose()
    drawings = _drawings(program)
    found: Trace = {
        "loss": program.graph.dtype.type(plan.loss),
        "tensors": _tensors(plan, wanted),
        "steps": [
            _step(plan, index, line, drawings[index], line.output in wanted) for index, line in enumerate(program.lines)
        ],
        "warnings": [*program.graph.warnings, *program.forward.notes, *births(plan)],
        "dialect": plan.dialect,
    }
    if plan.batch:
        found["batch"] = plan.batch
    if program.rates:
        found["rates"] = _rates(plan)
    return found


def _rates(plan: Plan) -> dict[str, float]:
    """What the optimizer's expressions give at this iteration, by option."""
    return {name.rpartition(".")[2]: float(plan[name]) for name in plan.program.rates}


def opened_program(plan: Plan) -> Program:
    """The plan's program with composites written out."""
    return program_of(plan.document, plan.program.graph.meter.budget, open_boxes=True)


def opened(plan: Plan) -> Plan:
    """The same iteration with composites written out; it has not run."""
    copy = Plan(opened_program(plan), plan.document)
    copy.restore(plan.snapshot())
    return copy


def _tensors(plan: Plan, wanted: Container[str]) -> dict[str, TraceTensor]:
    result: dict[str, TraceTensor] = {}
    assigned = {str(statement.root.name): statement.target for statement in plan.program.forward.statements}
    ready = edges_of(plan.program).ready
    for name, info in plan.tensors.items():
        entry: TraceTensor = {
            "role": info.role,
            "shape": list(info.shape),
            "dtype": info.dtype,
            "named": info.named,
            "line": info.line,
            "assigned": assigned.get(name),
            "ready": ready.get(name, {"value": None, "gradient": None}),
            "norm": {
                "value": norm(plan[name]),
                "gradient": norm(plan[f"{name}.g"]) if info.differentiable else None,
            },
        }
        _list_numbers(plan, entry, name, name, wanted)
        result[name] = entry
    for alias, node in plan.program.forward.aliases.items():
        if alias not in result and node.name in result:
            result[alias] = {**result[node.name], "alias": node.name, "named": True}
            _list_numbers(plan, result[alias], node.name, alias, wanted)
    return result


def _list_numbers(plan: Plan, entry: TraceTensor, name: str, called: str, wanted: Container[str]) -> None:
    """Adds the numbers of a tensor that are wanted by the name that it is called."""
    if called in wanted:
        entry["value"] = plan[name]
    if f"{called}.g" in wanted:
        is_there = plan.tensors[name].differentiable
        entry["gradient"] = plan[f"{name}.g"] if is_there else None
        closed = blocked(plan, plan.program.nodes[f"{name}.g"]) if is_there else None
        if closed is not None:
            entry["blocked"] = closed


@dataclass(frozen=True)
class _Drawing:
    """All of a step that does not depend on numbers."""

    picture: Picture
    latex: str
    mathml: str
    made: Made
    tokens: list[Token]
    written: frozenset[int]
    """The operands of the picture that stand in the code."""
    slide: Slide | None
    parts: int


@lru_cache(maxsize=64)
def _drawings(program: Program) -> list[_Drawing]:
    return [_drawing(program, line, index) for index, line in enumerate(program.lines)]


def _drawing(program: Program, line: Line, index: int) -> _Drawing:
    shapes = {str(node.name): node.shape for node in (line.node, *written_out(line.node)) if node.name is not None}
    picture = picture_of(line.node)
    cut = tokens(line.code, program, [operand.node for operand in picture.operands])
    written = frozenset(token["operand"] for token in cut if "operand" in token)
    statement = f"{line.output} = {line.code}"
    slide = slide_of(line.node, program.names)
    return _Drawing(
        picture,
        *notation(statement, shapes),
        made(program, line),
        cut,
        written,
        slide,
        1 if slide else part_count(program, index),
    )


@lru_cache(maxsize=64)
def _last_targets(program: Program) -> dict[int, str]:
    """What each loop assigns last, by the loop's line."""
    statements = program.forward.statements
    return {statement.round.line: statement.target for statement in statements if statement.round is not None}


@lru_cache(maxsize=64)
def _lasting_steps(program: Program) -> dict[tuple[int, bool], Step]:
    """Those that were made so far and have no numbers of their own, by index and whether these are listed."""
    return {}


def _step(plan: Plan, index: int, line: Line, drawing: _Drawing, values: bool) -> Step:
    lasting = _lasting_steps(plan.program)
    step = lasting.get((index, values)) if not plan.sources else None
    if step is None:
        step = _made_step(plan, index, line, drawing, values)
        if not plan.sources and not any("value" in part for part in (step, *step["picture"]["operands"])):
            step = lasting[index, values] = cast(Step, Lasting(step))
    return step


def _made_step(plan: Plan, index: int, line: Line, drawing: _Drawing, values: bool) -> Step:
    node, box, names = line.node, closed_box(line.node), plan.program.names
    known = references(plan.program)

    def tensor_of(operand: Node) -> Name | None:
        """The name that the code has; one whose numbers are another tensor's, too, may be listed under that."""
        reference = known.get(operand)
        if reference is None or reference.part or reference.field == "next" or operand not in names:
            return names.get(operand)
        return (reference.tensor, reference.field) if reference.tensor in plan.program.visible else names[operand]

    def is_written(position: int, operand: Node) -> bool:
        return position in drawing.written and not (line.phase == "forward" and operand in names)

    step: Step = {
        "index": index,
        "phase": line.phase,
        "line": line.line,
        "op": box.name if box else node.operation.name,
        "family": "composite" if box else node.operation.family,
        "inputs": line.inputs,
        "output": line.output,
        "of": drawing.made,
        "code": str(line.code),
        "tokens": drawing.tokens,
        "latex": drawing.latex,
        "mathml": drawing.mathml,
        "shape": list(node.shape),
        "picture": drawn(drawing.picture, plan.array if values else None, tensor_of, is_written),
    }
    source = source_of(plan.sources, line.line)
    if source is not None:
        step["source"] = source
    if drawing.parts > 1:
        step["parts"] = drawing.parts
    if drawing.slide is not None:
        step["picture"]["slide"] = drawing.slide
    if line.statement is not None and line.statement.round is not None:
        step["loop"] = {
            "line": line.statement.round.line,
            "round": line.statement.round.count,
            "name": _last_targets(plan.program)[line.statement.round.line],
        }
    if line.phase == "forward":
        step["edges"] = edges_of(plan.program).read[line.output]
    if line.phase == "update" and values:
        step["value"] = plan.update_value(line.output)
    elif line.phase == "backward" and values and node not in names:
        step["value"] = plan[line.output]  # a contribution, which no tensor of the trace holds
    return step
