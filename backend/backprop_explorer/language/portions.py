"""Parts of axes: where they are cut, repeated, rolled and continued, and places along them. Plain Python for scripts,
as `layouts`."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from backprop_explorer.language.layouts import along, place, places, product_of


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
    return tuple(along(len(shape), at, slice(first, last)) for first, last in spans(parts))


def spans(lengths):
    """Where parts of these lengths begin and end, one behind the other."""
    found, start = [], 0
    for length in lengths:
        found.append((start, start + length))
        start += length
    return tuple(found)


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
        return tuple(marks[i + 1] - marks[i] for i in range(len(marks) - 1))
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
    if rows < 1 or columns < 1:
        raise ValueError(f"at least one row and one column; got {rows} and {columns}")
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


def margins(lengths):
    """Per part what stands before and behind it, in a row of parts of these lengths."""
    every = total(lengths)
    return tuple((first, every - last) for first, last in spans(lengths))


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


PORTIONS = (
    all_whole, bordered, chosen, common_count, copies, counted, counts_for, cuts, edges, framed, int_above, margins,
    mesh, one_number, only, portion, portions, remaining, repeated, rolled_parts, row_of, sections, spans, steps,
    tiles, total, triangle, widths,
)  # fmt: skip
"""All of these functions."""
