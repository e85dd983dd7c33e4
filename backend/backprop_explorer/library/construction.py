"""Tensors of constants, and pieces of tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from backprop_explorer.library.record import Composite
from backprop_explorer.ops.axes import normal_axis
from backprop_explorer.ops.record import Kink, OperandError, Reject, Sample


def _two_axes(arguments: Mapping[str, Any]) -> None:
    if len(arguments["x"]) < 2:
        raise OperandError(f"x with at least two axes, rows and columns; got {arguments['x']}")


ZEROS = Composite(
    text="""
def zeros(shape=()):
    return broadcast_to(0, shape)
""",
    summary="A tensor of zeros.",
    formula="y = 0",
    symbol="0",
    samples=(Sample("zeros((3, 2)) + x", {"x": (2,)}),),
    rejects=(Reject("zeros((0, 2)) + x", {"x": (2,)}, "at least 1"),),
)
ONES = Composite(
    text="""
def ones(shape=()):
    return broadcast_to(1, shape)
""",
    summary="A tensor of ones.",
    formula="y = 1",
    symbol="1",
    samples=(Sample("ones((3, 2)) * x", {"x": (2,)}),),
    rejects=(Reject("ones((0, 2)) * x", {"x": (2,)}, "at least 1"),),
)
FULL = Composite(
    text="""
def full(shape=(), fill_value=0):
    return broadcast_to(fill_value, shape)
""",
    summary="A tensor with the same number everywhere.",
    formula="y = fill_value",
    symbol="full",
    samples=(Sample("full((3, 2), 0.5) * x", {"x": (2,)}),),
    rejects=(Reject("full((0, 2), 3) * x", {"x": (2,)}, "at least 1"),),
)
EYE = Composite(
    text="""
def eye(n=1):
    return float(arange(n)[:, None] == arange(n))
""",
    summary="The identity matrix: ones on the diagonal, zeros elsewhere.",
    formula="y[i, j] = (i == j)",
    symbol="I",
    samples=(Sample("eye(3) @ x", {"x": (3, 2)}),),
    rejects=(Reject("eye(0) @ x", {"x": (3, 2)}, "at least one number"),),
)
TRIL = Composite(
    text="""
def tril(x, k=0):
    return where(arange(x.shape[-2])[:, None] >= arange(x.shape[-1]) - k, x, 0)
""",
    summary="The lower triangle of the last two axes; above its k-th diagonal stand zeros.",
    why={
        "x": (
            "The triangle that was kept is a copy and gets its gradient unchanged; what was set to 0 no longer "
            "depends on `{x}`, so nothing comes back there."
        ),
    },
    formula="y[i, j] = where(i >= j - k, x[i, j], 0)",
    gradients={"x": "tril(g, k)"},
    method=True,
    check=_two_axes,
    symbol="◣",
    samples=(Sample("tril(x)", {"x": (3, 4)}), Sample("x.tril(-1)", {"x": (2, 3, 3)})),
    rejects=(Reject("tril(x)", {"x": (3,)}, "two axes"),),
)
TRIU = Composite(
    text="""
def triu(x, k=0):
    return where(arange(x.shape[-2])[:, None] <= arange(x.shape[-1]) - k, x, 0)
""",
    summary="The upper triangle of the last two axes; below its k-th diagonal stand zeros.",
    why={
        "x": (
            "The triangle that was kept is a copy and gets its gradient unchanged; what was set to 0 no longer "
            "depends on `{x}`, so nothing comes back there."
        ),
    },
    formula="y[i, j] = where(i <= j - k, x[i, j], 0)",
    gradients={"x": "triu(g, k)"},
    method=True,
    check=_two_axes,
    symbol="◥",
    samples=(Sample("triu(x)", {"x": (3, 4)}), Sample("x.triu(1)", {"x": (2, 3, 3)})),
    rejects=(Reject("triu(x)", {"x": (3,)}, "two axes"),),
)


def _axis_exists(*names: str) -> Callable[[Mapping[str, Any]], None]:
    def check(arguments: Mapping[str, Any]) -> None:
        for name in names:
            normal_axis(arguments[name], len(arguments["x"]), name)

    return check


CUMSUM = Composite(
    text="""
def cumsum(x, axis=-1):
    last = transpose(x, exchanged(x.ndim, axis)) if x.ndim > 1 else x
    y = last @ triu(ones((x.shape[axis], x.shape[axis])))
    return transpose(y, exchanged(x.ndim, axis)) if x.ndim > 1 else y
""",
    summary="Running sums along an axis: a product with a triangle of ones.",
    why={
        "x": (
            "A number is part of every running sum from its own place on. So its gradient is the sum of theirs: a"
            " running sum from the end."
        ),
    },
    formula="y[j] = sum(x[i], i <= j)",
    check=_axis_exists("axis"),
    symbol="Σ→",
    samples=(
        Sample("cumsum(x)", {"x": (4,)}),
        Sample("x.cumsum(0)", {"x": (3, 2)}),
        Sample("x.cumsum(1)", {"x": (2, 3, 2)}),
    ),
    rejects=(Reject("cumsum(x, 2)", {"x": (3, 2)}, "one that exists"),),
)
CUMPROD = Composite(
    text="""
def cumprod(x, axis=-1):
    last = transpose(x, exchanged(x.ndim, axis)) if x.ndim > 1 else x
    n = x.shape[axis]
    y = prod(where(arange(n)[:, None] >= arange(n), last[..., None, :], 1), -1)
    return transpose(y, exchanged(x.ndim, axis)) if x.ndim > 1 else y
""",
    summary="Running products along an axis: products of the lines of a triangle. The gradient is exact also at zeros.",
    why={
        "x": (
            "A number is a factor of every running product from its own place on, and changes each by the product"
            " of its other factors. So its gradient is the sum of these changes times the incoming gradients."
        ),
    },
    formula="y[j] = prod(x[i], i <= j)",
    kink=Kink(
        "A single 0 so far gets the product of the others; of several nobody gets anything.",
        "cumprod(x)",
        {"x": [2.0, 0.0, 3.0, 0.0, 5.0]},
        {"x": [1.0, 8.0, 0.0, 0.0, 0.0]},
    ),
    check=_axis_exists("axis"),
    symbol="Π→",
    samples=(
        Sample("cumprod(x)", {"x": (4,)}),
        Sample("x.cumprod(0)", {"x": (3, 2)}),
        Sample("x.cumprod(1)", {"x": (2, 3, 2)}),
    ),
    rejects=(Reject("cumprod(x, 2)", {"x": (3, 2)}, "one that exists"),),
)
FLATTEN = Composite(
    text="""
def flatten(x, start_dim=0, end_dim=-1):
    return reshape(x, flattened(x.shape, start_dim, end_dim))
""",
    summary="The axes from start_dim to end_dim as one; all of them, unless told otherwise.",
    why={
        "x": (
            "The elements keep their order and only their shape changes. So the gradient is put back into the "
            "shape of `{x}`."
        ),
    },
    formula="y = reshape(x)",
    check=_axis_exists("start_dim", "end_dim"),
    symbol="flatten",
    source="torch.flatten",
    samples=(Sample("flatten(x, 1)", {"x": (2, 3, 2)}), Sample("x.flatten()", {"x": (3, 2)})),
    rejects=(Reject("flatten(x, 2)", {"x": (3, 2)}, "start_dim to be one that exists"),),
)
CLIP = Composite(
    text="""
def clip(x, min=None, max=None):
    low = x if min is None else where(x < min, min, x)
    return low if max is None else where(low > max, max, low)
""",
    summary=(
        "The number, or the nearer end of the range from min to max where it is outside; max everywhere where min is "
        "above it."
    ),
    why={
        "x": (
            "Inside the range a number is passed on unchanged and gets its gradient; outside, the result is the "
            "end of the range whatever the number is, so it gets 0."
        ),
    },
    formula="y = clip(x, min, max)",
    kink=Kink(
        "At an end of the range the gradient is still passed on, beyond it is 0.",
        "clip(x, 0, 1)",
        {"x": [0.0, 0.5, 1.0, 2.0]},
        {"x": [1.0, 1.0, 1.0, 0.0]},
    ),
    method=True,
    symbol="clip",
    source="torch.clamp",
    synonyms=("clamp",),
    samples=(
        Sample("clip(x, -0.5, 1)", {"x": (3, 2)}),
        Sample("x.clamp(min=0.1)", {"x": (4,)}),
        Sample("x.clamp(max=0.1)", {"x": (4,)}),
        Sample("clip(x, a, 0.3)", {"x": (3, 2), "a": (2,)}),
    ),
    rejects=(Reject("clip(x, y)", {"x": (3,), "y": (4,)}, "differ in the last axis"),),
)
