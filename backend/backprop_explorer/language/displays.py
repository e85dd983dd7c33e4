"""Lists, dicts and what goes through items to make them: displays, comprehensions, lambda."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from backprop_explorer.language.bounds import check_items
from backprop_explorer.language.iteration import items_of, key_of
from backprop_explorer.language.operators import truth
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.scope import Function, Scope
from backprop_explorer.language.values import Once, kind_of
from backprop_explorer.problem import Problem

ANONYMOUS = "anonymous"
"""What a lambda is called, also in the names of tensors that it makes, where a word of Python's cannot stand."""


def sequence(evaluator: Reader, tree: ast.Tuple | ast.List, scope: Scope) -> tuple[Any, ...] | list[Any]:
    """A tuple or a list, with `*items` in it; in rules and composites always a tuple."""
    items: list[Any] = []
    for part in tree.elts:
        if isinstance(part, ast.Starred):
            items.extend(items_of(evaluator, evaluator.evaluate(part.value, scope), part))
        else:
            items.append(evaluator.evaluate(part, scope))
    check_items(len(items))
    return items if isinstance(tree, ast.List) and not scope.internal else tuple(items)


def dictionary(evaluator: Reader, tree: ast.Dict, scope: Scope) -> dict[Any, Any]:
    """A dict, with `**others` in it."""
    result: dict[Any, Any] = {}
    for key, part in zip(tree.keys, tree.values, strict=True):
        if key is None:
            result |= mapping(evaluator.evaluate(part, scope))
        else:
            name = key_of(evaluator.evaluate(key, scope))
            result[name] = evaluator.evaluate(part, scope)
    return result


def mapping(value: Any) -> dict[Any, Any]:
    """The value if it is a dict, else a `Problem`."""
    if not isinstance(value, dict):
        raise Problem("bad_call", f"** needs a dict; got {kind_of(value)}")
    return value


def listed(evaluator: Reader, tree: ast.ListComp, scope: Scope) -> list[Any] | tuple[Any, ...]:
    """A list comprehension."""
    inner, rounds = _rounds(evaluator, tree.generators, scope)
    items: list[Any] = []
    for _ in rounds:
        items.append(evaluator.evaluate(tree.elt, inner))
        check_items(len(items))
    return items


def generated(evaluator: Reader, tree: ast.GeneratorExp, scope: Scope) -> Once:
    """A generator: its items are made as they are asked for, and once."""
    inner, rounds = _rounds(evaluator, tree.generators, scope)
    return Once((evaluator.evaluate(tree.elt, inner) for _ in rounds), "a generator")


def keyed(evaluator: Reader, tree: ast.DictComp, scope: Scope) -> dict[Any, Any]:
    """A dict comprehension."""
    inner, rounds = _rounds(evaluator, tree.generators, scope)
    result: dict[Any, Any] = {}
    for _ in rounds:
        key = key_of(evaluator.evaluate(tree.key, inner))
        result[key] = evaluator.evaluate(tree.value, inner)
        check_items(len(result))
    return result


def _rounds(evaluator: Reader, parts: list[ast.comprehension], scope: Scope) -> tuple[Scope, Iterator[None]]:
    """The scope of a comprehension, and its rounds. What the first part runs over is read outside, as in Python."""
    targets = (part.target for part in parts)
    names = {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
    inner = scope.within({}, frozenset(names))
    first = evaluator.evaluate(parts[0].iter, scope)
    return inner, _nested(evaluator, parts, first, inner)


def _nested(evaluator: Reader, parts: list[ast.comprehension], items: Any, inner: Scope) -> Iterator[None]:
    part, rest = parts[0], parts[1:]
    for item in items_of(evaluator, items, part.iter, rounds=True):
        evaluator.bind(part.target, item, inner)
        if all(truth(evaluator, evaluator.evaluate(test, inner), test, "if") for test in part.ifs):
            if rest:
                yield from _nested(evaluator, rest, evaluator.evaluate(rest[0].iter, inner), inner)
            else:
                yield


def anonymous(evaluator: Reader, tree: ast.Lambda, scope: Scope) -> Function:
    """A lambda: a function whose body is one return."""
    body: list[ast.stmt] = [ast.copy_location(ast.Return(tree.body), tree.body)]
    definition = ast.FunctionDef(ANONYMOUS, tree.args, body, [], None, None)
    return evaluator.defined(ast.copy_location(definition, tree), scope)
