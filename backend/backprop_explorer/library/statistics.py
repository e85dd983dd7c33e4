"""Means and variances along axes."""

from __future__ import annotations

from backprop_explorer.library.record import Composite
from backprop_explorer.ops.record import Reject, Sample

KEEP = Composite(
    text="""
def keep(t, axis, keepdims):
    return t if keepdims or t.ndim == 0 else expand_dims(t, axis)
""",
    summary="What a reduction gave, with the reduced axes back as axes of length 1.",
    formula="y = expand_dims(t, axis)",
    internal=True,
)
MEAN = Composite(
    text="""
def mean(x, axis=None, keepdims=False):
    return sum(x, axis, keepdims) / count(x, axis)
""",
    summary="The sum along the axes, or of everything, divided by the number of its terms.",
    why={
        "x": (
            "Each of the n numbers counts for one n-th of the mean: raise it by ε, and the mean rises by ε / n. "
            "So each gets one n-th of the incoming gradient."
        ),
    },
    formula="y = sum(x) / n",
    symbols="n: the number of elements that are summed",
    gradients={"x": "broadcast_to(keep(g, axis, keepdims) / count(x, axis), x.shape)"},
    method=True,
    symbol="mean",
    notation="mean",
    samples=(
        Sample("mean(x)", {"x": (3, 2)}),
        Sample("x.mean(0)", {"x": (3, 2)}),
        Sample("x.mean(-1, keepdims=True)", {"x": (3, 2)}),
        Sample("x.mean(dim=1, keepdim=True)", {"x": (3, 2)}),
    ),
    rejects=(Reject("x.mean(2)", {"x": (3, 2)}, "one that exists"),),
)
VAR = Composite(
    text="""
def var(x, axis=None, ddof=0, keepdims=False):
    d = x - mean(x, axis, True)
    return sum(d ** 2, axis, keepdims) / (count(x, axis) - ddof)
""",
    summary="The mean square distance from the mean; with ddof=1 divided by one less than the number of elements.",
    why={
        "x": (
            "Each number's distance d from the mean is squared, so its slope is 2d, divided as the variance is. "
            "The mean moves with the number, too, but that cancels, because the distances sum to 0."
        ),
    },
    formula="y = sum((x - mean(x)) ** 2) / (n - ddof)",
    symbols="n: the number of elements along axis; ddof: what is taken from it",
    gradients={"x": "2 / (count(x, axis) - ddof) * d * keep(g, axis, keepdims)"},
    method=True,
    symbol="var",
    samples=(
        Sample("var(x)", {"x": (3, 2)}),
        Sample("x.var(0)", {"x": (3, 2)}),
        Sample("x.var(axis=1, ddof=1, keepdims=True)", {"x": (2, 4)}),
    ),
    rejects=(Reject("x.var(3)", {"x": (3, 2)}, "one that exists"),),
)
STD = Composite(
    text="""
def std(x, axis=None, ddof=0, keepdims=False):
    return sqrt(var(x, axis, ddof, keepdims))
""",
    summary="The standard deviation: the root of the variance.",
    why={
        "x": (
            "It is the root of the variance, so the variance's slope 2d / n is divided by twice the root: each "
            "number gets its distance from the mean over n times the standard deviation."
        ),
    },
    formula="y = sqrt(var(x))",
    symbols="var: the variance along axis",
    gradients={
        "x": (
            "(x - mean(x, axis, True)) / ((count(x, axis) - ddof) * keep(y, axis, keepdims)) * keep(g, axis, keepdims)"
        )
    },
    method=True,
    symbol="std",
    samples=(
        Sample("std(x)", {"x": (3, 2)}),
        Sample("x.std(0)", {"x": (3, 2)}),
        Sample("x.std(axis=1, ddof=1, keepdims=True)", {"x": (2, 4)}),
    ),
    rejects=(Reject("x.std(3)", {"x": (3, 2)}, "one that exists"),),
)
