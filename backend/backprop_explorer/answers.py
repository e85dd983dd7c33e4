"""What answers are made of: the words for the TypedDicts that stand beside the code which fills them.

The API makes its response types of these TypedDicts (`api/shapes.py`), and the page its types of those. There a `float`
may be not finite and travels as a string then, and an array is nested lists. `Annotated[T, "text"]` describes a key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np


@dataclass(frozen=True)
class Axes:
    """How many axes an array of an answer has (None where any number is possible), and the type of its elements."""

    count: int | None
    element: type = float
    finite: bool = False


class Lasting(dict[str, Any]):
    """An object that is the same in every answer that it is a part of: whoever writes it keeps what was `written`."""

    written: bytes | None = None


Finite = Annotated[float, Axes(0, finite=True)]
"""A number that is always finite."""
Vector = Annotated[np.ndarray[Any, Any] | Sequence[float], Axes(1)]
Matrix = Annotated[np.ndarray[Any, Any] | Sequence[Sequence[float]], Axes(2)]
Indices = Annotated[np.ndarray[Any, Any] | Sequence[int], Axes(1, int)]
Counts = Annotated[np.ndarray[Any, Any] | Sequence[Sequence[int]], Axes(2, int)]
Tensor = Annotated[np.ndarray[Any, Any] | Sequence[Any] | float, Axes(None)]
Series = list[float | None]
"""A number for each moment, None where there was none."""
Extent = Sequence[int]
"""A shape, or an index."""
