"""A tensor as a picture of few numbers: each stands for a block of the tensor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypedDict

import numpy as np

from backprop_explorer.answers import Extent, Tensor
from backprop_explorer.drawing.blocks import farthest
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.problem import Problem


class Overview(TypedDict):
    """A tensor's last two axes as a picture: each number is the one of a block that is farthest from 0, with its sign;
    NaN where there is one in the block. Blocks at the end may be smaller."""

    shape: Extent
    lead: Annotated[Extent, "the position on the axes before the last two"]
    block: Annotated[Extent, "rows and columns of a block"]
    value: Tensor


def overview(array: Array, lead: Sequence[int], rows: int, columns: int) -> Overview:
    """The picture with so many rows and columns at most; a tensor of one axis is a row. `lead` counts from the first
    axis on, and is 0 where it says nothing.

    Raises a `Problem` for a position that is not there.
    """
    at = _position(lead, array.shape)
    plane = np.atleast_2d(array[at])
    down, across = (-(-length // most) or 1 for length, most in zip(plane.shape, (rows, columns), strict=True))
    return {
        "shape": list(array.shape),
        "lead": list(at),
        "block": [down, across],
        "value": farthest(plane, down, across),
    }


def _position(lead: Sequence[int], shape: Shape) -> Shape:
    axes = shape[:-2]
    if len(lead) > len(axes) or any(at >= length for at, length in zip(lead, axes, strict=False)):
        raise Problem(
            "bad_index",
            f"A tensor of shape {shape} has the axes {axes} before its last two; got the position {tuple(lead)}",
            hint="leave lead out, or give a whole number for each of these axes",
        )
    return (*lead, *(0,) * (len(axes) - len(lead)))
