"""Layers."""

from __future__ import annotations

from backprop_explorer.library.record import Composite
from backprop_explorer.ops.record import Reject, Sample

LINEAR = Composite(
    text="""
def linear(x, w, b=None, layout="in_out"):
    h = x @ w if layout == "in_out" else x @ w.T
    return h if b is None else h + b
""",
    summary=(
        'x @ w + b, the weights stored as (in, out); with layout="out_in" it is x @ w.T + b, as PyTorch stores them.'
    ),
    formula="y = x @ w + b",
    choices={"layout": ("in_out", "out_in")},
    symbol="linear",
    source="torch.nn.functional.linear",
    samples=(
        Sample("linear(x, w, b)", {"x": (3, 4), "w": (4, 2), "b": (2,)}),
        Sample('linear(x, w, b, layout="out_in")', {"x": (3, 4), "w": (2, 4), "b": (2,)}),
        Sample("linear(x, w)", {"x": (3, 4), "w": (4, 2)}),
    ),
    rejects=(
        Reject(
            "linear(x, w, b)",
            {"x": (3, 4), "w": (2, 4), "b": (2,)},
            "matmul needs x's columns (4) to equal w's rows (2)",
        ),
        Reject('linear(x, w, layout="oi")', {"x": (3, 4), "w": (2, 4)}, "layout to be one of"),
    ),
)
