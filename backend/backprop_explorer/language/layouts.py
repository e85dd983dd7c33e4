"""Shapes, axes and indices of movements, as static choices of program text. Plain Python without imports, since a
script of an iteration takes them along; what does not fit is a `ValueError` that ends the sentence "flip needs …"."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"


def place(axis, ndim):
    """An axis counted from 0."""
    if isinstance(axis, bool) or not isinstance(axis, int):
        raise ValueError(f"axes as whole numbers; got {axis!r}")
    if not -ndim <= axis < ndim:
        there = f"from {-ndim} to {ndim - 1}" if ndim else "none, a scalar has no axes"
        raise ValueError(f"axes that exist ({there}); got {axis}")
    return axis % ndim


def places(axes, ndim):
    """One or several axes counted from 0, each once."""
    found = tuple(place(axis, ndim) for axis in (axes if isinstance(axes, (tuple, list)) else (axes,)))
    if len(set(found)) < len(found):
        raise ValueError(f"each axis once; got {axes}")
    return found


def listed(given, named=None):
    """Arguments that may be given one by one, as one tuple, or by name."""
    if named is not None and not given:
        return tuple(named) if isinstance(named, (tuple, list)) else (named,)
    if not given:
        raise ValueError("at least one argument")
    return tuple(given[0]) if len(given) == 1 and isinstance(given[0], (tuple, list)) else tuple(given)


def product_of(lengths):
    """The product of whole numbers: the number of elements of a shape."""
    count = 1
    for length in lengths:
        count *= length
    return count


def merged(shape, start, end):
    """The shape with the axes from start to end as one."""
    if not shape:
        return (1,)
    first, last = place(start, len(shape)), place(end, len(shape))
    if first > last:
        raise ValueError(f"a first axis before the last one; got {start} and {end}")
    return (*shape[:first], product_of(shape[first : last + 1]), *shape[last + 1 :])


def opened(shape, axis, sizes):
    """The shape with an axis taken apart into axes of these lengths, one of which may be -1."""
    at = place(axis, len(shape))
    given = tuple(sizes) if isinstance(sizes, (tuple, list)) else (sizes,)
    rest = product_of(length for length in given if length != -1)
    if rest < 1 or given.count(-1) > 1 or shape[at] % rest or (-1 not in given and rest != shape[at]):
        raise ValueError(f"lengths whose product is that of the axis ({shape[at]}); got {given}")
    return (*shape[:at], *(shape[at] // rest if length == -1 else length for length in given), *shape[at + 1 :])


def without_ones(shape, axes=None):
    """The shape without axes of length 1, where PyTorch would drop them: longer ones stay."""
    chosen = range(len(shape)) if axes is None else places(axes, len(shape) or 1)
    return tuple(length for i, length in enumerate(shape) if i not in chosen or length != 1)


def expanded_to(shape, sizes):
    """The shape that expand stretches to: -1 keeps a length."""
    lead = len(sizes) - len(shape)
    if lead < 0:
        raise ValueError(f"a length for each axis of the shape {tuple(shape)}; got {tuple(sizes)}")
    return tuple(shape[i - lead] if size == -1 and i >= lead else size for i, size in enumerate(sizes))


def aligned(shapes):
    """The shape that tensors of these shapes are broadcast to."""
    rank, result = 0, []
    for shape in shapes:
        rank = len(shape) if len(shape) > rank else rank
    for i in range(-rank, 0):
        long = {shape[i] for shape in shapes if len(shape) >= -i} - {1}
        if len(long) > 1:
            raise ValueError(f"shapes whose axes are equal or 1, from the last to the first; got {tuple(shapes)}")
        result.append(long.pop() if long else 1)
    return tuple(result)


def traded(ndim, one, other):
    """The axes with two of them in each other's place; a scalar has none."""
    a, b = place(one, ndim or 1), place(other, ndim or 1)
    order = list(range(ndim))
    if ndim:
        order[a], order[b] = order[b], order[a]
    return tuple(order)


def moved(ndim, source, destination):
    """The axes with some of them moved to other places, the others in their order."""
    starts, ends = places(source, ndim), places(destination, ndim)
    if len(starts) != len(ends):
        raise ValueError(f"as many places as axes; got {source} and {destination}")
    rest = iter(axis for axis in range(ndim) if axis not in starts)
    return tuple(starts[ends.index(i)] if i in ends else next(rest) for i in range(ndim))


def along(ndim, axis, entry):
    """The index that takes an entry, such as a slice, along one axis and all of the others."""
    at = place(axis, ndim)
    return tuple(entry if i == at else slice(None) for i in range(ndim))


def reversal(ndim, axes=None):
    """The index that turns axes round, all of them unless told which."""
    chosen = range(ndim) if axes is None else places(axes, ndim or 1)
    return tuple(slice(None, None, -1) if i in chosen else slice(None) for i in range(ndim))


def rows_first(ndim, axis):
    """The axes with one of them in front."""
    at = place(axis, ndim)
    return (at, *(i for i in range(ndim) if i != at))


def rows_back(ndim, rank, axis):
    """The axes of rows that were looked up along an axis by an index of so many axes, which come in its place."""
    at = place(axis, ndim)
    return (*range(rank, rank + at), *range(rank), *range(rank + at, rank + ndim - 1))


def band(rows, columns, offset):
    """Of a matrix as one row: where its diagonal begins, ends and how far its elements are apart."""
    count = (rows if offset >= 0 else rows + offset, columns - offset if offset >= 0 else columns)
    length = count[0] if count[0] < count[1] else count[1]
    if length < 1:
        raise ValueError(f"a diagonal inside of {rows} rows and {columns} columns; got the offset {offset}")
    start = offset if offset >= 0 else -offset * columns
    return start, start + (length - 1) * (columns + 1) + 1, columns + 1


def strip(shape, offset, first, second):
    """How the diagonal of two axes is taken: these as the last ones, both as one, and the index of its elements."""
    ndim = len(shape)
    chosen = places((first, second), ndim)
    rest = tuple(i for i in range(ndim) if i not in chosen)
    rows, columns = shape[chosen[0]], shape[chosen[1]]
    joined = (*(shape[i] for i in rest), rows * columns)
    return (*rest, *chosen), joined, along(len(joined), -1, slice(*band(rows, columns, offset)))


def lifted(shape, rank):
    """The shape with at least so many axes, as NumPy's atleast functions add them."""
    if rank == 3 and 0 < len(shape) < 3:
        return ((1, *shape) if len(shape) == 1 else tuple(shape)) + (1,)
    return (1,) * (rank - len(shape)) + tuple(shape)


def cut_to(shape, lengths, axis=None):
    """The index of the first elements of all axes but one, as many as the lengths say; nothing where that is all."""
    if len(shape) != len(lengths) or [n for i, n in enumerate(lengths) if i != axis and n > shape[i]]:
        raise ValueError(f"an index that fits into the shape {tuple(shape)}; got the shape {tuple(lengths)}")
    index = tuple(slice(None) if i == axis or n == shape[i] else slice(0, n) for i, n in enumerate(lengths))
    return () if index == (slice(None),) * len(index) else index


def channel(shape, axis):
    """The shape in which a number for each element of one axis meets a tensor."""
    at = place(axis, len(shape))
    return tuple(-1 if i == at else 1 for i in range(len(shape)))


def transposed(shape):
    """The lengths in reverse order."""
    return (tuple(shape) if isinstance(shape, (tuple, list)) else (shape,))[::-1]


def rolled(ndim, axis, start):
    """The axes with one of them moved until it lies in front of the one at start."""
    at, to = place(axis, ndim), place(start, ndim + 1) if start >= 0 else place(start, ndim)
    order = [i for i in range(ndim) if i != at]
    order.insert(to - 1 if at < to else to, at)
    return tuple(order)


def is_nested(parts):
    """Whether there are lists in a list."""
    return len([part for part in parts if isinstance(part, (tuple, list))]) > 0


def fronted(shape, rank):
    """The shape with axes of length 1 in front, at least so many in all."""
    return (1,) * (rank - len(shape)) + tuple(shape)


def shape_of(x):
    """The shape of a tensor; a number has none."""
    return tuple(getattr(x, "shape", ()))


LAYOUTS = (
    aligned, along, band, channel, cut_to, expanded_to, fronted, is_nested, lifted, listed, merged, moved, opened,
    place, places, product_of, reversal, rolled, rows_back, rows_first, shape_of, strip, traded, transposed,
    without_ones,
)  # fmt: skip
"""All of these functions."""
