"""Hints towards a gradient: its shape, one element of it in numbers, the rule's name; and at last the solution."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from backprop_explorer.engine.differentiate import Contribution
from backprop_explorer.engine.plan import Plan
from backprop_explorer.explain.terms.explanation import explain
from backprop_explorer.explain.why.indexform import IndexForm
from backprop_explorer.graph.node import Node
from backprop_explorer.language.notation import notation
from backprop_explorer.practice.namespace import namespace
from backprop_explorer.practice.practice import solution
from backprop_explorer.practice.sketch import Sketch
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
    "composite": "a function with a short rule for all that is inside",
}
"""What a rule does, by the family of the operation that goes forward."""


def hint(plan: Plan, name: str, level: Level) -> dict[str, Any]:
    """One hint; each level says more, the fourth is the solution. The plan has run.

    Raises a `Problem` for a tensor that does not exist (404) or has no gradient.
    """
    tensor = namespace(plan.program).target(name)
    told = {1: _shape, 2: _element, 3: _rule, 4: _solution}[level](plan, tensor)
    empty: dict[str, Any] = {
        "formula": None,
        "index": None,
        "terms": [],
        "term_count": None,
        "operands": [],
        "rules": [],
        "code": None,
    }
    return {"tensor": name, "level": level, "levels": 4, **empty, **told}


def _shape(plan: Plan, tensor: Node) -> dict[str, Any]:
    sketch = Sketch(plan, tensor)
    operands = [{"code": str(leaf.name), "shape": list(leaf.shape)} for leaf in sketch.leaves()]
    text = (
        f"A gradient has the shape of its tensor: `{tensor.name}.g` must be {tensor.shape}. "
        f"The gradient comes back through {sketch.step}."
    )
    return {"title": "The shape", "text": text, "operands": operands}


def _element(plan: Plan, tensor: Node) -> dict[str, Any]:
    gradient = plan.program.backward.gradient[tensor]
    at = _telling(plan.array(gradient))
    form = IndexForm(plan.program)
    index = form.index(gradient)
    explained = explain(plan, str(tensor.name), "gradient", at, limit=TERMS)
    terms = [
        {
            "value": term["value"],
            "factors": [{key: factor[key] for key in ("code", "value")} for factor in term["factors"]],
        }
        for term in explained["terms"]
    ]
    name = f"{tensor.name}.g"
    count = counted(explained["term_count"], "term")
    text = f"One element: `{element(name, at)}` is {explained['value']:.6g}, the sum of {count}."
    return {
        "title": "One element of it",
        "text": text,
        "formula": _typeset(f"{element(name, index)} = {form.code(gradient, index, root=True)}"),
        "index": list(at),
        "terms": terms,
        "term_count": explained["term_count"],
    }


def _telling(array: np.ndarray[Any, Any]) -> tuple[int, ...]:
    """The element that says the most: the greatest."""
    flat = int(np.argmax(np.nan_to_num(np.abs(array))))
    return tuple(int(i) for i in np.unravel_index(flat, array.shape))


def _rule(plan: Plan, tensor: Node) -> dict[str, Any]:
    sketch = Sketch(plan, tensor)
    uses = [[_named_rule(link) for link in sketch.links(one)] for one in sketch.contributions]
    return {"title": "The rule", "text": _told_rules(tensor, uses), "rules": [rule for way in uses for rule in way]}


def _named_rule(link: Contribution) -> dict[str, Any]:
    box, operation = link.box, link.user.operation
    return {
        "op": box.name if box is not None else operation.name,
        "symbol": box.symbol if box is not None else operation.symbol,
        "family": "composite" if box is not None else operation.family,
        "operand": link.operand,
        "stretched": link.value.shape != link.raw.shape,
    }


def _told_rules(tensor: Node, uses: list[list[dict[str, Any]]]) -> str:
    if not uses:
        return f"`{tensor.name}.g` is 1: the loss moves with itself exactly as fast."
    told = [f"{' then '.join(map(_told_rule, reversed(way)))}" for way in uses]
    if len(told) == 1:
        return f"The way back goes through {told[0]}."
    ways = "; through ".join(told)
    return f"`{tensor.name}` is used {len(told)} times, and what comes back is added up: through {ways}."


def _told_rule(rule: dict[str, Any]) -> str:
    summed = ", and what broadcasting had stretched is summed up again" if rule["stretched"] else ""
    return f"`{rule['op']}` by its operand `{rule['operand']}` ({FAMILIES[rule['family']]}){summed}"


def _solution(plan: Plan, tensor: Node) -> dict[str, Any]:
    text = solution(plan, tensor)
    return {
        "title": "The solution",
        "text": f"`{tensor.name}.g = {text}`",
        "formula": _typeset(f"{tensor.name}.g = {text}"),
        "code": text,
    }


def _typeset(text: str) -> dict[str, str]:
    latex, mathml = notation(text)
    return {"code": text, "latex": latex, "mathml": mathml}
