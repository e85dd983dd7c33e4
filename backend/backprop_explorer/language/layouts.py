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


def portion(shape, axis, start, length):
    """The index of so many elements from start along an axis."""
    at = place(axis, len(shape))
    first = start + shape[at] if start < 0 else start
    if not (first >= 0 and length > 0 and first + length <= shape[at]):
        raise ValueError(f"a start and a length inside of the axis ({shape[at]}); got {start} and {length}")
    return along(len(shape), at, slice(first, first + length))


def cuts(shape, axis, sizes):
    """The indices of the parts along an axis, given one length for all or the length of each."""
    at = place(axis, len(shape))
    length = shape[at]
    if isinstance(sizes, (tuple, list)):
        if product_of(size + 1 if size >= 0 else 0 for size in sizes) == 0 or len(range(length)) != total(sizes):
            raise ValueError(f"lengths that add up to that of the axis ({length}); got {tuple(sizes)}")
        parts = tuple(sizes)
    else:
        if isinstance(sizes, bool) or not isinstance(sizes, int) or sizes < 1:
            raise ValueError(f"the length of a part as a whole number of at least 1; got {sizes!r}")
        parts = tuple(length - first if first + sizes > length else sizes for first in range(0, length, sizes))
    return tuple(along(len(shape), at, slice(total(parts[:i]), total(parts[: i + 1]))) for i in range(len(parts)))


def total(lengths):
    """The sum of whole numbers."""
    count = 0
    for length in lengths:
        count += length
    return count


def portions(shape, axis, count):
    """The length of a part where an axis is cut into at most so many."""
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise ValueError(f"a number of parts of at least 1; got {count!r}")
    return -(-shape[place(axis, len(shape))] // count)


def sections(shape, axis, given, even=False):
    """The lengths of the parts along an axis, given their number or the places between them; `even` for equal ones."""
    length = shape[place(axis, len(shape))]
    if isinstance(given, (tuple, list)):
        marks = [0, *(slice(None, at).indices(length)[1] for at in given), length]
        return tuple(last - first for first, last in zip(marks[:-1], marks[1:], strict=True))
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= length:
        raise ValueError(f"a number of parts from 1 to {length}, the length of the axis; got {given!r}")
    if even and length % given:
        raise ValueError(f"a number of parts that divides the length of the axis ({length}); got {given}")
    return tuple(length // given + (i < length % given) for i in range(given))


def tiles(shape, repeats):
    """Three shapes that repeat a tensor as a whole: with an axis of length 1 in front of each, that one stretched to
    the repeats, and all joined."""
    counts = tuple(repeats) if isinstance(repeats, (tuple, list)) else (repeats,)
    if product_of(1 if isinstance(count, int) and count > 0 else 0 for count in counts) == 0:
        raise ValueError(f"repeats as whole numbers of at least 1; got {counts}")
    counts = (1,) * (len(shape) - len(counts)) + counts
    lengths = (1,) * (len(counts) - len(shape)) + tuple(shape)
    pairs = tuple(zip(counts, lengths, strict=True))
    apart = tuple(one for _, length in pairs for one in (1, length))
    return apart, tuple(one for pair in pairs for one in pair), tuple(count * length for count, length in pairs)


def copies(shape, axis, count):
    """Three shapes that repeat each element along an axis: with an axis of length 1 behind it, that one stretched, and
    both joined."""
    at = place(axis, len(shape))
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise ValueError(f"repeats as a whole number of at least 1; got {count!r}")
    head, tail = tuple(shape[: at + 1]), tuple(shape[at + 1 :])
    return (*head, 1, *tail), (*head, count, *tail), (*head[:-1], head[-1] * count, *tail)


def repeated(counts, length):
    """The places of elements of which each is repeated as often as its count says."""
    given = tuple(counts) if isinstance(counts, (tuple, list)) else (counts,)
    given = given * length if len(given) == 1 else given
    if len(given) != length or product_of(1 if isinstance(one, int) and one >= 0 else 0 for one in given) == 0:
        raise ValueError(f"a count of at least 0 for each of the {length} elements; got {given}")
    return tuple(i for i, count in enumerate(given) for _ in range(count))


def rolled_parts(shape, shifts, axes):
    """Per axis that is rolled: the axis, and the indices of what comes first and of what comes behind it."""
    steps = tuple(shifts) if isinstance(shifts, (tuple, list)) else (shifts,)
    which = tuple(axes) if isinstance(axes, (tuple, list)) else (axes,)
    steps = steps * len(which) if len(steps) == 1 else steps
    which = which * len(steps) if len(which) == 1 else which
    if len(steps) != len(which):
        raise ValueError(f"a shift for each axis; got {shifts} and {axes}")
    found = []
    for step, axis in zip(steps, which, strict=True):
        at = place(axis, len(shape))
        cut = -step % shape[at]
        if cut:
            found.append((at, along(len(shape), at, slice(cut, None)), along(len(shape), at, slice(None, cut))))
    return tuple(found)


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


def framed(shape, offset, first, second):
    """How an axis becomes a diagonal: the length of both axes, the widths of zeros around it, and the axes in their
    places, nothing where they are the last ones."""
    if not shape:
        raise ValueError("a tensor with at least one axis")
    if isinstance(offset, bool) or not isinstance(offset, int):
        raise ValueError(f"a diagonal as a whole number; got {offset!r}")
    before, after = (-offset, 0) if offset < 0 else (0, offset)
    ndim = len(shape) + 1
    rest, chosen = iter(range(ndim - 2)), places((first, second), ndim)
    order = tuple(ndim - 2 + chosen.index(i) if i in chosen else next(rest) for i in range(ndim))
    moved_axes = () if order == tuple(range(ndim)) else order
    return shape[-1] + before + after, edges(len(shape), -1, before, after), moved_axes


def edges(ndim, axis, before, after):
    """Widths for pad along one axis."""
    at = place(axis, ndim)
    return tuple((before, after) if i == at else (0, 0) for i in range(ndim))


def widths(given, ndim):
    """A pair (before, after) for each axis, as np.pad takes them."""
    if not isinstance(given, (tuple, list)):
        given = ((given, given),)
    elif not isinstance(given[0], (tuple, list)):
        given = (tuple(given) * 2 if len(given) == 1 else tuple(given),)
    pairs = tuple(tuple(pair) * 2 if len(pair) == 1 else tuple(pair) for pair in given)
    pairs = pairs * ndim if len(pairs) == 1 else pairs
    if len(pairs) != ndim or product_of(1 if len(pair) == 2 else 0 for pair in pairs) == 0:
        raise ValueError(f"a width, or a pair (before, after) for each of the {ndim} axes; got {given}")
    return pairs


def bordered(length, before, after, mode):
    """The places of an axis of that length that stand in a padded one, as np.pad's mode continues them."""
    if product_of(1 if isinstance(width, int) and width >= 0 else 0 for width in (before, after)) == 0:
        raise ValueError(f"widths as whole numbers of at least 0; got {before} and {after}")
    everywhere = range(-before, length + after)
    if mode == "edge":
        return tuple(0 if i < 0 else length - 1 if i >= length else i for i in everywhere)
    if mode == "wrap":
        return tuple(i % length for i in everywhere)
    mirrored = 1 if mode == "symmetric" else 0
    period = 2 * length if mirrored else 2 * length - 2 or 1
    rounds = (i % period for i in everywhere)
    return tuple(i if i < length else period - mirrored - i for i in rounds)


def triangle(rows, columns, offset, upper):
    """The rows and columns of a triangle's elements, as two tuples."""
    pairs = [(i, j) for i in range(rows) for j in range(columns) if (j - i >= offset if upper else j - i <= offset)]
    return tuple(i for i, _ in pairs), tuple(j for _, j in pairs)


def steps(start, stop, step):
    """The number of terms from start up to, and without, stop."""
    if step == 0 or (stop - start) / step <= 0:
        raise ValueError(f"a range with at least one number; got {start}, {stop}, {step}")
    return int_above((stop - start) / step)


def int_above(number):
    """The least whole number that is not smaller."""
    whole = number // 1
    return whole.__int__() + (whole != number)


def lifted(shape, rank):
    """The shape with at least so many axes, as NumPy's atleast functions add them."""
    if rank == 3 and 0 < len(shape) < 3:
        return ((1, *shape) if len(shape) == 1 else tuple(shape)) + (1,)
    return (1,) * (rank - len(shape)) + tuple(shape)


def margins(lengths):
    """Per part what stands before and behind it, in a row of parts of these lengths."""
    every = total(lengths)
    return tuple((total(lengths[:i]), every - total(lengths[: i + 1])) for i in range(len(lengths)))


def counts_for(shape, repeats):
    """The repeats of a tensor of that shape; at least one for each axis."""
    if len(repeats) < len(shape):
        raise ValueError(f"a number of repeats for each axis of the shape {tuple(shape)}; got {tuple(repeats)}")
    return repeats


def common_count(counts):
    """The one number that is given for all elements; None where each has its own."""
    one = counts[0] if isinstance(counts, (tuple, list)) and len(counts) == 1 else counts
    return None if isinstance(one, (tuple, list)) else one


def mesh(lengths, indexing):
    """The shape of a grid over vectors of these lengths, and the shape in which each vector stands in it."""
    if indexing not in ("ij", "xy"):
        raise ValueError(f"indexing to be 'ij' or 'xy'; got {indexing!r}")
    order = list(range(len(lengths)))
    if indexing == "xy" and len(order) > 1:
        order[0], order[1] = 1, 0
    full = tuple(lengths[i] for i in order)
    alone = tuple(tuple(n if order[at] == i else 1 for at, n in enumerate(full)) for i in range(len(order)))
    return full, alone


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


def counted(places_given, length):
    """Places counted from 0: negative ones were counted from the end."""
    if isinstance(places_given, (tuple, list)):
        return tuple(counted(one, length) for one in places_given)
    if isinstance(places_given, bool) or not isinstance(places_given, int) or not -length <= places_given < length:
        raise ValueError(f"places as whole numbers from {-length} to {length - 1}; got {places_given!r}")
    return places_given % length


def all_whole(*values):
    """Whether all numbers are whole ones."""
    return len([one for one in values if isinstance(one, int)]) == len(values)


def row_of(*values):
    """The shape in which a sequence meets tensors in front of their axes; nothing where there are none."""
    rank = 0
    for value in values:
        own = len(getattr(value, "shape", ()))
        rank = own if own > rank else rank
    return (-1, *(1,) * rank) if rank else ()


def turned(shape):
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


def one_number(given):
    """The number that is given for all edges, be it alone or in pairs; None where they differ."""
    if not isinstance(given, (tuple, list)):
        return given
    found = {one_number(part) for part in given}
    return found.pop() if len(found) == 1 else None


def only(*given):
    """The one of several arguments that is given."""
    found = [one for one in given if one is not None]
    if len(found) != 1:
        raise ValueError("a number of parts, or a list of the places to cut at")
    return found[0]


def chosen(mask, length):
    """The places at which a mask that stands in the program holds."""
    given = mask if isinstance(mask, (tuple, list)) else (mask,)
    if len(given) > length:
        raise ValueError(f"a mask of at most {length} elements; got {len(given)}")
    return tuple(i for i, one in enumerate(given) if one)


def remaining(given, length):
    """The places that are left once those given were taken out."""
    without = counted(given if isinstance(given, (tuple, list)) else (given,), length)
    return tuple(i for i in range(length) if i not in without)


def shape_of(x):
    """The shape of a tensor; a number has none."""
    return tuple(getattr(x, "shape", ()))


LAYOUTS = (
    aligned, all_whole, along, band, bordered, channel, chosen, common_count, copies, counted, counts_for, cut_to,
    cuts, edges, expanded_to, framed, fronted, int_above, is_nested, lifted, listed, margins, merged, mesh, moved,
    one_number, only, opened, place, places, portion, portions, product_of, remaining, repeated, reversal, rolled,
    rolled_parts, row_of, rows_back, rows_first, sections, shape_of, steps, strip, tiles, total, traded, triangle,
    turned, widths, without_ones,
)  # fmt: skip
"""All of these functions."""
