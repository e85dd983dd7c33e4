"""Pictures made larger or smaller, in PyTorch's words where ONNX means the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from backprop_explorer.importing.onnx.values import Call, Operator, are_whole, number

LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}
"""PyTorch's names by the number of axes of places."""
CORNERS = "align_corners"
HALF = ("half_pixel", "pytorch_half_pixel")
PLAIN = {"antialias": 0, "exclude_outside": 0, "extrapolation_value": 0.0, "keep_aspect_ratio_policy": "stretch"}
"""Attributes that the language knows this value of only."""


def _resize(call: Call) -> str:
    rank = len(call.shape()) - 2
    if rank not in LINEAR or any(call.option(name, usual) != usual for name, usual in PLAIN.items()):
        raise call.refuse("resizes other axes than those of places, or in a way that the language does not know")
    before, by_lengths = call.shape(), call.has(3)
    if by_lengths:
        after: list[float] = _of_all_axes(call, call.whole(3), before)
        scales = [one / length for one, length in zip(after, before, strict=True)]
    else:
        scales = _of_all_axes(call, call.known(2).tolist(), [1] * len(before))
        after = [one * length for one, length in zip(scales, before, strict=True)]
    if scales[:2] != [1, 1] or min(scales) <= 0:
        raise call.refuse("resizes the axes of samples or channels, too, or to nothing")
    given = f"size={tuple(after[2:])}" if by_lengths else _factors(scales)
    return f"F.interpolate({call[0]}, {given}, {_mode(call, scales[2:], after[2:])})"


def _of_all_axes(call: Call, given: Sequence[float], usual: Sequence[float]) -> list[float]:
    """What is given for some axes, and what is usual for the others."""
    axes = call.option("axes", [*range(len(usual))], are_whole)
    if len(axes) != len(given) or any(not -len(usual) <= axis < len(usual) for axis in axes):
        raise call.refuse(f"has {len(given)} lengths or scales for {len(axes)} axes")
    every = [*usual]
    for axis, one in zip(axes, given, strict=True):
        every[axis] = one
    return every


def _factors(scales: Sequence[float]) -> str:
    factors = ", ".join(number(one if one != int(one) else int(one), np.float32) for one in scales[2:])
    return f"scale_factor=({factors},)"


def _mode(call: Call, scales: Sequence[float], after: Sequence[float]) -> str:
    """PyTorch's options for what the attributes say. Whole factors make several of them the same; lengths that are no
    whole numbers, or 1, make some of them different from PyTorch's."""
    rank, whole = len(scales), all(one == int(one) for one in scales)
    mode = call.option("mode", "nearest")
    place = call.option("coordinate_transformation_mode", HALF[0])
    rounded = call.option("nearest_mode", "round_prefer_floor")
    if mode == "nearest" and (
        place == "asymmetric" and rounded == "floor"
        or whole and place in HALF and rounded.startswith("round_prefer")
    ):  # fmt: skip
        return 'mode="nearest"'
    if mode == "nearest" and place == HALF[0] and rounded == "round_prefer_ceil":
        return 'mode="nearest-exact"'
    cubic = mode == "cubic" and rank == 2 and abs(call.option("cubic_coeff_a", -0.75) + 0.75) < 1e-6
    same = {
        HALF[0]: True,
        HALF[1]: all(length >= 2 or scale == 1 for length, scale in zip(after, scales, strict=True)),
        CORNERS: all(length == int(length) for length in after),
    }
    if (mode == "linear" or cubic) and same.get(place):
        return f'mode="{"bicubic" if cubic else LINEAR[rank]}", align_corners={place == CORNERS}'
    raise call.refuse(
        f"finds its places by {mode[:40]}, {place[:40]} and {rounded[:40]}, which the language does not know"
    )


def _upsample(call: Call) -> str:
    """The older operator, whose places are always the ones below."""
    scales = call.known(1).tolist() if call.has(1) else list(call.option("scales", [1.0]))
    if call.option("mode", "nearest") != "nearest" or len(scales) != len(call.shape()) or scales[:2] != [1, 1]:
        raise call.refuse("is of a mode, or has scales, that the language does not know")
    return f'F.interpolate({call[0]}, {_factors(scales)}, mode="nearest")'


OPERATORS: Mapping[str, Operator] = {"Resize": _resize, "Upsample": _upsample}
