"""Values of the language, and how they turn into Python's own and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backprop_explorer.graph.number import Number


@dataclass(frozen=True)
class Dtype:
    """A type of numbers, such as `np.float64`: `float`, `whole` or `bool`. The document says how exact floats are."""

    kind: str

    @property
    def text(self) -> str:
        """The type that Python has for such numbers, which both libraries take."""
        return {"whole": "int"}.get(self.kind, self.kind)


class Fields(tuple[Any, ...]):
    """Several results of one call, which also have names: `torch.max(x, 1).values`."""

    names: tuple[str, ...]

    def __new__(cls, fields: dict[str, Any]) -> Fields:
        """The values in their order."""
        made = super().__new__(cls, fields.values())
        made.names = tuple(fields)
        return made


def raw(value: Any) -> Any:
    """A value without its text: what parameters and static functions take."""
    if isinstance(value, Number):
        return value.value
    if isinstance(value, tuple) and not isinstance(value, Fields):
        return tuple(raw(item) for item in value)
    if isinstance(value, slice):
        return slice(raw(value.start), raw(value.stop), raw(value.step))
    return value


def written(value: Any) -> Any:
    """A Python value as the language's own: numbers get their text."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Number.of(value)
    plain = isinstance(value, tuple) and not isinstance(value, Fields)
    return tuple(written(item) for item in value) if plain else value


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
        Dtype: "a type of numbers",
        Fields: "a tuple",
    }
    return names.get(type(value), "something else")
