"""Where everything stands in the picture of a step.

A product is Falk's scheme, a sum shows its axis collapsing, anything else its code with the tensors in the place of
their names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backprop_explorer.drawing.figure import Block, Figure, Text, text_width
from backprop_explorer.drawing.matrices import AXIS, CAPTION, MOST_CELLS, SMALL, Size, cut, matrix_block, size_for
from backprop_explorer.drawing.palette import PALETTES, Palette, Theme
from backprop_explorer.drawing.printing import shape_text
from backprop_explorer.drawing.scene import Matrix, Scene
from backprop_explorer.wording import MINUS

_WIDEST = 900
_GAP, _MARGIN, _HEAD, _FOOT = 24, 16, 44, 32
_EQUATION, _SIGN, _BETWEEN = 16, 16, 12
_LONGEST_CODE, _LONGEST_SIGN, _LONGEST_TITLE = 84, 40, 200
_AFTER = "after the update"
_MINUS = re.compile(r"-(?!>)")
_TIMES = re.compile(r"(?<!\*)\*(?!\*)")


@dataclass(frozen=True)
class Parts:
    """A picture before it has a size: its head, what it shows, its foot, and what a reader hears."""

    head: Block
    body: Block
    foot: Block
    palette: Palette
    title: str
    description: str

    @property
    def width(self) -> int:
        """What it takes."""
        return round(max(self.body.width, self.head.width, self.foot.width) + 2 * _MARGIN)

    @property
    def height(self) -> int:
        """The same."""
        return round(_HEAD + self.body.height + _FOOT + _MARGIN)


def parts_of(scene: Scene, iteration: int | None, theme: Theme, most: int = MOST_CELLS) -> Parts:
    """The parts of the picture of a step, with so many cells at most."""
    palette = PALETTES[theme]
    return Parts(
        _head(scene, palette),
        _body(scene, size_for([*scene.operands, scene.result], most), palette),
        _foot(scene, iteration, palette),
        palette,
        cut(f"{scene.output} = {scene.code}", _LONGEST_TITLE),
        _description(scene, iteration),
    )


def figures_of(pictures: Sequence[Parts]) -> list[Figure]:
    """Pictures of one size, whose heads and feet stand at the same place."""
    width, height = max(one.width for one in pictures), max(one.height for one in pictures)
    return [_figure(one, width, height) for one in pictures]


def _figure(parts: Parts, width: int, height: int) -> Figure:
    whole = Block(width, height)
    whole.place(parts.head, _MARGIN, 0)
    whole.place(parts.body, (width - parts.body.width) / 2, _HEAD)
    whole.place(parts.foot, _MARGIN, height - _FOOT)
    return Figure(width, height, parts.palette.panel, parts.title, parts.description, whole.marks)


def _description(scene: Scene, iteration: int | None) -> str:
    told = [f"{cut(one.code, _LONGEST_SIGN)} {shape_text(one.numbers.shape)}" for one in scene.operands]
    result = f"{scene.output} {shape_text(scene.result.numbers.shape)}"
    more = f" and {scene.more} more" if scene.more else ""
    source = f" from {', '.join(told)}{more}" if told else ""
    return f"{_place(scene, iteration)}: {result}{source}."


def _place(scene: Scene, iteration: int | None) -> str:
    when = "" if iteration is None else f" · iteration {iteration}"
    return f"Step {scene.index + 1} of {scene.count} · {scene.phase}{when}"


def _head(scene: Scene, palette: Palette) -> Block:
    """The code in the colours of what its names are, and its shapes."""
    pieces = [(scene.output, palette.grad if scene.made == "gradient" else palette.value), (" = ", palette.ink)]
    colours = {"value": palette.value, "next": palette.value, "gradient": palette.grad}
    pieces += [(token["text"], colours[token["field"]] if "tensor" in token else palette.ink) for token in scene.tokens]
    block, at = Block(0, _HEAD), 0
    for text, colour in pieces:
        part = cut(text, max(1, _LONGEST_CODE - at)) if at + len(text) > _LONGEST_CODE else text
        x = text_width("n" * at, _EQUATION)
        block.marks.append(Text(x, _HEAD / 2, part, _EQUATION, colour, bold=True))
        at += len(part)
        if part != text:
            break
    block.width = text_width("n" * at, _EQUATION)
    return block


def _foot(scene: Scene, iteration: int | None, palette: Palette) -> Block:
    text = _place(scene, iteration)
    return Block(text_width(text, SMALL), _FOOT, [Text(0, _FOOT / 2, text, SMALL, palette.soft)])


def _body(scene: Scene, size: Size, palette: Palette) -> Block:
    if scene.kind == "product" and len(scene.operands) == 2:
        return _falk(scene, size, palette)
    if scene.kind == "reduction" and len(scene.operands) == 1 and scene.operands[0].numbers.ndim <= 2 and scene.gone:
        return _collapse(scene, size, palette)
    return _inline(scene, size, palette)


def _result(scene: Scene, size: Size, palette: Palette, together: Sequence[Matrix] = ()) -> Block:
    note = _AFTER if scene.phase == "update" else ""
    return matrix_block(scene.result, size, palette, together, note=note)


def _falk(scene: Scene, size: Size, palette: Palette) -> Block:
    """The left operand at the left, the right one above, and the product where they meet."""
    together = [scene.operands[1], scene.result]
    left = matrix_block(scene.operands[0], size, palette)
    above, meet = matrix_block(scene.operands[1], size, palette, together), _result(scene, size, palette, together)
    x, y = left.width + _GAP, above.height + 8
    block = Block(x + max(above.width, meet.width), y + max(left.height, meet.height))
    block.place(above, x, 0)
    block.place(left, 0, y)
    block.place(meet, x, y)
    return block


def _collapse(scene: Scene, size: Size, palette: Palette) -> Block:
    """The operand, and the result below it where its rows are summed, else beside it."""
    [operand] = scene.operands
    together = [operand, scene.result]
    before, after = matrix_block(operand, size, palette, together), _result(scene, size, palette, together)
    shape = operand.numbers.shape
    over = " and ".join(f"axis {axis} ({shape[axis]})" for axis in scene.gone)
    if len(shape) == 2 and list(scene.gone) == [0]:
        told = Text(AXIS, before.height + 15, f"↓ over {over}", SMALL, palette.soft)
        block = Block(max(before.width, after.width, AXIS + text_width(told.text, SMALL)), 0, [told])
        block.place(before, 0, 0)
        shift = AXIS if operand.letters and not ["", *scene.result.letters][-2:][0] else 0
        block.place(after, shift, before.height + 30)
        block.height = before.height + 30 + after.height
        block.width = max(block.width, shift + after.width)
        return block
    arrow = f"→ over {over}"
    x = before.width + _GAP
    wide = text_width(arrow, SMALL)
    block = Block(x + wide + _GAP + after.width, max(before.height, after.height))
    block.place(before, 0, 0)
    block.marks.append(Text(x, block.height / 2, arrow, SMALL, palette.soft))
    block.place(after, x + wide + _GAP, (block.height - after.height) / 2)
    return block


def _inline(scene: Scene, size: Size, palette: Palette) -> Block:
    """The tensors in the place of their names, in as many lines as need be."""
    count = len(scene.operands)
    cuts = scene.between if scene.between is not None else ["", *[","] * (count - 1), ""] if count else [""]
    parts: list[tuple[str, Block]] = [
        (cuts[at], matrix_block(operand, size, palette)) for at, operand in enumerate(scene.operands)
    ]
    tail = f", … and {scene.more} more" if scene.more else cuts[-1] if scene.between is not None else ""
    parts.append((f"{tail} =" if count else "", _result(scene, size, palette)))
    lines: list[list[Block]] = [[]]
    for text, tensor in parts:
        pair = [one for one in (_sign(text, palette), tensor) if one is not None]
        if lines[-1] and sum(one.width + _BETWEEN for one in (*lines[-1], *pair)) - _BETWEEN > _WIDEST:
            lines.append([])
        lines[-1] += pair
    block = Block(0, 0)
    for line in lines:
        _place_line(block, line)
    return block


def _place_line(block: Block, line: Sequence[Block]) -> None:
    """A line below the ones before, each part in its middle."""
    top = block.height + (_BETWEEN if block.height else 0)
    height = max(one.height for one in line)
    x = 0.0
    for one in line:
        block.place(one, x, top + (height - one.height) / 2)
        x += one.width + _BETWEEN
    block.width, block.height = max(block.width, x - _BETWEEN), top + height


def _sign(text: str, palette: Palette) -> Block | None:
    """A piece of code between two tensors, at the height of their numbers' middle."""
    told = cut(_TIMES.sub("×", _MINUS.sub(MINUS, text.strip())), _LONGEST_SIGN)
    if not told:
        return None
    height = CAPTION + 24.0
    return Block(text_width(told, _SIGN), height, [Text(0, CAPTION + 12, told, _SIGN, palette.ink)])
