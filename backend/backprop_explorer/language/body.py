"""The body of a function: assignments, loops with a constant count, and one return at the end."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from backprop_explorer.graph.node import Node
from backprop_explorer.graph.number import Number
from backprop_explorer.language.scope import Scope
from backprop_explorer.language.values import raw
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
        if not isinstance(statement, ast.Assign):
            continue  # a def, which `check_written` refuses inside of another
        for target, value in assigned(evaluator, statement, scope):
            scope.names[target.id] = value
            if isinstance(value, Node):
                names.setdefault(value.id, target.id)
        if after_each is not None:
            after_each()
    raise evaluator.problem(
        "no_return", f"{definition.name} returns nothing", definition, "end it with return and the result"
    )


def check_written(evaluator: Evaluator, statement: ast.stmt, inside: ast.FunctionDef | None = None) -> None:
    """Raises a `Problem` for what is not of the language in a def or a loop, also where it never runs: behind a return,
    in a loop of no rounds, in a function that nobody calls. Scripts are written out of it all the same."""
    if isinstance(statement, ast.FunctionDef):
        if inside is not None:
            raise _nested(evaluator, statement, inside)
        for default in statement.args.defaults:
            evaluator.check_written(default)
        for part in statement.body:
            check_written(evaluator, part, statement)
    elif isinstance(statement, ast.For):
        evaluator.check_written(_head(evaluator, statement)[1])
        for part in statement.body:
            check_written(evaluator, part, inside)
    elif isinstance(statement, (ast.Assign, ast.Return)):
        evaluator.check_written(statement)
    elif not _is_docstring(statement):
        raise _foreign(evaluator, statement)


def _nested(evaluator: Evaluator, definition: ast.FunctionDef, outer: ast.FunctionDef) -> Problem:
    inner_name, outer_name = definition.name[:40], outer.name[:40]
    return evaluator.problem(
        "not_in_language",
        f"A def inside a def is not part of the language: {inner_name} stands in {outer_name}",
        definition,
        f"write def {inner_name} before def {outer_name}, and give it all that it reads as parameters",
    )


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
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
        elif isinstance(statement, ast.If) and scope.internal:
            chosen = statement.body if raw(evaluator.evaluate(statement.test, scope)) else statement.orelse
            yield from unrolled(evaluator, chosen, scope)
        elif not _is_docstring(statement):
            raise _foreign(evaluator, statement)


def _loop(evaluator: Evaluator, loop: ast.For, scope: Scope) -> Iterator[ast.Assign | ast.Return | ast.FunctionDef]:
    for _, statement in turns(evaluator, loop, scope):
        yield statement


def turns(
    evaluator: Evaluator, loop: ast.For, scope: Scope
) -> Iterator[tuple[int, ast.Assign | ast.Return | ast.FunctionDef]]:
    """The statements of a loop in the order in which they run, each with its round, from 1."""
    name, call = _head(evaluator, loop)
    for count, value in enumerate(_rounds(evaluator, call, scope), 1):
        scope.names[name] = Number.of(value)
        for statement in unrolled(evaluator, loop.body, scope):
            yield count, statement


def _head(evaluator: Evaluator, loop: ast.For) -> tuple[str, ast.Call]:
    """The name that counts, and the call of range."""
    if not isinstance(loop.target, ast.Name) or loop.orelse:
        raise evaluator.problem("not_in_language", "a loop has one name and no else: for i in range(3)", loop)
    call = loop.iter
    if not (
        isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range" and not call.keywords
    ):
        raise evaluator.problem("not_in_language", "a loop runs over range(constant)", loop)
    return loop.target.id, call


def _rounds(evaluator: Evaluator, call: ast.Call, scope: Scope) -> range:
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
    # Their number by arithmetic: a range of more than sys.maxsize has no len().
    count = max(0, -((rounds.start - rounds.stop) // rounds.step))
    evaluator.graph.meter.repeat(count, f"with the loop over range({', '.join(map(str, values))}), the program")
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
