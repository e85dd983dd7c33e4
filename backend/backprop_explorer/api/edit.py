"""What a request wants to write into a tensor."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import ValidationError

from backprop_explorer.api import problems
from backprop_explorer.api.request import check_keys, checked
from backprop_explorer.api.schemas import Cell, CellsEdit
from backprop_explorer.engine.numbers import array_of
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Edit

CHECKED_AT_ONCE = 10_000


def edit_of(tensor: str, content: dict[str, Any]) -> Edit:
    """The edit that `{"cells": …}` or `{"data": …}` stands for; a `Problem` for anything else."""
    check_keys(content, ["cells", "data"])
    if len(content) != 1:
        raise Problem("invalid_request", 'the body must have either "cells" or "data"', tensor=tensor)
    if "data" in content:
        return Edit(tensor, array_of(content["data"], tensor)[0])
    given = content["cells"]
    if not isinstance(given, list) or not given:
        checked(CellsEdit, content)
    parts = [_arrays(tensor, given, start) for start in range(0, len(given), CHECKED_AT_ONCE)]
    if len({indices.shape[1:] for _, indices in parts}) > 1:
        raise _uneven(tensor)
    values, indices = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return Edit(tensor, values, indices)


def _arrays(tensor: str, given: list[Any], start: int) -> tuple[Array, Array]:
    """The values and indices of the cells from that one on, some at a time: others get their turn in between."""
    cells = _cells(given, start)
    lengths = {len(cell.index) for cell in cells}
    if len(lengths) > 1:
        raise _uneven(tensor)
    values = np.array([float(cell.value) for cell in cells])
    try:
        return values, np.array([cell.index for cell in cells], np.int64).reshape(len(cells), *lengths)
    except OverflowError:
        raise Problem("index_outside", f"an index into {tensor} is far outside", tensor=tensor) from None


def _cells(given: list[Any], start: int) -> list[Cell]:
    try:
        return CellsEdit.model_validate({"cells": given[start : start + CHECKED_AT_ONCE]}).cells
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        _, position, *rest = first["loc"]
        raise problems.of_validation([{**first, "loc": ("cells", start + int(position), *rest)}]) from None


def _uneven(tensor: str) -> Problem:
    return Problem("invalid_request", f"the indices of {tensor} have different lengths", tensor=tensor)
