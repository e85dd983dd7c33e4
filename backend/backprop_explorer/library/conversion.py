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
    summary="A tensor repeated: reshaped, broadcast, and reshaped again.",
    formula="y = repeat(x)",
    internal=True,
)
BAND = Composite(
    text="""
def banded(x, offset=0, first=0, second=1):
    parts = strip(x.shape, offset, first, second)
    return reshape(transpose(x, parts[0]), parts[1])[parts[2]]
""",
    summary="The diagonal of two axes as a new last one.",
    formula="y[i] = x[i, i + offset]",
    internal=True,
)
SPREAD = Composite(
    text="""
def diagonal_matrix(x, offset=0, first=-2, second=-1):
    parts = framed(x.shape, offset, first, second)
    filled = where(
        arange(parts[0])[:, None] + offset == arange(parts[0]),
        expand_dims(pad(x, parts[1]) if offset != 0 else x, -1),
        0,
    )
    return transpose(filled, parts[2]) if parts[2] else filled
""",
    summary="Matrices of zeros with the last axis as their diagonal.",
    formula="y[i, i + offset] = x[i]",
    internal=True,
)
RAISED = Composite(
    text="""
def lifted_to(x, rank=1):
    return x if axis_count(x) >= rank else reshape(x, lifted(shape_of(x), rank))
""",
    summary="A tensor with at least so many axes.",
    formula="y = x",
    internal=True,
)
RESCALED = Composite(
    text="""
def rescaled(x, factor=1):
    return x if factor == 1 else factor * x
""",
    summary="A tensor times a number, which is left out where it is 1.",
    formula="y = factor * x",
    internal=True,
)
WRAPPED = Composite(
    text="""
def wrapped(index=(), length=1):
    return array(counted(known_numbers(index), length)) if is_written(index) else index
""",
    summary="Indices as a tensor of places from 0.",
    formula="y = index",
    internal=True,
)
LEADING = Composite(
    text="""
def leading(x, index, axis=None):
    return x[cut_to(x.shape, index.shape, axis)] if cut_to(x.shape, index.shape, axis) else x
""",
    summary="The first elements of all axes but one, as many as an index has.",
    formula="y = x",
    internal=True,
)
IS_LAST = Composite(
    text="""
def is_last(index, axis=0):
    n = index.shape[axis] if index.ndim else 1
    ends = transpose(index, traded(index.ndim, axis, -1)) if index.ndim > 1 else index
    later = (arange(n) > arange(n)[:, None]) * (expand_dims(ends, -1) == expand_dims(ends, -2)) if n > 1 else 0
    found = sum(later, -1) == 0 if n > 1 else index == index
    return transpose(found, traded(index.ndim, axis, -1)) if index.ndim > 1 and n > 1 else found
""",
    summary="Where no later index along the axis names the same place.",
    formula="y[i] = all(index[j] != index[i], j > i)",
    internal=True,
)
PUT = Composite(
    text="""
def put(x, index, shape, axis=0):
    order = rows_first(len(shape), axis)
    rows = scatter_add(
        transpose(x, order) if place(axis, len(shape)) else x,
        reshape(index, (-1,)),
        [shape[i] for i in order],
    )
    return transpose(rows, inverse(order)) if place(axis, len(shape)) else rows
""",
    summary="Zeros of a shape, with slices added along an axis at the places that an index names.",
    formula="y[index[i]] += x[i]",
    internal=True,
)
FILLED = Composite(
    text="""
def made_of(shape=(), value=0, kind=None):
    return (
        broadcast_to(value, shape) if kind is None or kind == "float" or is_tensor(value)
        else cast(broadcast_to(array(value), shape), kind)
    )
""",
    summary="A tensor with the same number everywhere.",
    formula="y = value",
    internal=True,
)
SEQUENCE = Composite(
    text="""
def sequence(start=0, stop=1, step=1, kind=None):
    return (
        cast(arange(start, stop, step), kind) if all_whole(start, stop, step)
        else cast(shifted(rescaled(arange(steps(start, stop, step)), step), start), kind)
    )
""",
    summary="The numbers from start up to, and without, stop.",
    formula="y[i] = start + i * step",
    internal=True,
)
SHIFTED = Composite(
    text="""
def shifted(x, start=0):
    return x if start == 0 else start + x
""",
    summary="A tensor plus a number, which is left out where it is 0.",
    formula="y = start + x",
    internal=True,
)
BETWEEN = Composite(
    text="""
def between(start=0, stop=1, n=1, parts=None):
    gaps = (n - 1 if n > 1 else 1) if parts is None else parts
    along_first = reshape(arange(n), row_of(start, stop)) if row_of(start, stop) else arange(n)
    return shifted((stop - start) / gaps * along_first, start)
""",
    summary="So many numbers at equal distances, the first of them start.",
    formula="y[i] = start + i * (stop - start) / parts",
    internal=True,
)
RESHAPED = Composite(
    text="""
def reshaped(x, shape=(), order="C"):
    return (
        reshape(x, shape) if order == "C"
        else transpose(reshape(transpose(x), transposed(shape))) if order == "F"
        else refuse("An order that depends on how the numbers lie in memory", 'give order="C" or order="F"')
    )
""",
    summary="The same elements in another shape, read row by row (C) or column by column (F).",
    formula="y = reshape(x, shape)",
    internal=True,
)
FRONTED = Composite(
    text="""
def raised_in_front(x, rank=0):
    return x if x.ndim >= rank else reshape(x, fronted(x.shape, rank))
""",
    summary="A tensor with at least so many axes, new ones in front.",
    formula="y = x",
    internal=True,
)
FRAMED = Composite(
    text="""
def framed_by(x, around, values):
    if one_number(values) is not None:
        return pad(x, around, constant_values=one_number(values))
    for i in range(x.ndim):
        x = pad(x, edges(x.ndim, i, around[i][0], 0), constant_values=values[i][0])
        x = pad(x, edges(x.ndim, i, 0, around[i][1]), constant_values=values[i][1])
    return x
""",
    summary="Numbers of their own at each end of each axis.",
    formula="y = pad(x, around)",
    internal=True,
)
BORDERED = Composite(
    text="""
def bordered_by(x, axis=0, around=(0, 0), mode="edge"):
    n = x.shape[axis]
    return taken(x, array(bordered(n, room(n + total(around), around[0]), around[1], mode)), axis)
""",
    summary="A tensor whose edges are continued along an axis.",
    formula="y = pad(x, around, mode)",
    internal=True,
)
TRADED = Composite(
    text="""
def axes_traded(x, one, other):
    order = traded(x.ndim, one, other)
    return x.mT if x.ndim > 1 and order == traded(x.ndim, -2, -1) else transpose(x, order)
""",
    summary="A tensor with two axes in each other's place.",
    formula="y = swapaxes(x, one, other)",
    internal=True,
)
DIVIDED = Composite(
    text="""
def divided_in(x, parts, axis=0, even=False):
    return [x[part] for part in cuts(x.shape, axis, sections(x.shape, axis, known_numbers(parts), even))]
""",
    summary="The parts of a tensor along an axis.",
    formula="y = split(x, parts, axis)",
    internal=True,
)
