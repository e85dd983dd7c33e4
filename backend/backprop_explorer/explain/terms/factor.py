"""Factors of a term: a cell, a constant, or a function of cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from backprop_explorer.engine.program import Aim
from backprop_explorer.graph.code import Code, separated
from backprop_explorer.graph.node import Node
from backprop_explorer.ops.record import ATOM, Shape


@dataclass(frozen=True)
class Cell:
    """An element of a tensor that the user knows."""

    tensor: str
    field: Aim
    index: Shape
    value: float


@dataclass(frozen=True)
class At:
    """A place along an axis, as it stands in an index."""

    position: int


@dataclass(frozen=True)
class Factor:
    """A piece of code with its value, the cells that it is a function of, and how tightly its code binds. The code
    knows where its cells and indices stand. `place` is the node and the index whose number it is, if it is one's."""

    code: str
    value: float
    cells: tuple[Cell, ...] = ()
    precedence: int = ATOM
    place: tuple[Node, Shape] | None = field(default=None, compare=False)


def index_codes(index: Sequence[int]) -> list[Code]:
    """Indices as code that knows them."""
    return [_index_code(position) for position in index]


@lru_cache(maxsize=1024)
def _index_code(position: int) -> Code:
    return Code([str(position)], At(position))


def indexed(code: str, index: Sequence[int], of: Cell | None = None) -> Code:
    """An element's code, `w1[0, 2]`; a tensor without axes is its own."""
    return Code([code, "[", *separated(index_codes(index)), "]"] if index else [code], of)


Kind = TypeVar("Kind")


def pieces(code: str, kind: type[Kind]) -> Iterator[tuple[str, Kind | None]]:
    """Code cut at what stands for something of a kind: text with that, or with None."""
    stack = [code]
    while stack:
        piece = stack.pop()
        if not isinstance(piece, Code):
            yield piece, None
        elif isinstance(piece.of, kind):
            yield str(piece), piece.of
        else:
            stack.extend(reversed(piece.pieces))
