"""What PyTorch has for the language's functions: the one table of names and signatures that differ.

A function whose record names its `source` in PyTorch is called there by that name, with the same arguments; only what
is called or spelt differently stands here.
"""

from __future__ import annotations

KEYWORDS = {
    "axis": "dim", "keepdims": "keepdim", "x": "input", "labels": "target", "targets": "target", "logits": "input",
    "log_probs": "input", "pred": "input", "indices": "input", "k": "diagonal", "ddof": "correction",
}  # fmt: skip
"""PyTorch's words for the parameters of its functions, where they are others."""

SAME = (
    "add", "subtract", "multiply", "divide", "negative", "greater", "greater_equal", "less", "less_equal",
    "not_equal", "matmul", "einsum", "exp", "log", "sqrt", "erf", "sin", "cos", "tanh", "sign", "abs", "stack",
    "where", "reshape", "argmax", "argmin", "zeros", "ones", "full", "eye", "tril", "triu", "arange", "exp2", "expm1",
    "log2", "log10", "log1p", "erfc", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "arcsinh", "arccosh",
    "arctanh", "floor", "ceil", "trunc", "isnan", "isinf", "isfinite", "logical_not",
)  # fmt: skip
CALLED = {
    **{name: f"torch.{name}" for name in SAME},
    "power": "torch.pow",
    "equal": "torch.eq",
    "concatenate": "torch.cat",
    "detach": "torch.detach",
    "rint": "torch.round",
    **{name: f"torch.linalg.{name}" for name in ("inv", "det", "cholesky")},
}
"""The functions of NumPy that PyTorch has with the same arguments."""

OWN_TEXT = ("standardize", "rms", "attention_weights", "dropout")
"""Composites that are a part of what their source does, or have random numbers of their own in PyTorch: written out
from their own text, as those that PyTorch does not have at all."""

MISSING = ("fold", "scatter_add", "redraw")
"""Functions that PyTorch does not have, or has under the same name with another meaning."""

NUMERIC = (
    "exp", "log", "sqrt", "erf", "sin", "cos", "tanh", "sign", "abs", "sigmoid", "relu", "exp2", "expm1", "log2",
    "log10", "log1p", "erfc", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "arcsinh", "arccosh", "arctanh",
    "floor", "ceil", "trunc", "rint", "isnan", "isinf", "isfinite", "logical_not",
)  # fmt: skip
"""Functions of one tensor, which PyTorch refuses for a plain number."""

OF_TENSORS = (
    "maximum", "minimum", "arctan2", "remainder", "fmod", "logical_and", "logical_or", "logical_xor",
)  # fmt: skip
"""Functions of two tensors, which PyTorch refuses for a tensor and a plain number."""

WRITTEN = {
    "binary_cross_entropy_with_logits": """
def binary_cross_entropy_with_logits(logits, targets, reduction="mean"):
    return F.binary_cross_entropy_with_logits(*torch.broadcast_tensors(logits, targets), reduction=reduction)""",
    "softplus": """
def softplus(x):
    return torch.logaddexp(x, torch.zeros_like(x))  # F.softplus is a straight line above 20""",
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
    return torch.sum(x, dim=axis, keepdim=keepdims)""",
    "mean": """
def mean(x, axis=None, keepdims=False):
    return torch.mean(x, dim=axis, keepdim=keepdims)""",
    "max": """
def max(x, axis=None, keepdims=False):
    return torch.amax(x, dim=() if axis is None else axis, keepdim=keepdims)""",
    "min": """
def min(x, axis=None, keepdims=False):
    return torch.amin(x, dim=() if axis is None else axis, keepdim=keepdims)""",
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
    return torch.as_tensor(x).expand(*shape)""",
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
    y = x.clone()
    y[index] = v
    return y""",
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
"""Functions of PyTorch behind the language's signature."""

METHODS = (
    "reshape",
    "sum",
    "mean",
    "tril",
    "triu",
    "detach",
    "flatten",
    "exp",
    "log",
    "sqrt",
    "tanh",
    "sigmoid",
    "relu",
)
"""Methods of a tensor that read the same in PyTorch, unless they have an axis by another word."""

MODULE = frozenset((
    "add_module", "apply", "bfloat16", "buffers", "children", "compile", "cpu", "cuda", "double", "eval",
    "extra_repr", "float", "forward", "get_buffer", "get_extra_state", "get_parameter", "get_submodule", "half",
    "ipu", "load_state_dict", "modules", "mtia", "named_buffers", "named_children", "named_modules",
    "named_parameters", "parameters", "register_buffer", "register_module", "register_parameter",
    "requires_grad_", "set_extra_state", "set_submodule", "share_memory", "state_dict", "to", "to_empty",
    "train", "training", "type", "xpu", "zero_grad", "T_destination", "call_super_init", "dump_patches",
))  # fmt: skip
"""What a module has already, so that no parameter may be called so."""
