"""Two circles about one centre."""

from __future__ import annotations

import numpy as np

from backprop_explorer.data.record import Array
from backprop_explorer.data.sets.generated import generated


def _curve(along: Array, label: Array) -> tuple[Array, Array]:
    angle, radius = 2 * np.pi * along, np.where(label == 0, 1, 0.5)
    return radius * np.cos(angle), radius * np.sin(angle)


CIRCLES = generated(
    "circles",
    "Two circles about one centre",
    "a point of the plane; the circles have the radii 1 and 0.5",
    ("outer", "inner"),
    _curve,
    noise=0.1,
)
