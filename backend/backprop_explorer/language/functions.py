"""Functions of the user's: how arguments meet parameters, and which names belong to a function."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from backprop_explorer.language.bounds import MAX_CALL_DEPTH
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.scope import Function, Scope
from backprop_explorer.problem import Problem, suggestion

Run = Callable[[ast.FunctionDef, dict[str, Any], dict[str, Any], Scope], Any]


def define(evaluator: Reader, definition: ast.FunctionDef, scope: Scope) -> Function:
    """The function of a def or a lambda; its defaults are read here and now, as in Python."""
    if definition.decorator_list:
        raise evaluator.problem(
            "not_in_language", "a decorator is not part of the language", definition, "call the function by itself"
        )
    arguments = definition.args
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults = {
        one.arg: evaluator.evaluate(tree, scope)
        for one, tree in zip(plain[len(plain) - len(arguments.defaults) :], arguments.defaults, strict=True)
    }
    for one, tree_or_none in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if tree_or_none is not None:
            defaults[one.arg] = evaluator.evaluate(tree_or_none, scope)
    return Function(definition, scope, defaults, local_names(definition))


def parameters(arguments: ast.arguments) -> list[ast.arg]:
    """All parameters in their order."""
    rest = [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *rest]


def local_names(definition: ast.FunctionDef) -> frozenset[str]:
    """Names that belong to the function: its parameters and all that its body assigns."""
    names = {one.arg for one in parameters(definition.args)}
    return frozenset(names | {name for statement in definition.body for name in assigned_names(statement)})


def assigned_names(tree: ast.AST) -> Iterator[str]:
    """The names that a statement binds in its own scope: functions, lambdas and comprehensions have their own."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            yield node.id
        elif not isinstance(node, (ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.SetComp)):
            stack.extend(ast.iter_child_nodes(node))


def call_function(
    evaluator: Reader, function: Function, arguments: list[Any], options: dict[str, Any], scope: Scope, run: Run
) -> Any:
    """The result of a user's function; `run` goes through its body."""
    if function in scope.calls:
        raise Problem(
            "recursion",
            f"{function.name} calls itself, which would never end",
            hint="use a loop: for i in range(3)",
        )
    if len(scope.calls) >= MAX_CALL_DEPTH:
        raise Problem("too_deep", f"functions call each other more than {MAX_CALL_DEPTH} levels deep")
    evaluator.graph.meter.repeat(1, f"with the calls of {function.name}, the program")
    own = [] if function.this is None else [function.this]
    bound = bind(function, [*own, *arguments], options)
    around = function.scope
    if function.owner is not None:  # what super() asks for
        around = around.within({"__class__": function.owner, "__self__": next(iter(bound.values()), None)})
    calls = (*scope.calls, function)
    inner = around.within(dict(bound), function.local)
    inner.internal, inner.calls = False, calls
    return run(function.definition, bound, dict(function.defaults), inner)


def bind(function: Function, arguments: list[Any], options: dict[str, Any]) -> dict[str, Any]:
    """The parameters' values in their order. Raises a `Problem` that names what is missing or too much."""
    written = function.definition.args
    if not options and len(arguments) == len(written.args) and not (written.posonlyargs or written.kwonlyargs):
        values = {one.arg: value for one, value in zip(written.args, arguments, strict=True)}
        if written.vararg is None and written.kwarg is None:
            return values
    return _bound(function, arguments, options)


def _bound(function: Function, arguments: list[Any], options: dict[str, Any]) -> dict[str, Any]:
    written, name = function.definition.args, function.name
    places = [one.arg for one in (*written.posonlyargs, *written.args)]
    known = ", ".join(one.arg for one in parameters(written))
    if len(arguments) > len(places) and written.vararg is None:
        raise Problem("bad_call", f"{name} takes {len(places)} arguments ({known}); got {len(arguments)}")
    given: dict[str, Any] = dict(zip(places, arguments, strict=False))
    others = _named(function, given, options)
    values: dict[str, Any] = {}
    for one in (*places, *(one.arg for one in written.kwonlyargs)):
        if one not in given and one not in function.defaults:
            raise Problem("bad_call", f"{name} needs {one}; its parameters are {known}")
        values[one] = given[one] if one in given else function.defaults[one]
    if written.vararg is not None:
        values[written.vararg.arg] = tuple(arguments[len(places) :])
    if written.kwarg is not None:
        values[written.kwarg.arg] = others
    return values


def _named(function: Function, given: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    """Adds the arguments by name to those that are given; what only `**options` takes."""
    written, name = function.definition.args, function.name
    by_name = {one.arg for one in (*written.args, *written.kwonlyargs)}
    others: dict[str, Any] = {}
    for option, value in options.items():
        if option in by_name and option in given:
            raise Problem("bad_call", f"{name} got {option} twice")
        if option in by_name:
            given[option] = value
        elif written.kwarg is not None:
            others[option] = value
        else:
            known = ", ".join(one.arg for one in parameters(written))
            hint = suggestion(option, by_name) or f"its parameters are {known}"
            raise Problem("bad_call", f"{name} has no parameter {option[:40]}", hint=hint)
    return others
