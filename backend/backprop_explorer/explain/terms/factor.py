"""Factors of a term: a cell, a constant, or a function of cells."""

from __future__ import annotations

from dataclasses import dataclass

from backprop_explorer.explain.terms.place import Aim
from backprop_explorer.ops.record import ATOM, Shape


@dataclass(frozen=True)
class Cell:
    """An element of a tensor that the user knows."""

    tensor: str
    field: Aim
    index: Shape
    value: float


@dataclass(frozen=True)
class Factor:
    """A piece of code with its value, the cells that it is a function of, and how tightly its code binds."""

    code: str
    value: float
    cells: tuple[Cell, ...] = ()
    precedence: int = ATOM
