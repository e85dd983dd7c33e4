"""The story of a step: which elements are used where, and why exactly this code gives the result. Told once per family,
and filled with the names, shapes and letters of the user's own network."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from backprop_explorer.engine.listing import Line
from backprop_explorer.engine.plan import Plan
from backprop_explorer.explain.why.asides import added_axis, of_passage, of_rounding, of_step, of_tensor
from backprop_explorer.explain.why.chain import Link
from backprop_explorer.explain.why.families import FAMILIES, Paragraph, Place, Told, paragraph
from backprop_explorer.explain.why.indexform import Index, IndexForm
from backprop_explorer.explain.why.reasons import reason
from backprop_explorer.graph.code import call_code, part
from backprop_explorer.graph.node import CONSTANT, Box, Node, closed_box
from backprop_explorer.language.meaning import formula
from backprop_explorer.language.rules import Contribution
from backprop_explorer.library import COMPOSITES, Composite
from backprop_explorer.library.optimizers import KEPT, OPTIMIZERS
from backprop_explorer.library.spellings import Spelling
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.axes import size
from backprop_explorer.syntax import parse
from backprop_explorer.wording import counted

SHARES = 4
"""More contributions are not named one by one."""


class Story:
    """Tells of one step; an index has letters, or the numbers of one element."""

    def __init__(self, plan: Plan, form: IndexForm) -> None:
        self.plan = plan
        self.form = form
        self.backward = plan.program.backward

    def of_gradient(self, line: Line, tensor: Node, index: Index, chain: Sequence[Link]) -> list[Paragraph]:
        """Why a gradient has the formula that it has."""
        if not self.backward.contributions.get(tensor):
            return [self._given(line, tensor)]
        if not chain:
            return [self._fan_out(line, tensor), *of_tensor(self.plan, tensor)]
        told: list[Paragraph] = []
        for link in chain:
            paragraphs, index = self._of_link(link, index, line.node)
            told += paragraphs
        through = [one for link in chain for one in of_passage(self.plan, self.form, link)]
        asked = [*self._share(line, tensor), *added_axis(line), *of_tensor(self.plan, tensor)]
        return [*self._reasons(chain), *told, *self._passed_on(chain[-1], tensor), *through, *asked]

    def _reasons(self, chain: Sequence[Link]) -> list[Paragraph]:
        """What the records of the operations say, those first of which each number moves many. What an operation behind
        the first one says is a `further` reason: by itself it would not explain the tensor's gradient."""
        said: dict[str, tuple[int, Paragraph]] = {}
        computing = [link for link in chain if link.user.operation.family != "movement"]
        for link in computing or chain:  # beside another operation a movement needs no words
            found = reason(self.plan.program, self.form, link)
            if found is None:
                continue
            if found.box is None and link.user.operation.family == "contraction":
                continue  # a sum of products is better told by the letters of its indices
            name = link.user.operation.name if found.box is None else found.box.name
            rank = 0 if found.box is not None else 1
            own = rank == 0 or link is (computing or chain)[0]
            told = paragraph("reason" if own else "further", f"Why does `{name}` pass this back?", found.text)
            said.setdefault(found.text, (rank, told))
        return [one for _, one in sorted(said.values(), key=lambda ranked: ranked[0])]

    def _of_link(self, link: Link, index: Index, asked: Node) -> Told:
        box = link.contribution.box
        if box is not None:
            return [self._composite_back(link, box)], self.form.index(link.user)
        paragraphs, result = FAMILIES[link.user.operation.family](Place(self.plan, self.form, link, index, asked))
        kink = link.user.operation.kink
        if kink is not None and link.user.operation.family == "elementwise":
            paragraphs.append(paragraph("kink", "What about points without a derivative?", kink.text))
        return paragraphs, result

    def _given(self, line: Line, tensor: Node) -> Paragraph:
        if tensor is self.backward.loss:
            text = "The derivative of the loss with respect to itself is 1. The backward pass starts here."
            return paragraph("loss", f"Why `{line.output} = 1`?", text)
        text = f"The loss does not depend on `{tensor.name}`, so its gradient is 0 everywhere."
        return paragraph("unused", f"Why is `{line.output}` zero?", text)

    def _fan_out(self, line: Line, tensor: Node) -> Paragraph:
        contributions = self.backward.contributions[tensor]
        uses = ", ".join(dict.fromkeys(f"`{one.user.name} = {self.form.own_code(one.user)}`" for one in contributions))
        return paragraph(
            "fan_out",
            f"Why a sum of {len(contributions)} contributions?",
            f"`{tensor.name}` is used {len(contributions)} times: in {uses}. A change of it reaches the loss along "
            f"each of these paths, so their contributions are added: `{line.output} = {line.code}`. "
            f"Here {_shares(self.form, contributions)}.",
        )

    def _share(self, line: Line, tensor: Node) -> list[Paragraph]:
        """What a contribution is, which goes by a name that no program has."""
        several = self.backward.contributions[tensor]
        if line.output == f"{tensor.name}.g" or len(several) < 2:
            return []
        return [
            paragraph(
                "share",
                f"What is `{line.output}`?",
                f"`{tensor.name}` is used {len(several)} times, and each use contributes to `{tensor.name}.g`. This is "
                "one of these contributions, with a number of its own; a later step adds them.",
            )
        ]

    def _passed_on(self, link: Link, asked: Node) -> list[Paragraph]:
        """Where what came in goes by the name of another tensor: what lies between passes it on."""
        incoming, user = link.contribution.incoming, link.user
        name, field = self.plan.program.names.get(incoming, (None, None))
        if field != "gradient" or user.name is None or name in (user.name, asked.name) or incoming.constant is not None:
            return []
        own = f"`{user.name} = {self.form.own_code(user)}`"
        between = self.backward.contributions.get(user, [])
        if all(operand.name != name for operand in user.operands):  # the name is a later tensor's
            own = f"`{between[0].user.name} = {self.form.own_code(between[0].user)}`" if len(between) == 1 else "it"
        return [
            paragraph(
                "passed_on",
                f"Why `{name}.g` and not `{user.name}.g`?",
                f"They are equal: {own} passes the gradient through unchanged.",
            )
        ]

    def _composite_back(self, link: Link, box: Box) -> Paragraph:
        inside = _operations(box)
        return paragraph(
            "composite",
            f"What does `{box.name}` pass back?",
            f"`{link.user.name} = {call_code(box)}`. {_described(box)}The chain rule through its "
            f"{counted(len(inside), 'operation')} simplifies to `{part(link.contribution.raw, root=True)[0]}`.",
        )

    # -- values

    def of_value(self, line: Line, index: Index) -> list[Paragraph]:
        """How a value is computed."""
        node = line.node
        box = closed_box(node)
        if box is not None:
            return [paragraph("composite", f"What is `{box.name}`?", f"{_described(box)}{_made_of(box)}".rstrip())]
        element = self.form.element(node, index)
        text = f"`{element} = {self.form.code(node, index, root=True)}`. {self._made(node)}"
        told = [paragraph("value", f"How is `{element}` computed?", text)]
        return [*told, *self._stretched_operands(node), *self._rounded(node)]

    def _rounded(self, node: Node) -> list[Paragraph]:
        """Where rounding decides on which side of a kink an operand is."""
        if node.operation.kink is None or node.operation.family != "elementwise" or len(node.operands) != 1:
            return []
        (x,) = node.operands
        return of_rounding(self.form, x, self.plan.array(x), node.operation.name)

    def _made(self, node: Node) -> str:
        """What the operation does, in a sentence; of a sum of products how many there are."""
        labels = node.operation.labels
        if node.operation.family != "contraction" or labels is None:
            return node.operation.summary
        output, inputs = labels([operand.shape for operand in node.operands], node.parameters)
        lengths = {
            label: length
            for operand, letters in zip(node.operands, inputs, strict=True)
            for label, length in zip(letters, operand.shape, strict=True)
            if label and label not in output
        }
        count = size(tuple(lengths.values()))
        return "A single product." if count == 1 else f"The sum of {count:,} products."

    def _stretched_operands(self, node: Node) -> list[Paragraph]:
        labels = node.operation.labels
        if labels is None or node.operation.family != "elementwise":
            return []
        stretched = [
            operand
            for operand in node.operands
            if operand.shape != node.shape and operand.operation is not CONSTANT and operand.size < node.size
        ]
        return [
            paragraph(
                "broadcast",
                f"How does {operand.shape} fit {node.shape}?",
                f"`{part(operand)[0]}` {operand.shape} is broadcast: shapes are compared from the last axis to the "
                "first, and where an axis is missing or 1, the numbers are repeated. Each is used "
                f"{node.size // operand.size:,} times; in the backward pass these gradients are added.",
            )
            for operand in stretched
        ]

    def of_update(self, line: Line) -> list[Paragraph]:
        """What the optimizer does."""
        optimizer, name = self.plan.optimizer, line.output
        assert optimizer is not None
        equation = f"`{name} = {line.code}`"
        if name in self.plan.program.rates:
            rate = float(self.plan.array(line.node))
            text = f"It is an expression of the iteration, {equation}, and {rate:.4g} at this one."
            return [paragraph("update", f"Where does `{name}` come from?", text)]
        if name in self.plan.program.graph.draws:
            text = f"The next iteration gets other random numbers: {equation}."
            return [paragraph("update", f"Why does `{name}` change?", text)]
        told = KEPT.get(name.rpartition(".")[2]) if name in self.plan.program.state else None
        text = f"{told or _chosen(optimizer)} {equation}."
        return [paragraph("update", f"How does {optimizer['name']} change `{name}`?", text), *of_step(self.plan, line)]


def _chosen(optimizer: Mapping[str, Any]) -> str:
    """What the optimizer's step is; nothing of a momentum that it has not."""
    summary = OPTIMIZERS[optimizer["name"]].summary
    plain, with_momentum, _ = summary.partition("; with momentum")
    return f"{plain}." if with_momentum and not optimizer.get("momentum") else summary


def _operations(box: Box) -> list[Node]:
    return [node for node in box.inside if node.operation is not CONSTANT]


def _made_of(box: Box) -> str:
    """What a call does: what its one operation does, or where its several ones are shown."""
    inside = _operations(box)
    if len(inside) == 1:
        made_of_numbers = all(operand.operation is CONSTANT for operand in inside[0].operands)
        return "" if made_of_numbers else inside[0].operation.summary
    return f"“Expand” above the program shows the {counted(len(inside), 'operation')} of `{box.name}`."


def _described(box: Box) -> str:
    """What the record says of the function, followed by a space."""
    assert box.record is not None
    text = ""
    if isinstance(box.record, Spelling):
        text = formula(box.record)
    elif isinstance(box.record, Composite) and _is_public(box.record.formula):
        text = _called(box.record)
    # Two backticks, as in Markdown: code whose letters are the record's own, not the program's tensors.
    return "".join(f"{part} " for part in (box.record.summary, f"``{text}``." if text else "") if part)


def _called(record: Composite) -> str:
    """Its formula as that of a call: the record's `y` is often the name of something else in a program."""
    result, equals, rest = record.formula.partition(" = ")
    if (result, equals) != ("y", " = "):
        return record.formula
    return f"{record.name}({', '.join(record.required)}) = {rest}"


def _shares(form: IndexForm, contributions: Sequence[Contribution]) -> str:
    """Which contribution goes by which name, and through which use of the tensor it comes back."""
    told = [
        f"`{one.value.name}` is what comes back through `{one.user.name} = {form.own_code(one.user)}`"
        for one in contributions[:SHARES]
    ]
    more = len(contributions) - len(told)
    return f"{', '.join(told)}{', and so on' if more else ''}"


def _is_public(formula: str) -> bool:
    """Whether a formula names only functions that a program can call, and so means something to its reader."""
    try:
        tree = parse(formula)
    except SyntaxError:
        return bool(formula)
    called = [node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    records = [COMPOSITES.get(name) or OPERATIONS.get(name) for name in called]
    return bool(formula) and all(record is not None and not record.internal for record in records)
