"""Values of the language, and how they turn into Python's own and back."""

from __future__ import annotations

from typing import Any

from backprop_explorer.graph.number import Number


def raw(value: Any) -> Any:
    """A value without its text: what parameters and static functions take."""
    if isinstance(value, Number):
        return value.value
    if isinstance(value, tuple):
        return tuple(raw(item) for item in value)
    if isinstance(value, slice):
        return slice(raw(value.start), raw(value.stop), raw(value.step))
    return value


def written(value: Any) -> Any:
    """A Python value as the language's own: numbers get their text."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Number.of(value)
    return tuple(written(item) for item in value) if isinstance(value, tuple) else value


def kind_of(value: Any) -> str:
    """What a value is, in words for an error."""
    names: dict[type, str] = {
        str: "a string",
        tuple: "a tuple",
        slice: "a slice",
        type(None): "None",
        type(Ellipsis): "...",
        bool: "a truth value",
        Number: "a number",
    }
    return names.get(type(value), "something else")
