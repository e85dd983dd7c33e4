"""PyTorch's reductions and scans."""

from __future__ import annotations

TABLE = """
torch.sum, Tensor.sum = lambda input, dim=None, keepdim=False: sum(input, over(input, dim), keepdim)
torch.mean, Tensor.mean = lambda input, dim=None, keepdim=False: mean(input, over(input, dim), keepdim)
torch.amax, Tensor.amax = lambda input, dim=None, keepdim=False: max(input, over(input, dim), keepdim)
torch.amin, Tensor.amin = lambda input, dim=None, keepdim=False: min(input, over(input, dim), keepdim)
torch.argmax, Tensor.argmax = lambda input, dim=None, keepdim=False: argmax(input, over(input, dim), keepdim)
torch.argmin, Tensor.argmin = lambda input, dim=None, keepdim=False: argmin(input, over(input, dim), keepdim)
torch.prod, Tensor.prod = lambda input, dim=None, keepdim=False: prod(input, over(input, dim), keepdim)

@names(torch.logsumexp, Tensor.logsumexp, torch.special.logsumexp)
def logsumexp(input, dim, keepdim=False):
    return logsumexp(input, over(input, dim), keepdim)

torch.count_nonzero, Tensor.count_nonzero = lambda input, dim=None: sum(input != 0, over(input, dim))
torch.all, Tensor.all = lambda input, dim=None, keepdim=False: min(input != 0, over(input, dim), keepdim) != 0
torch.any, Tensor.any = lambda input, dim=None, keepdim=False: max(input != 0, over(input, dim), keepdim) != 0

@names(torch.nansum, Tensor.nansum)
def nansum(input, dim=None, keepdim=False):
    "The sum of the numbers that are not NaN."
    return sum(where(isnan(input), 0, input), over(input, dim), keepdim)

@names(torch.nanmean, Tensor.nanmean)
def nanmean(input, dim=None, keepdim=False):
    "The mean of the numbers that are not NaN."
    known = logical_not(isnan(input))
    return sum(where(known, input, 0), over(input, dim), keepdim) / sum(known, over(input, dim), keepdim)

@names(torch.max, Tensor.max)
def max(input, dim=None, keepdim=False, *, other=None):
    "The largest element; with dim a pair of the values and their indices, the first of equal ones."
    if other is not None or is_tensor(dim):
        return maximum(input, dim if other is None else other)
    if dim is None:
        return max(input)
    at = argmax(input, over(input, dim), True)
    return fields(values=taken_at(input, at, dim, keepdim), indices=at if keepdim else without_axis(at, dim))

@names(torch.min, Tensor.min)
def min(input, dim=None, keepdim=False, *, other=None):
    "The smallest element; with dim a pair of the values and their indices, the first of equal ones."
    if other is not None or is_tensor(dim):
        return minimum(input, dim if other is None else other)
    if dim is None:
        return min(input)
    at = argmin(input, over(input, dim), True)
    return fields(values=taken_at(input, at, dim, keepdim), indices=at if keepdim else without_axis(at, dim))

@names(torch.aminmax, Tensor.aminmax)
def aminmax(input, *, dim=None, keepdim=False):
    "The smallest and the largest element."
    return fields(min=min(input, over(input, dim), keepdim), max=max(input, over(input, dim), keepdim))

@names(torch.median, Tensor.median)
def median(input, dim=None, keepdim=False):
    "The median, the lower of two; with dim a pair of the values and their indices."
    if dim is None:
        flat = reshape(input, (-1,))
        return flat[argsort(flat, 0)[(flat.shape[0] - 1) // 2]]
    if input.ndim == 0:
        return fields(values=input, indices=arange(1)[0])
    at = part_at(argsort(input, dim), dim, (input.shape[dim] - 1) // 2)
    return fields(values=taken_at(input, at, dim, keepdim), indices=at if keepdim else without_axis(at, dim))

@names(torch.cummax, Tensor.cummax)
def cummax(input, dim):
    "The largest element so far, along dim, and its index."
    return so_far(input, dim, False) if input.ndim else fields(values=input, indices=arange(1)[0])

@names(torch.cummin, Tensor.cummin)
def cummin(input, dim):
    "The smallest element so far, along dim, and its index."
    return so_far(input, dim, True) if input.ndim else fields(values=input, indices=arange(1)[0])

@names(torch.cumsum, Tensor.cumsum)
def cumsum(input, dim):
    return input if input.ndim == 0 else cumsum(input, dim)

@names(torch.cumprod, Tensor.cumprod)
def cumprod(input, dim):
    return input if input.ndim == 0 else cumprod(input, dim)

@names(torch.logcumsumexp, Tensor.logcumsumexp)
def logcumsumexp(input, dim):
    "The logarithm of the running sum of exp(input)."
    if input.ndim == 0:
        return input
    top = detach(max(input, dim, True))
    return log(cumsum(exp(input - top), dim)) + top

@names(torch.var, Tensor.var)
def var(input, dim=None, unbiased=None, keepdim=False, *, correction=1):
    "The variance, divided by n - 1 unless correction says otherwise."
    if isinstance(dim, bool):
        return var(input, None, 1 if dim else 0)
    return var(input, over(input, dim), freedom(unbiased, correction), keepdim)

@names(torch.std, Tensor.std)
def std(input, dim=None, unbiased=None, keepdim=False, *, correction=1):
    "The standard deviation, with n - 1 unless correction says otherwise."
    if isinstance(dim, bool):
        return std(input, None, 1 if dim else 0)
    return std(input, over(input, dim), freedom(unbiased, correction), keepdim)

@names(torch.var_mean)
def var_mean(input, dim=None, unbiased=None, keepdim=False, *, correction=1):
    "The variance and the mean."
    if isinstance(dim, bool):
        return (var(input, None, 1 if dim else 0), mean(input))
    ddof = freedom(unbiased, correction)
    return (var(input, over(input, dim), ddof, keepdim), mean(input, over(input, dim), keepdim))

@names(torch.std_mean)
def std_mean(input, dim=None, unbiased=None, keepdim=False, *, correction=1):
    "The standard deviation and the mean."
    if isinstance(dim, bool):
        return (std(input, None, 1 if dim else 0), mean(input))
    ddof = freedom(unbiased, correction)
    return (std(input, over(input, dim), ddof, keepdim), mean(input, over(input, dim), keepdim))

@names(torch.dist, Tensor.dist)
def dist(input, other, p=2):
    "The p-norm of the difference."
    return norm_along(reshape(input - other, (-1,)), p)

@names(torch.mode, Tensor.mode)
def mode(input, dim=-1, keepdim=False):
    "The value that occurs most often along dim, the smallest of several, and an index of it."
    if input.ndim == 0:
        return fields(values=input, indices=arange(1)[0])
    last = with_last(input, dim)
    times = sum(last[..., None, :] == last[..., :, None], -1)
    least = min(where(times == max(times, -1, True), last, np.inf), -1, True)
    index = with_last(argcummax(float(last == least))[..., -1:], dim)
    return fields(values=taken_at(input, index, dim, keepdim), indices=index if keepdim else without_axis(index, dim))

@names(torch.numel)
def numel(input):
    "How many elements there are."
    return count(input)

@names(torch.equal, Tensor.equal, torch.allclose, Tensor.allclose)
def equal(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    return refuse("Whether all elements are equal depends on the numbers", "compare them one by one: a == b")
"""
