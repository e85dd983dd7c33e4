"""Statements in the order in which they run: loops written out, branches decided, functions gone through."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from backprop_explorer.language.foreign import foreign, is_docstring, silent
from backprop_explorer.language.imports import note_import
from backprop_explorer.language.iteration import items_of, rounds_of
from backprop_explorer.language.objects import made_class
from backprop_explorer.language.operators import truth
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.scope import Scope
from backprop_explorer.language.source import column_of
from backprop_explorer.language.targets import Pair, assign, augment, delete
from backprop_explorer.language.texts import text_of
from backprop_explorer.language.values import Known
from backprop_explorer.language.without_gradient import context
from backprop_explorer.problem import Problem, shortened


class Watch(Protocol):
    """Who wants to know what statements did."""

    def begins(self, statement: ast.stmt) -> None:
        """A statement is about to run that makes tensors."""

    def ran(self, statement: ast.stmt, pairs: list[Pair]) -> None:
        """It ran; these names got these values."""

    def round(self, loop: ast.stmt, count: int | None) -> None:
        """A loop begins a round, from 1; None when it ends."""


@dataclass(frozen=True)
class Returned:
    """A `return` was met."""

    value: Any


FORWARD_STEPS = "The steps of the forward pass alone"
BREAK, CONTINUE = object(), object()
Signal = Any
"""What ended a block early: a `Returned`, BREAK, CONTINUE; None where nothing did."""


def run(evaluator: Reader, body: list[ast.stmt], scope: Scope, watch: Watch) -> Signal:
    """Runs statements one after another, up to what ends them early."""
    for statement in body:
        handler = _HANDLERS.get(type(statement))
        if handler is None:
            raise foreign(evaluator, statement)
        evaluator.graph.meter.work(1)
        try:
            signal = handler(evaluator, statement, scope, watch)
        except Problem as problem:
            raise (
                problem
                if scope.internal or scope.ours
                else problem.at(statement.lineno, column_of(evaluator.text, statement))
            ) from None
        if signal is not None:
            return signal
    return None


def _assign(evaluator: Reader, statement: ast.Assign, scope: Scope, watch: Watch) -> Signal:
    watch.begins(statement)
    value = evaluator.evaluate(statement.value, scope)
    watch.ran(statement, [pair for target in statement.targets for pair in assign(evaluator, target, value, scope)])


def _annotated(evaluator: Reader, statement: ast.AnnAssign, scope: Scope, watch: Watch) -> Signal:
    if statement.value is not None:
        watch.begins(statement)
        value = evaluator.evaluate(statement.value, scope)
        watch.ran(statement, assign(evaluator, statement.target, value, scope))


def _augmented(evaluator: Reader, statement: ast.AugAssign, scope: Scope, watch: Watch) -> Signal:
    watch.begins(statement)
    watch.ran(statement, augment(evaluator, statement, scope))


def _function(evaluator: Reader, statement: ast.FunctionDef, scope: Scope, watch: Watch) -> Signal:
    watch.begins(statement)
    function = evaluator.defined(statement, scope)
    scope.names[statement.name] = function
    watch.ran(statement, [(ast.copy_location(ast.Name(statement.name, ast.Store()), statement), function)])


def _class(evaluator: Reader, statement: ast.ClassDef, scope: Scope, watch: Watch) -> Signal:
    watch.begins(statement)
    made = made_class(evaluator, statement, scope)
    scope.names[statement.name] = made
    watch.ran(statement, [(ast.copy_location(ast.Name(statement.name, ast.Store()), statement), made)])


def _return(evaluator: Reader, statement: ast.Return, scope: Scope, _: Watch) -> Signal:
    return Returned(None if statement.value is None else evaluator.evaluate(statement.value, scope))


def _if(evaluator: Reader, statement: ast.If, scope: Scope, watch: Watch) -> Signal:
    watch.begins(statement)
    condition = evaluator.evaluate(statement.test, scope)
    holds = truth(evaluator, condition, statement.test, "if")
    return run(evaluator, statement.body if holds else statement.orelse, scope, watch)


def _for(evaluator: Reader, statement: ast.For, scope: Scope, watch: Watch) -> Signal:
    watch.begins(statement)
    value, meter = evaluator.evaluate(statement.iter, scope), evaluator.graph.meter
    items, first = items_of(evaluator, value, statement.iter, rounds=True), meter.primitives
    for count, item in enumerate(items, 1):
        before = meter.primitives
        watch.round(statement, count)
        watch.ran(statement, assign(evaluator, statement.target, item, scope))
        try:
            signal = run(evaluator, statement.body, scope, watch)
        except Problem as problem:
            raise meter.foretold(problem, FORWARD_STEPS, first, before, count - 1, rounds_of(value)) from None
        if signal is BREAK or isinstance(signal, Returned):
            break
        watch.begins(statement)
    else:
        signal = None
    watch.round(statement, None)
    return _ended(evaluator, statement, signal, scope, watch)


def _while(evaluator: Reader, statement: ast.While, scope: Scope, watch: Watch) -> Signal:
    count, signal = 0, None
    while truth(evaluator, evaluator.evaluate(statement.test, scope), statement.test, "while", "use for i in range(3)"):
        count += 1
        evaluator.graph.meter.repeat(1, "with its while loops, the program")
        watch.round(statement, count)
        signal = run(evaluator, statement.body, scope, watch)
        if signal is BREAK or isinstance(signal, Returned):
            break
        signal = None
    watch.round(statement, None)
    return _ended(evaluator, statement, signal, scope, watch)


def _ended(evaluator: Reader, loop: ast.For | ast.While, signal: Signal, scope: Scope, watch: Watch) -> Signal:
    if isinstance(signal, Returned):
        return signal
    return None if signal is BREAK else run(evaluator, loop.orelse, scope, watch)


def _with(evaluator: Reader, statement: ast.With, scope: Scope, watch: Watch) -> Signal:
    with context(evaluator, statement, scope):
        return run(evaluator, statement.body, scope, watch)


def _assert(evaluator: Reader, statement: ast.Assert, scope: Scope, watch: Watch) -> Signal:
    watch.begins(statement)
    first = len(evaluator.graph.nodes)
    try:
        holds = truth(evaluator, evaluator.evaluate(statement.test, scope), statement.test, "assert")
    except Problem as problem:
        evaluator.forget(first)
        if problem.code not in ("not_in_language", "unknown_function", "bad_index", "unknown_name", "needs_numbers"):
            raise
        evaluator.left_out(statement, f"the assert is not checked: {problem.detail}")
        return
    evaluator.forget(first)
    if not holds:
        told = "" if statement.msg is None else f": {text_of(evaluator.evaluate(statement.msg, scope))}"
        text = shortened(ast.unparse(statement.test))
        raise evaluator.problem("assertion", f"The assert does not hold: {text}{told}", statement)


def _delete(evaluator: Reader, statement: ast.Delete, scope: Scope, _: Watch) -> Signal:
    for target in statement.targets:
        delete(evaluator, target, scope)


def _raise(evaluator: Reader, statement: ast.Raise, scope: Scope, _: Watch) -> Signal:
    told, name = "", ""
    if isinstance(statement.exc, ast.Call):
        name = ast.unparse(statement.exc.func)
        told = " ".join(text_of(evaluator.evaluate(one, scope)) for one in statement.exc.args)
    elif statement.exc is not None:
        name = ast.unparse(statement.exc)
    raise evaluator.problem("raised", f"The program raises {shortened(name)}: {told}".rstrip(": "), statement)


def _import(evaluator: Reader, statement: ast.Import | ast.ImportFrom, scope: Scope, _: Watch) -> Signal:
    note_import(evaluator, statement, scope)


def _expression(evaluator: Reader, statement: ast.Expr, scope: Scope, watch: Watch) -> Signal:
    """A call for what it does: `hs.append(h)`; what only shows something is left out."""
    if is_docstring(statement) or isinstance(statement.value, ast.Constant) and statement.value.value is ...:
        return
    if silent(evaluator, statement, scope):
        return
    call = statement.value
    if not isinstance(call, ast.Call):
        raise foreign(evaluator, statement)
    watch.begins(statement)
    callee = evaluator.callee(call.func, scope)
    arguments, options = evaluator.arguments(call, scope)
    result = evaluator.apply(callee, arguments, options, call, scope)
    base: ast.expr = call.func
    while isinstance(base, (ast.Attribute, ast.Subscript)):
        base = base.value
    if isinstance(callee, Known) and callee.receiver is None or not isinstance(base, ast.Name):
        if result is not None and not callee_name(call).endswith("_"):
            raise foreign(evaluator, statement)
        watch.ran(statement, [])
        return
    watch.ran(statement, [(base, [*arguments, *options.values()])] if isinstance(callee, Known) else [])


def callee_name(call: ast.Call) -> str:
    """The last word of what is called: of `torch.nn.init.zeros_` that ends with `_`, and changes its argument."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _nothing(*_: Any) -> Signal:
    return None


_HANDLERS: dict[type[ast.stmt], Callable[[Reader, Any, Scope, Watch], Signal]] = {
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.FunctionDef: _function,
    ast.ClassDef: _class,
    ast.Return: _return,
    ast.If: _if,
    ast.For: _for,
    ast.While: _while,
    ast.With: _with,
    ast.Assert: _assert,
    ast.Delete: _delete,
    ast.Raise: _raise,
    ast.Import: _import,
    ast.ImportFrom: _import,
    ast.Expr: _expression,
    ast.Pass: _nothing,
    ast.Break: lambda *_: BREAK,
    ast.Continue: lambda *_: CONTINUE,
}
KNOWN = frozenset(_HANDLERS)
"""The kinds of statements that the language has."""
