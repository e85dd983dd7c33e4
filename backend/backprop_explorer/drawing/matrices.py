"""A tensor of a picture: its heading, and its numbers in cells or, where there are many, as colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backprop_explorer.drawing.blocks import farthest
from backprop_explorer.drawing.figure import LETTER, Block, Rect, Text, text_width
from backprop_explorer.drawing.palette import Palette, tint
from backprop_explorer.drawing.printing import Column, column_of, printed, shape_text
from backprop_explorer.drawing.scene import Matrix
from backprop_explorer.ops.record import Array
from backprop_explorer.wording import counted

MOST_CELLS = 1_000
"""So many cells a picture has at most; beyond that a cell stands for a block."""
ROWS, COLUMNS, PRINTED, PRINTED_PANELS = 16, 12, 400, 16
"""Numbers are printed where no tensor of the step has more rows and columns, and all of them have no more cells and
matrices."""
PANELS = {True: 8, False: 4}
"""So many matrices are drawn of a tensor with more than two axes, where numbers are printed and where not."""
CAPTION = 22
AXIS = 15
FONT, CAPTION_FONT, SMALL = 13, 13, 12
_CELL, _NARROWEST, _BESIDE = 24, 24, 6
_SIDE, _PANEL_SIDE, _LARGEST_DOT, _LEAST = 260, 96, 14, 6
_PANEL_GAP, _PANELS_A_ROW, _PANELS_WIDE = 6, 4, 640
_LONGEST = 28


@dataclass(frozen=True)
class Size:
    """How the tensors of a picture are drawn, one like the other: with printed numbers, or so many pixels a number and
    so many cells at most for each matrix."""

    printed: bool
    dot: float
    cells: int


def size_for(matrices: Sequence[Matrix], most: int = MOST_CELLS) -> Size:
    """The size for the tensors of a picture, which has so many cells at most."""
    planes = [_planes(matrix.numbers) for matrix in matrices]
    shapes = [plane.shape for plane in planes]
    total = sum(plane.size for plane in planes)
    few = all(count <= PANELS[True] and rows <= ROWS and columns <= COLUMNS for count, rows, columns in shapes)
    sides = [(_PANEL_SIDE if count > 1 else _SIDE) / max(rows, columns, 1) for count, rows, columns in shapes]
    needed = [rows * columns for count, rows, columns in shapes for _ in range(min(count, PANELS[False]))]
    few = few and sum(count for count, _, _ in shapes) <= PRINTED_PANELS
    return Size(few and total <= min(PRINTED, most), min(_LARGEST_DOT, *sides), _share(needed, most))


def _share(needed: Sequence[int], most: int) -> int:
    """What each may have of so much in all, where those that need less leave the rest to the others."""
    left = most
    for at, need in enumerate(sorted(needed)):
        share = left // (len(needed) - at)
        if need > share:
            return max(1, share)
        left -= need
    return most


def _planes(array: Array) -> Array:
    """The matrices of a tensor, one after the other; a vector is a row."""
    if array.ndim <= 2:
        return np.atleast_2d(array)[None]
    return array.reshape(int(np.prod(array.shape[:-2])), *array.shape[-2:])


def column_together(matrices: Sequence[Matrix]) -> Column:
    """How the numbers of these are printed, which stand below each other."""
    return column_of([float(x) for matrix in matrices for x in np.ravel(matrix.numbers)[:PRINTED]])


def matrix_block(
    matrix: Matrix, size: Size, palette: Palette, together: Sequence[Matrix] = (), *, note: str = ""
) -> Block:
    """A tensor with its heading; the numbers of those `together` are printed alike."""
    planes = _planes(matrix.numbers)
    shown = planes[: PANELS[size.printed]]
    numbers = (together or [matrix]) if size.printed or matrix.numbers.size == 1 else []
    column = column_together(numbers)
    panels = [_panel(plane, matrix, size, palette, column) for plane in shown]
    body = _arranged(panels)
    block = Block(0, 0)
    left, top = _letters(block, matrix, body, palette)
    block.place(body, left, top)
    more = [note] if note else []
    if len(planes) > len(shown):
        more.append(f"{len(shown)} of {counted(len(planes), 'matrix').replace('matrixs', 'matrices')}")
    caption = _caption(block, matrix, palette, ", ".join(more), left)
    block.width, block.height = max(left + body.width, caption), top + body.height
    return block


def _caption(block: Block, matrix: Matrix, palette: Palette, note: str, left: float) -> float:
    """The name and the shape above the numbers; where they end."""
    name = cut(matrix.code, _LONGEST)
    colour = {"value": palette.value, "gradient": palette.grad, None: palette.ink}[matrix.field]
    block.marks.append(Text(left, CAPTION / 2, name, CAPTION_FONT, colour, bold=True))
    at = left + text_width(name, CAPTION_FONT) + 8
    told = " · ".join(filter(None, [shape_text(matrix.numbers.shape), note]))
    block.marks.append(Text(at, CAPTION / 2, told, SMALL, palette.soft))
    return at + text_width(told, SMALL)


def _letters(block: Block, matrix: Matrix, body: Block, palette: Palette) -> tuple[float, float]:
    """The letters of the last two axes beside the numbers; what they take at the left and, with the heading, above."""
    two = ["", *matrix.letters][-2:] if matrix.letters else ["", ""]
    left, top = (AXIS if two[0] else 0), CAPTION + (AXIS if two[1] else 0)
    if two[0]:
        block.marks.append(Text(0, top + body.height / 2, two[0], SMALL, palette.soft))
    if two[1]:
        middle = left + body.width / 2
        block.marks.append(Text(middle, CAPTION + AXIS / 2 - 1, two[1], SMALL, palette.soft, anchor="middle"))
    return left, top


def _arranged(panels: Sequence[Block]) -> Block:
    """The matrices of a tensor side by side, in rows."""
    width, height = (max((getattr(panel, side) for panel in panels), default=_LEAST) for side in ("width", "height"))
    fitting = int((_PANELS_WIDE + _PANEL_GAP) // (width + _PANEL_GAP))
    across = max(1, min(len(panels), _PANELS_A_ROW, fitting))
    down = math.ceil(len(panels) / across) or 1
    body = Block(across * (width + _PANEL_GAP) - _PANEL_GAP, down * (height + _PANEL_GAP) - _PANEL_GAP)
    for at, panel in enumerate(panels):
        body.place(panel, at % across * (width + _PANEL_GAP), at // across * (height + _PANEL_GAP))
    return body


def _panel(plane: Array, matrix: Matrix, size: Size, palette: Palette, column: Column) -> Block:
    if plane.size and (size.printed or matrix.numbers.size == 1):
        return _grid(plane, matrix, palette, column)
    return _heat(plane, matrix, size, palette)


def cell_width(letters: int) -> int:
    """What a cell with a number of so many letters takes."""
    return max(_NARROWEST, math.ceil(letters * FONT * LETTER) + _BESIDE)


def _grid(plane: Array, matrix: Matrix, palette: Palette, column: Column) -> Block:
    """A cell for each number, with the number in it; the lines between them are what is behind."""
    wide = cell_width(column.letters)
    beside = (wide - column.letters * FONT * LETTER) / 2
    rows, columns = plane.shape
    block = Block(columns * (wide + 1) + 1, rows * _CELL + 1)
    block.marks.append(Rect(0, 0, block.width, block.height, palette.line))
    for i, j in np.ndindex(rows, columns):
        number = float(plane[i, j])
        x, y = 1 + j * (wide + 1), 1 + i * _CELL
        block.marks.append(Rect(x, y, wide, _CELL - 1, tint(number, matrix.largest, palette, printed=True)))
        bad = math.isnan(number)
        ink = palette.trouble if bad else palette.soft if number == 0 else palette.ink
        text = printed(number, column.style)
        right = x + wide - beside - column.short(text) * FONT * LETTER
        block.marks.append(Text(right, y + (_CELL - 1) / 2, text, FONT, ink, bold=bad, anchor="end"))
    return block


def _heat(plane: Array, matrix: Matrix, size: Size, palette: Palette) -> Block:
    """A coloured cell for each number, or for each block of numbers; those of zero are left white."""
    rows, columns = plane.shape
    block = Block(max(_LEAST, columns * size.dot) + 2, max(_LEAST, rows * size.dot) + 2)
    block.marks.append(Rect(0, 0, block.width, block.height, palette.line))
    block.marks.append(Rect(1, 1, block.width - 2, block.height - 2, palette.mid))
    if not plane.size:
        return block
    down, across = _blocks(rows, columns, size.cells)
    few = farthest(plane, down, across)
    high, wide = (block.height - 2) / rows, (block.width - 2) / columns
    for i, j in np.ndindex(*few.shape):
        colour = tint(float(few[i, j]), matrix.largest, palette, printed=False)
        if colour != palette.mid:
            width, height = min(across, columns - j * across) * wide, min(down, rows - i * down) * high
            block.marks.append(Rect(1 + j * across * wide, 1 + i * down * high, width, height, colour))
    return block


def _blocks(rows: int, columns: int, cells: int) -> tuple[int, int]:
    """How many rows and columns a block has, as square as may be, so that there are no more cells than that."""
    side = 1
    while math.ceil(rows / min(side, rows)) * math.ceil(columns / min(side, columns)) > cells:
        side = max(side + 1, int(side * 1.1))
    return min(side, rows), min(side, columns)


def cut(text: str, most: int) -> str:
    """The text, or its beginning where it is long."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
