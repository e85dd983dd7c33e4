"""How much each place of an axis counts at each of as many others, for every way in which ONNX resizes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backprop_explorer.ops.record import Array

CORNERS, CROP = "align_corners", "tf_crop_and_resize"
REACH = {"linear": 1, "cubic": 2}
"""How far away the places are that count, in steps of the coarser grid."""


@dataclass(frozen=True)
class Manner:
    """What the attributes of a resize say."""

    mode: str
    place: str
    rounded: str
    curve: float
    antialias: bool
    exclude_outside: bool


def places(manner: Manner, length: int, count: int, scale: float, part: tuple[float, float]) -> Array:
    """Where each of `count` new places is on an axis of that length, of which `part` is kept: 0 to 1 for all of it."""
    new, exact = np.arange(count, dtype=float), scale * length
    if manner.place == CORNERS:
        return new * (length - 1) / (exact - 1) if exact != 1 else np.zeros(count)
    if manner.place == "asymmetric":
        return new / scale
    if manner.place == CROP:
        first, last = (one * (length - 1) for one in part)
        return first + new * (last - first) / (exact - 1) if exact != 1 else np.full(count, (first + last) / 2)
    if manner.place == "pytorch_half_pixel" and exact == 1:
        return np.full(count, -0.5)
    offset = length / 2 * (1 - count / exact) if manner.place == "half_pixel_symmetric" else 0
    return np.asarray(offset + (new + 0.5) / scale - 0.5)


def width(manner: Manner, length: int, scale: float) -> int:
    """How many columns are needed to find the weights: those of the axis, and some beyond either end."""
    return length + 4 * _margin(manner, scale)


def weights(manner: Manner, at: Array, length: int, scale: float) -> Array:
    """A row for each place, a column for each place of the axis. What is beyond an end counts as that end."""
    if manner.mode == "nearest":
        return np.asarray(_nearest(at, manner.rounded, length)[:, None] == np.arange(length), np.float64)
    margin = _margin(manner, scale)
    grid = np.arange(-2 * margin, length + 2 * margin)
    step = min(scale, 1.0) if manner.antialias else 1.0
    far = np.abs(np.clip(at, -margin, length - 1 + margin)[:, None] - grid) * step
    each = np.maximum(1 - far, 0) if manner.mode == "linear" else _cubic(far, manner.curve)
    if manner.exclude_outside:
        each *= (grid >= 0) & (grid < length)
    if manner.exclude_outside or manner.antialias:
        each /= np.where((total := each.sum(1, keepdims=True)) == 0, 1, total)
    found = each[:, 2 * margin : 2 * margin + length]
    found[:, 0] += each[:, : 2 * margin].sum(1)
    found[:, -1] += each[:, 2 * margin + length :].sum(1)
    return found


def _margin(manner: Manner, scale: float) -> int:
    step = min(scale, 1.0) if manner.antialias else 1.0
    return int(np.ceil(REACH.get(manner.mode, 0) / step)) + 1


def _nearest(at: Array, rounded: str, length: int) -> Array:
    chosen = {
        "floor": np.floor(at),
        "ceil": np.ceil(at),
        "round_prefer_floor": np.ceil(at - 0.5),
        "round_prefer_ceil": np.floor(at + 0.5),
    }[rounded]
    return np.clip(chosen, 0, length - 1)


def _cubic(far: Array, curve: float) -> Array:
    """Keys' cubic curve."""
    near = (curve + 2) * far**3 - (curve + 3) * far**2 + 1
    beyond = curve * (far**3 - 5 * far**2 + 8 * far - 4)
    return np.where(far <= 1, near, np.where(far < 2, beyond, 0))
