"""NumPy's reductions and scans."""

from __future__ import annotations

TABLE = """
np.sum, ndarray.sum = lambda a, axis=None, keepdims=False: sum(a, axis, keepdims)
np.mean, ndarray.mean = lambda a, axis=None, keepdims=False: mean(a, axis, keepdims)
np.max, np.amax, ndarray.max = lambda a, axis=None, keepdims=False: max(a, axis, keepdims)
np.min, np.amin, ndarray.min = lambda a, axis=None, keepdims=False: min(a, axis, keepdims)
np.prod, ndarray.prod = lambda a, axis=None, keepdims=False: prod(a, axis, keepdims)
np.argmax, ndarray.argmax = lambda a, axis=None, keepdims=False: argmax(a, axis, keepdims)
np.argmin, ndarray.argmin = lambda a, axis=None, keepdims=False: argmin(a, axis, keepdims)
np.var, ndarray.var = lambda a, axis=None, ddof=0, keepdims=False: var(a, axis, ddof, keepdims)
np.std, ndarray.std = lambda a, axis=None, ddof=0, keepdims=False: std(a, axis, ddof, keepdims)
np.count_nonzero = lambda a, axis=None, *, keepdims=False: sum(a != 0, axis, keepdims)
np.all, ndarray.all = lambda a, axis=None, keepdims=False: min(a != 0, axis, keepdims) != 0
np.any, ndarray.any = lambda a, axis=None, keepdims=False: max(a != 0, axis, keepdims) != 0
np.nansum = lambda a, axis=None, keepdims=False: sum(where(isnan(a), 0, a), axis, keepdims)
np.nanmax = lambda a, axis=None, keepdims=False: max(where(isnan(a), -np.inf, a), axis, keepdims)
np.nanmin = lambda a, axis=None, keepdims=False: min(where(isnan(a), np.inf, a), axis, keepdims)
@names(np.size)
def size(a, axis=None):
    "How many elements there are, of all axes or along one."
    return count(a, axis)

np.shape = lambda a: a.shape
np.ndim = lambda a: a.ndim
np.ptp = lambda a, axis=None, keepdims=False: max(a, axis, keepdims) - min(a, axis, keepdims)

@names(np.nanmean)
def nanmean(a, axis=None, keepdims=False):
    "The mean of the numbers that are not NaN."
    return sum(where(isnan(a), 0, a), axis, keepdims) / sum(logical_not(isnan(a)), axis, keepdims)

@names(np.average)
def average(a, axis=None, weights=None, *, keepdims=False):
    "The mean, with weights the weighted one."
    if weights is None:
        return mean(a, axis, keepdims)
    scale = reshape(weights, alone(a.ndim, axis)) if is_tensor(weights) and weights.ndim < a.ndim else weights
    return sum(a * scale, axis, keepdims) / sum(broadcast_to(scale, a.shape), axis, keepdims)

@names(np.median)
def median(a, axis=None, *, keepdims=False):
    "The median, the mean of the two in the middle."
    flat = reshape(a, (-1,)) if axis is None else a
    at = 0 if axis is None else axis
    ordered = take_along_axis(flat, argsort(flat, at), at)
    both = (part_at(ordered, at, (flat.shape[at] - 1) // 2) + part_at(ordered, at, flat.shape[at] // 2)) / 2
    if axis is None:
        return reshape(both, (1,) * a.ndim if keepdims else ())
    return both if keepdims else squeeze(both, axis)

@names(np.cumsum, ndarray.cumsum)
def cumsum(a, axis=None):
    return cumsum(reshape(a, (-1,)) if axis is None else a, 0 if axis is None else axis)

@names(np.cumprod, ndarray.cumprod)
def cumprod(a, axis=None):
    return cumprod(reshape(a, (-1,)) if axis is None else a, 0 if axis is None else axis)

@names(np.float64, np.float32, np.float16, np.double)
def float64(x=0.0):
    "The number, or the tensor, in the document's type."
    return float(x) if is_tensor(x) else x
"""
