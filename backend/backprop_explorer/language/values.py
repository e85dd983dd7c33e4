"""Values of the language, and how they turn into Python's own and back. Their `repr` is how a message names them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backprop_explorer.graph.node import Node
from backprop_explorer.graph.number import Number
from backprop_explorer.language.bounds import Count
from backprop_explorer.language.scope import Class, Function, Instance
from backprop_explorer.problem import Problem


@dataclass(frozen=True, eq=False)
class Known:
    """A function of the language as a value, as it was written: `torch.relu`, `len`, `xs.append`."""

    written: ast.expr
    text: str
    receiver: Any = None

    def __repr__(self) -> str:
        return f"the function {self.text}"


@dataclass(frozen=True)
class Word:
    """Something that has a name and nothing to calculate with: a type of numbers, a device."""

    text: str

    def __repr__(self) -> str:
        return self.text


class Generator:
    """A generator of random numbers, such as `np.random.default_rng(0)`."""

    def __repr__(self) -> str:
        return "a generator of random numbers"


@dataclass(frozen=True)
class Dtype:
    """A type of numbers, such as `np.float64`: `float`, `whole` or `bool`. The document says how exact floats are."""

    kind: str

    @property
    def text(self) -> str:
        """The type that Python has for such numbers, which both libraries take."""
        return {"whole": "int"}.get(self.kind, self.kind)

    def __repr__(self) -> str:
        return f"the type {self.text}"


TYPES: Mapping[str, Dtype] = {
    **dict.fromkeys(("float", "double", "half", "float16", "float32", "float64", "bfloat16"), Dtype("float")),
    **dict.fromkeys(("int", "long", "short", "int8", "int16", "int32", "int64", "uint8"), Dtype("whole")),
    **dict.fromkeys(("bool", "bool_"), Dtype("bool")),
}
"""The types of numbers by the names that the libraries have for them."""


class Fields(tuple[Any, ...]):
    """Several results of one call, which also have names: `torch.max(x, 1).values`."""

    names: tuple[str, ...]

    def __new__(cls, fields: dict[str, Any]) -> Fields:
        """The values in their order."""
        made = super().__new__(cls, fields.values())
        made.names = tuple(fields)
        return made


@dataclass(eq=False)
class Once:
    """What a loop can go through one time: of zip, enumerate, a generator."""

    items: Iterator[Any]
    what: str

    def __repr__(self) -> str:
        return self.what


@dataclass(frozen=True, eq=False)
class Masked:
    """`x[mask]` where only the numbers tell how many elements that are: `tensor` has the shape of x, and means
    something only where the mask holds."""

    tensor: Node
    mask: Node

    def __repr__(self) -> str:
        return f"{self.tensor} where {self.mask}"


def raw(value: Any) -> Any:
    """A value without its text: what parameters and static functions take."""
    kind = type(value)
    if kind is Number:
        return value.value
    return _bare(value, Count(), 0) if kind in (tuple, list, slice, range) else value


def _bare(value: Any, count: Count, depth: int) -> Any:
    if isinstance(value, Number):
        return value.value
    if isinstance(value, (tuple, list)) and not isinstance(value, Fields):
        count(value, depth)
        return tuple([_bare(item, count, depth + 1) for item in value])
    if isinstance(value, slice):
        return slice(raw(value.start), raw(value.stop), raw(value.step))
    if isinstance(value, range):
        count(value, depth)
        return tuple(value)
    return value


def written(value: Any) -> Any:
    """A Python value as the language's own: numbers get their text."""
    if type(value) is Node or type(value) is Number:
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Number.of(value)
    plain = isinstance(value, tuple) and not isinstance(value, Fields)
    return tuple(written(item) for item in value) if plain else value


def fixed(value: Any) -> Any:
    """A value as the library's functions take it: lists as tuples, also those in others."""
    return _fixed(value, Count(), 0) if isinstance(value, (tuple, list, range)) else value


def _fixed(value: Any, count: Count, depth: int) -> Any:
    if isinstance(value, (tuple, list, range)):
        count(value, depth)
        return tuple([_fixed(item, count, depth + 1) for item in value])
    return written(value) if isinstance(value, int) else value


def nodes_in(value: Any) -> Iterator[Node]:
    """The tensors in a value, in their order."""
    count = Count()
    stack = [(value, 0)]
    while stack:
        one, depth = stack.pop()
        if isinstance(one, Node):
            yield one
        elif isinstance(one, Masked):
            yield one.tensor
        elif isinstance(one, (tuple, list, dict)):
            count(one, depth)
            items = list(one.values()) if isinstance(one, dict) else one
            stack.extend((item, depth + 1) for item in reversed(items))


def equal(left: Any, right: Any) -> bool:
    """Python's == of what is known without running. Raises a `Problem` where tensors would have to be compared."""
    return _equal(left, right, Count(), 0)


def _equal(left: Any, right: Any, count: Count, depth: int) -> bool:
    if isinstance(left, Node) or isinstance(right, Node):
        if left is right:
            return True
        raise Problem(
            "needs_numbers",
            "== of lists that hold tensors depends on the tensors' numbers",
            hint="compare their shapes, or the tensors themselves one by one",
        )
    if isinstance(left, dict) and isinstance(right, dict):
        count(left, depth)
        return left.keys() == right.keys() and all(
            _equal(value, right[key], count, depth + 1) for key, value in left.items()
        )
    if isinstance(left, (tuple, list)) and type(left) is type(right):
        count(left, depth)
        pairs = zip(left, right, strict=False)
        return len(left) == len(right) and all(_equal(a, b, count, depth + 1) for a, b in pairs)
    return bool(raw(left) == raw(right))


def kind_of(value: Any) -> str:
    """What a value is, in words for an error."""
    names: dict[type, str] = {
        str: "a string",
        tuple: "a tuple",
        list: "a list",
        dict: "a dict",
        range: "a range",
        slice: "a slice",
        type(None): "None",
        type(Ellipsis): "...",
        bool: "a truth value",
        Number: "a number",
        Node: "a tensor",
        Function: "a function",
        Known: "a function",
        Masked: "what a mask chose",
        Dtype: "a type of numbers",
        Fields: "a tuple",
        Class: "a class",
        Generator: "a generator of random numbers",
    }
    if isinstance(value, Instance):
        return f"an object of the class {value.of.name[:40]}"
    if isinstance(value, Once):
        return value.what
    return value.text if isinstance(value, Word) else names.get(type(value), "something else")
