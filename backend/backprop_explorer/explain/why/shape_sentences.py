"""Why a step's code looks as it does: the transpose, the sum, `@` or `*`, told from the shapes at hand."""

from __future__ import annotations

from collections.abc import Sequence

from backprop_explorer.explain.why.candidates import Candidate, Candidates
from backprop_explorer.explain.why.families import Paragraph, paragraph
from backprop_explorer.explain.why.indexform import IndexForm
from backprop_explorer.graph.code import part
from backprop_explorer.graph.node import Node
from backprop_explorer.ops.record import Shape


def shape_story(node: Node, output: str, form: IndexForm, solved: Candidates | None) -> list[Paragraph]:
    """The paragraphs on shapes; `output` is the name of the step's result."""
    told = []
    if node.operation.family == "contraction" and node.operation.name in TURNED:
        told.append(_product(node, output, form))
    elif node.operation.name == "sum" and node.ndim:
        told.append(_sum(node, output))
    return [*told, *(_choice(output, solved) if solved else [])]


TURNED = ("matmul",)
"""Products whose operands are transposed so that the axes to be summed meet."""


def _product(node: Node, output: str, form: IndexForm) -> Paragraph:
    """Which axes must meet, and which operand has to be transposed for that."""
    transposed = [operand for operand in node.operands if _is_transposed(operand)]
    plain = [operand.operands[0] if operand in transposed else operand for operand in node.operands]
    axes = [_summed_axis(operand, side) for side, operand in enumerate(node.operands)]
    names = [form.name(operand) for operand in plain]
    ends = [f"axis {axis} of `{name}` {one.shape}" for axis, name, one in zip(axes, names, plain, strict=True)]
    samples = all(form.is_batch(one, axis) for one, axis in zip(plain, axes, strict=True))
    left, right = node.operands
    what = f"are the {left.shape[-1]:,} samples" if samples else f"have the length {left.shape[-1]:,}"
    shapes = f"{left.shape} @ {right.shape} → {node.shape}"
    start = f"The sum runs over {ends[0]} and {ends[1]}: both {what}. {_rule(left, right)}"
    if not transposed:
        return paragraph("matrix_product", "Why `@`?", f"{start}, so no transpose is needed: {shapes}.")
    whom = " and ".join(
        f"`{name}`" for name, operand in zip(names, node.operands, strict=True) if operand in transposed
    )
    has = "has" if len(transposed) == 1 else "have"
    text = f"{start}, so {whom} {has} to be transposed: {shapes}, the shape of `{output.removesuffix('.g')}`."
    return paragraph("transpose", "Why the transpose?", text)


def _rule(left: Node, right: Node) -> str:
    if left.ndim == right.ndim == 2:
        return "`@` sums over the columns (axis 1) of its left operand and the rows (axis 0) of its right one"
    return "`@` sums over the last axis of its left operand and the last but one of its right one"


def _is_transposed(operand: Node) -> bool:
    return operand.operation.name == "mT" and not operand.shown


def _summed_axis(operand: Node, side: int) -> int:
    """The axis, of the operand before it was transposed, that the product sums over."""
    last = operand.ndim - 1
    summed = last if side == 0 or operand.ndim == 1 else last - 1
    return {last: last - 1, last - 1: last}[summed] if _is_transposed(operand) else summed


def _sum(node: Node, output: str) -> Paragraph:
    operand, axes = node.operands[0], node.parameters["axis"]
    which = f"axis {axes[0]}" if len(axes) == 1 else f"the axes {', '.join(map(str, axes))}"
    return paragraph(
        "sum",
        f"Why along {which}?",
        f"`{output.removesuffix('.g')}` has the shape {node.shape}, and so must `{output}`. `{part(operand)[0]}` has "
        f"the shape {operand.shape}, with {which} in addition: along it the same numbers were used again and again.",
    )


def _choice(output: str, solved: Candidates) -> list[Paragraph]:
    """What else would run, and what would fit: do the shapes leave a choice?"""
    right = [one for one in solved.fitting if one.right is not False]
    paragraphs = _elementwise(solved, [one.code for one in right])
    target: Shape = solved.target
    if solved.coincidence:
        text = solved.coincidence
    elif len(solved.fitting) == 1:
        whom = " and ".join(f"`{code}`" for code, _ in solved.operands)
        text = (
            f"`{output}` must have the shape {target}. Of the {len(solved.ways)} combinations of {whom} with `*`, `@`, "
            f"transposes and sums, only `{solved.fitting[0].code}` has this shape."
        )
    else:
        return paragraphs
    return [*paragraphs, paragraph("choice", "Could it be anything else?", text)]


def _elementwise(solved: Candidates, right: Sequence[str]) -> list[Paragraph]:
    """The commonest mistake by name: `*` where the matrix product belongs."""
    if len(solved.operands) < 2 or any(" * " in code for code in right):
        return []
    (a, _), (b, _) = solved.operands
    mistake = next((one for one in solved.ways if one.code == f"{a} * {b}"), None)
    if mistake is None:
        return []
    return [paragraph("not_elementwise", f"Why not `{mistake.code}`?", _mistake(mistake, solved.target))]


def _mistake(mistake: Candidate, target: Shape) -> str:
    sums = "Also, `*` only multiplies element by element; `@` also sums."
    if mistake.problem is not None:
        return f"It does not run: {mistake.problem.detail}. {sums}"
    if not mistake.fits:
        return f"It runs, but has the shape {mistake.shape} instead of {target}. {sums}"
    return f"It has the right shape {target}, by chance, and the wrong numbers. {sums}"
