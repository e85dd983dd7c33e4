# mypy: allow-untyped-calls
"""Shapes, places and indices of layers over windows, groups and classes. Plain Python without imports, and without max,
min, sum and abs, which are NumPy's in the scripts of an iteration that take these functions along."""

# mypy: disable-error-code="no-untyped-call"


def several(given, rank):  # type: ignore[no-untyped-def]
    """One number for several axes, or one for each: always one for each."""
    numbers = tuple(given) if isinstance(given, (tuple, list)) else (given,)
    return numbers * rank if len(numbers) == 1 else numbers


def strides(given, kernel):  # type: ignore[no-untyped-def]
    """How far windows are apart: side by side unless told otherwise."""
    return kernel if given is None or given in ((), []) else several(given, len(kernel))


def left_over(number, divisor):  # type: ignore[no-untyped-def]
    """What is left after a division of whole numbers."""
    return number % divisor


def middle(shape, axis):  # type: ignore[no-untyped-def]
    """Half of an axis's length; None where it is odd, or where there is no such axis."""
    length = shape[axis] if -len(shape) <= axis < len(shape) else 1
    return None if length % 2 else length // 2


def part(ndim, axis, start, stop):  # type: ignore[no-untyped-def]
    """The index of a section along one axis."""
    return (*(slice(None),) * (axis % ndim), slice(start, stop))


def usual_axis(ndim):  # type: ignore[no-untyped-def]
    """The axis that PyTorch's softmax takes if none is given."""
    return 0 if ndim in (1, 3) else 1


def last_axes(count):  # type: ignore[no-untyped-def]
    """So many axes counted from the end; a single one as a number."""
    return -1 if count == 1 else tuple(range(-count, 0))


def is_ending(tail, shape):  # type: ignore[no-untyped-def]
    """Whether a shape ends with the lengths of the tail."""
    lengths = tuple(tail) if isinstance(tail, (tuple, list)) else (tail,)
    return 0 < len(lengths) <= len(shape) and tuple(shape[len(shape) - len(lengths) :]) == lengths


def rank_of(given):  # type: ignore[no-untyped-def]
    """The number of axes that a shape has, which may be a single length."""
    return len(given) if isinstance(given, (tuple, list)) else 1


def backmost(ndim, axis):  # type: ignore[no-untyped-def]
    """The order of axes in which one stands at the end, the others before it as they were."""
    at = axis % ndim
    return (*(i for i in range(ndim) if i != at), at)


def foremost(ndim, axis):  # type: ignore[no-untyped-def]
    """The order of axes in which one stands in front, the others behind it as they were."""
    at = axis % ndim
    return (at, *(i for i in range(ndim) if i != at))


def grouped(shape, groups):  # type: ignore[no-untyped-def]
    """The shape with the channels (axis 1) taken apart into groups."""
    return (shape[0], groups, shape[1] // groups, *shape[2:])


def window_edges(shape, kernel, stride, padding, dilation, ceil_mode):  # type: ignore[no-untyped-def]
    """Widths around a tensor over which windows move; with ceil_mode a last window may begin inside and reach out."""
    rank = len(kernel)
    widths = []
    for length, size, step, edge, gap in zip(
        shape[len(shape) - rank :], kernel, stride, padding, dilation, strict=True
    ):
        reach, whole = gap * (size - 1) + 1, length + 2 * edge
        count = (whole - reach) // step + 1
        if ceil_mode and (whole - reach) % step and count * step < length + edge:
            count += 1
        beyond = (count - 1) * step + reach - whole
        widths.append((edge, edge + beyond if beyond > 0 else edge))
    return ((0, 0),) * (len(shape) - rank) + tuple(widths) if any(map(any, widths)) else ()


def extra_edges(edges, padding):  # type: ignore[no-untyped-def]
    """The part of the last axes' widths that is more than the padding; nothing where none is."""
    widths = tuple(
        (0, after - edge) for (_, after), edge in zip(edges[len(edges) - len(padding) :], padding, strict=True)
    )
    return widths if any(map(any, widths)) else ()


def enlarged(shape, padding):  # type: ignore[no-untyped-def]
    """The lengths of the last axes with padding on both sides."""
    rank = len(padding)
    return tuple(length + 2 * edge for length, edge in zip(shape[len(shape) - rank :], padding, strict=True))


def shares(shape, size):  # type: ignore[no-untyped-def]
    """The length of each bin along the last axes, where all are of one length."""
    pairs = tuple(zip(shape[len(shape) - len(size) :], size, strict=True))
    return (
        tuple(length // count for length, count in pairs) if not any(length % count for length, count in pairs) else ()
    )


def filled(size, shape, rank):  # type: ignore[no-untyped-def]
    """So many lengths for the last axes; None keeps an axis's own."""
    given = several(size, rank)
    return tuple(own if one is None else one for one, own in zip(given, shape[len(shape) - rank :], strict=True))


def swapped_in(lead, order, behind=0):  # type: ignore[no-untyped-def]
    """An order of axes behind so many that stay, and before so many others."""
    end = lead + len(order)
    return (*range(lead), *(lead + axis for axis in order), *range(end, end + behind))


def scaled_up(shape, factor):  # type: ignore[no-untyped-def]
    """The shape after pixels were shuffled."""
    *lead, channels, height, width = shape
    return (*lead, channels // factor**2, height * factor, width * factor)


def scaled_down(shape, factor):  # type: ignore[no-untyped-def]
    """The shape after pixels were put into channels."""
    *lead, channels, height, width = shape
    return (*lead, channels * factor**2, height // factor, width // factor)


def product(numbers):  # type: ignore[no-untyped-def]
    """The numbers multiplied."""
    result = 1
    for number in numbers:
        result *= number
    return result


def spread(windows, shape, kernel, stride, dilation):  # type: ignore[no-untyped-def]
    """The shape over which a transposed convolution of x of that shape writes, before its padding is cut off."""
    rank = len(kernel)
    axes = zip(shape[len(shape) - rank :], kernel, stride, dilation, strict=True)
    lengths = tuple((length - 1) * step + gap * (size - 1) + 1 for length, size, step, gap in axes)
    return (*windows[: len(windows) - 2 * rank], *lengths)


def trimmed(ndim, padding, extra):  # type: ignore[no-untyped-def]
    """What a transposed convolution adds (where positive) or cuts off (where negative) on both sides of each axis."""
    return ((0, 0),) * (ndim - len(padding)) + tuple(
        (-edge, more - edge) for edge, more in zip(padding, extra, strict=True)
    )


def taken_apart(ndim, rank):  # type: ignore[no-untyped-def]
    """The order of axes that exchanges the windows' own places with the places inside of them, so many axes each."""
    lead = ndim - 2 * rank
    return (*range(lead), *range(lead + rank, ndim), *range(lead, lead + rank))


def columns(shape):  # type: ignore[no-untyped-def]
    """The shape of windows over two axes, (…, channels, rows, columns, height, width), as (…, elements, windows)."""
    *lead, channels, rows, across, height, width = shape
    return (*lead, channels * height * width, rows * across)


def window_grid(shape, size, kernel, stride, padding, dilation):  # type: ignore[no-untyped-def]
    """The shape of columns of windows taken apart again; nothing where they are not the windows of that size."""
    counts = tuple(
        (length + 2 * edge - gap * (window - 1) - 1) // step + 1
        for length, window, step, edge, gap in zip(size, kernel, stride, padding, dilation, strict=True)
    )
    *lead, elements, places = shape
    fits = places == counts[0] * counts[1] and not elements % (kernel[0] * kernel[1])
    return (*lead, elements // (kernel[0] * kernel[1]), *kernel, *counts) if fits else ()


def enclosing(shape, size, kernel, padding):  # type: ignore[no-untyped-def]
    """The shape that windows are folded to, with the padding that is cut off afterwards."""
    *lead, elements, _ = shape
    around = tuple(length + 2 * edge for length, edge in zip(size, padding, strict=True))
    return (*lead, elements // (kernel[0] * kernel[1]), *around)


def inside(padding):  # type: ignore[no-untyped-def]
    """The index of what is left without so many places on both sides of the last axes; nothing where there are none."""
    return (..., *(slice(edge or None, -edge or None) for edge in padding)) if any(padding) else ()


def behind_start(axis, length, count, reflect):  # type: ignore[no-untyped-def]
    """The index of what stands in front of an axis that goes on by itself, or as in a mirror."""
    places = slice(count, 0, -1) if reflect else slice(length - count, None)
    return (*(slice(None),) * axis, places)


def before_end(axis, length, count, reflect):  # type: ignore[no-untyped-def]
    """The index of what stands behind an axis that goes on by itself, or as in a mirror."""
    last = length - 2 - count
    places = slice(length - 2, last if last >= 0 else None, -1) if reflect else slice(0, count)
    return (*(slice(None),) * axis, places)


def stretched(shape, axis, count):  # type: ignore[no-untyped-def]
    """The shape with another length of one axis."""
    return (*shape[:axis], count, *shape[axis + 1 :])


def nearest_places(length, size, scale, exact):  # type: ignore[no-untyped-def]
    """For each place of a result of that size the nearest one in an axis of that length, in single precision, which
    PyTorch decides it in."""
    ratio = single(1 / scale if scale else length / size)
    places = (int(single(single(place + 0.5 if exact else place) * ratio)) for place in range(size))
    return tuple(place if place < length else length - 1 for place in places)


def single(number):  # type: ignore[no-untyped-def]
    """The number rounded to single precision."""
    wide = number * 536870913.0
    return wide - (wide - number)


def places_between(length, size, scale, align_corners):  # type: ignore[no-untyped-def]
    """For each place of a result of that size where it lies in an axis of that length, which may be a bit outside."""
    if align_corners:
        step = (length - 1) / (size - 1) if size > 1 else 0.0
        return tuple(place * step for place in range(size))
    step = 1 / scale if scale else length / size
    return tuple((place + 0.5) * step - 0.5 for place in range(size))


def resized(shape, rank, size, scales):  # type: ignore[no-untyped-def]
    """The lengths of the last axes after a change of size, given as such or by factors."""
    lengths = shape[len(shape) - rank :]
    return size if scales is None else tuple(int(length * scale) for length, scale in zip(lengths, scales, strict=True))


def shuffled(shape, factor):  # type: ignore[no-untyped-def]
    """The shape with the channels taken apart into channels and the rows and columns of small squares."""
    *lead, channels, height, width = shape
    return (*lead, channels // factor**2, factor, factor, height, width)


def unshuffled(shape, factor):  # type: ignore[no-untyped-def]
    """The shape with height and width taken apart into small squares."""
    *lead, channels, height, width = shape
    return (*lead, channels, height // factor, factor, width // factor, factor)


def edges_of(padding, ndim):  # type: ignore[no-untyped-def]
    """PyTorch's widths, which begin with the last axis, as a pair for each axis; None where they do not fit."""
    count = len(padding) // 2
    if len(padding) % 2 or count > ndim:
        return None
    pairs = tuple((padding[2 * i], padding[2 * i + 1]) for i in reversed(range(count)))
    return ((0, 0),) * (ndim - count) + pairs


def added(edges):  # type: ignore[no-untyped-def]
    """The widths that add something; nothing where none does."""
    widths = tuple((before if before > 0 else 0, after if after > 0 else 0) for before, after in edges)
    return widths if any(map(any, widths)) else ()


def kept(edges):  # type: ignore[no-untyped-def]
    """The index of what negative widths leave; nothing where there are none."""
    slices = tuple(slice(-before if before < 0 else None, after if after < 0 else None) for before, after in edges)
    return slices if any(one != slice(None) for one in slices) else ()


def whole_channels(shape, rank):  # type: ignore[no-untyped-def]
    """The shape of a number for each channel of a tensor whose last axes are places."""
    return tuple(shape[: len(shape) - rank]) + (1,) * rank


def behind(ndim, size):  # type: ignore[no-untyped-def]
    """Widths on the last axis, so that each place is in the middle of a window of that size."""
    return ((0, 0),) * (ndim - 1) + ((size // 2, (size - 1) // 2),)


def common_shape(one, other):  # type: ignore[no-untyped-def]
    """The shape that two shapes are broadcast to."""
    rank = len(one) if len(one) > len(other) else len(other)
    pairs = zip((1,) * (rank - len(one)) + one, (1,) * (rank - len(other)) + other, strict=True)
    return tuple(b if a == 1 else a for a, b in pairs)


def heads(shape, queries):  # type: ignore[no-untyped-def]
    """The shape of keys with one more axis, of the queries' heads that share each of theirs."""
    *lead, own, places, features = shape
    return (*lead, own, queries[-3] // own, places, features)


def all_heads(shape, queries):  # type: ignore[no-untyped-def]
    """The shape of keys with as many heads as the queries have."""
    *lead, own, places, features = shape
    return (*lead, queries[-3] // own * own, places, features)


EXTENTS = (
    several, strides, left_over, middle, part, usual_axis, last_axes, is_ending, rank_of, backmost, foremost, grouped,
    window_edges, extra_edges, enlarged, shares, filled, swapped_in, scaled_up, scaled_down, product, spread, trimmed,
    taken_apart, columns, window_grid, enclosing, inside, behind_start, before_end, stretched, nearest_places, single,
    places_between, resized, shuffled, unshuffled, edges_of, added, kept, whole_channels, behind, common_shape, heads,
    all_heads,
)  # fmt: skip
"""All of them, for `statics`."""
