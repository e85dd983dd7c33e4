"""The loss as a function of one weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backprop_explorer.engine import Plan
from backprop_explorer.plots.record import OfAWeight, Plot, Subject, option
from backprop_explorer.plots.steepest import check_parameters, chosen_weight, weight_options
from backprop_explorer.practice import LossCurve, Weight, loss_curve
from backprop_explorer.practice.gradcheck import REACH
from backprop_explorer.wording import element, short


class SlicePlot(LossCurve):
    """The loss as a function of one weight around where it is, with the tangent that its gradient claims."""

    text: str
    options: dict[str, str]


@dataclass(frozen=True)
class AroundAWeight(OfAWeight):
    """Around which weight, and how far."""

    reach: float | None = option("so far to both sides of where it is", gt=0, le=1e6)


def loss_slice(plan: Plan, weight: Weight, reach: float | None) -> SlicePlot:
    """The loss around the weight with the tangent of its gradient, and where it is least."""
    curve = loss_curve(plan, weight, REACH if reach is None else reach)
    return {**curve, "text": _sentence(element(*weight), curve), "options": weight_options(weight)}


def _sentence(code: str, curve: LossCurve) -> str:
    if curve["kink"]:
        left, right = short(curve["left"]), short(curve["right"])
        return f"The loss has a kink at {code}: its slope is {left} to the left and {right} to the right."
    gradient, losses = curve["gradient"], curve["losses"]
    if not np.isfinite(curve["loss"]):
        return f"At {code} = {short(curve['value'])} the loss is no finite number, so it has no slope."
    told = f"At {code} = {short(curve['value'])} the loss is {short(curve['loss'])} and its slope {short(gradient)}"
    if gradient == 0:
        return f"{told}."
    best = int(np.nanargmin(losses))
    if best == len(losses) // 2:
        return f"{told}: the lowest value in view."
    way = "smaller" if gradient > 0 else "larger"
    edge = "within what is drawn the loss is least at its edge," if best in (0, len(losses) - 1) else "it is least"
    return f"{told}: a {way} {code} would lower it, and {edge} near {short(float(curve['values'][best]))}."


def _of_run(subject: Subject, options: AroundAWeight) -> SlicePlot:
    return loss_slice(subject.plan, chosen_weight(subject.plan, options), options.reach)


SLICE = Plot(
    "slice", "Loss along a weight", 5, SlicePlot, _of_run, check_parameters, AroundAWeight, shows_gradients=True
)
