"""Pieces of definitions that pick elements along an axis; only other definitions call them."""

from __future__ import annotations

from backprop_explorer.library.record import Composite

SWAPPED = Composite(
    text="""
def with_last(x, axis):
    return transpose(x, exchanged(x.ndim, axis)) if x.ndim > 1 else x
""",
    summary="The tensor with an axis and the last one in each other's place.",
    formula="y = transpose(x)",
    internal=True,
)
SQUEEZED = Composite(
    text="""
def without_axis(x, axis):
    return squeeze(x, axis) if x.ndim else x
""",
    summary="The tensor without an axis of length 1.",
    formula="y = squeeze(x, axis)",
    internal=True,
)
PICKED = Composite(
    text="""
def taken_at(x, at, axis, keepdims):
    y = take_along_axis(x, at, axis) if x.ndim else x
    return y if keepdims else without_axis(y, axis)
""",
    summary="One element of each row along an axis.",
    formula="y = take_along_axis(x, at)",
    internal=True,
)
PART = Composite(
    text="""
def part_at(x, axis, i):
    return with_last(with_last(x, axis)[..., i : i + 1], axis) if x.ndim else x
""",
    summary="The i-th elements along an axis, which stays as one of length 1.",
    formula="y = x[i]",
    internal=True,
)
SO_FAR = Composite(
    text="""
def so_far(x, axis, least):
    at = argcummax(-x if least else x, axis)
    return fields(values=take_along_axis(x, at, axis), indices=at)
""",
    summary="The largest or the least element so far along an axis, and where it is, the last of equal ones.",
    formula="y[j] = max(x[i], i <= j)",
    internal=True,
)
RAISED = Composite(
    text="""
def at_least(x, low):
    return maximum(x, low) if is_tensor(low) else where(x <= low, low, x)
""",
    summary="The number, or low where it is not greater; the gradient at a low that is no tensor is 0.",
    formula="y = maximum(x, low)",
    internal=True,
)
LOWERED = Composite(
    text="""
def at_most(x, high):
    return minimum(x, high) if is_tensor(high) else where(x >= high, high, x)
""",
    summary="The number, or high where it is not less; the gradient at a high that is no tensor is 0.",
    formula="y = minimum(x, high)",
    internal=True,
)
ORDERED = Composite(
    text="""
def ordered_places(x, axis, descending=False):
    if not descending or x.ndim == 0:
        return argsort(x, axis)
    last = with_last(x, axis)
    backwards = arange(last.shape[-1])[::-1]
    return with_last(gather(backwards, argsort(last[..., ::-1], -1))[..., ::-1], axis)
""",
    summary="Where the elements are in their order along an axis; equal ones in theirs, NaN the greatest of all.",
    formula="y = argsort(x)",
    internal=True,
)
