"""The picture of a step, and of a whole iteration, of a plan that has run."""

from __future__ import annotations

from backprop_explorer.drawing.figure import Figure
from backprop_explorer.drawing.layout import figures_of, parts_of
from backprop_explorer.drawing.matrices import MOST_CELLS
from backprop_explorer.drawing.palette import Theme
from backprop_explorer.drawing.scene import scenes, step_at
from backprop_explorer.drawing.svg import SECONDS, animated, svg_of
from backprop_explorer.engine import Plan
from backprop_explorer.problem import Problem
from backprop_explorer.wording import counted

ALL = "all"
"""In the place of a step: each of them in turn."""
MOST_STEPS = 200
ANIMATED_CELLS = 20_000
"""An animation has so many steps and cells at most."""


def step_figure(plan: Plan, step: str, theme: Theme, iteration: int | None = None) -> Figure:
    """The picture of a step, by its index or by the name of what it computes."""
    [scene] = scenes(plan, [step_at(plan.program, step)])
    return figures_of([parts_of(scene, iteration, theme)])[0]


def picture(plan: Plan, step: str, theme: Theme = "light", iteration: int | None = None) -> str:
    """The same as SVG; with `all` the whole iteration, a step a second. Raises a `Problem` for a step that is not there
    (404), and for too many (413)."""
    if step != ALL:
        return svg_of(step_figure(plan, step, theme, iteration))
    count = len(plan.program.lines)
    if count > MOST_STEPS:
        raise Problem(
            "too_many_steps",
            f"The iteration has {count:,} steps; an animation has {MOST_STEPS} at most",
            status=413,
            hint="ask for one step, such as step=0",
        )
    cells = min(MOST_CELLS, ANIMATED_CELLS // max(1, count))
    figures = figures_of([parts_of(scene, iteration, theme, cells) for scene in scenes(plan, range(count))])
    name = plan.outline().get("title") or "An iteration"
    told = "; ".join(figure.title for figure in figures[:12])
    more = f" … and {counted(count - 12, 'step')} more" if count > 12 else ""
    return animated(figures, name[:200], f"{counted(count, 'step')}, {SECONDS} second each: {told}{more}.")
