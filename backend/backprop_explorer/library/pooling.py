"""What the poolings of the libraries are made of: windows that may reach beyond the end, and the way back."""

from __future__ import annotations

from backprop_explorer.library.record import Composite

FIRST_GREATEST = Composite(
    text="""
def first_greatest(x, places=None):
    chosen = one_hot(argmax(x, -1), x.shape[-1])
    found = sum(where(chosen, x, 0), -1)
    return found if places is None else (found, sum(where(chosen, places, 0), -1))
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
    steps = kernel if stride is None else several(stride, rank)
    gaps = several(dilation, rank)
    edges = window_edges(x.shape, kernel, steps, several(padding, rank), gaps, ceil_mode)
    padded = pad(x, edges, constant_values=-np.inf) if edges else x
    each = windows(padded, kernel, steps, gaps)
    row = flattened(each.shape, -rank, -1)
    if not with_places:
        return first_greatest(reshape(each, row) if rank > 1 else each)
    numbered = numbers(x.shape[-rank:])
    place = windows(pad(numbered, edges[-rank:]) if edges else numbered, kernel, steps, gaps)
    return first_greatest(reshape(each, row), reshape(place, flattened(place.shape, -rank, -1)))
""",
    summary="The greatest element of every window over the last axes; with_places a pair, with its place in them.",
    formula="y[p] = max(x[stride * p + dilation * k], k)",
    internal=True,
)
NUMBERS = Composite(
    text="""
def numbers(shape=()):
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
    steps = kernel if stride is None else several(stride, rank)
    around = several(padding, rank)
    edges = window_edges(x.shape, kernel, steps, around, several(1, rank), ceil_mode)
    each = windows(pad(x, edges) if edges else x, kernel, steps)
    beyond = extra_edges(edges, around) if edges else ()
    if divisor is not None:
        return sum(each, last_axes(rank)) / divisor
    if not beyond and (count_include_pad or not edges):
        return mean(each, last_axes(rank))
    counted = ones(enlarged(x.shape, around if count_include_pad else (0,) * rank))
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
    return ((place + 1) * count > bin * length) * (place * count < (bin + 1) * length)
""",
    summary="Which places of an axis belong to each of so many bins of about one length, which may overlap by one.",
    formula="y[place, bin] = 1 where floor(bin * length / count) <= place < ceil((bin + 1) * length / count)",
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
    formula="y[bin] = mean(x[place], place in bin)",
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
    place = numbers(x.shape[-rank:]) if with_places else None
    for i in range(rank):
        axis = -1 - i
        inside = bins(x.shape[axis], size[axis]).mT
        rows = where(inside, put_last(y, axis)[..., None, :], -np.inf)
        if with_places:
            there = put_last(place, axis)[..., None, :] + 0 * inside
            found = first_greatest(rows, there)
            y = put_last(found[0], axis)
            place = put_last(found[1], axis)
        else:
            y = put_last(first_greatest(rows), axis)
    return (y, place) if with_places else y
""",
    summary="The greatest element of each bin, of so many along each of the last axes; with_places a pair.",
    formula="y[bin] = max(x[place], place in bin)",
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
    formula="y[…, j, …] = sum(x[…, i, …] * matrix[i, j], i)",
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
HATS = Composite(
    text="""
def hats(length=1, places=()):
    return relu(1 - abs(arange(length)[:, None] - stack(places)))
""",
    summary="How much each place of an axis counts at places in between: less in proportion to the distance.",
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
