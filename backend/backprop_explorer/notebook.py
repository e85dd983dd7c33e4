"""Runs and plans as a notebook shows them: HTML with its styles inline and without scripts, legible on light and on
dark paper.

Whatever comes from the document is text: names and titles are escaped, and what is long is cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from backprop_explorer.engine import Plan
from backprop_explorer.engine.numbers import norm
from backprop_explorer.wording import counted

Array = np.ndarray[Any, Any]
SIDE = 8
"""The most rows and columns that are drawn of a matrix."""
_POSITIVE, _NEGATIVE = "27,120,55", "118,42,131"
_STRONGEST = 0.45
_CELL = "padding:1px 6px;text-align:right;border:1px solid rgba(128,128,128,.3);"
_PLAIN = "padding:1px 12px 1px 0;text-align:left;"
_QUOTED_PLAIN = f'"{_PLAIN}"'
_FAINT = "opacity:.75;"
_WIDTH, _HEIGHT = 220, 48
_MOST_POINTS = 400
MOST_LINES = 40
MOST_PARAMETERS = 30
MOST_NOTES = 10
"""So many lines of a program, parameters and notes are drawn of a plan."""
MOST_COMPUTED = 5_000_000
"""Of a plan with more elements no iteration is computed for a look at it."""
MOST_LETTERS = 160
"""So many letters are drawn of a title, a line and a name, and twice as many of a note."""
_MOST_SHAPES = 3


@dataclass(frozen=True)
class Shown:
    """A parameter: its whole shape, and the first rows and columns of its numbers and of their gradient."""

    name: str
    shape: tuple[int, ...]
    value: Array
    gradient: Array | None


def window(shape: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """The part of a tensor that is drawn: the first of all leading axes, then some rows and columns."""
    leading, sides = shape[:-2], shape[-2:]
    return (*((0, 1) for _ in leading), *((0, min(side, SIDE)) for side in sides))


def run_html(state: Mapping[str, Any], tensors: Iterable[Shown], address: str) -> str:
    """The run: where it stands and is to be found, how the loss went, the program, the parameters with their
    gradients."""
    head = f"{_title(state['title'] or 'run')} · iteration {state['iteration']} · loss {_number(float(state['loss']))}"
    head += _optimizer(state["optimizer"])
    head += f' · <a href="{escape(address)}" target="_blank" rel="noopener">{escape(address)}</a>'
    lines = state["document"]["program"].splitlines()
    program = escape("\n".join(_cut(line) for line in lines[:MOST_LINES]))
    matrices = "".join(map(_tensor, tensors))
    return (
        f"{_FRAME}<div>{head}</div>{_curve([float(loss) for loss in state['losses']])}"
        f'<pre style="font:12px ui-monospace,monospace;margin:6px 0">{program}</pre>'
        f"{_more(len(lines) - MOST_LINES, 'line', 'div')}"
        f'<div style="display:flex;flex-wrap:wrap;gap:12px 24px">{matrices}</div></div>'
    )


_FRAME = '<div style="font:13px/1.45 system-ui,sans-serif">'


def _cut(text: str, most: int = MOST_LETTERS) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _title(title: str) -> str:
    return f"<strong>{escape(_cut(title))}</strong>"


def _optimizer(optimizer: Mapping[str, Any] | None) -> str:
    if not optimizer:
        return ""
    return " · " + escape(" ".join(f"{key} {value}" for key, value in optimizer.items()).removeprefix("name "))


def plan_html(plan: Plan, notes: Sequence[str] = ()) -> str:
    """The plan: its loss, its program with the shapes of what each line assigns, its parameters with the range of their
    numbers and the size of their gradients, and notes. The numbers are those of an iteration from where the plan
    stands, computed on a copy: the plan's own stay as they are."""
    outline = plan.outline()
    ran = _ran(plan)
    head = _title(outline.get("title") or "plan")
    head += "" if ran is None else f" · loss {_number(ran.loss)}"
    head += _optimizer(outline.get("optimizer"))
    told = "".join(f"<div>{escape(_cut(note, 2 * MOST_LETTERS))}</div>" for note in notes[:MOST_NOTES])
    return (
        f"{_FRAME}<div>{head}</div>{_program(plan)}{_parameters(plan, ran)}"
        f"{told}{_more(len(notes) - MOST_NOTES, 'note', 'div')}</div>"
    )


def _ran(plan: Plan) -> Plan | None:
    """A copy that has run; None where that would be much work."""
    if plan.elements > MOST_COMPUTED:
        return None
    copy = Plan(plan.program, plan.document)
    copy.restore(plan.snapshot())
    with np.errstate(all="ignore"):
        copy.run()
    return copy


def _program(plan: Plan) -> str:
    """The lines, each with the shapes of the tensors that it assigns."""
    shapes: dict[int, list[str]] = {}
    for info in plan.tensors.values():
        if info.line is not None and info.named:
            known = shapes.setdefault(info.line, [])
            if (shape := _shape(info.shape)) not in known:
                known.append(shape)
    lines = plan.program.text.splitlines()
    rows = [
        f'<tr><td style="{_PLAIN}white-space:pre">{escape(_cut(line))}</td>'
        f'<td style="{_PLAIN}{_FAINT}">{_shapes(shapes.get(number, []))}</td></tr>'
        for number, line in enumerate(lines[:MOST_LINES], 1)
    ]
    return _table("program", "".join(rows), len(lines) - MOST_LINES, "line", 2)


def _shapes(shapes: Sequence[str]) -> str:
    more = "" if len(shapes) <= _MOST_SHAPES else " …"
    return ", ".join(shapes[:_MOST_SHAPES]) + more


def _parameters(plan: Plan, ran: Plan | None) -> str:
    names = [name for name, info in plan.tensors.items() if info.role == "parameter"]
    titles = "".join(
        f'<th scope="col" style="{_PLAIN}{_FAINT}font-weight:normal">{title}</th>'
        for title in ("parameter", "shape", "values", "norm of the gradient")
    )
    rows = "".join(_parameter(name, plan, ran) for name in names[:MOST_PARAMETERS])
    total = sum(int(np.prod(plan.tensors[name].shape)) for name in names)
    caption = f"{counted(len(names), 'parameter')}, {counted(total, 'number')}"
    return _table(caption, f"<tr>{titles}</tr>{rows}", len(names) - MOST_PARAMETERS, "parameter", 4)


def _parameter(name: str, plan: Plan, ran: Plan | None) -> str:
    gradient = f"{name}.g"
    length = "" if ran is None or gradient not in ran else _number(norm(ran[gradient]))
    cells = [
        f"<code>{escape(_cut(name))}</code>",
        _shape(plan.tensors[name].shape),
        _range(plan[name]),
        length,
    ]
    return f"<tr>{''.join(f'<td style={_QUOTED_PLAIN}>{cell}</td>' for cell in cells)}</tr>"


def _range(array: Array) -> str:
    """The smallest and the largest number, and how many are not finite."""
    finite = array[np.isfinite(array)]
    odd = array.size - finite.size
    told = f"{odd:,} not finite" if odd else ""
    if not finite.size:
        return told
    low, high = float(finite.min()), float(finite.max())
    ends = _number(low) if low == high else f"{_number(low)} … {_number(high)}"
    return f"{ends}, {told}" if told else ends


def _table(caption: str, rows: str, more: int, noun: str, columns: int) -> str:
    last = _more(more, noun, "td", f' colspan="{columns}"')
    return (
        '<table style="border-collapse:collapse;color:inherit;font:12px ui-monospace,monospace;margin:6px 0">'
        f'<caption style="text-align:left;opacity:.75">{caption}</caption>'
        f"<tbody>{rows}{f'<tr>{last}</tr>' if last else ''}</tbody></table>"
    )


def _more(count: int, noun: str, tag: str, attributes: str = "") -> str:
    """How many more there are than are drawn."""
    if count <= 0:
        return ""
    return f'<{tag}{attributes} style="{_PLAIN}{_FAINT}">… and {count:,} more {noun}{"" if count == 1 else "s"}</{tag}>'


def _curve(losses: Sequence[float]) -> str:
    """The loss over the iterations; where it is no number, the line has a gap."""
    finite = [loss for loss in losses if np.isfinite(loss)]
    if len(finite) < 2:
        return ""
    low, span = min(finite), (max(finite) - min(finite)) or 1.0
    kept = np.unique(np.linspace(0, len(losses) - 1, min(len(losses), _MOST_POINTS)).round().astype(int))
    pieces, broken = [], True
    for at in map(int, kept):
        if np.isfinite(losses[at]):
            x, y = at / (len(losses) - 1) * _WIDTH, (1 - (losses[at] - low) / span) * (_HEIGHT - 4) + 2
            pieces.append(f"{'M' if broken else 'L'}{x:.1f} {y:.1f}")
        broken = not np.isfinite(losses[at])
    label = f"the loss over {len(losses) - 1} iterations, from {_number(losses[0])} to {_number(losses[-1])}"
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="{label}" style="display:block;margin:4px 0">'
        f'<path d="{"".join(pieces)}" fill="none" stroke="currentColor" stroke-width="1.5"></path></svg>'
    )


def _tensor(tensor: Shown) -> str:
    fields = [("value", tensor.value), ("gradient", tensor.gradient)]
    tables = "".join(_matrix(caption, array, tensor.shape) for caption, array in fields if array is not None)
    return (
        f"<div><div><code>{escape(_cut(tensor.name))}</code> {_shape(tensor.shape)}</div>"
        f'<div style="display:flex;gap:12px;align-items:start">{tables}</div></div>'
    )


def _shape(shape: Sequence[int]) -> str:
    return str(tuple(shape))


def _matrix(caption: str, array: Array, shape: Sequence[int]) -> str:
    """The cells, as strong in colour as they are large; dots where there are more."""
    cells = np.asarray(array, float).reshape((1, 1) if array.ndim == 0 else (-1, array.shape[-1]))
    largest = float(np.abs(cells[np.isfinite(cells)]).max(initial=0)) or 1.0
    more = len(shape) > 0 and shape[-1] > cells.shape[1]
    rows = [f"<tr>{''.join(_cell(float(x), largest) for x in row)}{_DOTS if more else ''}</tr>" for row in cells]
    if int(np.prod(shape[:-1])) > len(cells):
        rows.append(f"<tr>{_DOTS * cells.shape[1]}</tr>")
    return (
        '<table style="border-collapse:collapse;color:inherit;font:12px ui-monospace,monospace">'
        f'<caption style="text-align:left;opacity:.75">{caption}</caption><tbody>{"".join(rows)}</tbody></table>'
    )


_DOTS = '<td style="padding:1px 6px;text-align:center;opacity:.75">…</td>'


def _cell(number: float, largest: float) -> str:
    strength = min(abs(number) / largest, 1) * _STRONGEST if np.isfinite(number) else 0
    colour = _POSITIVE if number > 0 else _NEGATIVE
    return f'<td style="{_CELL}background:rgba({colour},{strength:.2f});color:inherit">{_number(number)}</td>'


def _number(number: float) -> str:
    """Four digits, the minus sign as it is printed."""
    return f"{number:.4g}".replace("-", "−")
