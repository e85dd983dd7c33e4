"""Pictures made larger or smaller: in PyTorch's words where ONNX means the same, else by a matrix for each axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from backprop_explorer.importing.onnx.resampling import CORNERS, CROP, Manner, places, weights, width
from backprop_explorer.importing.onnx.values import Call, Operator, are_whole, number
from backprop_explorer.ops.record import Shape

LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}
"""PyTorch's names by the number of axes of places."""
HALF = ("half_pixel", "pytorch_half_pixel")
PLACES = (*HALF, "asymmetric", CORNERS, CROP, "half_pixel_symmetric")
ROUNDED = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
KEPT = {"not_larger": min, "not_smaller": max}
"""How the proportions are kept: by the smallest scale, or by the largest."""


def _resize(call: Call) -> str:
    before, by_lengths = call.shape(), call.has(3)
    if by_lengths:
        after, scales = _by_lengths(call, before)
    else:
        scales = _of_all_axes(call, call.known(2).tolist(), [1] * len(before))
        after = [int(one * length + 1e-6) for one, length in zip(scales, before, strict=True)]
    if min(scales) <= 0 or min(after) < 1:
        raise call.refuse("resizes an axis to nothing")
    manner = Manner(
        call.option("mode", "nearest", ("nearest", "linear", "cubic").__contains__),
        call.option("coordinate_transformation_mode", HALF[0], PLACES.__contains__),
        call.option("nearest_mode", ROUNDED[0], ROUNDED.__contains__),
        call.option("cubic_coeff_a", -0.75),
        bool(call.option("antialias", 0)),
        bool(call.option("exclude_outside", 0)),
    )
    mode = _mode(manner, scales[2:], before) if scales[:2] == [1, 1] else None
    if mode is None or "keep_aspect_ratio_policy" in call.operation.options:
        return _by_matrices(call, manner, scales, after)
    given = f"size={tuple(after[2:])}" if by_lengths else _factors(scales)
    return f"F.interpolate({call[0]}, {given}, {mode})"


def _by_lengths(call: Call, before: Shape) -> tuple[list[int], list[float]]:
    """The lengths that are asked for, or those that keep the proportions, and the scales that lead there."""
    after = [int(one) for one in _of_all_axes(call, call.whole(3), before)]
    scales = [one / length for one, length in zip(after, before, strict=True)]
    policy = call.option("keep_aspect_ratio_policy", "stretch", ("stretch", *KEPT).__contains__)
    if policy in KEPT:
        axes = {axis % len(before) for axis in call.option("axes", [*range(len(before))], are_whole)}
        scale = KEPT[policy](scales[axis] for axis in axes)
        scales = [scale if axis in axes else 1.0 for axis in range(len(before))]
        after = [int(scale * length + 0.5) if at in axes else length for at, length in enumerate(before)]
    return after, scales


def _by_matrices(call: Call, manner: Manner, scales: Sequence[float], after: Sequence[int]) -> str:
    """Each axis multiplied by a matrix of weights, which is an input and stays."""
    text, shape = call[0], call.shape()
    parts = _parts(call, manner)
    for axis, (length, count, scale, part) in enumerate(zip(shape, after, scales, parts, strict=True)):
        if count == length and abs(scale - 1) < 1e-9 and part == (0.0, 1.0):
            continue
        call.writer.check_shape((count, width(manner, length, scale)))
        at = places(manner, length, count, scale, part)
        if manner.place == CROP and ((at < 0) | (at > length - 1)).any():
            raise call.refuse("cuts out more than there is (extrapolation_value), which the language does not know")
        matrix = call.writer.parameter(f"resize_axis_{axis}", weights(manner, at, length, scale), fixed=True).name
        x = text if text == call[0] else call.write("resized", text)
        text = _multiplied(x, matrix, axis, len(shape))
    return text


def _multiplied(x: str, matrix: str, axis: int, rank: int) -> str:
    if axis == rank - 1 and rank > 1:
        return f"{x} @ {matrix}.T"
    if axis == rank - 2:
        return f"{matrix} @ {x}"
    letters = "abcdefgh"[:rank]
    return f'einsum("{letters},z{letters[axis]}->{letters.replace(letters[axis], "z")}", {x}, {matrix})'


def _parts(call: Call, manner: Manner) -> list[tuple[float, float]]:
    """Of each axis the part that is kept, from 0 to 1."""
    rank = len(call.shape())
    if manner.place != CROP:
        return [(0.0, 1.0)] * rank
    given = call.known(1).astype(float).tolist()
    firsts = _of_all_axes(call, given[: len(given) // 2], [0.0] * rank)
    lasts = _of_all_axes(call, given[len(given) // 2 :], [1.0] * rank)
    return list(zip(firsts, lasts, strict=True))


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


def _mode(manner: Manner, scales: Sequence[float], before: Shape) -> str | None:
    """PyTorch's options for what the attributes say, None where it has none. Whole factors make several of them the
    same; lengths that are no whole numbers, or 1, make some of them different from PyTorch's."""
    rank, whole = len(scales), all(one == int(one) for one in scales)
    exact = [one * length for one, length in zip(scales, before[2:], strict=True)]
    mode, place, rounded = manner.mode, manner.place, manner.rounded
    if rank not in LINEAR or manner.antialias or manner.exclude_outside:
        return None
    if mode == "nearest" and (
        (place == "asymmetric" and rounded == "floor")
        or (whole and (rounded == ROUNDED[0] and place in HALF or rounded == "floor" and place == "asymmetric"))
    ):
        return 'mode="nearest"'
    if mode == "nearest" and place == HALF[0] and rounded == "round_prefer_ceil":
        return 'mode="nearest-exact"'
    cubic = mode == "cubic" and rank == 2 and abs(manner.curve + 0.75) < 1e-6
    same = {
        HALF[0]: True,
        HALF[1]: all(length >= 2 or scale == 1 for length, scale in zip(exact, scales, strict=True)),
        CORNERS: all(length == int(length) for length in exact),
    }
    if (mode == "linear" or cubic) and same.get(place):
        return f'mode="{"bicubic" if cubic else LINEAR[rank]}", align_corners={place == CORNERS}'
    return None


def _upsample(call: Call) -> str:
    """The older operator, whose places are always the ones below."""
    scales = call.known(1).tolist() if call.has(1) else list(call.option("scales", [1.0]))
    if call.option("mode", "nearest") != "nearest" or len(scales) != len(call.shape()) or scales[:2] != [1, 1]:
        raise call.refuse("is of a mode, or has scales, that the language does not know")
    return f'F.interpolate({call[0]}, {_factors(scales)}, mode="nearest")'


OPERATORS: Mapping[str, Operator] = {"Resize": _resize, "Upsample": _upsample}
