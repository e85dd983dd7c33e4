"""Response types out of the TypedDicts that the answers are filled by."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from functools import cache
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from backprop_explorer.answers import Axes

NotFinite = Literal["NaN", "Infinity", "-Infinity"]
Number = float | NotFinite
# Nested lists of numbers as deep as the tensor has axes; how deep, and whether they are ragged, no schema can say.
Numbers = Number | list[Any]
# Only the OpenAPI document needs what pydantic makes of these, so it is made then: it takes a third of the start.
_LATER = ConfigDict(defer_build=True)


def response(shape: Any) -> Any:
    """The type that pydantic describes as JSON: numbers that may be not finite, arrays as nested lists."""
    if shape is float:
        return Number
    if is_typeddict(shape):
        return _keys(shape)
    origin, arguments = get_origin(shape), get_args(shape)
    if origin is Annotated:
        return _annotated(*arguments)
    if origin in (Sequence, list, tuple) and Ellipsis in (*arguments, Ellipsis):
        return list[response(arguments[0])]  # type: ignore[misc]
    if origin in (Mapping, dict):
        return dict[arguments[0], response(arguments[1])]  # type: ignore[misc, valid-type]
    if origin in (Union, types.UnionType):
        return Union[tuple(response(argument) for argument in arguments)]  # noqa: UP007
    if origin in (NotRequired, Required):
        return origin[response(arguments[0])]
    return shape


@cache
def _keys(shape: Any) -> Any:
    hints = get_type_hints(shape, include_extras=True)
    make: Any = TypedDict  # called with a name that is not written here, which mypy would not follow
    keys = make(shape.__name__, {key: _key(hint, key in shape.__optional_keys__) for key, hint in hints.items()})
    keys.__doc__ = shape.__doc__
    keys.__pydantic_config__ = _LATER
    return keys


def _key(hint: Any, optional: bool) -> Any:
    """A key's type; one of a TypedDict with `total=False` does not say itself that it may be missing."""
    made = response(hint)
    return NotRequired[made] if optional and get_origin(hint) is not NotRequired else made


def _annotated(inner: Any, *notes: Any) -> Any:
    axes = next((note for note in notes if isinstance(note, Axes)), None)
    if axes is None:
        made: Any = response(inner)
    else:
        made = float if axes.finite else Numbers if axes.count is None else response(axes.element)
    for _ in range(axes.count or 0 if axes else 0):
        made = list[made]
    text = next((note for note in notes if isinstance(note, str)), None)
    return made if text is None else Annotated[made, Field(description=text)]
