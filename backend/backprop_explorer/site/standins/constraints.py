"""Whether a value is of a plain type and within its bounds, and the words for what is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

BOUNDS = ("ge", "le", "gt", "lt", "min_length", "max_length")
_WHOLE = re.compile(r"\s*[-+]?\d+(?:_\d+)*(?:\.0*)?\s*")


class Mistake(NamedTuple):
    """What does not fit: a word for it, its place and a sentence."""

    type: str
    loc: tuple[str | int, ...]
    msg: str


_NUMBERS: dict[str, tuple[Callable[[Any, Any], bool], str, str]] = {
    "ge": (lambda one, bound: one >= bound, "greater_than_equal", "greater than or equal to"),
    "le": (lambda one, bound: one <= bound, "less_than_equal", "less than or equal to"),
    "gt": (lambda one, bound: one > bound, "greater_than", "greater than"),
    "lt": (lambda one, bound: one < bound, "less_than", "less than"),
}
_KINDS: dict[Any, tuple[str, str]] = {
    str: ("string_type", "string"),
    bool: ("bool_type", "boolean"),
    int: ("int_type", "integer"),
    float: ("float_type", "number"),
    list: ("list_type", "list"),
    dict: ("dict_type", "dictionary"),
}


def broken(
    kind: Any, arguments: tuple[Any, ...], value: Any, strict: bool, bounds: Mapping[str, Any]
) -> tuple[Any, Mistake | None]:
    """The value as that type has it, and what is wrong with it, None where nothing is."""
    if kind is Literal:
        return value, None if _is_one_of(value, arguments) else _other(arguments)
    if not strict and isinstance(value, str) and kind in (int, float):
        value, mistake = _number_in(kind, value)
        if mistake is not None:
            return value, mistake
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind in (int, float) and isinstance(value, bool)):
        code, name = _KINDS[kind]
        return value, Mistake(code, (), f"Input should be a valid {name}")
    return value, _beyond(value, bounds)


def _is_one_of(value: Any, wanted: tuple[Any, ...]) -> bool:
    return any(type(value) is type(one) and value == one for one in wanted)


def _other(wanted: tuple[Any, ...]) -> Mistake:
    *most, last = map(repr, wanted)
    listed = f"{', '.join(most)} or {last}" if most else last
    return Mistake("literal_error", (), f"Input should be {listed}")


def _number_in(kind: Any, text: str) -> tuple[Any, Mistake | None]:
    if kind is int:
        if _WHOLE.fullmatch(text):
            return int(text.partition(".")[0]), None
        message = "Input should be a valid integer, unable to parse string as an integer"
        return text, Mistake("int_parsing", (), message)
    try:
        return float(text), None
    except ValueError:
        message = "Input should be a valid number, unable to parse string as a number"
        return text, Mistake("float_parsing", (), message)


def _beyond(value: Any, bounds: Mapping[str, Any]) -> Mistake | None:
    for name, bound in bounds.items():
        if name in _NUMBERS:
            within, code, words = _NUMBERS[name]
            if not within(value, bound):
                return Mistake(code, (), f"Input should be {words} {bound}")
        elif name == "min_length" and len(value) < bound:
            return _length(value, "short", "at least", bound)
        elif name == "max_length" and len(value) > bound:
            return _length(value, "long", "at most", bound)
    return None


def _length(value: Any, code: str, words: str, bound: int) -> Mistake:
    many = "" if bound == 1 else "s"
    if isinstance(value, str):
        return Mistake(f"string_too_{code}", (), f"String should have {words} {bound} character{many}")
    name = "Dictionary" if isinstance(value, dict) else "List"
    message = f"{name} should have {words} {bound} item{many} after validation, not {len(value)}"
    return Mistake(f"too_{code}", (), message)
