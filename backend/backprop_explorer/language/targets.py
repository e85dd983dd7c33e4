"""Assignment: a value to a name, to several at once, to an item of a list or a dict, to elements of a tensor."""

from __future__ import annotations

import ast
from typing import Any

from backprop_explorer.graph.node import Node
from backprop_explorer.language import elements
from backprop_explorer.language.bounds import check_items
from backprop_explorer.language.iteration import items_of, key_of
from backprop_explorer.language.objects import attribute_of, set_attribute
from backprop_explorer.language.operators import operate
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.scope import MISSING, Instance, Scope
from backprop_explorer.language.values import Masked, kind_of, raw
from backprop_explorer.problem import Problem

Pair = tuple[ast.Name, Any]
"""The name under which a value can be found after a statement, and the value."""


def assign(evaluator: Reader, target: ast.expr, value: Any, scope: Scope) -> list[Pair]:
    """Gives a target its value; the names and the values that they got."""
    if isinstance(target, ast.Name):
        scope.names[target.id] = value
        return [(target, value)]
    if isinstance(target, (ast.Tuple, ast.List)):
        return _taken_apart(evaluator, target, value, scope)
    if isinstance(target, ast.Subscript):
        return _put(evaluator, target, value, scope)
    if isinstance(target, ast.Attribute):
        holder = evaluator.evaluate(target.value, scope)
        set_attribute(evaluator, holder, target.attr, value, target)
        return [(_base(evaluator, target), value)]
    raise evaluator.problem(
        "not_in_language",
        "only names, items and elements can be assigned to",
        target,
        "give the result a name of its own: h = …",
    )


def _taken_apart(evaluator: Reader, target: ast.Tuple | ast.List, value: Any, scope: Scope) -> list[Pair]:
    wanted = target.elts
    if not isinstance(value, (tuple, list, range, dict, str, Node)) and not hasattr(value, "items"):
        raise _mismatch(evaluator, target, "one")
    if isinstance(value, Node) and (not value.ndim or value.shape[0] > len(wanted) + 100):
        raise _mismatch(evaluator, target, "one" if not value.ndim else f"{value.shape[0]} values")
    starred = next((i for i, one in enumerate(wanted) if isinstance(one, ast.Starred)), None)
    if isinstance(value, Node) and (
        value.shape[0] != len(wanted) if starred is None else value.shape[0] < len(wanted) - 1
    ):
        raise _mismatch(evaluator, target, f"{value.shape[0]} values")
    items = list(items_of(evaluator, value, target))
    if starred is None:
        if len(items) != len(wanted):
            raise _mismatch(evaluator, target, f"{len(items)} values")
        parts: list[tuple[ast.expr, Any]] = list(zip(wanted, items, strict=True))
    else:
        behind = len(wanted) - starred - 1
        if len(items) < starred + behind:
            raise _mismatch(evaluator, target, f"{len(items)} values")
        last = len(items) - behind
        middle = wanted[starred]
        assert isinstance(middle, ast.Starred)
        parts = [
            *zip(wanted[:starred], items[:starred], strict=True),
            (middle.value, items[starred:last]),
            *zip(wanted[starred + 1 :], items[last:], strict=True),
        ]
    return [pair for one, item in parts for pair in assign(evaluator, one, item, scope)]


def _mismatch(evaluator: Reader, target: ast.Tuple | ast.List, got: str) -> Problem:
    return evaluator.problem(
        "bad_assignment", f"the left side has {len(target.elts)} names, the right side {got}", target
    )


def _put(evaluator: Reader, target: ast.Subscript, value: Any, scope: Scope) -> list[Pair]:
    holder = evaluator.evaluate(target.value, scope)
    index = evaluator.evaluate(target.slice, scope)
    return [(_base(evaluator, target), _stored(evaluator, target, holder, index, value))]


def _stored(evaluator: Reader, target: ast.Subscript, holder: Any, index: Any, value: Any) -> Any:
    """Puts a value at an index; what was put there, or what became of a tensor."""
    if isinstance(holder, list):
        _put_in_list(evaluator, holder, index, value, target)
        return value
    if isinstance(holder, dict):
        holder[key_of(index)] = value
        check_items(len(holder), "a dict")
        return value
    if isinstance(holder, Instance) and holder.is_container:
        holder.names[str(raw(index))] = value
        return value
    if not isinstance(holder, Node):
        raise evaluator.problem("not_a_tensor", f"nothing can be put into {kind_of(holder)}", target)
    evaluator.check_changeable(holder, target)
    changed = elements.overwritten(evaluator, holder, index, value, target)
    evaluator.memory.change(holder, changed)
    return changed


def _put_in_list(evaluator: Reader, items: list[Any], index: Any, value: Any, tree: ast.AST) -> None:
    place = raw(index)
    if isinstance(place, slice):
        new = list(items_of(evaluator, value, tree))
        try:
            items[place] = new
        except (ValueError, TypeError) as error:
            raise evaluator.problem("bad_index", f"the slice does not fit: {error}", tree) from None
        evaluator.graph.meter.work(len(items))
        check_items(len(items))
        return
    elements.check_place(evaluator, items, place, tree)
    items[place] = value


def _base(evaluator: Reader, tree: ast.expr) -> ast.Name:
    """The name in front of all brackets: `hs` of `hs[t]`."""
    while isinstance(tree, (ast.Subscript, ast.Attribute, ast.Call)):
        tree = tree.func if isinstance(tree, ast.Call) else tree.value
    if not isinstance(tree, ast.Name):
        raise evaluator.problem(
            "not_in_language", "elements of something without a name cannot be assigned", tree, "give it a name first"
        )
    return tree


def augment(evaluator: Reader, statement: ast.AugAssign, scope: Scope) -> list[Pair]:
    """`h += x`: of a number a new one; of a list or a tensor a change in place, which all its names see."""
    target, sign = statement.target, type(statement.op)
    if isinstance(target, ast.Name):
        old = _own(evaluator, target, scope)
        new = _joined(evaluator, sign, old, evaluator.evaluate(statement.value, scope), statement)
        scope.names[target.id] = new
        return [(target, new)]
    if isinstance(target, ast.Attribute):
        return _augment_attribute(evaluator, target, statement, scope)
    if not isinstance(target, ast.Subscript):
        raise evaluator.problem("not_in_language", "only names, items and elements can be assigned to", target)
    holder = evaluator.evaluate(target.value, scope)
    index = evaluator.evaluate(target.slice, scope)
    old = elements.element(evaluator, holder, index, target)
    right = evaluator.evaluate(statement.value, scope)
    if isinstance(holder, Node):
        new = operate(evaluator, sign, old, right, statement)
    else:
        new = _joined(evaluator, sign, old, right, statement)
    return [(_base(evaluator, target), _stored(evaluator, target, holder, index, new))]


def _augment_attribute(evaluator: Reader, target: ast.Attribute, statement: ast.AugAssign, scope: Scope) -> list[Pair]:
    holder = evaluator.evaluate(target.value, scope)
    if not isinstance(holder, Instance):
        raise evaluator.problem("not_in_language", "only attributes of objects can be assigned to", target)
    old = attribute_of(evaluator, holder, target.attr, target, scope)
    new = _joined(evaluator, type(statement.op), old, evaluator.evaluate(statement.value, scope), statement)
    set_attribute(evaluator, holder, target.attr, new, target)
    return [(_base(evaluator, target), new)]


def _own(evaluator: Reader, target: ast.Name, scope: Scope) -> Any:
    if target.id not in scope.names:
        if scope.get(target.id) is MISSING:
            evaluator.name(target, scope)  # says what is missing
        raise evaluator.problem(
            "unknown_name",
            f"{target.id} stands outside of the function, which therefore cannot change it",
            target,
            f"return the new value, and write {target.id} = … outside",
        )
    return evaluator.seen(scope.names[target.id])


def _joined(evaluator: Reader, sign: type[ast.operator], old: Any, right: Any, statement: ast.AugAssign) -> Any:
    if isinstance(old, list) and sign is ast.Add:
        old.extend(items_of(evaluator, right, statement))
        check_items(len(old))
        return old
    if isinstance(old, dict) and sign is ast.BitOr and isinstance(right, dict):
        old |= right
        return old
    new = operate(evaluator, sign, old, right, statement)
    if isinstance(old, Node):
        _check_fits(evaluator, old, new, statement)
        evaluator.check_changeable(old, statement)
        evaluator.memory.change(old, new)
    return new


def _check_fits(evaluator: Reader, old: Node, new: Any, statement: ast.AugAssign) -> None:
    if isinstance(new, Masked) or new.shape != old.shape:
        shape = "what a mask chose" if isinstance(new, Masked) else str(new.shape)
        raise evaluator.problem(
            "wrong_shape",
            f"a change in place keeps the shape {old.shape}, and the result would have {shape}",
            statement,
            "write it out: h = h + x makes a new tensor",
        )
    if old.kind.name == "bool" and new.kind.name != "bool":
        raise evaluator.problem(
            "wrong_kind", "a mask of true and false cannot become numbers in place", statement, "write h = h + x"
        )


def delete(evaluator: Reader, target: ast.expr, scope: Scope) -> None:
    """`del name`, `del items[i]`."""
    if isinstance(target, ast.Tuple):
        for one in target.elts:
            delete(evaluator, one, scope)
    elif isinstance(target, ast.Name):
        evaluator.name(target, scope)
        if scope.names.pop(target.id, MISSING) is MISSING:
            raise evaluator.problem("unknown_name", f"{target.id} is no name of this function", target)
    elif isinstance(target, ast.Subscript):
        holder = evaluator.evaluate(target.value, scope)
        index = evaluator.evaluate(target.slice, scope)
        if isinstance(holder, dict) and key_of(index) in holder:
            del holder[key_of(index)]
        elif isinstance(holder, list) and not isinstance(raw(index), slice):
            elements.check_place(evaluator, holder, raw(index), target)
            del holder[raw(index)]
        else:
            raise evaluator.problem("bad_index", "there is nothing to delete at that index", target)
    else:
        raise evaluator.problem("not_in_language", "names and items can be deleted", target)
