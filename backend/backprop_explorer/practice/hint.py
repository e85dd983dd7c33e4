"""Hints towards a gradient: its shape, one element of it in numbers, the rule's name; and at last the solution."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

import numpy as np

from backprop_explorer.answers import Extent
from backprop_explorer.engine.plan import Plan
from backprop_explorer.explain.terms.explanation import explain
from backprop_explorer.explain.why.candidates import Combined
from backprop_explorer.graph.code import code
from backprop_explorer.graph.node import Node
from backprop_explorer.language.notation import Formula, typeset
from backprop_explorer.language.rules import Contribution
from backprop_explorer.practice.editable_gradient import EditableGradient
from backprop_explorer.practice.namespace import namespace
from backprop_explorer.practice.practice import solution
from backprop_explorer.wording import counted, element

Level = Literal[1, 2, 3, 4]
TERMS = 6
"""How many terms of an element are written out."""

FAMILIES = {
    "elementwise": "element by element: the incoming gradient times the derivative",
    "contraction": "a sum of products: so is its gradient, of the incoming one with the other operand",
    "reduction": "a fold: each element that was folded in gets its part of the incoming gradient",
    "movement": "a movement: the incoming gradient is moved back",
    "scatter": "a scatter: each element gets the incoming gradient of the place it went to",
    "axiswise": "a function of whole axes: its rule says what each element along them gets",
    "composite": "a function with a short rule for all that is inside",
}
"""What a rule does, by the family of the operation that goes forward."""


class HintFactor(TypedDict):
    """A factor of a product: its value alone, since its name would be the formula's."""

    value: float


class HintTerm(TypedDict):
    """A product in an element's sum."""

    value: float
    factors: list[HintFactor]


class HintRule(TypedDict):
    """An operation on the way from a tensor to the loss, as it stands in the program, and by which of its operands
    the way goes: by what the program calls it."""

    code: str
    op: str
    symbol: str
    family: str
    operand: str
    stretched: bool


class HintContent(TypedDict):
    """What a hint says; what does not belong to its level is empty."""

    title: str
    text: str
    operands: Annotated[list[Combined], "level 1: what the gradient is computed from, with shapes"]
    formula: Annotated[Formula | None, "level 4: the solution"]
    index: Annotated[Extent | None, "level 2: the element whose terms are given"]
    terms: list[HintTerm]
    term_count: int | None
    rules: Annotated[list[HintRule], "level 3: the forward operations, from the tensor on"]
    code: Annotated[str | None, "level 4: the solution as a formula"]


class Hint(HintContent):
    """A hint towards a gradient."""

    tensor: str
    level: int
    levels: int


def hint(plan: Plan, name: str, level: Level) -> Hint:
    """One hint; each level says more, the fourth is the solution. The plan has run.

    Raises a `Problem` for a tensor that does not exist (404) or has no gradient.
    """
    tensor = namespace(plan.program).target(name)
    content = {1: _shape, 2: _element, 3: _rule, 4: _solution}[level](plan, tensor)
    return {"tensor": name, "level": level, "levels": 4, **content}


def _content(title: str, text: str) -> HintContent:
    """A hint of words alone."""
    return {
        "title": title, "text": text, "operands": [], "formula": None, "index": None, "terms": [],
        "term_count": None, "rules": [], "code": None,
    }  # fmt: skip


def _shape(plan: Plan, tensor: Node) -> HintContent:
    editable = EditableGradient(plan, tensor)
    operands: list[Combined] = [{"code": str(leaf.name), "shape": list(leaf.shape)} for leaf in editable.leaves()]
    text = (
        f"A gradient has the shape of its tensor: `{tensor.name}.g` must be {tensor.shape}. "
        f"The gradient comes back through {editable.step}."
    )
    return {**_content("The shape", text), "operands": operands}


def _element(plan: Plan, tensor: Node) -> HintContent:
    gradient = plan.program.backward.gradient[tensor]
    at = _telling(plan.array(gradient))
    explained = explain(plan, str(tensor.name), "gradient", at, limit=TERMS)
    terms: list[HintTerm] = [
        {
            "value": term["value"],
            "factors": [{"value": factor["value"]} for factor in term["factors"]],
        }
        for term in explained["terms"]
    ]
    name = f"{tensor.name}.g"
    count = explained["term_count"]
    made = f"the sum of {counted(count, 'term')}" if count > 1 else "computed from these numbers"
    text = (
        f"One element: `{element(name, at)}` is {explained['value']:.6g}, {made}. "
        "Find where each number stands, and what changes from one term to the next."
    )
    return {
        **_content("One element of it", text if count > 1 else text.partition(", and what")[0] + "."),
        "index": list(at),
        "terms": terms,
        "term_count": explained["term_count"],
    }


def _telling(array: np.ndarray[Any, Any]) -> tuple[int, ...]:
    """The element that says the most: the greatest."""
    flat = int(np.argmax(np.nan_to_num(np.abs(array))))
    return tuple(int(i) for i in np.unravel_index(flat, array.shape))


def _rule(plan: Plan, tensor: Node) -> HintContent:
    editable = EditableGradient(plan, tensor)
    uses = [_named_rules(tensor, editable.links(one)) for one in editable.contributions]
    return {**_content("The rule", _told_rules(tensor, uses)), "rules": [rule for way in uses for rule in way]}


def _named_rules(tensor: Node, links: list[Contribution]) -> list[HintRule]:
    """The operations on one way; each reads the result of the one before."""
    read = [tensor, *(link.user for link in links)]
    return [_named_rule(link, operand) for link, operand in zip(links, read, strict=False)]


def _named_rule(link: Contribution, operand: Node) -> HintRule:
    box, operation = link.box, link.user.operation
    return {
        "code": code(link.user, root=True),
        "op": box.name if box is not None else operation.name,
        "symbol": box.symbol if box is not None else operation.symbol,
        "family": "composite" if box is not None else operation.family,
        "operand": code(operand),
        "stretched": link.value.shape != link.raw.shape,
    }


def _told_rules(tensor: Node, uses: list[list[HintRule]]) -> str:
    if not uses:
        return f"`{tensor.name}.g` is 1: the loss moves with itself exactly as fast."
    told = [f"{', then '.join(map(_told_rule, reversed(way)))}" for way in uses]
    if len(told) == 1:
        return f"The gradient comes back through {told[0]}."
    ways = "; through ".join(told)
    return f"`{tensor.name}` is used {len(told)} times, and what comes back is summed: through {ways}."


def _told_rule(rule: HintRule) -> str:
    summed = ", and what was broadcast is summed again" if rule["stretched"] else ""
    return f"`{rule['code']}` to its `{rule['operand']}` ({rule['op']} is {FAMILIES[rule['family']]}{summed})"


def _solution(plan: Plan, tensor: Node) -> HintContent:
    text = solution(plan, tensor)
    equation = f"{tensor.name}.g = {text}"
    return {**_content("The solution", f"`{equation}`"), "formula": typeset(equation), "code": text}
