"""An optimizer's option as an expression of the iteration, such as `0.5 * 0.9 ** iteration`."""

from __future__ import annotations

from typing import Any

from backprop_explorer.engine.numbers import NOT_FINITE
from backprop_explorer.graph.budget import Budget
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import Kind, Node
from backprop_explorer.language.evaluator import MODULE_VALUES, Evaluator
from backprop_explorer.language.scope import Scope
from backprop_explorer.language.source import parsed_formula
from backprop_explorer.problem import Problem

VARIABLE = "iteration"
"""The one name that an expression may use: 0 for the first iteration."""

ITERATION = "optimizer.iteration"
"""The tensor that holds it."""

_HINT = (
    f"it is made of numbers, {VARIABLE} (0 for the first) and functions of one number, such as 0.5 * 0.9 ** {VARIABLE} "
    f"or 0.1 * where({VARIABLE} < 50, 1, 0.1)"
)


def own_name(option: str) -> str:
    """What the scalar is called that an expression of this option gives."""
    return f"optimizer.{option}"


def is_scheduled(value: object) -> bool:
    """Whether an option's value is an expression; a number that is not finite travels as a text, too."""
    return isinstance(value, str) and value not in NOT_FINITE


def check_schedule(option: str, text: str) -> None:
    """Raises a `Problem` of code bad_optimizer unless the text is an expression of the iteration that gives one
    number."""
    graph = Graph("float64", Budget())
    graph.phase = "update"
    try:
        node = scheduled(graph, text, graph.leaf(ITERATION, (), Kind("float")))
    except Problem as problem:
        raise _refused(option, _told(problem), problem.hint) from None
    outside = next((made for made in graph.nodes if made.operands and not _is_plain(made)), None)
    if outside is not None:
        raise _refused(option, f"{outside.operation.name} makes or needs a tensor, and a rate is one number")
    if node.kind.name == "bool":
        raise _refused(option, "it is true or false and no number", f"write where({text.strip()[:60]}, 0.1, 0.01)")


def scheduled(graph: Graph, text: str, iteration: Node) -> Node:
    """The expression's value as a node of the graph. Raises a `Problem` with its place in the text."""
    tree = parsed_formula(text)
    evaluator = Evaluator(graph, text)
    value: Any = evaluator.evaluate(tree, Scope({VARIABLE: iteration, "pi": MODULE_VALUES["pi"]}))
    return evaluator.node(value, "a rate")


def _is_plain(node: Node) -> bool:
    return node.operation.family == "elementwise" and not node.operation.whole and node.shape == ()


def _told(problem: Problem) -> str:
    place = f" (column {problem.column})" if problem.column else ""
    if problem.code == "unknown_name":
        return f"{problem.detail}{place}; there is {VARIABLE}, and pi"
    return problem.detail + place


def _refused(option: str, reason: str, hint: str | None = None) -> Problem:
    own = hint if hint and hint.startswith(("did you mean", "write where")) else _HINT
    return Problem("bad_optimizer", f"{option} is no expression of the {VARIABLE}: {reason}", hint=own)
