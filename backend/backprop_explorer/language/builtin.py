"""Python's own functions, and those of math, on what is known without running."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from typing import Any

from backprop_explorer.graph.node import Node
from backprop_explorer.graph.number import Number
from backprop_explorer.language.iteration import items_of, key_of, length_of, row_of
from backprop_explorer.language.operators import operate, truth
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.scope import Function, Scope
from backprop_explorer.language.texts import text_of
from backprop_explorer.language.values import Known, Masked, Once, Word, kind_of, raw, written
from backprop_explorer.problem import Problem

Options = dict[str, Any]


class Call:
    """One call of a function of Python's: its arguments, and where it stands."""

    def __init__(
        self, evaluator: Reader, name: str, arguments: list[Any], options: Options, tree: ast.AST, scope: Scope
    ) -> None:
        self.evaluator, self.name, self.arguments = evaluator, name, arguments
        self.options, self.tree, self.scope = options, tree, scope

    def problem(self, detail: str, hint: str | None = None) -> Problem:
        """A `Problem` of the call."""
        return self.evaluator.problem("bad_call", f"{self.name} {detail}", self.tree, hint)

    def taken(self, least: int, most: int) -> list[Any]:
        """The arguments by position, if their number fits and there are no others."""
        if self.options or not least <= len(self.arguments) <= most:
            number = f"{least}" if least == most else f"{least} to {most}"
            raise self.problem(f"takes {number} arguments; got {len(self.arguments) + len(self.options)}")
        return self.arguments

    def items(self, value: Any) -> list[Any]:
        """All items of a value."""
        return list(items_of(self.evaluator, value, self.tree))

    def whole(self, value: Any) -> int:
        """A whole number that is known."""
        plain = raw(value)
        if not isinstance(plain, int):
            raise self.problem(f"needs whole numbers that are known before the program runs; got {kind_of(value)}")
        return plain

    def number(self, value: Any) -> int | float:
        """A number that is known: of the program, or a tensor of constants alone."""
        if isinstance(value, Node):
            known = self.evaluator.numbers(value)
            if known is not None and known.size == 1:
                found: int | float = known.item()
                return int(found) if value.kind.name in ("open", "whole") else found
        if isinstance(value, (Number, bool)):
            plain: int | float = raw(value)
            return plain
        raise self.problem(
            f"needs a number that is known before the program runs; got {kind_of(value)}",
            "a tensor's numbers are known only when the program runs" if isinstance(value, (Node, Masked)) else None,
        )

    def call(self, function: Any, *arguments: Any) -> Any:
        """The result of a function that was given as an argument."""
        return self.evaluator.apply(function, list(arguments), {}, self.tree, self.scope)


def _range(call: Call) -> range:
    if not 1 <= len(call.arguments) <= 3 or call.options:
        raise call.evaluator.problem(
            "bad_loop", "range needs one to three whole numbers that are known before the program runs", call.tree
        )
    bounds = [raw(one) for one in call.arguments]
    if not all(isinstance(one, int) for one in bounds):
        raise call.evaluator.problem(
            "bad_loop", "range needs one to three whole numbers that are known before the program runs", call.tree
        )
    if len(bounds) == 3 and bounds[2] == 0:
        raise call.evaluator.problem("bad_loop", "range needs a step other than 0", call.tree)
    return range(*bounds)


def _enumerate(call: Call) -> Once:
    start = call.options.pop("start", Number(0, "0"))
    items, *rest = call.taken(1, 2)
    first = call.whole(rest[0] if rest else start)
    pairs = enumerate(items_of(call.evaluator, items, call.tree), first)
    return Once(((Number.of(i), item) for i, item in pairs), "an enumerate")


def _zip(call: Call) -> Once:
    strict = bool(raw(call.options.pop("strict", False)))
    parts = [items_of(call.evaluator, one, call.tree) for one in call.taken(0, len(call.arguments))]

    def pairs() -> Any:
        try:
            yield from zip(*parts, strict=strict)
        except ValueError as error:
            raise call.problem(f"needs items of one length: {error}") from None

    return Once(pairs(), "a zip")


def _map(call: Call) -> Once:
    function, *parts = call.taken(2, max(2, len(call.arguments)))
    items = [items_of(call.evaluator, one, call.tree) for one in parts]
    return Once((call.call(function, *one) for one in zip(*items, strict=False)), "a map")


def _filter(call: Call) -> Once:
    function, items = call.taken(2, 2)

    def holds(item: Any) -> bool:
        value = item if function is None else call.call(function, item)
        return truth(call.evaluator, value, call.tree, "filter")

    return Once(filter(holds, items_of(call.evaluator, items, call.tree)), "a filter")


def _reversed(call: Call) -> Once:
    items = call.taken(1, 1)[0]
    if isinstance(items, Node) and items.ndim:
        rows = range(items.shape[0] - 1, -1, -1)
        return Once((row_of(call.evaluator, items, i) for i in rows), "a reversed")
    if not isinstance(items, (list, tuple, range, str, dict)):
        raise call.problem(f"needs a list; got {kind_of(items)}")
    return Once(reversed(call.items(items)), "a reversed")


def _sum(call: Call) -> Any:
    if not call.arguments or not isinstance(call.arguments[0], (list, tuple, range, dict, Once)):
        return NotImplemented
    start = call.options.pop("start", Number(0, "0"))
    items, *rest = call.taken(1, 2)
    total = rest[0] if rest else start
    listed = call.items(items)
    if isinstance(total, Number) and total.value == 0 and len(listed) > 1 and any(map(_is_tensor, listed[:2])):
        total = listed.pop(0)  # 0 and what follows are the same as that alone
    for item in listed:
        total = operate(call.evaluator, ast.Add, total, item, call.tree)
    return total


def _is_tensor(value: Any) -> bool:
    return isinstance(value, (Node, Masked))


def _extreme(call: Call) -> Any:
    """max and min of what is known; of tensors they are the library's."""
    arguments = call.arguments
    first = arguments[0] if arguments else None
    if _is_tensor(first) and len(arguments) < 2 or not arguments:
        return NotImplemented
    if _is_tensor(first) and not any(map(_is_tensor, arguments[1:])) and _unknown(call, first):
        return NotImplemented  # max(x, 1): of an axis
    key, default = call.options.pop("key", None), call.options.pop("default", None)
    items = call.items(arguments[0]) if len(arguments) == 1 else list(call.taken(1, len(arguments)))
    if call.options or not items:
        if not items and default is not None:
            return default
        raise call.problem("needs at least one item" if not items else f"has no option {min(call.options)}")
    values = [item if key is None else call.call(key, item) for item in items]
    if any(_is_tensor(value) for value in values):
        if any(_unknown(call, value) for value in values):
            hint = "maximum(a, b)" if call.name == "max" else "minimum(a, b)"
            raise call.problem("of several tensors depends on their numbers", f"write {hint}, element by element")
        values = [Number.of(call.number(value)) for value in values]
    best = 0
    for position, value in enumerate(values):
        if _less(call, values[best], value) if call.name == "max" else _less(call, value, values[best]):
            best = position
    return items[best]


def _unknown(call: Call, value: Any) -> bool:
    return isinstance(value, Masked) or isinstance(value, Node) and call.evaluator.numbers(value) is None


def _less(call: Call, one: Any, other: Any) -> bool:
    try:
        return bool(raw(one) < raw(other))
    except TypeError:
        raise call.problem(f"cannot order {kind_of(one)} and {kind_of(other)}") from None


def _sorted(call: Call) -> list[Any]:
    key, reverse = call.options.pop("key", None), bool(raw(call.options.pop("reverse", False)))
    items = call.items(call.taken(1, 1)[0])
    keys = [raw(item if key is None else call.call(key, item)) for item in items]
    call.evaluator.graph.meter.work(len(items))
    try:
        order = sorted(range(len(items)), key=keys.__getitem__, reverse=reverse)
    except TypeError:
        raise call.problem("needs items that have an order, numbers or strings") from None
    return [items[i] for i in order]


def _static_number(function: Callable[..., Any]) -> Callable[[Call], Any]:
    """A function of numbers, which for tensors is the library's."""

    def called(call: Call) -> Any:
        if not call.arguments or not isinstance(call.arguments[0], (Number, bool)):
            return NotImplemented
        return calculated(call, function)

    return called


def calculated(call: Call, function: Callable[..., Any]) -> Any:
    values = [raw(one) for one in call.arguments]
    try:
        result = function(*values, **{key: raw(one) for key, one in call.options.items()})
    except (ValueError, ArithmeticError, TypeError, OverflowError) as error:
        raise call.problem(f"cannot take {', '.join(map(str, values))[:40]}: {error}") from None
    if isinstance(result, float) and not math.isfinite(result) and all(map(math.isfinite, values)):
        raise Problem("not_finite", f"{call.name} of {values[0]} is not a finite real number")
    return Number.of(result) if isinstance(result, (int, float)) and not isinstance(result, bool) else written(result)


def _float(call: Call) -> Any:
    if len(call.arguments) != 1 or call.options:
        raise call.problem(f"takes 1 argument; got {len(call.arguments) + len(call.options)}")
    value = call.arguments[0]
    if isinstance(value, str):
        name = value.strip().lower().lstrip("+")
        sign, word = ("-", name[1:]) if name.startswith("-") else ("", name)
        if word in ("inf", "infinity", "nan"):
            number = Number(math.nan if word == "nan" else math.inf, f"np.{word[:3]}")
            return Number(-number.value, f"-{number.text}", 6) if sign else number
        return calculated(call, float)
    if isinstance(value, Node) and call.evaluator.numbers(value) is None:
        return NotImplemented
    return Number.of(float(call.number(value)))


def _int(call: Call) -> Any:
    value = call.taken(1, 1)[0]
    if isinstance(value, str) and len(value) <= 20:
        return calculated(call, int)
    number = call.number(value)
    if not math.isfinite(number):
        raise call.problem(f"cannot take {number}")
    return Number.of(int(number))


def _bool(call: Call) -> bool:
    return truth(call.evaluator, call.taken(1, 1)[0], call.tree, "bool")


def _list(call: Call) -> list[Any]:
    return call.items(call.arguments[0]) if call.taken(0, 1) else []


def _tuple(call: Call) -> tuple[Any, ...]:
    return tuple(call.items(call.arguments[0])) if call.taken(0, 1) else ()


def _dict(call: Call) -> dict[Any, Any]:
    result: dict[Any, Any] = {}
    if call.arguments:
        given = call.arguments[0]
        pairs = given.items() if isinstance(given, dict) else map(call.items, call.items(given))
        for pair in pairs:
            if len(pair) != 2:
                raise call.problem("needs pairs of a key and a value")
            key, value = pair
            result[key if isinstance(given, dict) else key_of(key)] = value
    return result | call.options


def _any(call: Call) -> Any:
    test = all if call.name == "all" else any
    value = call.arguments[0] if call.arguments else None
    if _is_tensor(value):
        return NotImplemented
    items = items_of(call.evaluator, call.taken(1, 1)[0], call.tree)
    return test(truth(call.evaluator, item, call.tree, call.name) for item in items)


_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "int": lambda value: isinstance(raw(value), int),
    "float": lambda value: isinstance(raw(value), float),
    "bool": lambda value: isinstance(value, bool),
    "str": lambda value: isinstance(value, str),
    "list": lambda value: isinstance(value, list),
    "tuple": lambda value: isinstance(value, tuple),
    "dict": lambda value: isinstance(value, dict),
    "Tensor": lambda value: isinstance(value, Node),
    "ndarray": lambda value: isinstance(value, Node),
}


def _isinstance(call: Call) -> bool:
    value, kinds = call.taken(2, 2)
    for kind in kinds if isinstance(kinds, tuple) else (kinds,):
        name = kind.text.rpartition(".")[2] if isinstance(kind, (Known, Word)) else ""
        if name not in _TYPES:
            raise call.problem(f"knows {', '.join(_TYPES)}; got {name or kind_of(kind)}")
        if _TYPES[name](value):
            return True
    return False


def _callable(call: Call) -> bool:
    return isinstance(call.taken(1, 1)[0], (Function, Known))


def _len(call: Call) -> Number:
    return Number.of(length_of(call.evaluator, call.taken(1, 1)[0], call.tree))


def _divmod(call: Call) -> tuple[Any, ...]:
    left, right = call.taken(2, 2)
    return tuple(operate(call.evaluator, sign, left, right, call.tree) for sign in (ast.FloorDiv, ast.Mod))


PYTHONS: Mapping[str, Callable[[Call], Any]] = {
    "len": _len, "range": _range, "enumerate": _enumerate, "zip": _zip, "map": _map, "filter": _filter,
    "reversed": _reversed, "sorted": _sorted, "sum": _sum, "max": _extreme, "min": _extreme, "any": _any, "all": _any,
    "abs": _static_number(abs), "round": _static_number(round), "pow": _static_number(pow), "float": _float,
    "int": _int, "bool": _bool, "str": lambda call: text_of(call.taken(1, 1)[0]), "list": _list, "tuple": _tuple,
    "dict": _dict, "isinstance": _isinstance, "callable": _callable, "divmod": _divmod,
}  # fmt: skip
"""By name; a function answers NotImplemented where the library's of that name is meant."""
