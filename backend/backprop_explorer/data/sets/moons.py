"""Two half circles that reach into each other."""

from __future__ import annotations

import numpy as np

from backprop_explorer.data.record import Array
from backprop_explorer.data.sets.generated import generated


def _curve(along: Array, label: Array) -> tuple[Array, Array]:
    angle = np.pi * along
    upper = label == 0
    return np.where(upper, np.cos(angle), 1 - np.cos(angle)), np.where(upper, np.sin(angle), 0.5 - np.sin(angle))


MOONS = generated(
    "moons",
    "Two moons: two interleaving half-circles",
    "a point of the plane; the moons have the radius 1",
    ("upper", "lower"),
    _curve,
    noise=0.1,
)
