"""Tensors of another kind of numbers, and out of other tensors."""

from __future__ import annotations

from backprop_explorer.library.record import Composite

CAST = Composite(
    text="""
def cast(x, kind=None):
    return (
        x if kind is None or kind == kind_of(x) or (kind_of(x) == "open" and kind != "bool")
        else float(x) if kind == "float" or kind_of(x) == "bool"
        else x != 0 if kind == "bool"
        else detach(trunc(x))
    )
""",
    summary="The tensor as float, whole or bool numbers; as it is for None.",
    formula="y = x",
    internal=True,
)
ARRANGED = Composite(
    text="""
def arranged(data=(), kind=None):
    return cast(
        data if is_tensor(data)
        else array(data) if is_static(data)
        else stack([arranged(part) for part in data], 0),
        kind,
    )
""",
    summary="A tensor out of numbers, lists of them, and tensors in lists.",
    formula="y = data",
    internal=True,
)
ROWS = Composite(
    text="""
def taken(x, indices, axis=0):
    return (
        gather(x, indices) if place(axis, x.ndim) == 0
        else transpose(gather(transpose(x, rows_first(x.ndim, axis)), indices), rows_back(x.ndim, indices.ndim, axis))
    )
""",
    summary="What stands along an axis at the places that whole numbers name.",
    formula="y = take(x, indices, axis)",
    internal=True,
)
TOGETHER = Composite(
    text="""
def repeated_as(x, shapes=()):
    return reshape(broadcast_to(reshape(x, shapes[0]), shapes[1]), shapes[2])
""",
    summary="A tensor repeated: reshaped, stretched, and reshaped again.",
    formula="y = repeat(x)",
    internal=True,
)
BAND = Composite(
    text="""
def banded(x, offset=0, first=0, second=1):
    return reshape(
        transpose(x, last(x.ndim, first, second)),
        merged(last_shape(x.shape, first, second), -2, -1),
    )[along(x.ndim - 1, -1, slice_of(band(x.shape[first], x.shape[second], offset)))]
""",
    summary="The diagonal of two axes as a new last one.",
    formula="y[i] = x[i, i + offset]",
    internal=True,
)
SPREAD = Composite(
    text="""
def spread(x, offset=0):
    return where(
        arange(x.shape[-1] + magnitude(offset))[:, None] + offset == arange(x.shape[-1] + magnitude(offset)),
        expand_dims(x if offset == 0 else pad(x, edges(x.ndim, -1, positive(-offset), positive(offset))), -1),
        0,
    )
""",
    summary="Matrices of zeros with the last axis as their diagonal.",
    formula="y[i, i + offset] = x[i]",
    internal=True,
)
