"""Why a step, or one element of its result, is what it is: formula, story, shapes, and what else would have fitted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, NotRequired, TypedDict

from backprop_explorer.answers import Extent
from backprop_explorer.engine.births import ancestry, first_place
from backprop_explorer.engine.listing import Line, Phase
from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.program import Aim, Field, Program
from backprop_explorer.explain.jacobian.jacobian import names_read, step_line
from backprop_explorer.explain.terms.element import Elements
from backprop_explorer.explain.terms.place import checked_index, named_node
from backprop_explorer.explain.terms.uses import readers
from backprop_explorer.explain.why.agreement import Agreement, agreement
from backprop_explorer.explain.why.alignment import Alignment, alignment
from backprop_explorer.explain.why.candidates import Solved, candidates
from backprop_explorer.explain.why.chain import Link, differentiated, links
from backprop_explorer.explain.why.effect import Effect, LossComparison, comparison, computes, effect, first
from backprop_explorer.explain.why.families import Paragraph, paragraph
from backprop_explorer.explain.why.indexform import Index, IndexForm
from backprop_explorer.explain.why.layouts import Layout, layouts
from backprop_explorer.explain.why.shape_sentences import shape_story
from backprop_explorer.explain.why.story import Story
from backprop_explorer.graph.graph import Warned
from backprop_explorer.graph.node import Node
from backprop_explorer.language.notation import Formula, typeset
from backprop_explorer.library import Composite
from backprop_explorer.ops.record import Shape
from backprop_explorer.problem import Problem
from backprop_explorer.wording import element

NUMBERS_LIMIT = 12
"""A sum with more terms is not written out in numbers."""


class StepReference(TypedDict):
    """A step of the trace."""

    step: int
    output: str
    code: str


class JacobianReference(TypedDict):
    """What to ask for a Jacobian."""

    step: int
    input: str


class Why(StepReference):
    """Why a step, or one element of its result, is what it is."""

    phase: Phase
    tensor: str
    field: Field
    index: Extent | None
    formula: Formula
    numbers: Annotated[Formula | None, "the element's equation in numbers, while it is short"]
    story: list[Paragraph]
    forward: Annotated[StepReference | None, "the forward step that this step differentiates"]
    jacobian: Annotated[JacobianReference | None, "the Jacobian that the rule saves"]
    shapes: Alignment | None
    candidates: Solved | None
    agreement: Agreement | None
    about: Annotated[str | None, "the operation or composite whose rule it is, by its name in GET /ops"]
    effect: Annotated[Effect | None, "what raising one element does to a result of which it moves several numbers"]
    comparison: Annotated[LossComparison | None, "what a loss compares"]
    layouts: Annotated[list[Layout] | None, "a step with weights, stored as (in, out) and as (out, in)"]
    births: NotRequired[
        Annotated[
            list[Warned],
            "where it is not finite: the operations that made it so, the first one first; without an index of the "
            "first such element",
        ]
    ]


def why_step(plan: Plan, step: int, opened: Callable[[], Plan], index: Sequence[int] | None = None) -> Why:
    """Why the step of that index calculates what it does; of one element of its result, where an index is given.

    The plan has run, and so has what `opened` gives: the same with composites written out. Raises a `Problem`: 404
    for a step that does not exist, 422 for an index that does not.
    """
    return _Answer(plan, step_line(plan, step), opened).to_json(index)


def why_tensor(
    plan: Plan, tensor: str, field: Aim, opened: Callable[[], Plan], index: Sequence[int] | None = None
) -> Why:
    """The same of the step that calculates a tensor's value or gradient. Raises the `Problem`s of an explanation, and
    one (422) for what is given and not calculated."""
    node = named_node(plan.program, tensor, field)
    line = _line_of(plan.program, node, f"{tensor}.g" if field == "gradient" else tensor, update=field == "next")
    if line is None:
        raise Problem(
            "not_calculated",
            f"{tensor} is given, so there is no step that calculates it",
            tensor=tensor,
            hint="ask where it goes, or for its gradient",
        )
    return _Answer(plan, line, opened).to_json(index)


def _line_of(program: Program, node: Node, output: str, *, update: bool) -> Line | None:
    lines = [line for line in program.lines if line.node is node and (line.phase == "update") == update]
    return next((line for line in lines if line.output == output), lines[0] if lines else None)


_OUTSIDE = paragraph(
    "outside",
    "What if an index is outside?",
    "There is nothing there, so the term is 0: fewer numbers contribute at the edges than in the middle.",
)


class _Answer:
    def __init__(self, plan: Plan, line: Line, opened: Callable[[], Plan]) -> None:
        self.plan, self.program, self.line, self.opened = plan, plan.program, line, opened
        self.tensor = differentiated(plan.program, line)
        self.chain = links(plan.program, line, self.tensor) if self.tensor is not None else []

    def to_json(self, index: Sequence[int] | None) -> Why:
        line, node = self.line, self.line.node
        at = None if index is None else checked_index(index, node, line.output)
        name, field = self._name()
        solved = candidates(self.plan, node) if line.phase != "update" else None
        form = self._form()
        formula, reaches_out = self._formula()
        story = [*self._story(at), *([_OUTSIDE] if reaches_out else []), *shape_story(node, line.output, form, solved)]
        answer: Why = {
            "step": self.program.lines.index(line), "phase": line.phase, "tensor": name, "field": field,
            "index": None if at is None else list(at), "output": line.output, "code": line.code,
            "formula": formula, "numbers": None if at is None else self._numbers(at),
            "story": story,
            "forward": self._forward(), "jacobian": self._jacobian(),
            "shapes": alignment(node, line.output, self._form()),
            "candidates": solved.to_json() if solved else None,
            "agreement": self._agreement(), "about": self._about(),
            "effect": self._effect(at), "comparison": self._comparison(at),
            "layouts": layouts(self.program, line, self.chain) if line.phase != "update" else None,
        }  # fmt: skip
        found = self._births(at)
        return {**answer, "births": found} if found else answer

    def _births(self, at: Shape | None) -> list[Warned]:
        if self.line.phase == "update":
            self.plan.propose()
        place = first_place(self.plan.array(self.line.node)) if at is None else at
        return [] if place is None else ancestry(self.plan, self.line.node, place, self.program.lines.index(self.line))

    def _form(self) -> IndexForm:
        return IndexForm(self.program, steps=self.line.phase == "forward")

    def _name(self) -> tuple[str, Field]:
        if self.line.phase == "update":
            return self.line.output, "value"
        known = self.program.names.get(self.line.node)
        if self.tensor is not None:
            return str(self.tensor.name), "gradient"
        return known if known is not None else (self.line.output, "value")

    def _formula(self) -> tuple[Formula, bool]:
        """The equation of any element, and whether its indices may point to where nothing is."""
        form = self._form()
        return _written(form, self.line, form.index(self.line.node)), form.reaches_out

    def _numbers(self, at: Shape) -> Formula | None:
        """The element's equation in numbers, while it is short."""
        line = self.line
        cell = element(line.output, at)
        if line.phase == "update":
            self.plan.propose()
            values = _Values(self.plan, steps=False)
            return typeset(f"{cell} = {values.code(line.node, tuple(map(str, at)), root=True)}")
        if line.node.operation.family == "leaf":
            return None
        if line.phase == "forward" and line.node.operation.family == "elementwise":
            values = _Values(self.plan, steps=True)
            return typeset(f"{cell} = {values.code(line.node, tuple(map(str, at)), root=True)}")
        terms = Elements.of(self.plan).terms(line.node, at)
        if not 0 < terms.count <= NUMBERS_LIMIT:
            return None
        products = [" * ".join(_number(factor.value) for factor in term) for term in terms.first(NUMBERS_LIMIT)]
        return typeset(f"{cell} = {' + '.join(products)}")

    def _story(self, at: Shape | None) -> list[Paragraph]:
        form, line = self._form(), self.line
        form.steps = True  # the forward operations of a story are steps of their own
        story = Story(self.plan, form)
        if line.phase == "update":
            return story.of_update(line)
        letters = form.index(line.node)  # beside the numbers of an element they mean what they mean in the formula
        index: Index = letters if at is None else tuple(map(str, at))
        if self.tensor is None:
            return story.of_value(line, index)
        form.spare = {*letters} - {*index}
        return story.of_gradient(line, self.tensor, index, self.chain)

    def _forward(self) -> StepReference | None:
        """The forward step whose way back this is."""
        found = self._user_line()
        if found is None:
            return None
        step, line, _ = found
        return {"step": step, "output": line.output, "code": line.code}

    def _jacobian(self) -> JacobianReference | None:
        """Which Jacobian belongs to it: of the forward step by the tensor, or of this step by the first it reads."""
        found = self._user_line()
        if found is not None:
            step, _, name = found
            return {"step": step, "input": name}
        readable = [
            name
            for name, node in names_read(self.plan, self.line).items()
            if node.differentiable and self.line.node.differentiable
        ]
        trained = [name for name in readable if name in self.program.parameters]
        chosen = (trained or readable)[:1]
        return {"step": self.program.lines.index(self.line), "input": chosen[0]} if chosen else None

    def _user_line(self) -> tuple[int, Line, str] | None:
        if not self.chain:
            return None
        link: Link = self.chain[0]
        for step, line in enumerate(self.program.lines):
            if line.phase == "forward" and line.node is link.user:
                named = {node: name for name, node in names_read(self.plan, line).items()}
                return (step, line, named[link.tensor]) if link.tensor in named else None
        return None

    def _about(self) -> str | None:
        """Of several operations a composite, which says the most."""
        if not self.chain:
            return None
        boxes = [link.contribution.box for link in self.chain]
        named = [box.name for box in boxes if box is not None and isinstance(box.record, Composite)]
        return named[0] if named else self.chain[0].user.operation.name

    def _effect(self, at: Shape | None) -> Effect | None:
        """Of a composite, and of an operation along whole axes, of which each input moves several results."""
        for link in self.chain:
            if link.contribution.box is None and link.user.operation.family != "axiswise":
                continue
            lines = readers(self.program).get(link.tensor, [])
            line = next((line for line in lines if line.phase == "forward" and computes(line.node, link.user)), None)
            if line is None:
                return None
            given = (
                at
                if at is not None and len(at) == link.tensor.ndim and self.line.node.shape == link.tensor.shape
                else None
            )
            name = self.program.names.get(link.tensor, (str(link.tensor.name), "value"))[0]
            told = effect(self.plan, line, link.tensor, name, first(self.plan, link.tensor) if given is None else given)
            return told if told is not None and told["cell_count"] > 1 else None
        return None

    def _comparison(self, at: Shape | None) -> LossComparison | None:
        for link in self.chain:
            own = link.tensor is self.tensor and at is not None
            box = link.contribution.box
            if box is not None and link.tensor in self.program.backward.gradient:
                index = at if own and at is not None else first(self.plan, link.tensor)
                return comparison(self.plan, box, link.tensor, index)
        return None

    def _agreement(self) -> Agreement | None:
        boxed = [link for link in self.chain if link.contribution.box is not None]
        return agreement(self.plan, self.opened(), boxed[0]) if boxed else None


class _Values(IndexForm):
    """Writes the numbers of elements where an index form writes their names."""

    def __init__(self, plan: Plan, *, steps: bool) -> None:
        super().__init__(plan.program, steps=steps)
        self.plan = plan

    def element(self, node: Node, index: Index) -> str:
        at = tuple(map(int, index))
        if not all(0 <= i < length for i, length in zip(at, node.shape, strict=True)):
            return "0"
        return _number(float(self.plan.number(node, at)))


def _written(form: IndexForm, line: Line, index: Index) -> Formula:
    nodes = form.program.nodes.items()
    # A step that transposes is called so: `scores.mT` is what `k.mT` gives within `scores`, not its transpose.
    shapes = {name: node.shape for name, node in nodes if node.ndim == 0 or name.endswith(".mT")}
    return typeset(f"{element(line.output, index)} = {form.code(line.node, index, root=True)}", shapes)


def _number(value: float) -> str:
    text = f"{value + 0.0:.4g}"  # no minus before a zero
    return f"({text})" if text.startswith("-") else text
