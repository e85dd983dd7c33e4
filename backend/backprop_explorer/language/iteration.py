"""What a loop can run over: lists, ranges, the rows of a tensor; one item after another, each counted."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from backprop_explorer.graph.node import Node
from backprop_explorer.graph.number import Number
from backprop_explorer.language import masked
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.scope import KEYED, Instance, Scope
from backprop_explorer.language.values import Masked, Once, equal, kind_of, raw, written
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.problem import Problem


def items_of(evaluator: Reader, value: Any, tree: ast.AST, *, rounds: bool = False) -> Iterator[Any]:
    """The items in their order; `rounds` of a loop count as repetitions, all others as work."""
    if isinstance(value, range):
        _check_range(evaluator, value, rounds)
        return map(Number.of, value)
    items = _counted(evaluator, _items(evaluator, value, tree), rounds)
    return _guarded(items, tree) if isinstance(value, dict) else items


def _items(evaluator: Reader, value: Any, tree: ast.AST) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        return map(evaluator.seen, value)
    if isinstance(value, dict):
        return map(written, value)
    if isinstance(value, str):
        return iter(value)
    if isinstance(value, Once):
        return value.items
    if isinstance(value, Instance):
        found = _of_object(evaluator, value, tree)
        if found is not None:
            return found
    if isinstance(value, Node) and value.ndim:
        return (row_of(evaluator, value, i) for i in range(value.shape[0]))
    if isinstance(value, Masked):
        raise masked.refused(evaluator, "a loop over it", tree)
    what = "a number without axes" if isinstance(value, Node) else kind_of(value)
    raise evaluator.problem(
        "bad_loop",
        f"a loop and whatever else goes through items needs a list, a range or a tensor with an axis; this is {what}",
        tree,
        "write for i in range(3), or for row in x",
    )


def _of_object(evaluator: Reader, value: Instance, tree: ast.AST) -> Iterator[Any] | None:
    """The items of a container of modules, or of an object that says itself what they are."""
    if value.is_container:
        keyed = any(value.of.is_a(name) for name in KEYED)
        return iter(list(value.kept) if keyed else list(value.kept.values()))
    method = evaluator.method(value, "__iter__")
    if method is not None:
        return items_of(evaluator, evaluator.apply(method, [], {}, tree, Scope()), tree)
    count, at = evaluator.method(value, "__len__"), evaluator.method(value, "__getitem__")
    if count is None or at is None:
        return None
    length = raw(evaluator.apply(count, [], {}, tree, Scope()))
    return (evaluator.apply(at, [Number.of(i)], {}, tree, Scope()) for i in range(length))


def rounds_of(value: Any) -> int:
    """How many rounds a loop over it has; 0 where that is not known before it has run."""
    if isinstance(value, Node):
        return value.shape[0] if value.ndim else 0
    if isinstance(value, range):
        return _length_of_range(value)
    return len(value) if isinstance(value, (list, tuple, dict, str)) else 0


def _length_of_range(value: range) -> int:
    return max(0, -((value.start - value.stop) // value.step))  # of more than sys.maxsize there is no len()


def row_of(evaluator: Reader, value: Node, position: int) -> Node:
    """A tensor's element along its first axis."""
    return evaluator.graph.make(OPERATIONS["index"], [evaluator.operand(value, "a loop")], {"index": (position,)})


def _check_range(evaluator: Reader, value: range, rounds: bool) -> None:
    count = _length_of_range(value)
    written_out = [value.start, value.stop, value.step][: 2 if value.step == 1 else 3]
    if rounds:
        text = ", ".join(map(str, written_out[1:] if value.step == 1 and not value.start else written_out))
        evaluator.graph.meter.repeat(count, f"with the loop over range({text}), the program")
    else:
        evaluator.graph.meter.work(count)


def _counted(evaluator: Reader, items: Iterator[Any], rounds: bool) -> Iterator[Any]:
    meter = evaluator.graph.meter
    for item in items:
        if rounds:
            meter.repeat(1, "with its loops, the program")
        else:
            meter.work(1)
        yield item


def _guarded(items: Iterator[Any], tree: ast.AST) -> Iterator[Any]:
    try:
        yield from items
    except RuntimeError:
        raise Problem(
            "bad_loop",
            "the dict changed its keys while a loop ran over it",
            line=getattr(tree, "lineno", None),
            hint="run over list(d)",
        ) from None


def length_of(evaluator: Reader, value: Any, tree: ast.AST) -> int:
    """What `len` gives."""
    if isinstance(value, Node) and value.ndim:
        return value.shape[0]
    if isinstance(value, Masked):
        raise masked.refused(evaluator, "its length", tree, "its mask's sum() counts the elements")
    if isinstance(value, range):
        return _length_of_range(value)
    if isinstance(value, (list, tuple, dict, str)):
        return len(value)
    if isinstance(value, Instance):
        if value.is_container:
            return len(value.kept)
        method = evaluator.method(value, "__len__")
        if method is not None:
            return int(raw(evaluator.apply(method, [], {}, tree, Scope())))
    what = "a tensor without axes" if isinstance(value, Node) else kind_of(value)
    raise evaluator.problem("bad_call", f"len needs a list or a tensor with an axis; got {what}", tree)


def contains(evaluator: Reader, items: Any, wanted: Any, tree: ast.AST) -> bool:
    """`wanted in items`."""
    if isinstance(items, (Node, Masked)) or isinstance(wanted, (Node, Masked)) and not isinstance(items, (list, tuple)):
        raise evaluator.problem(
            "not_in_language", "in depends on the numbers of a tensor", tree, "compare with ==, which gives a mask"
        )
    if isinstance(items, str) and isinstance(wanted, str):
        return wanted in items
    if isinstance(items, dict):
        return key_of(wanted) in items
    if isinstance(items, Instance) and items.is_container:
        return wanted in items.kept if isinstance(wanted, str) else any(one is wanted for one in items.kept.values())
    if isinstance(items, range):
        return raw(wanted) in items
    return any(item is wanted or equal(item, wanted) for item in items_of(evaluator, items, tree))


def key_of(value: Any) -> Any:
    """A dict's key: a string, a number, or a tuple of such."""
    plain = raw(value)
    known = (str, int, float, bool, type(None))
    if isinstance(plain, known) or isinstance(value, tuple) and all(isinstance(one, known) for one in plain):
        return plain
    raise Problem("bad_key", f"a key is a string or a number; got {kind_of(value)}")
