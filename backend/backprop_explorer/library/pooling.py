"""What the poolings of the libraries are made of: windows that may reach beyond the end, and the way back."""

from __future__ import annotations

from backprop_explorer.library.record import Composite

FIRST_GREATEST = Composite(
    text="""
def first_greatest(x, places=None):
    first = argmax(x, -1, keepdims=True)
    found = take_along_axis(x, first, -1)[..., 0]
    return found if places is None else (found, take_along_axis(broadcast_to(places, x.shape), first, -1)[..., 0])
""",
    summary=(
        "The greatest element along the last axis; the gradient goes to the first of several that are equal. With "
        "places a pair: what stands there in another tensor, too."
    ),
    formula="y = x[argmax(x)]",
    internal=True,
)
WINDOW_MAXIMA = Composite(
    text="""
def window_maxima(x, kernel=(), stride=None, padding=0, dilation=1, ceil_mode=False, with_places=False):
    rank = rank_of(kernel)
    steps = strides(stride, kernel)
    gaps = several(dilation, rank)
    edges = window_edges(x.shape, kernel, steps, several(padding, rank), gaps, ceil_mode)
    padded = pad(x, edges, constant_values=-np.inf) if edges else x
    each = windows(padded, kernel, steps, gaps)
    row = flattened(each.shape, -rank, -1)
    if not with_places:
        return first_greatest(reshape(each, row) if rank > 1 else each)
    numbered = numbered_places(x.shape[-rank:])
    place = windows(pad(numbered, edges[-rank:]) if edges else numbered, kernel, steps, gaps)
    return first_greatest(reshape(each, row), reshape(place, flattened(place.shape, -rank, -1)))
""",
    summary="The greatest element of every window over the last axes; with_places a pair, with its place in them.",
    formula="y[p] = max(x[stride * p + dilation * k], k)",
    internal=True,
)
NUMBERS = Composite(
    text="""
def numbered_places(shape=()):
    return reshape(arange(product(shape)), shape)
""",
    summary="The number of each place, row by row.",
    formula="y = arange(n)",
    internal=True,
)
WINDOW_MEANS = Composite(
    text="""
def window_means(x, kernel=(), stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor=None):
    rank = rank_of(kernel)
    steps = strides(stride, kernel)
    around = several(padding, rank)
    edges = window_edges(x.shape, kernel, steps, around, several(1, rank), ceil_mode)
    each = windows(pad(x, edges) if edges else x, kernel, steps)
    beyond = extra_edges(edges, around) if edges else ()
    if divisor is not None:
        return sum(each, last_axes(rank)) / divisor
    if not beyond and (count_include_pad or not edges):
        return mean(each, last_axes(rank))
    counted = ones(enlarged(x.shape, around if count_include_pad else several(0, rank)))
    inside = pad(counted, beyond if count_include_pad else edges[-rank:])
    return sum(each, last_axes(rank)) / sum(windows(inside, kernel, steps), last_axes(rank))
""",
    summary="The mean of every window over the last axes, of what counts in it.",
    formula="y[p] = mean(x[stride * p + k], k)",
    internal=True,
)
BINS = Composite(
    text="""
def bins(length=1, count=1):
    place = arange(length)[:, None]
    bin = arange(count)
    return float((place + 1) * count > bin * length) * (place * count < (bin + 1) * length)
""",
    summary="Which places of an axis belong to each of so many bins of about one length, which may overlap by one.",
    formula="y[i, j] = (i >= floor(j * length / count)) * (i < ceil((j + 1) * length / count))",
    internal=True,
)
BIN_MEANS = Composite(
    text="""
def bin_means(x, size=()):
    rank = rank_of(size)
    kernel = shares(x.shape, size)
    if kernel:
        return mean(windows(x, kernel, kernel), last_axes(rank)) if product(kernel) > 1 else x
    y = x
    for i in range(rank):
        here = bins(x.shape[i - rank], size[i])
        y = along_axis(y, here / sum(here, 0), i - rank)
    return y
""",
    summary="The mean of each bin, of so many along each of the last axes.",
    formula="y = x @ bins",
    internal=True,
)
BIN_MAXIMA = Composite(
    text="""
def bin_maxima(x, size=(), with_places=False):
    rank = rank_of(size)
    kernel = shares(x.shape, size)
    if kernel:
        return window_maxima(x, kernel, None, 0, 1, False, with_places)
    y = x
    place = numbered_places(x.shape[-rank:]) if with_places else None
    for i in range(rank):
        axis = -1 - i
        inside = bins(x.shape[axis], size[axis]).mT
        rows = where(inside, put_last(y, axis)[..., None, :], -np.inf)
        if with_places:
            found = first_greatest(rows, put_last(place, axis)[..., None, :])
            y = put_last(found[0], axis)
            place = put_last(found[1], axis)
        else:
            y = put_last(first_greatest(rows), axis)
    return (y, place) if with_places else y
""",
    summary="The greatest element of each bin, of so many along each of the last axes; with_places a pair.",
    formula="y[j] = max(where(bins[i, j], x[i], -inf), i)",
    internal=True,
)
PUT_LAST = Composite(
    text="""
def put_last(x, axis=-1):
    return x if axis == -1 else transpose(x, exchanged(x.ndim, axis))
""",
    summary="An axis and the last one in each other's place.",
    formula="y = transpose(x)",
    internal=True,
)
ALONG_AXIS = Composite(
    text="""
def along_axis(x, matrix, axis=-1):
    return put_last(put_last(x, axis) @ matrix, axis)
""",
    summary="x times a matrix along one of its axes.",
    formula="y[j] = sum(x[i] * matrix[i, j], i)",
    internal=True,
)
WINDOW_NORMS = Composite(
    text="""
def window_norms(x, p=2, kernel=(), stride=None, ceil_mode=False):
    means = window_means(x ** p, kernel, stride, 0, ceil_mode)
    size = sign(means) * relu(abs(means)) * product(kernel)
    return where(size == 0, 0, where(size == 0, 1, size) ** (1 / p))
""",
    summary="Of every window the root of the sum of powers; where that is 0 the gradient is 0.",
    formula="y[q] = sum(x[stride * q + k] ** p, k) ** (1 / p)",
    internal=True,
)
CURVES = Composite(
    text="""
def curves(length=1, places=(), cubic=False):
    if not cubic:
        return relu(1 - abs(arange(length)[:, None] - clip(stack(places), 0, length - 1)))
    d = abs(arange(-3, length + 3)[:, None] - stack(places))
    near = 1.25 * d ** 3 - 2.25 * d ** 2 + 1
    far = -0.75 * (d ** 3 - 5 * d ** 2 + 8 * d - 4)
    w = where(d <= 1, near, where(d < 2, far, 0))
    if length == 1:
        return sum(w, 0, True)
    ends = (sum(w[:4], 0, True), sum(w[-4:], 0, True))
    return concatenate(ends if length == 2 else (ends[0], w[4:-4], ends[1]), 0)
""",
    summary=(
        "How much each place of an axis counts at places in between: less in proportion to the distance; or by Keys' "
        "cubic curve, beyond the ends the last place again."
    ),
    formula="y[i, j] = relu(1 - abs(i - places[j]))",
    internal=True,
)
PICKED = Composite(
    text="""
def picked(length=1, places=()):
    return float(arange(length)[:, None] == stack(places))
""",
    summary="The matrix that takes the named places of an axis.",
    formula="y[i, j] = (i == places[j])",
    internal=True,
)
REPEATED_ENDS = Composite(
    text="""
def repeated_ends(x, axis=0, before=0, after=0):
    first = broadcast_to(x[part(x.ndim, axis, 0, 1)], stretched(x.shape, axis, before)) if before > 0 else None
    last = broadcast_to(x[part(x.ndim, axis, -1, None)], stretched(x.shape, axis, after)) if after > 0 else None
    return with_ends(x, first, last, axis)
""",
    summary="The first element of an axis so many times before it and the last so many times behind it.",
    formula="y[i] = x[clip(i - before, 0, n - 1)]",
    internal=True,
)
CONTINUED = Composite(
    text="""
def continued(x, axis=0, before=0, after=0, reflect=False):
    first = x[behind_start(axis, x.shape[axis], before, reflect)] if before > 0 else None
    last = x[before_end(axis, x.shape[axis], after, reflect)] if after > 0 else None
    return with_ends(x, first, last, axis)
""",
    summary="An axis that goes on before and behind it by itself, from its other end, or as in a mirror.",
    formula="y = concatenate((first, x, last))",
    internal=True,
)
WITH_ENDS = Composite(
    text="""
def with_ends(x, first=None, last=None, axis=0):
    if first is None and last is None:
        return x
    if last is None:
        return concatenate((first, x), axis)
    return concatenate((x, last), axis) if first is None else concatenate((first, x, last), axis)
""",
    summary="What stands before and behind along an axis put on.",
    formula="y = concatenate((first, x, last))",
    internal=True,
)
PADDED = Composite(
    text="""
def padded(x, widths=(), value=0):
    return pad(x, widths, constant_values=value)
""",
    summary="A tensor with a number around it.",
    formula="y = pad(x, widths)",
    internal=True,
)
