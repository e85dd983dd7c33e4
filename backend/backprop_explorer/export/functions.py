"""What a PyTorch script defines: functions of PyTorch behind the language's signature, and functions of shapes."""

from __future__ import annotations

from backprop_explorer.engine.definitions import STATIC_SCRIPTS
from backprop_explorer.export.counterparts import OF_TENSORS

AT = "at"
"""What takes x[index] where the index may go backwards."""
WRITTEN = {
    "binary_cross_entropy_with_logits": """
def binary_cross_entropy_with_logits(logits, targets, reduction="mean"):
    return F.binary_cross_entropy_with_logits(*torch.broadcast_tensors(logits, targets), reduction=reduction)""",
    "softplus": """
def softplus(x):
    return torch.logaddexp(x, torch.zeros_like(x))  # F.softplus is a straight line above 20""",
    "xlogx": """
def xlogx(x):
    return torch.xlogy(x, x)""",
    "softmax": """
def softmax(x, axis=-1):
    return F.softmax(x, dim=axis)""",
    "log_softmax": """
def log_softmax(x, axis=-1):
    return F.log_softmax(x, dim=axis)""",
    "logsumexp": """
def logsumexp(x, axis=None, keepdims=False):
    return torch.logsumexp(x, tuple(range(x.ndim)) if axis is None else axis, keepdims)""",
    "linear": """
def linear(x, w, b=None, layout="in_out"):
    return F.linear(x, w if layout == "out_in" else w.T, b)""",
    "layer_norm": """
def layer_norm(x, weight=None, bias=None, eps=1e-5):
    return F.layer_norm(x, x.shape[-1:], weight, bias, eps)""",
    "rms_norm": """
def rms_norm(x, weight=None, eps=1e-5):
    return F.rms_norm(x, x.shape[-1:], weight, eps)""",
    "batch_norm": """
def batch_norm(x, weight=None, bias=None, eps=1e-5):
    return F.batch_norm(x, None, None, weight, bias, training=True, eps=eps)""",
    "scaled_dot_product_attention": """
def scaled_dot_product_attention(q, k, v, is_causal=False):
    return F.scaled_dot_product_attention(q, k, v, is_causal=is_causal)""",
    "sum": """
def sum(x, axis=None, keepdims=False):
    return x if axis == () else torch.sum(x, dim=axis, keepdim=keepdims)""",
    "mean": """
def mean(x, axis=None, keepdims=False):
    x = x if x.is_floating_point() else x.to(dtype)
    return x if axis == () else torch.mean(x, dim=axis, keepdim=keepdims)""",
    "max": """
def max(x, axis=None, keepdims=False):
    return x if axis == () else torch.amax(x, dim=() if axis is None else axis, keepdim=keepdims)""",
    "min": """
def min(x, axis=None, keepdims=False):
    return x if axis == () else torch.amin(x, dim=() if axis is None else axis, keepdim=keepdims)""",
    "prod": """
def prod(x, axis=None, keepdims=False):
    axes = range(x.ndim) if axis is None or not x.ndim else axis if isinstance(axis, tuple) else (axis,)
    for one in sorted((one % x.ndim for one in axes), reverse=True):
        x = torch.prod(x, one, keepdim=keepdims)
    return x""",
    "var": """
def var(x, axis=None, ddof=0, keepdims=False):
    return torch.var(x, dim=axis, correction=ddof, keepdim=keepdims)""",
    "cumsum": """
def cumsum(x, axis=-1):
    return torch.cumsum(x, axis)""",
    "cumprod": """
def cumprod(x, axis=-1):
    return torch.cumprod(x, axis)""",
    "reshape": """
def reshape(x, *shape):
    return torch.as_tensor(x).reshape(*shape)""",
    "transpose": """
def transpose(x, *axes):
    axes = axes[0] if len(axes) == 1 else axes
    if not axes:
        return x.permute(*reversed(range(x.ndim)))
    return x.permute(axes) if len(axes) == x.ndim else x.transpose(*axes)""",
    "expand_dims": """
def expand_dims(x, axis):
    for one in axis if isinstance(axis, tuple) else (axis,):
        x = torch.unsqueeze(x, one)
    return x""",
    "squeeze": """
def squeeze(x, axis=None):
    return torch.squeeze(x) if axis is None else torch.squeeze(x, axis)""",
    "broadcast_to": """
def broadcast_to(x, *shape):
    return (torch.tensor(x, dtype=dtype) if type(x) in (int, float) else torch.as_tensor(x)).expand(*shape)""",
    "pad": """
def pad(x, pad_width, constant_values=0):
    widths = torch.broadcast_to(torch.tensor(pad_width), (x.ndim, 2)).flip(0).flatten().tolist()
    return F.pad(x, widths, value=constant_values)""",
    "take_along_axis": """
def take_along_axis(x, indices, axis=-1):
    return torch.take_along_dim(x, indices, axis)""",
    "add_along_axis": """
def add_along_axis(x, indices, shape, axis=-1):
    zeros = torch.zeros(shape, dtype=x.dtype)
    return zeros.scatter_add(axis, indices.expand_as(x), x)""",
    "argsort": """
def argsort(x, axis=-1):
    return torch.argsort(x, dim=axis, stable=True)""",
    "logabsdet": """
def logabsdet(x):
    return torch.linalg.slogdet(x)[1]""",
    "signdet": """
def signdet(x):
    return torch.linalg.slogdet(x)[0]""",
    "solve": """
def solve(a, b):
    if b.ndim == 1:
        return torch.linalg.solve(a, b[:, None])[..., 0]
    batch = torch.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return torch.linalg.solve(a, b.expand(batch + b.shape[-2:]))""",
    "argcummax": """
def argcummax(x, axis=-1):
    return torch.cummax(x, axis)[1]""",
    "overwrite": """
def overwrite(x, index, v):
    places = at(torch.arange(x.numel()).reshape(x.shape), index)
    values, kind = torch.as_tensor(v), torch.result_type(x, v)
    given = values.to(kind).expand(places.shape).flatten()
    return x.to(kind).flatten().index_put((places.flatten(),), given).reshape(x.shape)""",
    "last_written": """
def last_written(x, index):
    taken = at(x, index)
    order, place = torch.arange(taken.numel()).reshape(taken.shape), torch.arange(x.numel()).reshape(x.shape)
    last = torch.full((x.numel(),), -1)
    for number, where in zip(order.flatten().tolist(), at(place, index).flatten().tolist()):
        last[where] = number
    return torch.where(at(last.reshape(x.shape), index) == order, taken, 0)""",
    "unlookup": """
def unlookup(x, index, shape):
    places = at(torch.arange(math.prod(shape)).reshape(shape), index)
    flat = torch.zeros(math.prod(shape), dtype=x.dtype).index_add(0, places.flatten(), x.flatten())
    return flat.reshape(shape)""",
    "unindex": """
def unindex(x, index, shape):
    places = at(torch.arange(math.prod(shape)).reshape(shape), index)
    flat = torch.zeros(math.prod(shape), dtype=x.dtype).index_add(0, places.flatten(), x.flatten())
    return flat.reshape(shape)""",
    "scatter_add": """
def scatter_add(x, indices, shape):
    flat = x.reshape(-1, *shape[1:])
    return torch.zeros(shape, dtype=x.dtype).index_add(0, indices.flatten() % shape[0], flat)""",
    "fold": """
def fold(x, shape, size, stride=1, dilation=1):
    places = windows(torch.arange(math.prod(shape)).reshape(shape), size, stride, dilation)
    flat = torch.zeros(math.prod(shape), dtype=x.dtype).index_add(0, places.flatten(), x.flatten())
    return flat.reshape(shape)""",
    "cofactors": """
def cofactors(x):
    return torch.linalg.det(x)[..., None, None] * torch.linalg.inv(x).mT""",
    "array": """
def array(object):
    return torch.tensor(object)""",
    "copy": """
def copy(x):
    return x.clone()""",
    "gather": """
def gather(x, indices):
    return x[indices]""",
    "float": """
def float(x):
    return x.to(dtype)""",
    **{
        name: f"""
def {name}(a, b):
    return torch.{name}(torch.as_tensor(a), torch.as_tensor(b))"""
        for name in OF_TENSORS
    },
    "floor_divide": """
def floor_divide(a, b):
    return torch.div(torch.as_tensor(a), torch.as_tensor(b), rounding_mode="floor")""",
    "one_hot": """
def one_hot(indices, n, ignore=None):
    if ignore is None or 0 <= ignore < n:
        return F.one_hot(indices, n).to(dtype)
    return F.one_hot(indices.where(indices != ignore, n), n + 1)[..., :n].to(dtype)""",
    "windows": """
def windows(x, size, stride=1, dilation=1):
    size = size if isinstance(size, tuple) else (size,)
    first = x.ndim - len(size)
    for i, length in enumerate(size):
        step = stride[i] if isinstance(stride, tuple) else stride
        gap = dilation[i] if isinstance(dilation, tuple) else dilation
        x = x.unfold(first + i, gap * (length - 1) + 1, step)[..., ::gap]
    return x""",
    "mT": """
def mT(x):
    return x.mT""",
    "random": """
def random(*shape):
    return next(draws)""",
}
"""Functions of PyTorch by the language's name."""

STATIC = {
    **{name: STATIC_SCRIPTS[name] for name in ("over", "inverse", "is_static", "room", "refuse")},
    "count": """
def count(x, axis=None):
    axes = axis if isinstance(axis, tuple) else (axis,)
    return x.numel() if axis is None else math.prod(x.shape[one] for one in axes)""",
    "is_tensor": """
def is_tensor(x):
    return torch.is_tensor(x)""",
    "is_mask": """
def is_mask(x):
    return torch.is_tensor(x) and not x.is_floating_point()""",
    "kind_of": """
def kind_of(x):
    is_float = not torch.is_tensor(x) or x.is_floating_point()
    return "float" if is_float else {torch.bool: "bool"}.get(x.dtype, "whole")""",
    "asked": """
def asked(args, dtype=None, number=None):
    kinds = {float: "float", int: "whole", bool: "bool", torch.int64: "whole", torch.bool: "bool"}
    for one in (dtype, *args):
        if torch.is_tensor(one):
            return kind_of(one)
        if isinstance(one, (type, torch.dtype)):
            return "float" if isinstance(one, torch.dtype) and one.is_floating_point else kinds[one]
        if isinstance(one, str) and one.endswith("Tensor"):
            return {"LongTensor": "whole", "IntTensor": "whole", "BoolTensor": "bool"}.get(one.split(".")[-1], "float")
    return {bool: "bool", int: "whole"}.get(type(number))""",
    "is_written": """
def is_written(index):
    return not torch.is_tensor(index) or bool(index.min() < 0)""",
    "known_numbers": """
def known_numbers(x):
    return x.tolist() if torch.is_tensor(x) else x""",
    "fields": """
def fields(**results):
    from collections import namedtuple
    return namedtuple("Fields", results)(**results)""",
    AT: """
def at(x, index):
    entries = index if isinstance(index, tuple) else (index,)
    if not torch.is_tensor(x) or not any(isinstance(one, slice) and (one.step or 1) < 0 for one in entries):
        return x[index]
    if not any(one is ... for one in entries):
        entries = (*entries, ...)
    axes = [0 if one is None or one is ... else one.ndim if torch.is_tensor(one) and one.dtype == torch.bool else 1
            for one in entries]
    axis, found = 0, []
    for one, taken in zip(entries, axes):
        if isinstance(one, slice) and (one.step or 1) < 0:
            x = x.index_select(axis, torch.tensor([*range(x.shape[axis])[one]], dtype=torch.long))
            one = slice(None)
        found.append(one)
        axis += x.ndim - sum(axes) if one is ... else taken
    return x[tuple(found)]""",
}
"""Functions of shapes and kinds, for definitions of the libraries' words."""
