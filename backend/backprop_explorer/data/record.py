"""The record of a data set: everything about one, in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Field:
    """One array of a data set: the shape of a sample and what its numbers are.

    `views` are other shapes in which a sample can be read, such as the rows and columns of an image that is kept as one
    row of numbers. `whole` marks labels.
    """

    shape: Shape
    summary: str
    whole: bool = False
    views: tuple[Shape, ...] = ()


@dataclass(frozen=True)
class Choice:
    """A number that a generated data set depends on: its default and its range."""

    default: float
    least: float
    most: float
    summary: str
    whole: bool = False


@dataclass(frozen=True)
class Dataset:
    """A data set: its fields as arrays whose axis 0 is the sample, its size and classes, and where it comes from.

    `load(**options)` makes all fields; the same options give the same numbers, and any first samples hold all classes
    about equally often.
    """

    name: str
    title: str
    count: int
    fields: Mapping[str, Field]
    classes: tuple[str, ...]
    source: str
    licence: str
    load: Callable[..., dict[str, Array]]
    options: Mapping[str, Choice] = field(default_factory=dict)
