"""Calls: what is called, with which arguments, and who answers: Python's own functions, the user's, the library's."""

from __future__ import annotations

import ast
from typing import Any

from backprop_explorer.graph.node import Node
from backprop_explorer.language import functions, masked
from backprop_explorer.language.builtin import PYTHONS, Call
from backprop_explorer.language.callee import Callee
from backprop_explorer.language.changes import in_place
from backprop_explorer.language.displays import mapping
from backprop_explorer.language.draws import drawn_by, random_tensor
from backprop_explorer.language.formula import dotted
from backprop_explorer.language.iteration import items_of
from backprop_explorer.language.mathematics import MATHS, math_call
from backprop_explorer.language.methods import METHODS, about_tensor, method_call
from backprop_explorer.language.modules import FUNCTIONS, method_of
from backprop_explorer.language.objects import attribute_of, called_object, construct
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.reflection import native, of_objects
from backprop_explorer.language.scope import MISSING, Class, Function, Instance, Scope
from backprop_explorer.language.values import TYPES, Generator, Known, Masked, Once, fixed, kind_of
from backprop_explorer.library.spellings import MODULES, place
from backprop_explorer.ops.record import OperandError
from backprop_explorer.problem import Problem

Called = Function | Known | Class | Instance
_CALLED = (Function, Known, Class, Instance)


def call(evaluator: Reader, tree: ast.Call, scope: Scope) -> Any:
    """The result of a call."""
    if scope.internal:
        return _inside(evaluator, tree, scope)
    if evaluator.given.literal and not scope.calls:
        written = evaluator.given.written(path_of(tree.func, scope), tree)
        if written is not None:
            return written
    called = callee(evaluator, tree.func, scope)
    arguments, options = arguments_of(evaluator, tree, scope)
    return apply(evaluator, called, arguments, options, tree, scope)


def _inside(evaluator: Reader, tree: ast.Call, scope: Scope) -> Any:
    """The result of a call in a rule or a definition, where names mean the language's own functions."""
    function = tree.func
    if isinstance(function, ast.Name):
        name = function.id
        arguments, options = arguments_of(evaluator, tree, scope)
        if name in PYTHONS and not evaluator.calls.has(name, inside=True):
            return PYTHONS[name](Call(evaluator, name, arguments, options, tree, scope))
    else:
        assert isinstance(function, ast.Attribute)
        name = function.attr
        receiver = [] if is_prefixed(function, scope) else [evaluator.evaluate(function.value, scope)]
        arguments, options = arguments_of(evaluator, tree, scope)
        arguments = [*receiver, *arguments]
    try:
        return evaluator.calls.own(name, arguments, options, scope)
    except OperandError as requirement:
        raise _refusal(evaluator, name, arguments, requirement) from None


def callee(evaluator: Reader, function: ast.expr, scope: Scope) -> Called:
    """What is called; of a method with what it belongs to."""
    if isinstance(function, ast.Name):
        value = scope.get(function.id)
        if isinstance(value, _CALLED):
            return value
        brought = evaluator.module(function, scope) if value is MISSING else None
        if brought is not None:
            return brought
        if value is MISSING and scope.is_local(function.id):
            evaluator.name(function, scope)  # says that it has no value yet
        if value is MISSING or function.id in PYTHONS or evaluator.calls.has(function.id):
            return Known(function, function.id)  # a tensor may have the name of a function
    elif isinstance(function, ast.Attribute):
        if path_of(function, scope) in FUNCTIONS:
            return Known(function, ast.unparse(function))
        if is_prefixed(function, scope):
            return evaluator.module(function, scope) or Known(function, ast.unparse(function))
        receiver = evaluator.evaluate(function.value, scope)
        if isinstance(receiver, Class) or isinstance(receiver, Instance) and not _is_native(receiver, function.attr):
            value = attribute_of(evaluator, receiver, function.attr, function, scope)
            if isinstance(value, _CALLED):
                return value
        else:
            return Known(function, function.attr, (receiver,))
    else:
        value = evaluator.evaluate(function, scope)
        if isinstance(value, _CALLED):
            return value
    raise evaluator.problem("not_in_language", f"only functions can be called, and this is {kind_of(value)}", function)


def _is_native(of: Instance, name: str) -> bool:
    """Whether a method is one that every module has."""
    return name not in of.names and method_of(of, name) is not None


def path_of(tree: ast.expr, scope: Scope) -> str:
    """The dotted path of a name as PyTorch's users know it: `torch.nn.Linear` for `nn.Linear`, or for an imported
    `Linear`; empty for what begins with a variable."""
    words = dotted(tree)
    root, _, rest = (words or "").partition(".")
    if not root or scope.get(root) is not MISSING:
        return ""
    first = scope.imports.get(root, MODULES.get(root, root) if rest else root)
    first = MODULES.get(first, first)
    return f"{first}.{rest}" if rest else first


def is_prefixed(tree: ast.Attribute, scope: Scope) -> bool:
    """Whether a name such as `torch.nn.functional.relu` or `math.sqrt` belongs to a module."""
    root: ast.expr = tree
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name) or scope.get(root.id) is not MISSING:
        return False
    path = scope.imports.get(root.id, root.id)
    return path == "math" or place(f"{path}.") is not None


def is_function(evaluator: Reader, tree: ast.Attribute, scope: Scope) -> bool:
    """Whether a name with a module in front is a function of the language."""
    if _is_math(tree, scope):
        return tree.attr in MATHS
    return evaluator.calls.knows(_named(tree, scope).path, scope.dialect)


def _is_math(tree: ast.expr, scope: Scope) -> bool:
    return (
        isinstance(tree, ast.Attribute)
        and isinstance(tree.value, ast.Name)
        and scope.get(tree.value.id) is MISSING
        and scope.imports.get(tree.value.id, tree.value.id) == "math"
    )


def arguments_of(evaluator: Reader, tree: ast.Call, scope: Scope) -> tuple[list[Any], dict[str, Any]]:
    """The arguments by position and by name, `*items` and `**options` taken apart."""
    arguments: list[Any] = []
    for part in tree.args:
        if type(part) is ast.Starred:
            items = evaluator.evaluate(part.value, scope)
            arguments.extend(items if scope.internal else items_of(evaluator, items, part))
        else:
            arguments.append(evaluator.evaluate(part, scope))
    options: dict[str, Any] = {}
    for option in tree.keywords:
        value = evaluator.evaluate(option.value, scope)
        named = mapping(value) if option.arg is None else {option.arg: value}
        if option.arg is None and not all(isinstance(name, str) for name in named) or options.keys() & named.keys():
            raise evaluator.problem("bad_call", "an argument is given twice, or its key is no name", tree)
        options |= named
    return arguments, options


def apply(
    evaluator: Reader, called: Any, arguments: list[Any], options: dict[str, Any], tree: ast.AST, scope: Scope
) -> Any:
    """The result of a function for arguments."""
    if isinstance(called, Instance):
        called = called_object(evaluator, called, tree)
    if isinstance(called, Class):
        return construct(evaluator, called, arguments, options, tree, scope)
    if isinstance(called, Function):
        run = evaluator.calls.run_function
        return functions.call_function(evaluator, called, arguments, options, scope, run)
    if not isinstance(called, Known):
        raise evaluator.problem("not_in_language", f"only functions can be called, and this is {kind_of(called)}", tree)
    written = called.written
    request = Call(evaluator, called.text, arguments, dict(options), tree, scope)
    if _is_math(written, scope):
        return math_call(request)
    if called.receiver is None:
        own = of_objects(request, written, path_of(written, scope), scope)
        if own is not NotImplemented:
            return own
    if isinstance(written, ast.Name) and written.id in PYTHONS:
        result = PYTHONS[written.id](request)
        if result is not NotImplemented:
            return result
    receiver: list[Any] = []
    if called.receiver is not None:
        receiver = [evaluator.seen(called.receiver[0])]
        if type(receiver[0]) in METHODS:
            return method_call(receiver[0], request)
        if isinstance(receiver[0], Instance):
            return native(receiver[0], request)
        if isinstance(receiver[0], Generator):
            return drawn_by(request)
        if isinstance(receiver[0], Node):
            result = about_tensor(receiver[0], request)
            if result is NotImplemented:
                result = in_place(receiver[0], request)
            if result is not NotImplemented:
                return result
    taken = [_given(evaluator, one, tree) for one in (*receiver, *arguments)]
    named = {name: _given(evaluator, one, tree) for name, one in options.items()}
    if any(isinstance(one, Masked) for one in (*taken, *named.values())):
        name = called.text.rpartition(".")[2]
        return masked.called(evaluator, name, taken, named, lambda a, b: library(evaluator, written, a, b, scope))
    result = library(evaluator, written, taken, named, scope)
    if named.get("requires_grad") is True and isinstance(result, Node):
        evaluator.given.require(result)
    if isinstance(result, Node) and any(result is one for one in taken):
        evaluator.memory.maybe_shared.add(result)
    return result


def _given(evaluator: Reader, value: Any, tree: ast.AST) -> Any:
    """An argument as the library takes it."""
    if isinstance(value, Node):
        return evaluator.operand(value, "a function")
    if isinstance(value, Known) and value.receiver is None and value.text in PYTHONS and value.text in TYPES:
        return TYPES[value.text]
    if isinstance(value, Once):
        value = list(items_of(evaluator, value, tree))
    value = fixed(value)
    return _operands(evaluator, value) if isinstance(value, tuple) else value


def _operands(evaluator: Reader, value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_operands(evaluator, one) for one in value)
    return evaluator.operand(value, "a function") if isinstance(value, Node) else value


def library(evaluator: Reader, function: ast.expr, arguments: list[Any], options: dict[str, Any], scope: Scope) -> Any:
    """The result of a function of the library, under the name that it was called by."""
    named = _named(function, scope)
    if not named.method and (evaluator.given.draws or scope.ours):
        drawn = random_tensor(evaluator, named.path, arguments, options)
        if drawn is not NotImplemented:
            return drawn
    try:
        return evaluator.calls.call(named, arguments, options, scope)
    except OperandError as requirement:
        raise _refusal(evaluator, named.name, arguments, requirement) from None


def _refusal(evaluator: Reader, name: str, arguments: list[Any], requirement: OperandError) -> Problem:
    nodes = [argument for argument in arguments if isinstance(argument, Node)]
    return evaluator.graph.refusal(name, nodes, requirement)


def _named(function: ast.expr, scope: Scope) -> Callee:
    """The function of a library as it was written: with its module, bare, or as a method."""
    if isinstance(function, ast.Name):
        return Callee(scope.imports.get(function.id, function.id))
    assert isinstance(function, ast.Attribute)
    words = dotted(function)
    if words is None or not is_prefixed(function, scope):
        return Callee(function.attr, method=True)
    root, _, rest = words.partition(".")
    return Callee(f"{scope.imports.get(root, root)}.{rest}")
