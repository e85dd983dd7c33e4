"""A run as a notebook shows it: HTML with its styles inline and without scripts, legible on light and on dark paper.

Whatever comes from the document is text: names and titles are escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
SIDE = 8
"""The most rows and columns that are drawn of a matrix."""
_POSITIVE, _NEGATIVE = "27,120,55", "118,42,131"
_STRONGEST = 0.45
_CELL = "padding:1px 6px;text-align:right;border:1px solid rgba(128,128,128,.3);"
_WIDTH, _HEIGHT = 220, 48
_MOST_POINTS = 400


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


def run_html(state: Mapping[str, Any], tensors: Iterable[Shown]) -> str:
    """The run: where it stands, how the loss went, the program, the parameters with their gradients."""
    title = escape(state["title"] or "run")
    head = f"<strong>{title}</strong> · iteration {state['iteration']} · loss {_number(float(state['loss']))}"
    if optimizer := state["optimizer"]:
        head += " · " + escape(" ".join(f"{key} {value}" for key, value in optimizer.items()).removeprefix("name "))
    program = escape(state["document"]["program"])
    matrices = "".join(map(_tensor, tensors))
    return (
        '<div style="font:13px/1.45 system-ui,sans-serif">'
        f"<div>{head}</div>{_curve([float(loss) for loss in state['losses']])}"
        f'<pre style="font:12px ui-monospace,monospace;margin:6px 0">{program}</pre>'
        f'<div style="display:flex;flex-wrap:wrap;gap:12px 24px">{matrices}</div></div>'
    )


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
    shape = f"({', '.join(map(str, tensor.shape))}{',' if len(tensor.shape) == 1 else ''})"
    fields = [("value", tensor.value), ("gradient", tensor.gradient)]
    tables = "".join(_matrix(caption, array, tensor.shape) for caption, array in fields if array is not None)
    return (
        f"<div><div><code>{escape(tensor.name)}</code> {shape}</div>"
        f'<div style="display:flex;gap:12px;align-items:start">{tables}</div></div>'
    )


def _matrix(caption: str, array: Array, shape: Sequence[int]) -> str:
    """The cells, as strong in colour as they are large; dots where there are more."""
    cells = np.asarray(array, float).reshape((1, 1) if array.ndim == 0 else (-1, array.shape[-1]))
    largest = float(np.abs(cells[np.isfinite(cells)]).max(initial=0)) or 1.0
    more = len(shape) > 0 and shape[-1] > cells.shape[1]
    rows = [f"<tr>{''.join(_cell(float(x), largest) for x in row)}{_DOTS if more else ''}</tr>" for row in cells]
    if int(np.prod(shape[:-1])) > len(cells):
        rows.append(f"<tr>{_DOTS * cells.shape[1]}</tr>")
    return (
        '<table style="border-collapse:collapse;font:12px ui-monospace,monospace">'
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
