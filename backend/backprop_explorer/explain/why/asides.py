"""Questions that the numbers at hand raise: whether weights are constant, why data has a gradient, what a step of the
optimizer does, and how much of a gradient gets through."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backprop_explorer.engine.batch_axes import batch_axes
from backprop_explorer.engine.listing import Line
from backprop_explorer.engine.plan import Plan
from backprop_explorer.explain.why.chain import Link
from backprop_explorer.explain.why.families import Paragraph, paragraph
from backprop_explorer.explain.why.indexform import IndexForm
from backprop_explorer.graph.node import Node
from backprop_explorer.library.optimizers import OPTIMIZERS
from backprop_explorer.ops.record import Array
from backprop_explorer.wording import counted, element, listed, short

ROUNDING = 1e-14
"""Numbers smaller than the largest of their tensor by this factor are what rounding leaves of a 0."""
NAMED = 3
"""More elements are not named one by one."""


def of_tensor(plan: Plan, tensor: Node) -> list[Paragraph]:
    """What one asks about the gradient of a weight, and of data."""
    name = str(tensor.name)
    if name in plan.program.parameters:
        return [_constant(name)]
    return [_data(plan, name)] if name in plan.program.inputs else []


def _constant(name: str) -> Paragraph:
    return paragraph(
        "constant",
        "Aren't the weights constant?",
        f"Within one iteration they are: forward and backward pass use the same numbers of `{name}`. Its gradient says "
        "what would happen if one of them were different: how much the loss would change per unit of change, with "
        "everything else as it is. Only the update changes them, for the next iteration.",
    )


def _data(plan: Plan, name: str) -> Paragraph:
    updated = "" if plan.optimizer is None else " No update uses it."
    return paragraph(
        "data",
        f"Why is there a gradient of `{name}`, which is data?",
        f"The chain rule does not know what is trained. `{name}.g` says how the loss would change if the data were "
        f"different.{updated} If `{name}` were the result of an earlier layer, this is exactly what that layer would "
        "get back: so gradients travel from layer to layer.",
    )


def added_axis(line: Line) -> list[Paragraph]:
    """What an index with `None` is for."""
    if not any(index in line.code for index in ("[None]", "[None, ", ", None]", ", None, ")):
        return []
    return [
        paragraph(
            "added_axis",
            "What does `None` in an index do?",
            "It adds an axis of length 1 there, so that the axes line up; the numbers stay the same. The result has "
            f"the shape {line.node.shape}.",
        )
    ]


def of_step(plan: Plan, line: Line) -> list[Paragraph]:
    """What one asks about the update of a parameter: the minus, the learning rate, and the optimizer's own idea."""
    chosen = plan.optimizer
    name = line.output
    if chosen is None or name not in plan.program.parameters:
        return []
    record = OPTIMIZERS[chosen["name"]]
    rate = chosen.get("lr", record.options["lr"])
    written = f"{rate:g}" if isinstance(rate, (int, float)) else f"`{rate}`"
    told = [
        paragraph(
            "minus",
            "Why minus?",
            f"`{name}.g` points to where the loss rises: a positive slope means that a larger weight gives a larger "
            "loss. So the step goes the other way, and the loss falls, as long as the step is short enough for the "
            "slope to stay about the same.",
        ),
        paragraph(
            "rate",
            "What does the learning rate do?",
            f"It sets the length of the step. Here it is {written}. {_step_size(plan, line)}If it is too small, "
            "training takes long; if it is too large, the step overshoots and the loss can rise.",
        ),
        *_farthest(plan),
        _constant(name),
    ]
    if record.why:
        told.insert(2, paragraph("optimizer", f"What is the idea of {record.title}?", record.why))
    return told


def _step_size(plan: Plan, line: Line) -> str:
    """How far the weight that moves most moves."""
    found = _largest_change(plan, line)
    if found is None:
        return ""
    place, change = found
    leaf = plan.program.forward.leaves[line.output]
    slope = plan.array(plan.program.backward.gradient[leaf])[place]
    return f"`{element(line.output, place)}` has the slope {short(float(slope))} and changes by {short(change)}. "


def _largest_change(plan: Plan, line: Line) -> tuple[tuple[int, ...], float] | None:
    """Where an update changes a parameter most, and by how much; None where nothing changes, or not finitely."""
    plan.propose()
    leaf = plan.program.forward.leaves[line.output]
    change = np.asarray(plan.array(line.node) - plan.array(leaf))
    if leaf not in plan.program.backward.gradient or not np.isfinite(change).all() or not change.any():
        return None
    place = np.unravel_index(int(np.argmax(np.abs(change))), change.shape)
    return tuple(int(i) for i in place), float(change[place])


def _farthest(plan: Plan) -> list[Paragraph]:
    """Of all weights the one that this update moves most."""
    lines = [line for line in plan.program.lines if line.phase == "update" and line.output in plan.program.parameters]
    changes = [(line.output, found) for line in lines if (found := _largest_change(plan, line)) is not None]
    if len(changes) < 2:
        return []
    most = max(abs(change) for _, (_, change) in changes)
    first = [element(name, place) for name, (place, change) in changes if abs(change) >= most * (1 - ROUNDING)]
    cells = listed([f"`{one}`" for one in first])
    one = len(first) == 1
    text = f"{cells} {'moves' if one else 'move'} farthest, by {short(most)}{'' if one else ' each'}."
    others = listed([f"`{element(name, place)}` by {short(abs(change))}" for name, (place, change) in changes])
    return [paragraph("farthest", "Which weight moves most?", f"{text} In each tensor the farthest is {others}.")]


def of_passage(plan: Plan, form: IndexForm, link: Link) -> list[Paragraph]:
    """How much of the gradient an elementwise function lets through, which units it blocks, and what is rounding."""
    user = link.user
    if user.operation.family != "elementwise" or len(user.operands) != 1 or not user.ndim:
        return []
    x = plan.array(link.tensor)
    incoming = np.broadcast_to(plan.array(link.contribution.incoming), user.shape)
    passed = np.broadcast_to(plan.array(link.contribution.value), link.tensor.shape)
    if incoming.shape != passed.shape or not (np.isfinite(incoming).all() and np.isfinite(passed).all()):
        return []
    told = [_through(form, link, incoming, passed)] if incoming.any() else []
    if user.operation.kink is not None:
        told += [*_dead(plan, form, link, x), *of_rounding(form, link.tensor, x, str(user.operation.name))]
    return told


def _through(form: IndexForm, link: Link, incoming: Array, passed: Array) -> Paragraph:
    before, after = float(np.linalg.norm(incoming)), float(np.linalg.norm(passed))
    text = f"The incoming gradient has the length {short(before)}; what is passed back has {short(after)}."
    lost = np.argwhere((passed == 0) & (incoming != 0))
    if len(lost):
        cells = [f"`{element(f'{form.name(link.tensor)}.g', [int(i) for i in at])}`" for at in lost[:NAMED]]
        more = f" and {len(lost) - NAMED:,} more" if len(lost) > NAMED else ""
        text += (
            f" {counted(len(lost), 'number')} that came in different from 0 went out as 0: "
            f"{', '.join(cells)}{more}. So nothing before them learns from these."
        )
    elif after < before / 4:
        text += " Each such function shrinks it further: through many of them it vanishes."
    return paragraph("through", "How much of the gradient gets through?", text)


def _dead(plan: Plan, form: IndexForm, link: Link, x: Array) -> list[Paragraph]:
    """Units for which nothing gets through, whatever the sample."""
    axis = batch_axes(plan.program).get(link.tensor)
    slope = plan.array(link.user)
    if axis is None or x.ndim != 2 or x.shape[axis] < 2:
        return []
    dead = np.flatnonzero((slope == 0).all(axis))
    if not dead.size:
        return []
    name = form.name(link.tensor)
    units = listed([str(int(unit)) for unit in dead])
    highest = float(np.take(x, dead, 1 - axis).max())
    one = dead.size == 1
    return [
        paragraph(
            "dead",
            f"Why {'is unit' if one else 'are units'} {units} dead?",
            f"`{name}` is at most {short(highest)} there for all {x.shape[axis]:,} samples, so "
            f"{'its' if one else 'their'} result is 0 and nothing comes back: the weights before get the gradient 0 "
            "and no longer change. Mostly a step that was too long pushed them there, often that of the bias. A "
            "smaller learning rate prevents it; Plots, under Activations, says since which iteration.",
        )
    ]


def of_rounding(form: IndexForm, tensor: Node, x: Array, function: str) -> list[Paragraph]:
    """Numbers at a kink that would be 0 on paper: rounding decides on which side they are."""
    largest = float(np.max(np.abs(x), initial=0.0))
    near = np.argwhere((x != 0) & (np.abs(x) < ROUNDING * largest)) if np.isfinite(largest) else np.zeros((0, x.ndim))
    if not len(near):
        return []
    cells = [[int(i) for i in at] for at in near[:NAMED]]
    named = [f"`{element(form.name(tensor), at)}` is {short(float(x[tuple(at)]))}" for at in cells]
    return [
        paragraph(
            "rounding",
            f"Why is `{element(form.name(tensor), cells[0])}` {short(float(x[tuple(cells[0])]))} and not 0?",
            f"That is rounding: {_and(named)}, and 0 on paper. A computer cannot hold numbers such as 1/6 exactly, so "
            f"differences that should cancel leave about 1e{chr(8722)}16. {function} has its kink at 0: on paper "
            "nothing comes back there, here rounding decides. So some gradients differ from those by hand.",
        )
    ]


def _and(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
