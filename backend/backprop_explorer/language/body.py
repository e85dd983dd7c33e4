"""The body of a function: assignments, loops with a constant count, and one return at the end."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from backprop_explorer.graph.node import Node
from backprop_explorer.graph.number import Number
from backprop_explorer.language.scope import Scope
from backprop_explorer.problem import Problem

if TYPE_CHECKING:
    from backprop_explorer.language.evaluator import Evaluator


def run_body(
    evaluator: Evaluator, definition: ast.FunctionDef, scope: Scope, after_each: Callable[[], None] | None = None
) -> tuple[Any, dict[int, str]]:
    """The returned value, and the names of the locals by node id. `after_each` is called after every assignment."""
    names: dict[int, str] = {}
    for statement in unrolled(evaluator, definition.body, scope):
        if isinstance(statement, ast.Return):
            if statement.value is None:
                break
            return evaluator.evaluate(statement.value, scope), names
        assert isinstance(statement, ast.Assign)
        for target, value in assigned(evaluator, statement, scope):
            scope.names[target.id] = value
            if isinstance(value, Node):
                names.setdefault(value.id, target.id)
        if after_each is not None:
            after_each()
    raise evaluator.problem(
        "no_return", f"{definition.name} returns nothing", definition, "end it with return and the result"
    )


def unrolled(
    evaluator: Evaluator, body: list[ast.stmt], scope: Scope
) -> Iterator[ast.Assign | ast.Return | ast.FunctionDef]:
    """The statements in the order in which they run, loops written out."""
    for statement in body:
        if isinstance(statement, (ast.Assign, ast.Return, ast.FunctionDef)):
            yield statement
        elif isinstance(statement, ast.For):
            yield from _loop(evaluator, statement, scope)
        elif not (
            isinstance(statement, ast.Expr)
            and isinstance(statement.value, ast.Constant)
            and isinstance(statement.value.value, str)
        ):
            raise _foreign(evaluator, statement)


def _loop(evaluator: Evaluator, loop: ast.For, scope: Scope) -> Iterator[ast.Assign | ast.Return | ast.FunctionDef]:
    if not isinstance(loop.target, ast.Name) or loop.orelse:
        raise evaluator.problem("not_in_language", "a loop has one name and no else: for i in range(3)", loop)
    for value in _rounds(evaluator, loop, scope):
        scope.names[loop.target.id] = Number.of(value)
        yield from unrolled(evaluator, loop.body, scope)


def _rounds(evaluator: Evaluator, loop: ast.For, scope: Scope) -> range:
    call = loop.iter
    if not (
        isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range" and not call.keywords
    ):
        raise evaluator.problem("not_in_language", "a loop runs over range(constant)", loop)
    bounds = [evaluator.evaluate(argument, scope) for argument in call.args]
    if not 1 <= len(bounds) <= 3 or not all(
        isinstance(bound, Number) and isinstance(bound.value, int) for bound in bounds
    ):
        raise evaluator.problem(
            "bad_loop", "range needs one to three whole numbers that are known before the program runs", call
        )
    values = [bound.value for bound in bounds]
    if len(values) == 3 and values[2] == 0:
        raise evaluator.problem("bad_loop", "range needs a step other than 0", call)
    rounds = range(*values)
    evaluator.graph.meter.repeat(len(rounds), f"with the loop over range({', '.join(map(str, values))}), the program")
    return rounds


def assigned(evaluator: Evaluator, statement: ast.Assign, scope: Scope) -> list[tuple[ast.Name, Any]]:
    """The targets of an assignment with their values; `a, b = …` takes a tuple apart."""
    if len(statement.targets) != 1:
        raise evaluator.problem(
            "not_in_language", "one assignment at a time: a = b = c is not part of the language", statement
        )
    target = statement.targets[0]
    value = evaluator.evaluate(statement.value, scope)
    if isinstance(target, ast.Name):
        if isinstance(value, (tuple, slice)) and not scope.internal:
            raise evaluator.problem(
                "not_a_tensor", f"{target.id} would be a tuple, not a tensor", statement, "take it apart: a, b = …"
            )
        return [(target, value)]
    if not isinstance(target, (ast.Tuple, ast.List)) or not all(isinstance(item, ast.Name) for item in target.elts):
        raise evaluator.problem(
            "not_in_language", "only names can be assigned to", target, "an element cannot be set; make a new tensor"
        )
    if not isinstance(value, tuple) or len(value) != len(target.elts):
        got = f"{len(value)} values" if isinstance(value, tuple) else "one"
        raise evaluator.problem(
            "bad_assignment", f"the left side has {len(target.elts)} names, the right side {got}", statement
        )
    return [(name, item) for name, item in zip(target.elts, value, strict=True) if isinstance(name, ast.Name)]


def _foreign(evaluator: Evaluator, statement: ast.stmt) -> Problem:
    hints = {
        ast.AugAssign: "write it out: h = h + x",
        ast.If: "use where(condition, a, b)",
        ast.While: "use for i in range(constant)",
        ast.Import: "functions need no import: write relu, F.relu or np.exp",
        ast.ImportFrom: "functions need no import: write relu, F.relu or np.exp",
        ast.Expr: "give the result a name: h = …",
        ast.AnnAssign: "leave the annotation out",
    }
    name = {
        ast.Expr: "an expression without a name",
        ast.AugAssign: "an assignment such as +=",
        ast.AnnAssign: "an annotation",
    }.get(type(statement), type(statement).__name__.lower())
    return evaluator.problem(
        "not_in_language", f"{name} is not part of the language", statement, hints.get(type(statement))
    )
