"""Methods of lists, dicts, tuples and strings, and what a tensor says of itself: `size`, `dim`, `numel`, `item`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from backprop_explorer.graph.node import Node
from backprop_explorer.graph.number import Number
from backprop_explorer.language.bounds import check_items, check_text
from backprop_explorer.language.builtin import Call
from backprop_explorer.language.displays import mapping
from backprop_explorer.language.iteration import key_of
from backprop_explorer.language.texts import filled_in
from backprop_explorer.language.values import equal, kind_of, raw, written
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.problem import suggestion

CHANGING = frozenset(
    {"append", "extend", "insert", "pop", "remove", "clear", "reverse", "sort", "update", "setdefault", "popitem"}
)
"""Methods that change what they belong to."""


def _append(items: list[Any], call: Call) -> None:
    items.append(call.taken(1, 1)[0])
    check_items(len(items))


def _extend(items: list[Any], call: Call) -> None:
    items.extend(call.items(call.taken(1, 1)[0]))
    check_items(len(items))


def _insert(items: list[Any], call: Call) -> None:
    place, item = call.taken(2, 2)
    items.insert(call.whole(place), item)
    call.evaluator.graph.meter.work(len(items))
    check_items(len(items))


def _pop(items: list[Any], call: Call) -> Any:
    place = call.whole(call.arguments[0]) if call.taken(0, 1) else -1
    call.evaluator.graph.meter.work(len(items))
    if not -len(items) <= place < len(items):
        raise call.problem(f"has nothing at {place}: the list has {len(items)} items")
    return items.pop(place)


def _reverse(items: list[Any], call: Call) -> None:
    call.taken(0, 0)
    call.evaluator.graph.meter.work(len(items))
    items.reverse()


def _clear(items: Any, call: Call) -> None:
    call.taken(0, 0)
    items.clear()


def _copy(items: Any, call: Call) -> Any:
    call.taken(0, 0)
    call.evaluator.graph.meter.work(len(items))
    return items.copy()


def _place(items: Any, call: Call) -> Number:
    wanted = call.taken(1, 1)[0]
    for position, item in enumerate(call.items(items)):
        if item is wanted or equal(item, wanted):
            return Number.of(position)
    raise call.problem("does not find that item")


def _count(items: Any, call: Call) -> Number:
    wanted = call.taken(1, 1)[0]
    return Number.of(sum(item is wanted or equal(item, wanted) for item in call.items(items)))


def _keys(items: dict[Any, Any], call: Call) -> list[Any]:
    call.taken(0, 0)
    return call.items(items)


def _values(items: dict[Any, Any], call: Call) -> list[Any]:
    call.taken(0, 0)
    return call.items(list(items.values()))


def _pairs(items: dict[Any, Any], call: Call) -> list[Any]:
    call.taken(0, 0)
    values = call.items(list(items.values()))
    return [(written(key), value) for key, value in zip(items, values, strict=True)]


def _get(items: dict[Any, Any], call: Call) -> Any:
    key, *default = call.taken(1, 2)
    return items.get(key_of(key), *default)


def _setdefault(items: dict[Any, Any], call: Call) -> Any:
    key, *default = call.taken(1, 2)
    return items.setdefault(key_of(key), *default)


def _update(items: dict[Any, Any], call: Call) -> None:
    for given in call.arguments:
        items |= mapping(given)
    items |= call.options
    check_items(len(items), "a dict")


def _pop_key(items: dict[Any, Any], call: Call) -> Any:
    key, *default = call.taken(1, 2)
    plain = key_of(key)
    if plain not in items and not default:
        raise call.problem(f"finds no key {plain!r}", suggestion(str(plain), map(str, items)))
    return items.pop(plain, *default)


def _of_text(function: Callable[..., Any]) -> Callable[[str, Call], Any]:
    def called(text: str, call: Call) -> Any:
        arguments = [raw(one) for one in call.taken(0, 2)]
        try:
            result = function(text, *arguments)
        except (TypeError, ValueError) as error:
            raise call.problem(f"does not fit: {error}") from None
        return [*result] if isinstance(result, list) else written(result)

    return called


def _replace(text: str, call: Call) -> str:
    old, new = call.taken(2, 2)
    if not isinstance(old, str) or not isinstance(new, str):
        raise call.problem("needs two strings")
    check_text(len(text) + (len(text) + 1) * len(new))
    return text.replace(old, new)


def _join(text: str, call: Call) -> str:
    parts = call.items(call.taken(1, 1)[0])
    if not all(isinstance(part, str) for part in parts):
        raise call.problem("needs strings")
    check_text(sum(map(len, parts)) + len(text) * len(parts))
    return text.join(parts)


_LIST: Mapping[str, Callable[[Any, Call], Any]] = {
    "append": _append, "extend": _extend, "insert": _insert, "pop": _pop, "reverse": _reverse, "clear": _clear,
    "copy": _copy, "index": _place, "count": _count,
}  # fmt: skip
_DICT: Mapping[str, Callable[[Any, Call], Any]] = {
    "keys": _keys, "values": _values, "items": _pairs, "get": _get, "setdefault": _setdefault, "update": _update,
    "pop": _pop_key, "clear": _clear, "copy": _copy,
}  # fmt: skip
_TEXT: Mapping[str, Callable[[Any, Call], Any]] = {
    **{
        name: _of_text(getattr(str, name))
        for name in [
            "lower",
            "upper",
            "strip",
            "lstrip",
            "rstrip",
            "startswith",
            "endswith",
            "split",
            "isdigit",
            "title",
            "capitalize",
        ]
    },
    "format": lambda text, call: filled_in(text, call.arguments, call.options),
    "join": _join,
    "replace": _replace,
}
METHODS: Mapping[type, Mapping[str, Callable[[Any, Call], Any]]] = {
    list: _LIST,
    tuple: {"index": _place, "count": _count},
    dict: _DICT,
    str: _TEXT,
}


def method_call(receiver: Any, call: Call) -> Any:
    """The result of a method of Python's own values."""
    known = METHODS[type(receiver)]
    if call.name not in known:
        kind = kind_of(receiver).removeprefix("a ")
        raise call.evaluator.problem(
            "unknown_function",
            f"a {kind} has no method {call.name[:40]}",
            call.tree,
            suggestion(call.name, known) or f"it has {', '.join(known)}",
        )
    return known[call.name](receiver, call)


def about_tensor(tensor: Node, call: Call) -> Any:
    """What a tensor says of itself, as PyTorch's methods ask for it; NotImplemented for other methods."""
    name = call.name
    if name == "size":
        axis = [*call.arguments, *call.options.values()]
        return written(tensor.shape) if not axis else _length(tensor, call.whole(axis[0]), call)
    if name in ("dim", "ndimension"):
        call.taken(0, 0)
        return Number.of(tensor.ndim)
    if name in ("numel", "nelement"):
        call.taken(0, 0)
        return Number.of(tensor.size)
    if name in ("item", "tolist"):
        return _numbers(tensor, call)
    return NotImplemented


def _length(tensor: Node, axis: int, call: Call) -> Number:
    if not -tensor.ndim <= axis < tensor.ndim:
        raise call.problem(f"has no axis {axis}: the shape is {tensor.shape}")
    return Number.of(tensor.shape[axis])


def _numbers(tensor: Node, call: Call) -> Any:
    call.taken(0, 0)
    known = call.evaluator.numbers(tensor)
    if known is None and call.name == "item" and tensor.size == 1:
        flat = call.evaluator.graph.make(OPERATIONS["reshape"], [tensor], {"shape": ()}) if tensor.ndim else tensor
        return call.evaluator.graph.make(OPERATIONS["detach"], [flat])  # a plain number has no gradient
    if known is None:
        raise call.evaluator.problem(
            "not_in_language",
            f"{call.name}() needs numbers that are known before the program runs, and this is a tensor",
            call.tree,
            "leave it out: a tensor without axes is a number",
        )
    if call.name == "item" and known.size != 1:
        raise call.problem(f"needs one element; the shape is {tensor.shape}")
    plain = known.astype(int) if tensor.kind.name in ("open", "whole") else known
    found: Any = plain.item() if call.name == "item" else plain.tolist()
    return _listed(found)


def _listed(value: Any) -> Any:
    return [_listed(one) for one in value] if isinstance(value, list) else written(value)
