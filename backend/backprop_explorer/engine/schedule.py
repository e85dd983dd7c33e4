"""An optimizer's option as an expression of the iteration, such as `0.5 * 0.9 ** iteration`."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Any

from backprop_explorer.engine.numbers import NOT_FINITE
from backprop_explorer.graph.budget import Budget
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import Kind, Node
from backprop_explorer.graph.number import Number
from backprop_explorer.language.evaluator import MODULE_VALUES, Evaluator
from backprop_explorer.language.names import PREFIXES
from backprop_explorer.language.scope import Scope
from backprop_explorer.language.source import column_of, parsed_formula
from backprop_explorer.problem import Problem, meant, suggestion

VARIABLE = "iteration"
"""The one name that an expression may use: 0 for the first iteration."""

ITERATION = "optimizer.iteration"
"""The tensor that holds it."""

_CONSTANTS = {"pi": MODULE_VALUES["pi"]}
"""What needs no np. in front."""

_HINT = (
    f"it is computed from numbers, {VARIABLE} (0 for the first) and functions of one number, such as 0.5 * 0.9 ** "
    f"{VARIABLE} or 0.1 * where({VARIABLE} < 50, 1, 0.1)"
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
    try:
        node, outside = _tried(text)
    except Problem as problem:
        raise _refused(option, _told(problem), _hint(text, problem)) from None
    if outside is not None:
        raise _refused(option, f"{outside.operation.name} makes or needs a tensor, and a rate is one number")
    if node.kind.name == "bool":
        raise _refused(option, "it is true or false and no number", f"write where({text.strip()[:60]}, 0.1, 0.01)")


def _tried(text: str) -> tuple[Node, Node | None]:
    """What the text makes, and what of it is more than single numbers. Raises a `Problem` with its place in the
    text."""
    graph = Graph("float64", Budget())
    graph.phase = "update"
    node = scheduled(graph, text, graph.leaf(ITERATION, (), Kind("float")))
    return node, next((made for made in graph.nodes if made.operands and not _is_plain(made)), None)


def scheduled(graph: Graph, text: str, iteration: Node) -> Node:
    """The expression's value as a node of the graph. Raises a `Problem` with its place in the text."""
    tree = parsed_formula(text)
    evaluator = Evaluator(graph, text)
    value: Any = evaluator.evaluate(tree, Scope({VARIABLE: iteration, **_CONSTANTS}))
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
    return Problem("bad_optimizer", f"{option} is not an expression of the {VARIABLE}: {reason}", hint=own)


def _hint(text: str, problem: Problem) -> str | None:
    """The problem's own, where it suggests nothing that cannot stand in such an expression."""
    if problem.code not in ("unknown_name", "unknown_function", "unknown_attribute"):
        return problem.hint
    here = (node for node in ast.walk(parsed_formula(text)) if column_of(text, node) == problem.column)
    for node in here:
        match node:
            case ast.Call(func=ast.Name(id=word) | ast.Attribute(attr=word)) if problem.code == "unknown_function":
                return suggestion(word, _functions())
            case ast.Attribute(value=ast.Name(id=prefix), attr=word) if prefix in PREFIXES:
                return _constant(word)
            case ast.Name(id=word) if problem.code == "unknown_name":
                return _instead_of(word)
    return None


def _instead_of(word: str) -> str | None:
    """What a name was meant to be that is none here: the iteration, by a short form of it, too."""
    letters = iter(VARIABLE)
    if word in MODULE_VALUES:
        return _constant(word)
    if all(letter in letters for letter in word.lower()):
        return meant(VARIABLE)
    if word in _functions():
        return meant(f"{word}({VARIABLE})")
    return suggestion(word, (VARIABLE, *_CONSTANTS))


def _constant(word: str) -> str | None:
    """`np.e`, where something like it was written."""
    known = {name: f"np.{name}" for name, value in MODULE_VALUES.items() if isinstance(value, Number) and name != "nan"}
    return meant(known[word]) if word in known else suggestion(f"np.{word}", known.values())


_ARGUMENTS = (VARIABLE, f"{VARIABLE}, 1", f"{VARIABLE}, 1, 1", f"{VARIABLE} < 1, 1, 1")


@lru_cache(maxsize=1)
def _functions() -> tuple[str, ...]:
    """Every function that makes one number of numbers."""
    known = Evaluator(Graph("float64", Budget())).calls.known(Scope())
    return tuple(name for name in known if any(_makes_a_number(f"{name}({given})") for given in _ARGUMENTS))


def _makes_a_number(text: str) -> bool:
    try:
        return _tried(text)[1] is None
    except Problem:
        return False
