"""The loss as a function of one weight."""

from __future__ import annotations

from typing import Any

import numpy as np

from backprop_explorer.engine import Plan
from backprop_explorer.practice import Weight, loss_curve
from backprop_explorer.practice.gradcheck import REACH
from backprop_explorer.wording import element, short


def loss_slice(plan: Plan, weight: Weight, reach: float | None) -> dict[str, Any]:
    """The loss around the weight with the tangent of its gradient, and where it is least."""
    curve = loss_curve(plan, weight, REACH if reach is None else reach)
    return {**curve, "text": _sentence(element(*weight), curve)}


def _sentence(code: str, curve: dict[str, Any]) -> str:
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
        return f"{told}: of what is drawn it is least here."
    way = "smaller" if gradient > 0 else "larger"
    edge = "within what is drawn the loss is least at its edge," if best in (0, len(losses) - 1) else "it is least"
    return f"{told}: a {way} {code} would lower it, and {edge} near {short(float(curve['values'][best]))}."
