"""Three spirals that wind about one centre."""

from __future__ import annotations

import numpy as np

from backprop_explorer.data.record import Array
from backprop_explorer.data.sets.generated import generated

ARMS = ("first arm", "second arm", "third arm")


def _curve(along: Array, label: Array) -> tuple[Array, Array]:
    """Radius and angle grow together; the arms lie a third of a circle apart. Three, so that nobody mistakes the
    axis of the classes for that of the two features."""
    radius = 0.1 + 0.9 * along
    angle = 2 * np.pi * (label / len(ARMS) + 0.8 * along)
    return radius * np.cos(angle), radius * np.sin(angle)


SPIRALS = generated(
    "spirals",
    "Three spirals about one centre",
    "a point of the plane; the spirals reach out to the radius 1",
    ARMS,
    _curve,
    noise=0.04,
)
